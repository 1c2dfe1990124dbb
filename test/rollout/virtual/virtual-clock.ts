import type { Clock } from '../../../src/kube/clock.ts';
import type { SimClock } from '../../../src/sim/types.ts';

interface Alarm {
  readonly due: number;
  readonly order: number;
  action: (() => void) | undefined;
}

/** The time of a virtual world: it stands still while anything happens and jumps to whatever is due next. */
export class VirtualClock implements SimClock {
  #now: number;
  #order = 0;
  /** A binary heap: the alarm that is due first stands at index 0; of one instant, the one that was set first. */
  readonly #heap: Alarm[] = [];

  /** `start` in milliseconds since the epoch. */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const alarm: Alarm = { due: this.#now + Math.max(0, ms), order: this.#order++, action };
    this.#push(alarm);
    return () => {
      alarm.action = undefined;
    };
  }

  /** Jumps to the next alarm and rings it. Returns false when none is due by `end`; then it is `end`. */
  step(end: number): boolean {
    for (let next = this.#heap[0]; next !== undefined && next.due <= end; next = this.#heap[0]) {
      this.#pop();
      if (next.action === undefined) continue;
      this.#now = Math.max(this.#now, next.due);
      next.action();
      return true;
    }
    this.#now = Math.max(this.#now, end);
    return false;
  }

  #push(alarm: Alarm): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(alarm);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || compare(parent, alarm) <= 0) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = alarm;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      const child = a !== undefined && b !== undefined && compare(b, a) < 0 ? left + 1 : left;
      const smaller = heap[child];
      if (smaller === undefined || compare(last, smaller) <= 0) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = last;
  }
}

function compare(a: Alarm, b: Alarm): number {
  return a.due - b.due || a.order - b.order;
}

/**
 * The clock of the computer on which the program runs. Its wall time is the world's; its timers stand still while
 * the computer sleeps and never ring again once the process is dead, as the timers of an operating system do.
 */
export class ComputerClock implements Clock {
  readonly #world: VirtualClock;
  /** Called when a timer has rung: promises may have something to do now. */
  readonly #onRing: () => void;
  /** Milliseconds that its clock is ahead of the world's. */
  readonly #skew: number;
  #asleepUntil = 0;
  #slept = 0;
  #dead = false;

  constructor(world: VirtualClock, skew: number, onRing: () => void) {
    this.#world = world;
    this.#skew = skew;
    this.#onRing = onRing;
  }

  now(): number {
    return this.#world.now() + this.#skew;
  }

  after(ms: number, action: () => void): () => void {
    const due = this.awake() + ms;
    let cancel: () => void;
    const arm = (): void => {
      const left = due - this.awake() + Math.max(0, this.#asleepUntil - this.#world.now());
      cancel = this.#world.after(Math.max(0, left), ring);
    };
    const ring = (): void => {
      if (this.#dead) return;
      if (this.awake() < due) {
        arm();
        return;
      }
      this.#onRing();
      action();
    };
    arm();
    return () => cancel();
  }

  /** Nothing rings for so long. */
  sleep(ms: number): void {
    const until = this.#world.now() + ms;
    if (until <= this.#asleepUntil) return;
    this.#slept += until - Math.max(this.#asleepUntil, this.#world.now());
    this.#asleepUntil = until;
  }

  get isAsleep(): boolean {
    return this.#world.now() < this.#asleepUntil;
  }

  /** The process has ended: none of its timers rings any more. */
  die(): void {
    this.#dead = true;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** Milliseconds that the computer has been awake, on a scale of its own: a clock that no sleep moves. */
  awake(): number {
    const now = this.#world.now();
    return now - this.#slept + Math.max(0, this.#asleepUntil - now);
  }
}

import type { SimClock } from '../types.ts';

/** Longest delay that a Node timer takes; longer ones would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A clock that runs `factor` times as fast as the real one, from the present. It does not keep the process alive. */
export function acceleratedClock(factor: number): SimClock {
  const start = Date.now();
  const now = (): number => start + (Date.now() - start) * factor;
  return {
    now,
    after(ms, action) {
      const due = now() + ms;
      let timer: NodeJS.Timeout;
      // A timer may ring a little early, and never takes more than LONGEST_TIMER: then it is set again.
      const arm = (): void => {
        const wait = Math.max(0, Math.ceil((due - now()) / factor));
        timer = setTimeout(() => (now() < due ? arm() : action()), Math.min(wait, LONGEST_TIMER));
        timer.unref();
      };
      arm();
      return () => clearTimeout(timer);
    },
  };
}

/** The real clock. */
export function realClock(): SimClock {
  return acceleratedClock(1);
}

interface Alarm {
  readonly due: number;
  readonly order: number;
  action: (() => void) | undefined;
}

/**
 * A clock that stands still until it is advanced. Alarms ring in the order of their time, and those of one instant
 * in the order in which they were set.
 */
export class ManualClock implements SimClock {
  #now: number;
  #order = 0;
  /** A binary heap: the alarm that is due first stands at index 0. */
  readonly #alarms: Alarm[] = [];

  /** `start` in milliseconds since the epoch. */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const alarm: Alarm = { due: this.#now + Math.max(0, ms), order: this.#order++, action };
    push(this.#alarms, alarm);
    return () => {
      alarm.action = undefined;
    };
  }

  /** Lets `ms` pass, and everything happen that was due by then, including what comes of it. */
  advance(ms: number): void {
    this.advanceTo(this.#now + ms);
  }

  /** As `advance`, to a time in milliseconds since the epoch. Never goes back. */
  advanceTo(end: number): void {
    while (this.step(end));
  }

  /** Jumps to the next alarm and rings it. Returns false when none is due by `end`; then it is `end`. */
  step(end: number): boolean {
    for (let next = this.#alarms[0]; next !== undefined && next.due <= end; next = this.#alarms[0]) {
      pop(this.#alarms);
      if (next.action === undefined) continue;
      this.#now = Math.max(this.#now, next.due);
      next.action();
      return true;
    }
    this.#now = Math.max(this.#now, end);
    return false;
  }

  /** Advances in steps until `condition` holds. Returns whether it did within `limit` milliseconds. */
  advanceUntil(condition: () => boolean, limit: number, step = 100): boolean {
    const end = this.#now + limit;
    while (!condition()) {
      if (this.#now >= end) return false;
      this.advance(step);
    }
    return true;
  }

  /** The alarms not yet rung, in the order of their time. */
  pending(): readonly { readonly due: number; ring(): void; cancelled(): boolean }[] {
    return [...this.#alarms].sort(compare).map((alarm) => ({
      due: alarm.due,
      ring: () => alarm.action?.(),
      cancelled: () => alarm.action === undefined,
    }));
  }
}

/**
 * The clock of a simulation that first tells its history in a moment and then goes on in the time of another clock.
 * Alarms set during the history ring in that other time.
 */
export class StoryClock implements SimClock {
  readonly #history: ManualClock;
  #present: SimClock | undefined;

  constructor(start: number) {
    this.#history = new ManualClock(start);
  }

  now(): number {
    return this.#present === undefined ? this.#history.now() : this.#present.now();
  }

  after(ms: number, action: () => void): () => void {
    return this.#present === undefined ? this.#history.after(ms, action) : this.#present.after(ms, action);
  }

  /** Lets the next thing of history happen, if one does by a time in milliseconds since the epoch; else it is then. */
  step(time: number): boolean {
    return this.#history.step(time);
  }

  /** Ends the history; from here on `clock` is the time. */
  handOverTo(clock: SimClock): void {
    this.#history.advanceTo(clock.now());
    this.#present = clock;
    for (const alarm of this.#history.pending()) {
      if (!alarm.cancelled()) clock.after(Math.max(0, alarm.due - clock.now()), alarm.ring);
    }
  }
}

function compare(a: Alarm, b: Alarm): number {
  return a.due - b.due || a.order - b.order;
}

function push(heap: Alarm[], alarm: Alarm): void {
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

function pop(heap: Alarm[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const a = heap[left];
    const b = heap[left + 1];
    const child = a !== undefined && b !== undefined && compare(b, a) < 0 ? left + 1 : left;
    const smaller = heap[child];
    if (smaller === undefined || compare(last, smaller) <= 0) break;
    heap[index] = smaller;
    index = child;
  }
  heap[index] = last;
}

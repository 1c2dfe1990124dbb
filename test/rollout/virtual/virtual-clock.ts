import type { Clock } from '../../../src/kube/clock.ts';
import type { ManualClock } from '../../../src/sim/cluster/clock.ts';

/**
 * The clock of the computer on which the program runs. Its wall time is the world's; its timers stand still while
 * the computer sleeps and never ring again once the process is dead, as the timers of an operating system do.
 */
export class ComputerClock implements Clock {
  readonly #world: ManualClock;
  /** Called when a timer has rung: promises may have something to do now. */
  readonly #onRing: () => void;
  /** Milliseconds that its clock is ahead of the world's. */
  readonly #skew: number;
  #asleepUntil = 0;
  #slept = 0;
  #dead = false;

  constructor(world: ManualClock, skew: number, onRing: () => void) {
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

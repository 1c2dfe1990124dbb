import { type Clock, sleep } from './clock.ts';

/** Longest time that one answer can keep all requests waiting. */
const LONGEST_MS = 60_000;

/** One gate for all requests of a client: a server that asks to wait is left alone by everyone. */
export class Gate {
  readonly #clock: Clock;
  #closedUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch until which nothing is sent; in the past when the gate is open. */
  get closedUntil(): number {
    return this.#closedUntil;
  }

  /** Keeps requests back for `seconds`. */
  close(seconds: number): void {
    const until = this.#clock.now() + Math.min(seconds * 1000, LONGEST_MS);
    this.#closedUntil = Math.max(this.#closedUntil, until);
  }

  /** Resolves when a request may be sent, or when `signal` is aborted. */
  async pass(signal: AbortSignal): Promise<void> {
    for (;;) {
      const wait = this.#closedUntil - this.#clock.now();
      if (wait <= 0 || signal.aborted) return;
      await sleep(this.#clock, wait, signal);
    }
  }
}

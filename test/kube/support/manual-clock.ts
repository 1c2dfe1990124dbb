import type { Clock } from '../../../src/kube/clock.ts';

interface Alarm {
  readonly due: number;
  readonly action: () => void;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const alarm = { due: this.#now + ms, action };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Milliseconds until the next alarms. */
  get waits(): readonly number[] {
    return [...this.#alarms].map(({ due }) => due - this.#now).sort((a, b) => a - b);
  }

  /** Lets `ms` pass; what was due by then happens in its order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#alarms].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.action();
    }
    this.#now = end;
  }
}

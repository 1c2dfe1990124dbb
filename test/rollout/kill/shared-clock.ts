import type { Clock } from '../../../src/kube/clock.ts';

/** What two processes have to agree on to live in the same time. */
export interface SharedTime {
  /** Real time of the agreement, in milliseconds since the epoch. */
  readonly since: number;
  /** What their clocks showed then. */
  readonly start: number;
  /** How many times as fast as real time they go. */
  readonly factor: number;
}

/** The clock of one of the processes. `holds`: its timers keep the process alive. */
export function sharedClock({ since, start, factor }: SharedTime, holds: boolean): Clock {
  const now = (): number => start + (Date.now() - since) * factor;
  return {
    now,
    after(ms, action) {
      const timer = setTimeout(action, Math.max(0, Math.ceil(ms / factor)));
      if (!holds) timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

import type { SimClock } from '../../../src/sim/types.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends SimClock {
  advance(ms: number): void;
}

export function manualClock(start = Date.parse('2026-11-21T19:55:01Z')): ManualClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly action: () => void }>();
  return {
    now: () => now,
    after(ms, action) {
      const timer = { at: now + ms, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = due.at;
        due.action();
      }
      now = end;
    },
  };
}

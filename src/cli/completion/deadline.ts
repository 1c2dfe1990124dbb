import type { Clock } from '../../kube/clock.ts';

/** A point in time after which nobody waits any more. */
export interface Deadline {
  readonly clock: Clock;
  /** Milliseconds of `clock`. */
  readonly end: number;
}

/** Work of others, such as a credential plugin, is ended a little earlier, so that there is time to clean up. */
const CLEANING_UP_MS = 15;

/**
 * What `work` gives, or undefined once the deadline has passed or when it fails. At the deadline its signal is aborted,
 * and it is not waited for: a look-up of a name cannot be broken off.
 */
export function within<T>(
  { clock, end }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const left = end - clock.now();
  if (left <= 0) return Promise.resolve(undefined);
  const controller = new AbortController();
  return new Promise((resolve) => {
    const cancel = clock.after(left, () => {
      controller.abort();
      resolve(undefined);
    });
    const done = (value: T | undefined): void => {
      cancel();
      resolve(value);
    };
    work(controller.signal).then(done, () => done(undefined));
  });
}

/** A clock whose timers all run out shortly before the deadline: whoever waits by it for something gives up in time. */
export function clockUntil({ clock, end }: Deadline): Clock {
  return {
    now: () => clock.now(),
    after: (ms, action) => clock.after(Math.max(0, Math.min(ms, end - CLEANING_UP_MS - clock.now())), action),
  };
}

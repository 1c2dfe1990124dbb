import type { Destination } from '../guide/advice.ts';
import { maySettle, runChecks } from '../guide/check/run-checks.ts';
import type { CheckCategory } from '../guide/checks.ts';
import type { Inventory } from '../guide/inventory.ts';
import { type Clock, sleep } from '../kube/clock.ts';
import { KubeError } from '../kube/errors.ts';

/** Between two looks at what is settling. */
const PAUSE_MS = 3_000;
/** One look may take this, however short the wait is. */
const LEAST_LOOK_MS = 60_000;

export interface SettledChecksOptions {
  /** One picture of the cluster; throws KubeError. */
  readonly look: () => Promise<Inventory>;
  readonly clock: Clock;
  readonly waitMs: number;
  readonly pre?: Destination;
  /** Called before each pause, with what may settle. */
  readonly onPause?: (categories: readonly CheckCategory[]) => void;
}

/**
 * Looks at a cluster until no failed check may pass by itself any more, or the wait is over, as linkerd retries its
 * own. A look that fails after another one was through leaves that one's answer standing.
 * @throws KubeError when the cluster could not be read at all, or not in time
 */
export async function settledChecks(options: SettledChecksOptions): Promise<readonly CheckCategory[]> {
  const { look, clock, waitMs, pre } = options;
  const until = clock.now() + waitMs;
  const left = (): number => until - clock.now();
  const { signal } = new AbortController();
  let found: readonly CheckCategory[] | undefined;
  for (;;) {
    try {
      const inventory = await within(look(), Math.max(LEAST_LOOK_MS, left()), clock);
      found = runChecks(inventory, pre === undefined ? {} : { pre });
    } catch (error) {
      if (found === undefined || !(error instanceof KubeError)) throw error;
      return found;
    }
    if (left() <= 0 || !maySettle(found)) return found;
    options.onPause?.(found);
    await sleep(clock, Math.min(PAUSE_MS, left()), signal);
  }
}

/** @throws KubeError of kind `timeout` when the time is over */
async function within<T>(work: Promise<T>, ms: number, clock: Clock): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => {
    const text = `the cluster was not read within ${Math.round(ms / 1_000)}s; check the connection to its API server`;
    reject(new KubeError('timeout', text));
  });
  try {
    return await Promise.race([work, promise]);
  } finally {
    cancel();
  }
}

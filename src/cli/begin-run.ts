import type { LockHolder } from '../rollout/lock/lock.ts';
import type { StartOptions, StartOutcome } from '../rollout/rollout.ts';
import { askYes, canAsk } from './ask.ts';
import { exitCode } from './exit-codes.ts';

/** A run that was not begun: why, for people, and the exit code. */
export interface NotBegun {
  readonly reason: string;
  readonly by?: LockHolder;
  readonly code: number;
}

/**
 * Begins a run with the lock that was asked for. Where none can be had somebody at the terminal may say that the run
 * should go on without; nobody there, and it takes the flag.
 * @param now seconds since the epoch
 */
export async function beginRun(
  begin: (lock: StartOptions['lock']) => Promise<StartOutcome>,
  lock: StartOptions['lock'],
  now: () => number,
): Promise<'begun' | NotBegun> {
  const outcome = await begin(lock);
  switch (outcome.outcome) {
    case 'started':
      return 'begun';
    case 'refused':
      return { reason: outcome.reason, code: exitCode.failed };
    case 'locked':
      return { reason: lockedText(outcome.by, lock, now()), by: outcome.by, code: exitCode.failed };
    case 'no-lock':
      return lock === 'without' || !canAsk()
        ? { reason: withoutLockText(outcome.reason), code: exitCode.failed }
        : askWithout(begin, outcome.reason, now);
  }
}

async function askWithout(
  begin: (lock: StartOptions['lock']) => Promise<StartOutcome>,
  reason: string,
  now: () => number,
): Promise<'begun' | NotBegun> {
  const answer = await askYes(
    `\nThere is no lock to be had: ${reason}\nNothing then keeps another run off this cluster. Type yes to go on without: `,
  );
  switch (answer) {
    case 'yes':
      return beginRun(begin, 'without', now);
    case 'no':
      return { reason: 'nothing was restarted', code: exitCode.failed };
    case 'interrupted':
      return { reason: 'nothing was restarted', code: exitCode.interrupted };
  }
}

function withoutLockText(reason: string): string {
  return `there is no lock to be had: ${reason}. If nobody else is restarting workloads here, say --without-lock.`;
}

/** Who holds the lock, since when, and how to take it over. */
function lockedText(by: LockHolder, lock: StartOptions['lock'], now: number): string {
  const { holder, run, acquiredAt } = by;
  const minutes = Math.max(0, Math.round((now - acquiredAt) / 60));
  const age = minutes === 0 ? 'less than a minute' : `${minutes} min`;
  const who = `another run has the lock of this cluster: run ${run} of ${holder.replace(/\/[^/]*$/, '')}, for ${age}`;
  if (lock === 'take-over') {
    return `${who}. It is alive: it renewed its lock while it was watched. Ask its operator to end it.`;
  }
  return `${who}. Wait for its end; if its program is gone, say --take-over, which watches the lock first and takes it only if nobody renews it.`;
}

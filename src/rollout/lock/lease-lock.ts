import { randomUUID } from 'node:crypto';
import type { KubeClient } from '../../kube/client.ts';
import { sleep } from '../../kube/clock.ts';
import { type KubeError, type KubeErrorKind, toKubeError } from '../../kube/errors.ts';
import {
  acquireStep,
  type Claim,
  freeLease,
  isHeldAt,
  LEASE_TIMING,
  type Lease,
  type LeaseTiming,
  lockHolder,
  newLease,
  type RenewalEvent,
  renewalStep,
  type Sight,
  see,
  type Tenure,
  takenLease,
} from './lease.ts';
import { type LeaseApi, leaseApi, missingRight } from './lease-api.ts';
import type { LockAnswer, RunLock } from './lock.ts';
import { steadySeconds } from './steady-clock.ts';

export interface LeaseLockOptions {
  readonly client: Pick<KubeClient, 'json' | 'clock' | 'random' | 'clockOffset'>;
  /** The control plane's; '' while it is not known. Asked at each acquisition. */
  readonly namespace: () => string;
  /** Milliseconds that never go back; by default the process's own. */
  readonly monotonic?: () => number;
  /**
   * Whether a Lease that is made may be renewed; asked before one is made. Who may create but not update would lose the
   * lock in the midst of a run.
   */
  readonly mayRenew?: (namespace: string, signal: AbortSignal) => Promise<boolean>;
  /** Ends all activity without giving the lock back. */
  readonly closed?: AbortSignal;
  readonly timing?: Partial<LeaseTiming>;
}

/** One acquisition, from the first look to the release. */
interface Session {
  readonly claim: Claim;
  readonly api: LeaseApi;
  readonly end: AbortController;
  tenure: Tenure | undefined;
  /** A write was sent, after which the Lease may say that it is ours, whatever was answered. */
  mayBeOurs: boolean;
  lost: boolean;
  /** Acquisition and renewals; never rejects. */
  work: Promise<unknown>;
}

/** Errors that may pass. After any other one asking again is of no use. */
const passing: ReadonlySet<KubeErrorKind> = new Set([
  'network',
  'proxy',
  'timeout',
  'aborted',
  'unavailable',
  'too-many-requests',
  'malformed',
  'not-kubernetes',
]);

/** Credentials may come back when their owner logs in again; what the server refuses for good does not. */
const final: ReadonlySet<KubeErrorKind> = new Set(['forbidden', 'invalid', 'bad-request', 'not-acceptable']);

/** In each of them somebody else was quicker. */
const MAX_RACES = 10;
const RELEASE_ATTEMPTS = 3;
const GIVEN_UP = 'the lock was given up before it was taken.';
/** A wait and a renewal, with two requests, that took so much longer than the wait alone: the computer slept. */
const SLEPT_SECONDS = 20;
/** Waits are longer by up to this part of them, so that contenders fall out of step. */
const JITTER = 0.2;

/**
 * The lock of a run as a Lease in the control plane's namespace.
 *
 * `isHeld()` being false does not mean that the lock is lost: while the server does not answer, and after the
 * computer slept, nobody knows. It becomes true again with the next renewal, or `onLost` tells.
 *
 * Who deletes or empties the Lease by hand overrules it; its holder notices within one renewal.
 */
export function createLeaseLock(options: LeaseLockOptions): RunLock {
  const { client, closed } = options;
  const { clock, random } = client;
  const timing = { ...LEASE_TIMING, ...options.timing };
  const elapsed = steadySeconds(() => clock.now(), options.monotonic ?? (() => performance.now()));
  const listeners = new Set<(reason: string) => void>();
  /** Kept from one acquisition to the next: who asks twice has watched in between. */
  let sight: Sight | undefined;
  let session: Session | undefined;

  return {
    async acquire({ by, run, takeOver }) {
      const former = release();
      const namespace = options.namespace();
      if (namespace === '') {
        await former;
        return unavailable(
          'the namespace of the control plane is not known. Name it with --linkerd-namespace.',
        );
      }
      const mine: Session = {
        claim: { by, run, session: randomUUID() },
        api: leaseApi(client, namespace),
        end: new AbortController(),
        tenure: undefined,
        mayBeOurs: false,
        lost: false,
        work: Promise.resolve(),
      };
      session = mine;
      const taking = former.then(() => take(mine, namespace, takeOver));
      mine.work = taking.catch(() => undefined);
      const answer = await taking;
      if (mine.end.signal.aborted) return unavailable(GIVEN_UP);
      if (answer.answer === 'held') mine.work = keep(mine);
      // A write that brought no answer may have been applied all the same; nobody would renew it.
      if (answer.answer === 'unavailable') await release();
      return answer;
    },

    onLost(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    isHeld: () =>
      session?.tenure !== undefined && !session.lost && isHeldAt(session.tenure, timing, elapsed()),

    release,
  };

  async function release(): Promise<void> {
    const mine = session;
    session = undefined;
    mine?.end.abort();
    await mine?.work;
    if (mine?.mayBeOurs === true) await giveBack(mine);
  }

  async function take(mine: Session, namespace: string, takeOver: boolean): Promise<LockAnswer> {
    let watched: string | undefined;
    let failingSince: number | undefined;
    for (let races = 0; races < MAX_RACES; ) {
      try {
        const lease = await ask(mine.end.signal, (signal) => mine.api.read(signal));
        failingSince = undefined;
        sight = lease && see(sight, lease, elapsed());
        watched ??= lease?.version ?? '';
        const step = acquireStep(sight, mine.claim, { takeOver, watched }, timing, elapsed());
        if (step.step === 'taken' && sight !== undefined) {
          return { answer: 'taken', by: lockHolder(sight, timing, elapsed(), client.clockOffset) };
        }
        if (step.step === 'watch') {
          await wait(Math.min(step.seconds, timing.retry), mine);
        } else {
          if (sight === undefined && !(await mayRenew(mine, namespace))) {
            return unavailable(`leases may be created, but not updated. ${missingRight(namespace)}`);
          }
          if (await write(mine, namespace, step.step === 'take' ? step.lease : undefined)) {
            return { answer: 'held' };
          }
          races += 1;
        }
      } catch (thrown) {
        const error = toKubeError(thrown, 'take the lock');
        failingSince ??= elapsed();
        if (!passing.has(error.kind) || elapsed() - failingSince >= timing.acquire) {
          return unavailable(explain(error, namespace));
        }
        await wait(timing.retry, mine);
      }
      if (mine.end.signal.aborted || closed?.aborted === true) {
        return unavailable(GIVEN_UP);
      }
    }
    return unavailable('the lock changes hands all the time. Try again.');
  }

  async function mayRenew({ end }: Session, namespace: string): Promise<boolean> {
    return (await options.mayRenew?.(namespace, end.signal)) ?? true;
  }

  /** Writes our name into the Lease. False when somebody was quicker, or the answer too late to say anything. */
  async function write(mine: Session, namespace: string, lease: Lease | undefined): Promise<boolean> {
    const { claim, api } = mine;
    const sentAt = elapsed();
    mine.mayBeOurs = true;
    const written = await unlessRaced(
      ask(mine.end.signal, (signal) =>
        lease === undefined
          ? api.create(newLease(namespace, claim, timing, wall()), signal)
          : api.replace(takenLease(lease, claim, timing, wall()), signal),
      ),
      lease,
    );
    if (written === undefined) return false;
    const tenure = { claim, lease: written, confirmedAt: sentAt, failingSince: undefined };
    if (!isHeldAt(tenure, timing, elapsed())) return false;
    mine.tenure = tenure;
    return true;
  }

  async function keep(mine: Session): Promise<void> {
    let pause = timing.renew;
    while (mine.tenure !== undefined) {
      const began = elapsed();
      await wait(pause, mine);
      if (mine.end.signal.aborted || closed?.aborted === true) return;
      const event = await renew(mine, mine.tenure);
      if (elapsed() - began > pause + SLEPT_SECONDS) apply(mine, mine.tenure, { type: 'woke' });
      const step = apply(mine, mine.tenure, event);
      if (step.step === 'lost') return;
      pause = { now: 0, soon: timing.retry, later: timing.renew }[step.when];
    }
  }

  function apply(mine: Session, tenure: Tenure, event: RenewalEvent): ReturnType<typeof renewalStep> {
    const step = renewalStep(tenure, event, timing, elapsed());
    if (step.step === 'renew') {
      mine.tenure = step.tenure;
    } else if (!mine.end.signal.aborted) {
      mine.lost = true;
      mine.mayBeOurs = step.ours;
      for (const listener of listeners) listener(step.reason);
    }
    return step;
  }

  async function renew(mine: Session, tenure: Tenure): Promise<RenewalEvent> {
    const { api, claim, end } = mine;
    try {
      const sentAt = elapsed();
      const body = takenLease(tenure.lease, claim, timing, wall());
      return { type: 'renewed', lease: await ask(end.signal, (signal) => api.replace(body, signal)), sentAt };
    } catch (thrown) {
      const error = toKubeError(thrown, 'renew the lock');
      return isRace(error) || error.kind === 'not-found' ? look(mine) : failed(error);
    }
  }

  async function look({ api, end }: Session): Promise<RenewalEvent> {
    try {
      return { type: 'found', lease: await ask(end.signal, (signal) => api.read(signal)) };
    } catch (thrown) {
      return failed(toKubeError(thrown, 'read the lock'));
    }
  }

  function failed(error: KubeError): RenewalEvent {
    return { type: 'failed', message: explain(error), refused: final.has(error.kind) };
  }

  /** An unanswered release is none: the lease runs out by itself. */
  async function giveBack({ api, claim, tenure }: Session): Promise<void> {
    const toTheEnd = new AbortController().signal;
    let known = tenure?.lease;
    for (let attempt = 1; attempt <= RELEASE_ATTEMPTS; attempt++) {
      try {
        const lease = known ?? (await ask(toTheEnd, (signal) => api.read(signal)));
        if (lease?.session !== claim.session) return;
        await ask(toTheEnd, (signal) => api.replace(freeLease(lease, wall()), signal));
        return;
      } catch (thrown) {
        if (!isRace(toKubeError(thrown, 'give the lock back'))) return;
        // A renewal of ours whose answer was not waited for.
        known = undefined;
      }
    }
  }

  /** Sends a request that is given up after a while, and when its session ends. */
  async function ask<T>(ended: AbortSignal, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = clock.after(timing.request * 1000, () => late.abort());
    try {
      return await request(AbortSignal.any([ended, late.signal]));
    } finally {
      cancel();
    }
  }

  /** Waits about so many seconds, or until the session ends. */
  async function wait(seconds: number, { end: { signal } }: Session): Promise<void> {
    const jittered = seconds * (1 + JITTER * random());
    const any = closed === undefined ? signal : AbortSignal.any([signal, closed]);
    await sleep(clock, jittered * 1000, any);
  }

  /** The server's time as far as it is known, so that others read an age that is right. Seconds since the epoch. */
  function wall(): number {
    return clock.now() / 1000 + client.clockOffset;
  }

  function explain({ kind, message, causes }: KubeError, namespace?: string): string {
    if (kind === 'aborted') return `the server did not answer within ${timing.request} s`;
    const ends = causes.some(({ reason }) => reason === 'NamespaceTerminating');
    return kind === 'forbidden' && namespace !== undefined && !ends
      ? `${message} ${missingRight(namespace)}`
      : message;
  }
}

/** The server has refused a write because of another one. */
function isRace({ kind }: KubeError): boolean {
  return kind === 'conflict' || kind === 'already-exists';
}

/** What was written; undefined when the Lease is no longer what it was: changed, deleted, or made by another. */
async function unlessRaced(writing: Promise<Lease>, before: Lease | undefined): Promise<Lease | undefined> {
  try {
    return await writing;
  } catch (thrown) {
    const error = toKubeError(thrown, 'take the lock');
    if (isRace(error) || (error.kind === 'not-found' && before !== undefined)) return undefined;
    throw error;
  }
}

function unavailable(reason: string): LockAnswer {
  return { answer: 'unavailable', reason };
}

/**
 * The Lease that keeps two runs on one cluster apart: what stands in it, and what may be done with it when. Times
 * called `now`, `since` and `…At` are seconds of the reader's own steady clock, unless they are said to be the wall's.
 *
 * Why two never hold it at once: a holder counts its lease from the moment it *sent* a renewal that was confirmed,
 * and stops believing in it a margin before it ends; others count from when they *received* the record that they
 * have not seen change since, which is later, and take it only by a write that the server refuses if the record has
 * changed after all. No clock is ever compared with another one's, as in client-go's `tools/leaderelection`.
 */

import { OWN_DOMAIN, ownAnnotation, RUN_LEASE } from '../../data/own.ts';
import { cleanText } from '../../kube/clean.ts';
import { type JsonObject, numberAt, objectAt, rawAt, timeAt } from '../../kube/json/value.ts';
import type { LockHolder } from './lock.ts';

/** All in seconds. */
export interface LeaseTiming {
  /** How long a lease lasts without renewal. */
  readonly lease: number;
  /** So much before its end its holder no longer believes in it: writes take time too. */
  readonly margin: number;
  /** Between renewals. */
  readonly renew: number;
  /** Between attempts, and between looks at a lease that is watched. */
  readonly retry: number;
  /** Longest that one request may take. */
  readonly request: number;
  /** How long a server that does not answer is asked for a lock. */
  readonly acquire: number;
  /** How long a lease that has run out, and that nobody else may have taken, is tried to be renewed. */
  readonly patience: number;
}

/**
 * The length is that of client-go's leader election. A renewal that is never answered leaves time for another one
 * before the margin, and five minutes are enough for the restart of a control plane.
 */
export const LEASE_TIMING: LeaseTiming = {
  lease: 15,
  margin: 2,
  renew: 5,
  retry: 1,
  request: 4,
  acquire: 10,
  patience: 300,
};

/** Tells two processes that go on with the same run apart. */
const SESSION = `${OWN_DOMAIN}/session`;
const MAX_HOLDER = 300;

/** Who wants the lock. */
export interface Claim {
  /** `user@host`. */
  readonly by: string;
  readonly run: string;
  /** Different for each acquisition. */
  readonly session: string;
}

/** What a Lease says. Its texts are as stored: they go back to the server. */
export interface Lease {
  /** Changes with every write. */
  readonly version: string;
  /** `user@host/run-id`; '' when nobody holds it. */
  readonly holder: string;
  readonly session: string;
  readonly durationSeconds: number;
  /** By the wall clock of its holder, seconds since the epoch. */
  readonly acquireTime: number;
  readonly transitions: number;
  readonly object: JsonObject;
}

export function leaseOf(object: JsonObject): Lease {
  const metadata = objectAt(object, 'metadata');
  const spec = objectAt(object, 'spec');
  return {
    version: `${rawAt(metadata, 'uid')}/${rawAt(metadata, 'resourceVersion')}`,
    holder: rawAt(spec, 'holderIdentity'),
    session: rawAt(objectAt(metadata, 'annotations'), SESSION),
    durationSeconds: numberAt(spec, 'leaseDurationSeconds'),
    acquireTime: timeAt(spec, 'acquireTime'),
    transitions: numberAt(spec, 'leaseTransitions'),
    object,
  };
}

/** `user@host/run-id`. */
function holderOf({ by, run }: Claim): string {
  return `${by}/${run}`;
}

/** A Lease that nobody had made before. @param wall seconds since the epoch */
export function newLease(namespace: string, claim: Claim, timing: LeaseTiming, wall: number): JsonObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: RUN_LEASE, namespace, annotations: annotationsOf(claim) },
    spec: {
      holderIdentity: holderOf(claim),
      leaseDurationSeconds: timing.lease,
      acquireTime: microTime(wall),
      renewTime: microTime(wall),
      leaseTransitions: 0,
    },
  };
}

/** The Lease in the hands of `claim`: taken if it was somebody else's, renewed if not. @param wall seconds since the epoch */
export function takenLease(lease: Lease, claim: Claim, timing: LeaseTiming, wall: number): JsonObject {
  const renewal = isOurs(lease, claim);
  return changed(lease, annotationsOf(claim), {
    holderIdentity: holderOf(claim),
    leaseDurationSeconds: timing.lease,
    renewTime: microTime(wall),
    ...(renewal ? {} : { acquireTime: microTime(wall), leaseTransitions: lease.transitions + 1 }),
  });
}

/** The Lease given back. What is said of its last holder stays, for whoever looks. @param wall seconds since the epoch */
export function freeLease(lease: Lease, wall: number): JsonObject {
  return changed(lease, { [SESSION]: '' }, { holderIdentity: '', renewTime: microTime(wall) });
}

/** Keeps what others have written; the version makes it the precondition. */
function changed({ object }: Lease, annotations: JsonObject, spec: JsonObject): JsonObject {
  const { managedFields: _, ...metadata } = objectAt(object, 'metadata');
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...metadata, annotations: { ...objectAt(metadata, 'annotations'), ...annotations } },
    spec: { ...objectAt(object, 'spec'), ...spec },
  };
}

function annotationsOf({ by, run, session }: Claim): JsonObject {
  return { [ownAnnotation.run]: run, [ownAnnotation.by]: by, [SESSION]: session };
}

/** MicroTime of meta/v1, which is written with exactly six decimals. */
function microTime(wall: number): string {
  return new Date(wall * 1000).toISOString().replace('Z', '000Z');
}

/** A Lease, and since when it has been seen unchanged. */
export interface Sight {
  readonly lease: Lease;
  readonly since: number;
}

/** What is known after a look. `now`: when the answer was received. */
export function see(before: Sight | undefined, lease: Lease, now: number): Sight {
  return before?.lease.version === lease.version ? before : { lease, since: now };
}

/** Seconds until a Lease that goes on unchanged may be taken from its holder; 0 when it may be. */
function untilStale({ lease, since }: Sight, timing: LeaseTiming, now: number): number {
  // A version of this program with a longer lease relies on it.
  const duration = Math.max(lease.durationSeconds, timing.lease);
  return Math.max(0, since + duration - now);
}

/** The holder in `sight`, for people. @param clockOffset seconds that the server's clock is ahead of ours */
export function lockHolder(sight: Sight, timing: LeaseTiming, now: number, clockOffset: number): LockHolder {
  const { holder, acquireTime } = sight.lease;
  return {
    holder: cleanText(holder, MAX_HOLDER),
    run: cleanText(runIn(holder), MAX_HOLDER),
    acquiredAt: acquireTime - clockOffset,
    unchangedSeconds: Math.floor(now - sight.since),
    stale: untilStale(sight, timing, now) === 0,
  };
}

function runIn(holder: string): string {
  return holder.slice(holder.lastIndexOf('/') + 1);
}

export type AcquireStep =
  | { readonly step: 'create' }
  | { readonly step: 'take'; readonly lease: Lease }
  /** Look again in so many seconds. */
  | { readonly step: 'watch'; readonly seconds: number }
  | { readonly step: 'taken' };

/**
 * What somebody who wants the lock does about what he sees (undefined: there is no Lease). What his own run holds he
 * takes at once, since the journal lets only one process of a computer go on with a run. Another's he takes only if
 * told to, and if it has not changed since `watched`, the version first seen, and for a whole lease. A run that goes
 * on on another computer waits for that as well, without being told to.
 */
export function acquireStep(
  sight: Sight | undefined,
  claim: Claim,
  { takeOver, watched }: { readonly takeOver: boolean; readonly watched: string },
  timing: LeaseTiming,
  now: number,
): AcquireStep {
  if (sight === undefined) return { step: 'create' };
  const { lease } = sight;
  if (lease.holder === '' || lease.holder === holderOf(claim)) return { step: 'take', lease };
  if (!takeOver && runIn(lease.holder) !== claim.run) return { step: 'taken' };
  if (lease.version !== watched) return { step: 'taken' };
  const seconds = untilStale(sight, timing, now);
  return seconds === 0 ? { step: 'take', lease } : { step: 'watch', seconds };
}

/** A lock that was taken. */
export interface Tenure {
  readonly claim: Claim;
  /** As of the last look; there may be a newer one that we wrote and whose answer was lost. */
  readonly lease: Lease;
  /** When the last write that was confirmed had been sent. */
  readonly confirmedAt: number;
  /** When the first of the attempts failed that have failed since then; undefined while all is well. */
  readonly failingSince: number | undefined;
}

/** True while nobody else can have taken the lease. */
export function isHeldAt({ confirmedAt }: Tenure, timing: LeaseTiming, now: number): boolean {
  return now - confirmedAt < timing.lease - timing.margin;
}

export type RenewalEvent =
  | { readonly type: 'renewed'; readonly lease: Lease; readonly sentAt: number }
  /** What stands there after the server refused a renewal because of a newer one; undefined: nothing. */
  | { readonly type: 'found'; readonly lease: Lease | undefined }
  /** `refused`: the server has answered, and will hardly change its mind. */
  | { readonly type: 'failed'; readonly message: string; readonly refused: boolean }
  /** The computer slept, so that attempts which failed before say nothing of now. */
  | { readonly type: 'woke' };

export type RenewalStep =
  | { readonly step: 'renew'; readonly when: 'now' | 'soon' | 'later'; readonly tenure: Tenure }
  /** `ours`: it may still stand in the Lease that it is ours, and can be given back. */
  | { readonly step: 'lost'; readonly reason: string; readonly ours: boolean };

/**
 * What becomes of a lock. A lease that has run out is not lost yet: as long as nobody else has taken it, which the
 * server knows, a renewal brings it back. Until then `isHeldAt` is false and nothing may be written.
 */
export function renewalStep(
  tenure: Tenure,
  event: RenewalEvent,
  timing: LeaseTiming,
  now: number,
): RenewalStep {
  switch (event.type) {
    case 'renewed': {
      const { lease, sentAt } = event;
      return {
        step: 'renew',
        // An answer on its way for longer than the lease lasts came too late.
        when: now - sentAt < timing.renew ? 'later' : 'now',
        tenure: { ...tenure, lease, confirmedAt: sentAt, failingSince: undefined },
      };
    }
    case 'found': {
      const { lease } = event;
      if (lease && isOurs(lease, tenure.claim)) {
        return { step: 'renew', when: 'now', tenure: { ...tenure, lease } };
      }
      return { step: 'lost', reason: lostTo(lease, tenure.claim), ours: false };
    }
    case 'woke':
      return { step: 'renew', when: 'now', tenure: { ...tenure, failingSince: undefined } };
    case 'failed': {
      const failingSince = tenure.failingSince ?? now;
      const limit = event.refused ? 0 : timing.patience;
      const over = now - failingSince >= limit && now - tenure.confirmedAt >= timing.lease;
      if (over) {
        return { step: 'lost', reason: `the lock could not be renewed: ${event.message}`, ours: true };
      }
      return { step: 'renew', when: 'soon', tenure: { ...tenure, failingSince } };
    }
  }
}

/** Whoever edits the holder by hand leaves the session behind, and takes the lock all the same. */
function isOurs({ session, holder }: Lease, claim: Claim): boolean {
  return session === claim.session && holder === holderOf(claim);
}

function lostTo(lease: Lease | undefined, claim: Claim): string {
  if (lease === undefined) return `somebody has deleted the Lease ${RUN_LEASE}`;
  if (lease.holder === '') return `somebody has emptied the Lease ${RUN_LEASE}`;
  if (lease.holder === holderOf(claim)) return 'another process goes on with this run';
  return `${cleanText(lease.holder, MAX_HOLDER)} has taken the lock over`;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../src/kube/json/value.ts';
import {
  type AcquireStep,
  acquireStep,
  type Claim,
  freeLease,
  isHeldAt,
  LEASE_TIMING,
  type Lease,
  leaseOf,
  lockHolder,
  newLease,
  renewalStep,
  see,
  type Tenure,
  takenLease,
} from '../../../src/rollout/lock/lease.ts';
import { steadySeconds } from '../../../src/rollout/lock/steady-clock.ts';

const ANNA: Claim = { by: 'anna@desk', run: 'run-a', session: 's1' };
const BERT: Claim = { by: 'bert@laptop', run: 'run-b', session: 's2' };
const WALL = Date.UTC(2026, 4, 1, 12) / 1000;

/** As a server would store it. */
function stored(body: JsonObject, version: number): Lease {
  const { metadata, ...rest } = body;
  const known = { uid: 'u', resourceVersion: String(version) };
  return leaseOf({ ...rest, metadata: { ...Object(metadata), ...known } });
}

const annas = stored(newLease('linkerd', ANNA, LEASE_TIMING, WALL), 1);
const acquire = (lease: Lease | undefined, claim: Claim, takeOver: boolean, now: number): AcquireStep =>
  acquireStep(
    lease && { lease, since: 0 },
    claim,
    { takeOver, watched: lease?.version ?? '' },
    LEASE_TIMING,
    now,
  );

test('what is written can be read', () => {
  const { version, holder, session, durationSeconds, acquireTime, transitions } = annas;
  assert.deepEqual(
    { version, holder, session, durationSeconds, acquireTime, transitions },
    {
      version: 'u/1',
      holder: 'anna@desk/run-a',
      session: 's1',
      durationSeconds: 15,
      acquireTime: WALL,
      transitions: 0,
    },
  );
});

test('a renewal changes nothing but its time; a take-over counts', () => {
  const renewed = stored(takenLease(annas, ANNA, LEASE_TIMING, WALL + 5), 2);
  assert.equal(renewed.acquireTime, WALL);
  assert.equal(renewed.transitions, 0);
  assert.equal(Object(renewed.object.spec).renewTime, '2026-05-01T12:00:05.000000Z');
  const taken = stored(takenLease(renewed, BERT, LEASE_TIMING, WALL + 90), 3);
  assert.equal(taken.holder, 'bert@laptop/run-b');
  assert.equal(taken.acquireTime, WALL + 90);
  assert.equal(taken.transitions, 1);
});

test('a free lease names nobody and keeps the version as its precondition', () => {
  const body = freeLease(annas, WALL + 9);
  const free = leaseOf(body);
  assert.deepEqual([free.holder, free.session, free.version], ['', '', 'u/1']);
  assert.equal(acquire(free, BERT, false, 0).step, 'take');
});

test('what is no Lease reads as one that is free', () => {
  const lease = leaseOf({ metadata: [], spec: 'x' });
  assert.deepEqual([lease.holder, lease.version, lease.durationSeconds], ['', '/', 0]);
});

test('managedFields are not sent back', () => {
  const lease = leaseOf({
    ...annas.object,
    metadata: { ...Object(annas.object.metadata), managedFields: [{}] },
  });
  assert.equal('managedFields' in Object(takenLease(lease, ANNA, LEASE_TIMING, WALL).metadata), false);
});

test('no Lease is made, a free and an own one taken, another left', () => {
  assert.equal(acquire(undefined, ANNA, false, 0).step, 'create');
  assert.equal(acquire(annas, { ...ANNA, session: 'later' }, false, 0).step, 'take');
  assert.equal(acquire(annas, BERT, false, 0).step, 'taken');
  assert.equal(acquire(annas, BERT, false, 1000).step, 'taken', 'however old');
});

test('a take-over needs a whole lease without a change', () => {
  assert.deepEqual(acquire(annas, BERT, true, 0), { step: 'watch', seconds: 15 });
  assert.deepEqual(acquire(annas, BERT, true, 14.5), { step: 'watch', seconds: 0.5 });
  assert.equal(acquire(annas, BERT, true, 15).step, 'take');
  const changed = acquireStep(
    { lease: annas, since: 0 },
    BERT,
    { takeOver: true, watched: 'u/0' },
    LEASE_TIMING,
    15,
  );
  assert.equal(changed.step, 'taken');
});

test('a longer lease is respected, and a shorter one is not', () => {
  const withDuration = (leaseDurationSeconds: number): Lease =>
    leaseOf({ ...annas.object, spec: { ...Object(annas.object.spec), leaseDurationSeconds } });
  assert.equal(acquire(withDuration(60), BERT, true, 59).step, 'watch');
  assert.equal(acquire(withDuration(60), BERT, true, 60).step, 'take');
  assert.equal(acquire(withDuration(1), BERT, true, 14).step, 'watch');
  assert.equal(acquire(withDuration(-5), BERT, true, 14).step, 'watch');
});

test('a change is any new version, and renewTime counts for nothing', () => {
  const first = see(undefined, annas, 10);
  assert.equal(see(first, annas, 20), first);
  const renewed = stored(annas.object, 2);
  assert.deepEqual(see(first, renewed, 20), { lease: renewed, since: 20 });
  const again = leaseOf({ ...annas.object, metadata: { ...Object(annas.object.metadata), uid: 'other' } });
  assert.equal(see(first, again, 20).since, 20);
});

test('a holder is shown cleaned, with an age by our clock', () => {
  const spec = { ...Object(annas.object.spec), holderIdentity: `eve\x1b[2J@host/${'x'.repeat(1000)}` };
  const sight = see(undefined, leaseOf({ ...annas.object, spec }), 100);
  const holder = lockHolder(sight, LEASE_TIMING, 110.9, 30);
  assert.ok(holder.holder.startsWith('eve\\x1b[2J@host/'));
  assert.ok(holder.holder.length <= 300 && holder.run.length <= 300);
  assert.equal(holder.acquiredAt, WALL - 30);
  assert.equal(holder.unchangedSeconds, 10);
  assert.equal(holder.stale, false);
  assert.equal(lockHolder(sight, LEASE_TIMING, 115, 0).stale, true);
});

const tenure: Tenure = { claim: ANNA, lease: annas, confirmedAt: 100, failingSince: undefined };

test('a holder believes in its lease until a margin before it ends', () => {
  assert.equal(isHeldAt(tenure, LEASE_TIMING, 112.9), true);
  assert.equal(isHeldAt(tenure, LEASE_TIMING, 113), false);
});

test('a renewal counts from when it was sent', () => {
  const lease = stored(annas.object, 2);
  const step = renewalStep(tenure, { type: 'renewed', lease, sentAt: 105 }, LEASE_TIMING, 106);
  assert.deepEqual(step, { step: 'renew', when: 'later', tenure: { ...tenure, lease, confirmedAt: 105 } });
  const late = renewalStep(tenure, { type: 'renewed', lease, sentAt: 105 }, LEASE_TIMING, 130);
  assert.ok(late.step === 'renew' && late.when === 'now' && !isHeldAt(late.tenure, LEASE_TIMING, 130));
});

test('failures are borne for five minutes, and a refusal until the lease is over', () => {
  const fail = (at: number, from: Tenure, refused = false) =>
    renewalStep(from, { type: 'failed', message: 'no answer', refused }, LEASE_TIMING, at);
  const first = fail(106, tenure);
  assert.deepEqual(first, { step: 'renew', when: 'soon', tenure: { ...tenure, failingSince: 106 } });
  assert.ok(first.step === 'renew');
  assert.equal(fail(405, first.tenure).step, 'renew');
  assert.deepEqual(fail(406, first.tenure), {
    step: 'lost',
    reason: 'the lock could not be renewed: no answer',
    ours: true,
  });
  assert.equal(fail(114, first.tenure, true).step, 'renew');
  assert.equal(fail(115, first.tenure, true).step, 'lost');
  const woke = renewalStep(first.tenure, { type: 'woke' }, LEASE_TIMING, 5000);
  assert.ok(woke.step === 'renew' && woke.when === 'now');
  assert.equal(fail(5001, woke.tenure).step, 'renew', 'what failed before the sleep is forgotten');
});

test('what is found instead decides', () => {
  const found = (lease: Lease | undefined) =>
    renewalStep(tenure, { type: 'found', lease }, LEASE_TIMING, 106);
  const renewed = stored(annas.object, 2);
  assert.deepEqual(found(renewed), { step: 'renew', when: 'now', tenure: { ...tenure, lease: renewed } });
  const berts = stored(takenLease(annas, BERT, LEASE_TIMING, WALL), 2);
  assert.deepEqual(found(berts), {
    step: 'lost',
    reason: 'bert@laptop/run-b has taken the lock over',
    ours: false,
  });
  assert.equal(found(undefined).step, 'lost');
  assert.equal(found(stored(freeLease(annas, WALL), 2)).step, 'lost');
  const twin = stored(takenLease(annas, { ...ANNA, session: 's9' }, LEASE_TIMING, WALL), 2);
  const step = found(twin);
  assert.ok(step.step === 'lost' && step.reason === 'another process goes on with this run');
});

test('a steady clock believes the longer of two stretches, and never goes back', () => {
  let [wall, monotonic] = [1_000_000, 0];
  const elapsed = steadySeconds(
    () => wall,
    () => monotonic,
  );
  const pass = (wallMs: number, monotonicMs: number): number => {
    wall += wallMs;
    monotonic += monotonicMs;
    return elapsed();
  };
  assert.equal(elapsed(), 0);
  assert.equal(pass(1000, 1000), 1);
  assert.equal(pass(3_600_000, 0), 3601, 'asleep');
  assert.equal(pass(-3_600_000, 2000), 3603, 'set back');
  assert.equal(pass(-5000, 0), 3603);
});

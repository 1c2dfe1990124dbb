import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservedPod } from '../../src/rollout/run/observe.ts';
import { judge } from '../../src/rollout/run/proof.ts';
import { item, NEW, OLD, oldPod, pod, TRUST, workload } from './fixtures.ts';

const AT = '2026-11-21T19:30:16Z';
const MARK = { restartedAt: AT, generation: 2 };
const webapp = item('webapp');
const template = workload('webapp', { restartedAt: AT });

const judged = (pods: readonly ObservedPod[], seen = template) =>
  judge(webapp, MARK, { workload: seen, pods });

test('proven when every live pod is new, ready and as predicted, and the controller agrees', () => {
  assert.deepEqual(judged([pod('a', AT), pod('b', AT)]), { verdict: 'proven', pods: 2 });
});

test('a terminating or completed old pod does not stand in the way', () => {
  const leaving = { ...oldPod('old'), live: false };
  assert.equal(judged([pod('a', AT), pod('b', AT), leaving]).verdict, 'proven');
});

for (const [what, pods, waitingFor] of [
  ['an old pod still lives', [pod('a', AT), pod('b', AT), oldPod('old')], '1 old pod to end'],
  ['a new pod is missing', [pod('a', AT)], '1 new pod to be created'],
  [
    'no pod is new: counters right after the patch look complete',
    [oldPod('a'), oldPod('b')],
    '2 new pods to be created',
  ],
  [
    'a new pod is not ready',
    [pod('a', AT), pod('b', AT, { ready: false, waitingFor: 'pod b: its proxy is not ready' })],
    'pod b: its proxy is not ready',
  ],
] as const) {
  test(`not proven while ${what}`, () => {
    const verdict = judged(pods);
    assert.equal(verdict.verdict, 'rolling');
    assert.equal(verdict.verdict === 'rolling' && verdict.progress.waitingFor, waitingFor);
  });
}

test('not proven before the controller has seen the template, or counts the pods as available', () => {
  const pods = [pod('a', AT), pod('b', AT)];
  const unseen = workload('webapp', { restartedAt: AT, generation: 3 });
  assert.equal(judged(pods, unseen).verdict, 'rolling');
  const unavailable = workload('webapp', { restartedAt: AT, status: { available: 1 }, minReadySeconds: 30 });
  const verdict = judged(pods, unavailable);
  assert.equal(
    verdict.verdict === 'rolling' && verdict.progress.waitingFor,
    'new pods to be available (ready for 30 s)',
  );
});

test('not proven while one more new pod than wanted is not ready: it may yet fail', () => {
  const late = pod('c', AT, { ready: false, waitingFor: 'pod c: its proxy is starting' });
  const verdict = judged([pod('a', AT), pod('b', AT), late]);
  assert.equal(verdict.verdict === 'rolling' && verdict.progress.waitingFor, 'pod c: its proxy is starting');
});

test('a ready pod whose proxy is not ready is no proof', () => {
  const unready = pod('b', AT, { proxy: { version: NEW, ready: false, trustRootSha256: TRUST } });
  assert.equal(judged([pod('a', AT), unready]).verdict, 'rolling');
});

for (const [what, sick, reason] of [
  ['comes up without a proxy', { proxy: undefined }, 'pod b came up without a proxy'],
  [
    'comes up with another version',
    { proxy: { version: OLD, ready: true, trustRootSha256: TRUST } },
    `pod b came up with proxy ${OLD}, not ${NEW}`,
  ],
  [
    'comes up with an unreadable version',
    { proxy: { version: '', ready: true, trustRootSha256: TRUST } },
    `pod b came up with proxy of unknown version, not ${NEW}`,
  ],
  [
    'comes up with another trust root',
    { proxy: { version: NEW, ready: true, trustRootSha256: 'cd'.repeat(32) } },
    "pod b came up with another trust root than the control plane's",
  ],
  [
    'is in trouble',
    { trouble: 'container app of pod b: CrashLoopBackOff' },
    'container app of pod b: CrashLoopBackOff',
  ],
  ['has restarted', { restarted: 'pod b restarted app once' }, 'pod b restarted app once'],
] as const) {
  test(`failed as soon as one new pod ${what}, even while others are still old`, () => {
    const verdict = judged([oldPod('a'), pod('b', AT, { ...sick, ready: false })]);
    assert.deepEqual(verdict, { verdict: 'failed', reason });
  });
}

test('trouble of an old pod is not the restart’s', () => {
  const sick = { ...oldPod('old'), trouble: 'container app of pod old: CrashLoopBackOff', ready: false };
  assert.equal(judged([pod('a', AT), sick]).verdict, 'rolling');
});

test('failed when the annotation is reverted, or replaced by another restart', () => {
  const pods = [pod('a', AT), pod('b', AT)];
  const reverted = judged(pods, workload('webapp'));
  assert.match(reverted.verdict === 'failed' ? reverted.reason : '', /removed from the template/);
  const replaced = judged(pods, workload('webapp', { restartedAt: '2026-11-21T20:00:00Z' }));
  assert.match(
    replaced.verdict === 'failed' ? replaced.reason : '',
    /another restart at 2026-11-21T20:00:00Z/,
  );
});

test('failed when the controller reports that pods cannot be created or that its deadline has passed', () => {
  const condition = (type: string, status: string, reason: string) =>
    workload('webapp', {
      restartedAt: AT,
      status: { conditions: [{ type, status, reason, message: 'because' }] },
    });
  const pods = [oldPod('a'), oldPod('b')];
  assert.deepEqual(judged(pods, condition('ReplicaFailure', 'True', 'FailedCreate')), {
    verdict: 'failed',
    reason: 'pods cannot be created: because',
  });
  assert.deepEqual(judged(pods, condition('Progressing', 'False', 'ProgressDeadlineExceeded')), {
    verdict: 'failed',
    reason: 'the progress deadline has passed: because',
  });
  assert.equal(judged(pods, condition('Progressing', 'True', 'ReplicaSetUpdated')).verdict, 'rolling');
});

test('a stale condition does not count before the controller has seen the template', () => {
  const stale = workload('webapp', {
    restartedAt: AT,
    generation: 3,
    status: {
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'old' }],
    },
  });
  assert.equal(judged([oldPod('a')], stale).verdict, 'rolling');
});

test('dropped when the workload is deleted, replaced by its namesake, or scaled to zero', () => {
  assert.equal(judge(webapp, MARK, { workload: undefined, pods: [] }).verdict, 'dropped');
  assert.equal(judged([], workload('webapp', { restartedAt: AT, uid: 'another' })).verdict, 'dropped');
  assert.equal(judged([], workload('webapp', { restartedAt: AT, deletedAt: 5 })).verdict, 'dropped');
  assert.equal(judged([], workload('webapp', { restartedAt: AT, replicas: 0 })).verdict, 'dropped');
});

test('what was seen before the patch is no revert: the watch has not told of the patch yet', () => {
  const before = judge(
    webapp,
    { restartedAt: AT, generation: 3 },
    { workload: workload('webapp'), pods: [oldPod('a')] },
  );
  assert.equal(before.verdict, 'rolling');
});

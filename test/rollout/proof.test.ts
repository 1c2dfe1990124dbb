import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkloadRecord } from '../../src/kube/records.ts';
import type { ObservedPod } from '../../src/rollout/run/observe.ts';
import { type Failure, judge, type Verdict } from '../../src/rollout/run/proof.ts';
import type { FailureCause } from '../../src/rollout/run/run.ts';
import { item, NEW, OLD, oldPod, pod, TRUST, trouble, workload } from './fixtures.ts';

const AT = '2026-11-21T19:30:16Z';
const MARK = { restartedAt: AT, generation: 2 };
const webapp = item('webapp');
const template = workload('webapp', { restartedAt: AT });

const judged = (pods: readonly ObservedPod[], seen = template) =>
  judge(webapp, MARK, { workload: seen, pods });

test('proven when every live pod is new, ready and as predicted, and the controller agrees', () => {
  assert.deepEqual(judged([pod('a', AT), pod('b', AT)]), { verdict: 'proven', pods: 2, kept: 0 });
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

const CRASH = 'container app of pod b: CrashLoopBackOff';
const PULL = 'container linkerd-proxy of pod b: ErrImagePull';
const proxy = (version: string, trustRootSha256 = TRUST) => ({ version, ready: true, trustRootSha256 });

const failing: readonly (readonly [string, Partial<ObservedPod>, FailureCause, string, string?])[] = [
  ['comes up without a proxy', { proxy: undefined }, 'no-proxy', 'pod b came up without a proxy'],
  [
    'comes up without a proxy and crashes, too',
    { proxy: undefined, trouble: trouble(CRASH) },
    'no-proxy',
    'pod b came up without a proxy',
  ],
  [
    'comes up with another version',
    { proxy: proxy(OLD) },
    'wrong-proxy',
    `pod b came up with proxy ${OLD}, not ${NEW}`,
  ],
  [
    'comes up with an unreadable version',
    { proxy: proxy('') },
    'wrong-proxy',
    `pod b came up with proxy of unknown version, not ${NEW}`,
  ],
  [
    'comes up with another trust root',
    { proxy: proxy(NEW, 'cd'.repeat(32)) },
    'wrong-proxy',
    "pod b came up with another trust root than the control plane's",
  ],
  ['is in trouble', { trouble: trouble(CRASH) }, 'crash-loop', CRASH, 'app'],
  [
    'cannot pull an image',
    { trouble: trouble(PULL, 'image-pull', 'linkerd-proxy') },
    'image-pull',
    PULL,
    'linkerd-proxy',
  ],
  [
    'has restarted',
    { restarted: trouble('pod b restarted app once') },
    'crash-loop',
    'pod b restarted app once',
    'app',
  ],
  [
    'has failed',
    { live: false, trouble: trouble('pod b failed: Evicted', 'crash-loop', '') },
    'crash-loop',
    'pod b failed: Evicted',
  ],
];

for (const [what, sick, cause, reason, container = ''] of failing) {
  test(`failed as soon as one new pod ${what}, even while others are still old`, () => {
    const verdict = judged([oldPod('a'), pod('b', AT, { ...sick, ready: false })]);
    assert.deepEqual(verdict, { verdict: 'failed', failure: { cause, reason, pod: 'b', container } });
  });
}

test('trouble of an old pod is not the restart’s', () => {
  const sick = {
    ...oldPod('old'),
    trouble: trouble('container app of pod old: CrashLoopBackOff'),
    ready: false,
  };
  assert.equal(judged([pod('a', AT), sick]).verdict, 'rolling');
});

const failureOf = (verdict: Verdict): Failure | undefined =>
  verdict.verdict === 'failed' ? verdict.failure : undefined;

test('failed when the annotation is reverted, or replaced by another restart', () => {
  const pods = [pod('a', AT), pod('b', AT)];
  const reverted = failureOf(judged(pods, workload('webapp')));
  assert.match(reverted?.reason ?? '', /restart annotation was removed from the template/);
  const replaced = failureOf(judged(pods, workload('webapp', { restartedAt: '2026-11-21T20:00:00Z' })));
  assert.match(replaced?.reason ?? '', /another restart at 2026-11-21T20:00:00Z/);
  assert.deepEqual([reverted?.cause, replaced?.cause], ['interference', 'interference']);
});

const withCondition = (type: string, status: string, reason: string, message = 'because') =>
  workload('webapp', { restartedAt: AT, status: { conditions: [{ type, status, reason, message }] } });

test('failed when the controller reports that pods cannot be created', () => {
  const pods = [oldPod('a'), oldPod('b')];
  const quota = failureOf(judged(pods, withCondition('ReplicaFailure', 'True', 'FailedCreate')));
  assert.deepEqual([quota?.cause, quota?.reason], ['rejected', 'pods cannot be created: because']);
  const words = 'Internal error occurred: failed calling webhook "linkerd-proxy-injector.linkerd.io"';
  const webhook = failureOf(judged(pods, withCondition('ReplicaFailure', 'True', 'FailedCreate', words)));
  assert.equal(webhook?.cause, 'injector');
});

test('failed when the controller reports that its deadline has passed, unless the operator gave another', () => {
  const late = withCondition('Progressing', 'False', 'ProgressDeadlineExceeded');
  const waiting = pod('b', AT, { ready: false, waitingFor: 'pod b: its proxy is not ready' });
  assert.deepEqual(failureOf(judged([oldPod('a'), waiting], late)), {
    cause: 'deadline',
    reason: 'the progress deadline has passed: because; pod b: its proxy is not ready',
    pod: 'b',
    container: '',
  });
  const pending = { ...waiting, unschedulable: true, waitingFor: 'pod b cannot be scheduled: no cpu' };
  assert.equal(failureOf(judged([oldPod('a'), pending], late))?.cause, 'unschedulable');
  assert.equal(
    judge(webapp, MARK, { workload: late, pods: [oldPod('a'), waiting] }, false).verdict,
    'rolling',
  );
  const fine = withCondition('Progressing', 'True', 'ReplicaSetUpdated');
  assert.equal(judged([oldPod('a'), oldPod('b')], fine).verdict, 'rolling');
});

const db = item('db', { key: { namespace: 'books', kind: 'StatefulSet', name: 'db' }, pods: 2, kept: 1 });
const partitioned = (partition: number, changes: Partial<WorkloadRecord> = {}) =>
  workload('db', {
    kind: 'StatefulSet',
    restartedAt: AT,
    replicas: 3,
    strategy: { type: 'RollingUpdate', maxUnavailable: '', maxSurge: '', partition },
    status: { replicas: 3, updated: 3 - partition, ready: 3, available: 3 },
    ...changes,
  });
const judgedDb = (pods: readonly ObservedPod[], seen: WorkloadRecord) =>
  judge(db, MARK, { workload: seen, pods });

test('with a partition the pods above it are the proof, and those below are kept', () => {
  const pods = [oldPod('db-0'), pod('db-1', AT), pod('db-2', AT)];
  assert.deepEqual(judgedDb(pods, partitioned(1)), { verdict: 'proven', pods: 2, kept: 1 });
  const missing = judgedDb([oldPod('db-0'), oldPod('db-1'), pod('db-2', AT)], partitioned(1));
  assert.deepEqual(missing.verdict === 'rolling' && missing.progress, {
    proven: 1,
    wanted: 2,
    old: 1,
    waitingFor: '1 new pod to be created',
  });
});

test('a partition that is taken away while it rolls leaves nothing behind', () => {
  const half = [oldPod('db-0'), pod('db-1', AT), pod('db-2', AT)];
  assert.equal(judgedDb(half, partitioned(0)).verdict, 'rolling');
  const all = ['db-0', 'db-1', 'db-2'].map((name) => pod(name, AT));
  assert.deepEqual(judgedDb(all, partitioned(0)), { verdict: 'proven', pods: 3, kept: 0 });
});

test('pods of an Argo Rollout are new by their age', () => {
  const at = Date.parse(AT) / 1000;
  const rollout = item('web', {
    key: { namespace: 'books', kind: 'Rollout', name: 'web' },
    method: 'restart-at',
  });
  const seen = workload('web', { kind: 'Rollout', restartAt: AT });
  const [young, old] = [pod('a', '', { createdAt: at }), { ...oldPod('b'), createdAt: at - 1 }];
  const both = judge(rollout, MARK, { workload: seen, pods: [young, old] });
  assert.deepEqual(both.verdict === 'rolling' && [both.progress.proven, both.progress.old], [1, 1]);
  const pods = [young, { ...young, name: 'c' }];
  assert.equal(judge(rollout, MARK, { workload: seen, pods }).verdict, 'proven');
  const other = { ...seen, restartAt: '2026-11-21T20:00:00Z' };
  assert.equal(judge(rollout, MARK, { workload: other, pods }).verdict, 'failed');
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

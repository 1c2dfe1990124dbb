import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesKind } from '../../src/cli/kinds.ts';
import type { WorkloadView } from '../../src/mesh/view.ts';
import { excuseOf, verify } from '../../src/report/verification.ts';
import { CURRENT, liveView, namespaceView, podTally, workloadView } from '../support/views.ts';

const OLD = 'edge-25.10.7';

function verified(workload: WorkloadView, excuses: readonly string[] = []) {
  const { mesh } = liveView({ namespaces: [namespaceView('books')], workloads: [workload] });
  return verify(mesh, undefined, excuses.map(excuseOf), namesKind);
}

const behind = workloadView('books', 'webapp', {
  running: [
    [OLD, 'behind', 1],
    [CURRENT, 'current', 2],
  ],
});

for (const [what, workload, reason] of [
  ['all proxies are at the target', workloadView('books', 'webapp'), undefined],
  ['a workload has no proxies', workloadView('books', 'webapp', { running: [], target: '' }), undefined],
  [
    'proxies are at their pin',
    workloadView('books', 'webapp', { running: [[OLD, 'behind', 3]], target: OLD }),
    undefined,
  ],
  ['a proxy is behind', behind, `1 of 3 are not at ${CURRENT}`],
  [
    'a pin violates the skew',
    workloadView('books', 'webapp', { running: [['edge-24.8.2', 'violation', 3]], target: 'edge-24.8.2' }),
    '3 of 3 violate the version skew',
  ],
  [
    'a trust root is stale',
    workloadView('books', 'webapp', { staleTrust: 2 }),
    '2 of 3 have a stale trust root',
  ],
  [
    'a Job without a target is current',
    workloadView('books', 'webapp', { kind: 'Job', target: '' }),
    undefined,
  ],
  [
    'a Job without a target is behind',
    workloadView('books', 'webapp', { kind: 'Job', target: '', running: [[OLD, 'behind', 2]] }),
    '2 of 2 are not current',
  ],
  [
    'a pod has no proxy and should have one',
    workloadView('books', 'webapp', { pods: podTally(4, { unmeshed: 1 }) }),
    '1 of 4 pods has no proxy and should have one',
  ],
  [
    'no pod has a proxy and all should',
    workloadView('books', 'webapp', { running: [], pods: podTally(2, { unmeshed: 2 }) }),
    '2 of 2 pods have no proxy and should have one',
  ],
  [
    'pods have no proxy and should have none',
    workloadView('books', 'webapp', { running: [], target: '', pods: podTally(2, { unmeshed: 2 }) }),
    undefined,
  ],
  [
    'its rollout has not finished',
    workloadView('books', 'webapp', { rollout: '2 of 3 updated' }),
    'its rollout has not finished: 2 of 3 updated',
  ],
  [
    'a rollout outside the mesh has not finished',
    workloadView('books', 'webapp', { running: [], target: '', rollout: '2 of 3 updated' }),
    undefined,
  ],
  [
    'several things at once, the gravest first',
    workloadView('books', 'webapp', {
      running: [['edge-24.8.2', 'violation', 3]],
      staleTrust: 3,
      rollout: '1 of 3 updated',
    }),
    '3 of 3 violate the version skew; 3 of 3 have a stale trust root; its rollout has not finished: 1 of 3 updated',
  ],
] as const) {
  test(`${reason === undefined ? 'in order' : 'a finding'}: ${what}`, () => {
    assert.deepEqual(
      verified(workload).findings.map((finding) => finding.reason),
      reason === undefined ? [] : [reason],
    );
  });
}

test('a finding is excused by its namespace or its name, the kind as kubectl takes it', () => {
  for (const excuse of [
    'books',
    'books/deployment/webapp',
    'books/Deployment/webapp',
    'books/deploy/webapp',
  ]) {
    const { findings, excused, unused } = verified(behind, [excuse]);
    assert.deepEqual([findings.length, excused.length, unused.length], [0, 1, 0], excuse);
  }
});

test('an excuse that meets nothing is told', () => {
  assert.deepEqual(verified(behind, ['books/deployment/webap']).unused, ['books/deployment/webap']);
  assert.equal(verified(behind, ['books/deployment/webap']).findings.length, 1);
  for (const other of ['books/sts/webapp', 'books/deploy', 'books/deploy/webapp/', 'book/deploy/webapp']) {
    assert.deepEqual(verified(behind, [other]).unused, [other]);
  }
});

test('an excuse may say why', () => {
  assert.deepEqual(excuseOf('books'), { of: 'books', because: '' });
  const { excused } = verified(behind, ['books/deployment/webapp=frozen until Monday, see a=b']);
  assert.deepEqual(
    excused.map(({ excuse }) => excuse),
    [{ of: 'books/deployment/webapp', because: 'frozen until Monday, see a=b' }],
  );
});

test('only the namespaces asked for are looked at', () => {
  const { mesh } = liveView({
    namespaces: [namespaceView('books'), namespaceView('other')],
    workloads: [behind],
  });
  assert.deepEqual(verify(mesh, ['other'], [], namesKind), {
    proxies: 0,
    workloads: 0,
    controlPlane: [],
    findings: [],
    excused: [],
    unused: [],
  });
});

test('while the control plane is in motion nothing is verified', () => {
  const views = [
    { halfRolled: 'destination runs edge-25.10.7' },
    { injector: { state: 'down', reason: 'no replica is available' } },
  ] as const;
  for (const controlPlane of views) {
    const { mesh } = liveView({ controlPlane, namespaces: [namespaceView('books')] });
    assert.equal(verify(mesh, undefined, [], namesKind).controlPlane.length, 1);
  }
});

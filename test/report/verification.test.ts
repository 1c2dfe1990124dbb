import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkloadView } from '../../src/mesh/view.ts';
import { verify } from '../../src/report/verification.ts';
import { CURRENT, liveView, namespaceView, workloadView } from '../support/views.ts';

const OLD = 'edge-25.10.7';

function verified(workload: WorkloadView, excuses: readonly string[] = []) {
  const { mesh } = liveView({ namespaces: [namespaceView('books')], workloads: [workload] });
  return verify(mesh, undefined, excuses);
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
] as const) {
  test(`${reason === undefined ? 'in order' : 'a finding'}: ${what}`, () => {
    assert.deepEqual(
      verified(workload).findings.map((finding) => finding.reason),
      reason === undefined ? [] : [reason],
    );
  });
}

test('a finding is excused by its namespace or its name, in any case of the kind', () => {
  for (const excuse of ['books', 'books/deployment/webapp', 'books/Deployment/webapp']) {
    const { findings, excused, unused } = verified(behind, [excuse]);
    assert.deepEqual([findings.length, excused.length, unused.length], [0, 1, 0], excuse);
  }
});

test('an excuse that meets nothing is told', () => {
  assert.deepEqual(verified(behind, ['books/deployment/webap']).unused, ['books/deployment/webap']);
  assert.equal(verified(behind, ['books/deployment/webap']).findings.length, 1);
});

test('only the namespaces asked for are looked at', () => {
  const { mesh } = liveView({
    namespaces: [namespaceView('books'), namespaceView('other')],
    workloads: [behind],
  });
  assert.deepEqual(verify(mesh, ['other'], []), { proxies: 0, findings: [], excused: [], unused: [] });
});

/** What errors and managed fields are taken for, without a cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeError } from '../../src/kube/errors.ts';
import { evictionKindOf, patchOutcomeOf } from '../../src/rollout/cluster/errors.ts';
import { writersOf } from '../../src/rollout/cluster/explain.ts';

const outcome = (kind: KubeError['kind'], message = 'words') => {
  const { outcome: what, kind: taken } = { kind: '', ...patchOutcomeOf(new KubeError(kind, message)) };
  return `${what} ${taken}`;
};

test('a patch without a clear answer is lost, and a webhook that does not answer is told apart', () => {
  assert.equal(outcome('timeout'), 'lost unanswered');
  assert.equal(outcome('network'), 'lost unanswered');
  assert.equal(outcome('unavailable', 'etcd leader changed'), 'lost refused');
  assert.equal(outcome('unavailable', 'failed calling webhook "x": timed out'), 'lost webhook');
  assert.equal(outcome('conflict'), 'refused conflict');
  assert.equal(outcome('not-found'), 'refused gone');
  assert.equal(outcome('too-many-requests'), 'refused busy');
  assert.equal(outcome('forbidden'), 'refused refused');
  const busy = patchOutcomeOf(new KubeError('too-many-requests', 'later', { retryAfterSeconds: 7 }));
  assert.equal(busy.outcome === 'refused' && busy.retryAfterSeconds, 7);
});

test('a 429 of a disruption budget is told apart from a busy server', () => {
  const cause = { reason: 'DisruptionBudget', message: 'needs 2 healthy pods', field: '' };
  const budget = new KubeError('too-many-requests', 'no', { causes: [cause] });
  assert.equal(evictionKindOf(budget), 'budget');
  assert.equal(evictionKindOf(new KubeError('too-many-requests', 'busy')), 'busy');
  assert.equal(evictionKindOf(new KubeError('not-found', 'gone')), 'gone');
  assert.equal(evictionKindOf(new KubeError('conflict', 'another uid')), 'gone');
  assert.equal(evictionKindOf(new KubeError('network', 'cut')), 'busy');
  assert.equal(evictionKindOf(new KubeError('forbidden', 'no')), 'refused');
});

test('who wrote to a workload since its restart is named, but for us, the controllers and status', () => {
  const since = Date.parse('2026-11-21T19:30:00Z') / 1000;
  const entry = (manager: string, time: string, subresource = '') => ({ manager, time, subresource });
  const managedFields = [
    entry('kubectl-linkerd-upgrade', '2026-11-21T19:30:01Z'),
    entry('kube-controller-manager', '2026-11-21T19:30:02Z'),
    entry('somebody', '2026-11-21T19:30:02Z', 'status'),
    entry('kubectl-edit', '2026-11-21T19:29:59Z'),
    entry('kubectl-rollout', '2026-11-21T19:30:03Z'),
    entry('helm\u001b[31m', '2026-11-21T19:30:00Z'),
    entry('kustomize-controller', '2026-10-01T00:00:00Z'),
  ];
  assert.deepEqual(writersOf({ metadata: { managedFields } }, since), [
    'kubectl-rollout changed it 3 s after the restart',
    'helm\\x1b[31m changed it within a second of the restart',
    'kustomize-controller manages it, and may take back what is not in Git',
  ]);
});

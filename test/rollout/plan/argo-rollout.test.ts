/** Argo Rollouts, which replace their pods by themselves once `spec.restartAt` is set. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeRecord, WorkloadRecord } from '../../../src/kube/records.ts';
import { decide, planRestart } from '../../../src/rollout/plan/planner.ts';
import { deployment, link, meshedPod, owner } from '../../support/records.ts';
import { BEHIND, CURRENT, scopes, world } from './world.ts';

const argo = owner('Rollout', 'engine', { apiVersion: 'argoproj.io/v1alpha1' });

function rollout(changes: Partial<WorkloadRecord> = {}): readonly KubeRecord[] {
  const record: WorkloadRecord = {
    ...deployment({ namespace: 'books', name: 'engine', replicas: 4 }),
    kind: 'Rollout',
    restartAt: '',
    strategy: { type: 'RollingUpdate', maxUnavailable: '50%', maxSurge: '0', partition: 0 },
    ...changes,
  };
  const pods = [0, 1, 2, 3].map((index) =>
    meshedPod(BEHIND, {
      namespace: 'books',
      name: `engine-5d9c7b-${index}`,
      owner: owner('ReplicaSet', 'engine-5d9c7b'),
      templateHash: '5d9c7b',
    }),
  );
  return [record, link('ReplicaSet', 'engine-5d9c7b', argo, { namespace: 'books' }), ...pods];
}

test('a Rollout that can be read is planned by its own way of restarting', () => {
  const [item] = planRestart(world(rollout()), scopes('books')).items;
  assert.deepEqual(
    [item?.method, item?.apiVersion, item?.expected.version, item?.pods, item?.rounds],
    ['restart-at', 'argoproj.io/v1alpha1', CURRENT, 4, 2],
  );
});

test('the time of its last restart is not used again', () => {
  const input = world(rollout({ restartAt: '1970-01-01T00:00:00Z' }));
  const [item] = planRestart(input, scopes('books')).items;
  assert.ok(item);
  const decision = decide(input, item, 0, 0);
  assert.equal(decision.decision === 'restart' && decision.restartedAt, '1970-01-01T00:00:01Z');
});

for (const [what, changes, reason, command] of [
  [
    'is paused',
    { paused: true },
    /paused between two steps/,
    'kubectl argo rollouts promote engine -n books',
  ],
  [
    'has its template elsewhere',
    { templateOf: 'deployment/engine' },
    /template stands in deployment\/engine/,
    'kubectl argo rollouts restart engine -n books',
  ],
  [
    'is rolling',
    { status: { ...deployment({ replicas: 4 }).status, updated: 2 } },
    /has not finished/,
    'kubectl argo rollouts status engine -n books',
  ],
] as const) {
  test(`a Rollout that ${what} is left out with the command of its controller`, () => {
    const { items, exclusions } = planRestart(world(rollout(changes)), scopes('books'));
    assert.deepEqual(items, []);
    assert.match(exclusions[0]?.reason ?? '', reason);
    assert.equal(exclusions[0]?.command, command);
  });
}

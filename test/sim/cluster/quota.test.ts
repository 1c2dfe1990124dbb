import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdmissionError } from '../../../src/sim/api-error.ts';
import { newPod } from '../../../src/sim/cluster/pods.ts';
import { barePod, deployment, namespace, resourceQuota } from '../../../src/sim/cluster/scenario/builders.ts';
import { type Bench, bench, MESHED, NOW } from './support.ts';

function quotaOf({ get }: Bench, name: string) {
  return get('ResourceQuota', 'shop', name).status;
}

test('a quota counts pods and what they ask for, the proxy included', () => {
  const made = bench();
  made.sim.world.create(namespace('shop', MESHED));
  made.sim.world.create(
    resourceQuota('shop', 'cap', {
      pods: '10',
      'requests.cpu': '4',
      'requests.memory': '2Gi',
      'limits.memory': '1Gi',
    }),
  );
  made.sim.world.create(deployment('shop', 'web', { replicas: 2 }));
  made.settle();
  // The application asks for 100m and 256Mi, the proxy for 100m and 20Mi and no more than 250Mi.
  assert.deepEqual(quotaOf(made, 'cap'), {
    hard: { pods: '10', 'requests.cpu': '4', 'requests.memory': '2Gi', 'limits.memory': '1Gi' },
    used: { pods: '2', 'requests.cpu': '400m', 'requests.memory': '552Mi', 'limits.memory': '500Mi' },
  });
});

test('a pod beyond the quota is refused as an API server words it, and one that has ended frees its place', () => {
  const made = bench();
  made.sim.world.create(namespace('shop', MESHED));
  made.sim.world.create(resourceQuota('shop', 'cap', { pods: '1', cpu: '1' }));
  const job = barePod('shop', 'first', { pod: { restartPolicy: 'Never' } });
  made.sim.world.behave('shop', 'first', { kind: 'completes', afterMs: 60_000 });
  made.sim.world.createPod(job);
  const next = newPod(barePod('shop', 'second'), 'kubectl-create', NOW);
  const home = made.sim.cluster.get('Namespace', '', 'shop');
  const refused =
    'pods "second" is forbidden: exceeded quota: cap, requested: pods=1, used: pods=1, limited: pods=1';
  for (const dryRun of [true, false]) {
    assert.throws(
      () => made.sim.admission(next, home, dryRun),
      (error) => error instanceof AdmissionError && error.code === 403 && error.message === refused,
    );
  }
  made.settle(5);
  assert.equal(quotaOf(made, 'cap')?.used?.pods, '0');
  made.sim.admission(next, home, false);
});

test('a rolling update without room for one more pod stands still and keeps its old pods', () => {
  const made = bench();
  made.sim.world.create(namespace('shop', MESHED));
  made.sim.world.create(resourceQuota('shop', 'cap', { pods: '2' }));
  made.sim.world.create(deployment('shop', 'web', { replicas: 2 }));
  made.settle();
  made.sim.world.change('Deployment', 'shop', 'web', (found) => ({
    ...found,
    spec: {
      ...found.spec,
      template: {
        ...found.spec.template,
        metadata: { ...found.spec.template.metadata, annotations: { again: '1' } },
      },
    },
  }));
  made.settle();
  const { status } = made.get('Deployment', 'shop', 'web');
  assert.equal(status?.readyReplicas, 2);
  assert.equal(status?.updatedReplicas, undefined);
  const failure = status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  assert.match(
    failure?.message ?? '',
    /exceeded quota: cap, requested: pods=1, used: pods=2, limited: pods=2/,
  );
});

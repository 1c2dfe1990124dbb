import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '../../../src/sim/cluster/objects.ts';
import { deployment, namespace } from '../../../src/sim/cluster/scenario/builders.ts';
import { at, numberAt } from '../../../src/sim/json.ts';
import { recordedEvents } from '../../support/wire.ts';
import { allReady, type Bench, bench, MESHED, proxyVersion, restart, states } from './support.ts';

function withDeployment(options: Parameters<typeof deployment>[2]): Bench {
  const made = bench();
  made.sim.world.createAll([namespace('books', MESHED), deployment('books', 'webapp', options)]);
  made.settle();
  return made;
}

/** What `kubectl rollout status` looks at, and why the rollout stands where it stands. */
function course(of: unknown): readonly unknown[] {
  const count = (field: string): unknown => at(of, 'status', field) ?? 0;
  const conditions = at(of, 'status', 'conditions');
  const progressing = Array.isArray(conditions)
    ? conditions.find((condition) => at(condition, 'type') === 'Progressing')
    : undefined;
  const counters = [
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
  ];
  return [
    Number(at(of, 'metadata', 'generation')) - Number(count('observedGeneration')),
    ...counters.map(count),
    at(progressing, 'reason'),
  ];
}

test('a rolling update takes the course that a real controller was recorded to take', () => {
  const recorded = recordedEvents('093-watch-deployments.json').filter(({ type }) => type === 'MODIFIED');
  const made = withDeployment({ replicas: 2 });
  made.events.length = 0;
  restart(made, 'Deployment', 'books', 'webapp');
  made.settle();
  const simulated = states(made.events, 'Deployment', 'books', 'webapp');
  assert.deepEqual(
    simulated.map(course),
    recorded.map(({ object }) => course(object)),
  );
});

test('the ReplicaSets of a rolling update go through the recorded states', () => {
  const made = withDeployment({ replicas: 2 });
  const [old] = made.sim.cluster.list('ReplicaSet', 'books');
  made.events.length = 0;
  restart(made, 'Deployment', 'books', 'webapp');
  made.settle();
  const recorded = recordedEvents('090-watch-replicasets.json').filter(({ type }) => type !== 'BOOKMARK');
  const summary = (set: unknown): unknown => [at(set, 'spec', 'replicas'), at(set, 'status')];
  const recordedOld = recorded.filter(({ object }) => at(object, 'metadata', 'name') === 'webapp-5cf678fb77');
  const recordedNew = recorded.filter(({ object }) => at(object, 'metadata', 'name') === 'webapp-99d7c56c9');
  const newest = made.sim.cluster
    .list('ReplicaSet', 'books')
    .find(({ metadata }) => metadata.uid !== old?.metadata.uid);
  const simulatedNew = states(made.events, 'ReplicaSet', 'books', newest?.metadata.name ?? '');
  // The recorded one had been through more generations.
  const counters = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];
  const counted = (set: unknown): unknown => [
    at(set, 'spec', 'replicas'),
    ...counters.map((field) => numberAt(set, 'status', field)),
  ];
  assert.deepEqual(
    simulatedNew.map(summary),
    recordedNew.map(({ object }) => summary(object)),
  );
  assert.deepEqual(
    states(made.events, 'ReplicaSet', 'books', old?.metadata.name ?? '').map(counted),
    recordedOld.map(({ object }) => counted(object)),
  );
});

test('maxSurge and maxUnavailable hold throughout, in numbers and in percent', () => {
  const cases = [
    { replicas: 4, strategy: { maxSurge: 0, maxUnavailable: 1 }, most: 4, fewest: 3 },
    { replicas: 4, strategy: { maxSurge: 2, maxUnavailable: 0 }, most: 6, fewest: 4 },
    { replicas: 10, strategy: { maxSurge: '25%', maxUnavailable: '25%' }, most: 13, fewest: 8 },
    { replicas: 3, strategy: { maxSurge: '0%', maxUnavailable: '10%' }, most: 3, fewest: 2 },
  ];
  for (const { most, fewest, ...options } of cases) {
    const made = withDeployment(options);
    made.events.length = 0;
    restart(made, 'Deployment', 'books', 'webapp');
    made.settle(5);
    const seen = states(made.events, 'Deployment', 'books', 'webapp').map(({ status }) => status);
    assert.equal(Math.max(...seen.map((status) => status?.replicas ?? 0)), most, JSON.stringify(options));
    assert.equal(
      Math.min(...seen.map((status) => status?.availableReplicas ?? 0)),
      fewest,
      JSON.stringify(options),
    );
    assert.equal(seen.at(-1)?.updatedReplicas, options.replicas);
  }
});

test('Recreate has no new pod before the last old one is gone', () => {
  const made = withDeployment({ replicas: 3, strategy: 'Recreate' });
  const before = new Set(made.pods('books', 'webapp').map(({ metadata }) => metadata.uid));
  made.events.length = 0;
  restart(made, 'Deployment', 'books', 'webapp');
  made.settle();
  const pods = made.events.filter(
    ({ object }) => object.kind === 'Pod' && object.metadata.namespace === 'books',
  );
  const lastEnd = pods.findLastIndex(
    ({ type, object }) => type === 'DELETED' && before.has(object.metadata.uid),
  );
  const firstStart = pods.findIndex(({ type }) => type === 'ADDED');
  assert.ok(lastEnd >= 0 && firstStart > lastEnd, `${firstStart} after ${lastEnd}`);
  assert.equal(made.pods('books', 'webapp').length, 3);
  assert.ok(allReady(made.pods('books', 'webapp')));
});

test('a paused Deployment keeps its pods until it is resumed', () => {
  const made = withDeployment({ replicas: 2, paused: false });
  const pause = (paused: boolean) => (found: Deployment) => ({ ...found, spec: { ...found.spec, paused } });
  made.sim.world.change('Deployment', 'books', 'webapp', pause(true));
  made.settle();
  restart(made, 'Deployment', 'books', 'webapp');
  made.settle();
  const waiting = made.get('Deployment', 'books', 'webapp');
  assert.equal(waiting.status?.updatedReplicas ?? 0, 0);
  assert.deepEqual(course(waiting).at(-1), 'DeploymentPaused');
  made.sim.world.change('Deployment', 'books', 'webapp', pause(false));
  made.settle();
  assert.equal(made.get('Deployment', 'books', 'webapp').status?.updatedReplicas, 2);
});

test('going back to an old template takes its ReplicaSet up again under a new revision', () => {
  const made = withDeployment({ replicas: 2 });
  const original = made.get('Deployment', 'books', 'webapp').spec.template;
  const [first] = made.sim.cluster.list('ReplicaSet', 'books');
  restart(made, 'Deployment', 'books', 'webapp');
  made.settle();
  made.sim.world.change('Deployment', 'books', 'webapp', (found) => ({
    ...found,
    spec: { ...found.spec, template: original },
  }));
  made.settle();
  const again = made.get('ReplicaSet', 'books', first?.metadata.name ?? '');
  assert.equal(made.sim.cluster.list('ReplicaSet', 'books').length, 2);
  assert.equal(again.status?.availableReplicas, 2);
  assert.equal(again.metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
  assert.equal(again.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
  assert.equal(
    made.get('Deployment', 'books', 'webapp').metadata.annotations?.['deployment.kubernetes.io/revision'],
    '3',
  );
});

test('a rollout that stands still exceeds its deadline, and recovers from it', () => {
  const made = withDeployment({ replicas: 2, progressDeadlineSeconds: 60 });
  made.sim.setWorkloadBehaviour('books', 'webapp', { kind: 'never-ready' });
  restart(made, 'Deployment', 'books', 'webapp');
  made.settle(3);
  assert.equal(course(made.get('Deployment', 'books', 'webapp')).at(-1), 'ProgressDeadlineExceeded');
  assert.equal(made.get('Deployment', 'books', 'webapp').status?.availableReplicas, 2);
  made.sim.setWorkloadBehaviour('books', 'webapp', { kind: 'healthy' }, true);
  made.settle(3);
  assert.equal(course(made.get('Deployment', 'books', 'webapp')).at(-1), 'NewReplicaSetAvailable');
});

test('minReadySeconds holds each step back', () => {
  const made = withDeployment({ replicas: 2, minReadySeconds: 30 });
  restart(made, 'Deployment', 'books', 'webapp');
  made.clock.advance(20_000);
  const young = made.get('Deployment', 'books', 'webapp').status;
  assert.deepEqual([young?.readyReplicas, young?.availableReplicas], [3, 2]);
  made.settle(3);
  assert.equal(course(made.get('Deployment', 'books', 'webapp')).at(-1), 'NewReplicaSetAvailable');
});

test('pods that are refused show as ReplicaFailure and are tried again', () => {
  const made = withDeployment({ replicas: 2 });
  const quota = 'exceeded quota: some, requested: pods=1, used: pods=7, limited: pods=7';
  made.sim.refusePods('books', quota);
  restart(made, 'Deployment', 'books', 'webapp');
  made.settle();
  const failure = made
    .get('Deployment', 'books', 'webapp')
    .status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  assert.equal(failure?.reason, 'FailedCreate');
  assert.match(
    failure?.message ?? '',
    /^pods "webapp-[a-z0-9]+-[a-z0-9]{5}" is forbidden: exceeded quota: some/,
  );
  made.sim.refusePods('books', undefined);
  made.settle(5);
  const { status } = made.get('Deployment', 'books', 'webapp');
  assert.equal(status?.updatedReplicas, 2);
  assert.equal(
    status?.conditions?.some(({ type }) => type === 'ReplicaFailure'),
    false,
  );
});

test('scaling follows at once, and a scale-down takes the pods that are not ready', () => {
  const made = withDeployment({ replicas: 3 });
  const scale = (replicas: number) => (found: Deployment) => ({
    ...found,
    spec: { ...found.spec, replicas },
  });
  made.sim.setWorkloadBehaviour('books', 'webapp', { kind: 'never-ready' });
  made.sim.world.change('Deployment', 'books', 'webapp', scale(5));
  made.settle();
  assert.equal(made.pods('books', 'webapp').length, 5);
  made.sim.world.change('Deployment', 'books', 'webapp', scale(3));
  made.settle();
  assert.equal(made.pods('books', 'webapp').length, 3);
  assert.ok(allReady(made.pods('books', 'webapp')));
});

test('events say what was scaled and created', () => {
  const made = withDeployment({ replicas: 2 });
  const [set] = made.sim.cluster.list('ReplicaSet', 'books');
  const told = made.events
    .filter(({ object }) => object.kind === 'Event')
    .map(({ object }) => `${object.reason}: ${object.message}`);
  assert.ok(
    told.includes(`ScalingReplicaSet: Scaled up replica set ${set?.metadata.name} to 2`),
    told.join('\n'),
  );
  assert.equal(told.filter((text) => text.startsWith('SuccessfulCreate: Created pod: webapp-')).length, 2);
});

test('a GitOps controller that takes a restart back leaves pods of the old ReplicaSet, with the new proxy', () => {
  const made = withDeployment({ replicas: 2 });
  const before = made.pods('books', 'webapp').map(({ metadata }) => metadata.uid);
  const [first] = made.sim.cluster.list('ReplicaSet', 'books');
  made.sim.upgradeControlPlane('edge-25.12.2');
  made.settle();
  const stop = made.sim.revertRestarts({
    namespace: 'books',
    manager: 'kustomize-controller',
    afterMs: 4_000,
  });
  restart(made, 'Deployment', 'books', 'webapp');
  made.settle();
  stop();
  const found = made.get('Deployment', 'books', 'webapp');
  assert.equal(found.spec.template.metadata?.annotations?.['kubectl.kubernetes.io/restartedAt'], undefined);
  assert.equal(found.metadata.generation, 3);
  assert.equal(made.get('ReplicaSet', 'books', first?.metadata.name ?? '').status?.availableReplicas, 2);
  const pods = made.pods('books', 'webapp');
  assert.deepEqual(
    pods.map((pod) => (before.includes(pod.metadata.uid) ? 'old' : proxyVersion(pod))).sort(),
    ['edge-25.12.2', 'old'],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import type { PodBehaviour } from '../../../src/sim/cluster/kubelet/behaviour.ts';
import { isKind, type Pod } from '../../../src/sim/cluster/objects.ts';
import { conditionOf, isReady } from '../../../src/sim/cluster/pods.ts';
import { barePod, deployment, namespace } from '../../../src/sim/cluster/scenario/builders.ts';
import { isObject } from '../../../src/sim/json.ts';
import { recordedEvents } from '../../support/wire.ts';
import { type Bench, bench, MESHED, states } from './support.ts';

/** A bench with one pod of `shop/web`, meshed unless told otherwise. */
function withPod(behaviour: PodBehaviour, annotations: Record<string, string> = {}): Bench {
  const made = bench();
  made.sim.setWorkloadBehaviour('shop', 'web', behaviour);
  made.sim.world.createAll([
    namespace('shop', MESHED),
    deployment('shop', 'web', { replicas: 1, annotations }),
  ]);
  made.settle();
  return made;
}

function onlyPod(made: Bench): Pod {
  const [pod, ...others] = made.sim.cluster.list('Pod', 'shop');
  assert.ok(pod);
  assert.deepEqual(others, []);
  return pod;
}

/** `container=state`, as kubectl would print the states in order. */
function containers({ status }: Pod): readonly string[] {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return all.map(({ name, state, ready }) => {
    const word = state.waiting?.reason ?? state.terminated?.reason ?? (ready ? 'ready' : 'running');
    return `${name}=${word}`;
  });
}

test('a pod is created, scheduled, prepared, initialised, started, ready', () => {
  const made = withPod({ kind: 'healthy' });
  const life = states(made.events, 'Pod', 'shop', onlyPod(made).metadata.name);
  assert.deepEqual(
    life.map((pod) =>
      [pod.status?.phase, pod.spec.nodeName !== undefined, isReady(pod), ...containers(pod)].join(' '),
    ),
    [
      'Pending false false',
      'Pending true false',
      'Pending true false linkerd-init=PodInitializing linkerd-proxy=PodInitializing web=PodInitializing',
      'Pending true false linkerd-init=running linkerd-proxy=PodInitializing web=PodInitializing',
      'Pending true false linkerd-init=Completed linkerd-proxy=ContainerCreating web=ContainerCreating',
      'Running true false linkerd-init=Completed linkerd-proxy=running web=running',
      'Running true true linkerd-init=Completed linkerd-proxy=ready web=ready',
    ],
  );
});

test('a native sidecar starts before the application and stays', () => {
  const made = withPod({ kind: 'healthy' }, { [annotation.nativeSidecarBeta]: 'true' });
  const life = states(made.events, 'Pod', 'shop', onlyPod(made).metadata.name).map(containers);
  assert.deepEqual(life.slice(4), [
    ['linkerd-init=Completed', 'linkerd-proxy=PodInitializing', 'web=PodInitializing'],
    ['linkerd-init=Completed', 'linkerd-proxy=ready', 'web=ContainerCreating'],
    ['linkerd-init=Completed', 'linkerd-proxy=ready', 'web=running'],
    ['linkerd-init=Completed', 'linkerd-proxy=ready', 'web=ready'],
  ]);
  assert.ok(isReady(onlyPod(made)));
});

test('a deleted pod ends in the recorded order, Ready to the last', () => {
  const recorded = recordedEvents('088-watch-pods.json').filter(
    ({ object }) => isObject(object.metadata) && object.metadata.name === 'webapp-5cf678fb77-rhlq9',
  );
  const made = withPod({ kind: 'healthy' });
  const pod = onlyPod(made);
  made.events.length = 0;
  made.sim.cluster.deletePod(pod);
  made.clock.advance(1_000);
  assert.equal(onlyDeletion(made, pod), undefined, 'the end takes its time');
  made.settle();
  const ending = made.events.filter(({ object }) => object.metadata.uid === pod.metadata.uid);
  const summary = (type: string, metadata: unknown): unknown => [
    type,
    isObject(metadata) ? metadata.deletionGracePeriodSeconds : undefined,
  ];
  assert.deepEqual(
    ending.map(({ type, object }) => summary(type, object.metadata)),
    recorded.map(({ type, object }) => summary(type, object.metadata)),
  );
  const last = ending.at(-1)?.object;
  assert.ok(isKind(last, 'Pod') && isReady(last));
});

function onlyDeletion({ events }: Bench, pod: Pod): unknown {
  return events.find(({ type, object }) => type === 'DELETED' && object.metadata.uid === pod.metadata.uid);
}

test('a pod without a node is deleted at once', () => {
  const made = withPod({ kind: 'unschedulable', message: '0/3 nodes are available: 3 Insufficient cpu.' });
  const pod = onlyPod(made);
  assert.equal(conditionOf(pod, 'PodScheduled')?.reason, 'Unschedulable');
  assert.equal(pod.status?.phase, 'Pending');
  made.sim.cluster.deletePod(pod);
  assert.ok(onlyDeletion(made, pod));
});

test('a crash loop backs off longer and longer, and counts', () => {
  const made = withPod({ kind: 'crash-loop', container: 'linkerd-proxy', reason: 'OOMKilled' });
  made.settle(10);
  const life = states(made.events, 'Pod', 'shop', onlyPod(made).metadata.name);
  const waits = life.flatMap(({ status }) =>
    (status?.containerStatuses ?? []).flatMap(({ name, state }) =>
      name === 'linkerd-proxy' ? (state.waiting?.message ?? []) : [],
    ),
  );
  assert.deepEqual(
    [...new Set(waits.map((text) => text.split(' ')[1]))],
    ['10s', '20s', '40s', '80s', '160s', '300s'],
  );
  const [proxy, web] = onlyPod(made).status?.containerStatuses ?? [];
  assert.equal(proxy?.lastState.terminated?.reason, 'OOMKilled');
  assert.equal(proxy?.lastState.terminated?.exitCode, 137);
  assert.ok((proxy?.restartCount ?? 0) >= 5, `${proxy?.restartCount} restarts`);
  assert.equal(web?.restartCount, 0);
  assert.equal(isReady(onlyPod(made)), false);
});

test('other troubles show as kubectl would show them', () => {
  const pull = onlyPod(withPod({ kind: 'image-pull', container: 'linkerd-proxy' }));
  assert.deepEqual(
    [pull.status?.phase, ...containers(pull)],
    ['Pending', 'linkerd-init=Completed', 'linkerd-proxy=ImagePullBackOff', 'web=ready'],
  );
  const pullInit = onlyPod(withPod({ kind: 'image-pull', container: 'linkerd-init' }));
  assert.deepEqual(containers(pullInit), [
    'linkerd-init=ImagePullBackOff',
    'linkerd-proxy=PodInitializing',
    'web=PodInitializing',
  ]);
  const sleepy = onlyPod(withPod({ kind: 'never-ready' }));
  assert.deepEqual(
    [sleepy.status?.phase, isReady(sleepy), containers(sleepy).at(-1)],
    ['Running', false, 'web=running'],
  );
  const ended = bench();
  ended.sim.world.create(namespace('shop', MESHED));
  ended.sim.setWorkloadBehaviour('shop', 'cache', { kind: 'evicted', afterMs: 60_000 });
  ended.sim.setWorkloadBehaviour('shop', 'migration', { kind: 'completes', afterMs: 5_000 });
  for (const name of ['cache', 'migration']) ended.sim.world.createPod(barePod('shop', name));
  ended.settle();
  const [cache, migration] = ended.sim.cluster.list('Pod', 'shop');
  assert.deepEqual([cache?.status?.phase, cache?.status?.reason], ['Failed', 'Evicted']);
  assert.equal(migration?.status?.phase, 'Succeeded');
});

test('a slow pod takes longer, and is ready in the end', () => {
  const readyAfter = (behaviour: PodBehaviour): number => {
    const made = bench();
    made.sim.setWorkloadBehaviour('shop', 'web', behaviour);
    made.sim.world.createAll([namespace('shop', MESHED), deployment('shop', 'web', { replicas: 1 })]);
    const start = made.clock.now();
    assert.ok(made.clock.advanceUntil(() => made.pods('shop', 'web').some(isReady), 600_000));
    return made.clock.now() - start;
  };
  assert.ok(readyAfter({ kind: 'slow', factor: 10 }) > 5 * readyAfter({ kind: 'healthy' }));
});

test('a running pod can fall ill and recover', () => {
  const made = withPod({ kind: 'healthy' });
  const { uid } = onlyPod(made).metadata;
  made.sim.setWorkloadBehaviour('shop', 'web', { kind: 'crash-loop', container: 'web' }, true);
  made.settle();
  assert.equal(made.get('Deployment', 'shop', 'web').status?.availableReplicas ?? 0, 0);
  made.sim.setWorkloadBehaviour('shop', 'web', { kind: 'healthy' }, true);
  made.settle();
  assert.equal(made.get('Deployment', 'shop', 'web').status?.availableReplicas, 1);
  assert.equal(onlyPod(made).metadata.uid, uid);
});

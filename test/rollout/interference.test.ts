/** Restarts that meet somebody else's hands, on a simulated cluster. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { annotation } from '../../src/data/linkerd.ts';
import { deployment, statefulSet } from '../../src/sim/cluster/scenario/builders.ts';
import { findKubectls, openKubectl } from '../support/kubectl.ts';
import { clusterFor, edit, haltOf, type LiveCluster } from './live-cluster.ts';

/** Two Deployments of which `b` comes second, after more than enough time to change it. */
function pair(t: TestContext): Promise<LiveCluster> {
  return clusterFor(t, [
    deployment('shop', 'a', { replicas: 2 }),
    deployment('shop', 'b', { replicas: 3, progressDeadlineSeconds: 40 }),
  ]);
}

async function startAndMeet(cluster: LiveCluster, change: () => void): Promise<void> {
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  change();
}

const patched = (cluster: LiveCluster) => cluster.patches().map(({ name, code }) => `${name} ${code}`);

test('a GitOps tool takes the restart back two seconds later: no fight', async (t) => {
  const cluster = await pair(t);
  const stop = cluster.simulation.cluster.revertRestarts({
    namespace: 'shop',
    manager: 'kustomize-controller',
    afterMs: 2_000,
  });
  t.after(stop);
  await cluster.start({ namespace: 'shop' });
  const halt = haltOf(await cluster.end());
  assert.match(
    halt.reason,
    /annotation was removed from the template; a GitOps tool or an operator reverts it/,
  );
  assert.equal(halt.cause, 'interference');
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('somebody else restarts the workload in the middle', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () =>
    edit(cluster, 'shop', 'a', {
      annotations: { [annotation.restartedAt]: '2031-01-01T00:00:00Z' },
    }),
  );
  assert.match(
    haltOf(await cluster.end()).reason,
    /another restart at 2031-01-01T00:00:00Z replaced this one/,
  );
  assert.deepEqual(patched(cluster), ['a 200']);
});

const [kubectl] = findKubectls();
test('a real kubectl rollout undo in the middle', { skip: kubectl ? false : 'no kubectl' }, async (t) => {
  assert.ok(kubectl);
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 2, minReadySeconds: 300 }),
    deployment('shop', 'b', { replicas: 3 }),
  ]);
  const session = openKubectl(kubectl, cluster.simulation.kubeconfig);
  t.after(() => session.close());
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  const { code, stderr } = await session.run('rollout', 'undo', '-n', 'shop', 'deployment/a');
  assert.equal(code, 0, stderr);
  assert.match(haltOf(await cluster.end()).reason, /annotation was removed|another restart/);
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('a real kubectl rollout restart in the middle: the card names who did it', {
  skip: kubectl ? false : 'no kubectl',
}, async (t) => {
  assert.ok(kubectl);
  const cluster = await clusterFor(t, [deployment('shop', 'a', { replicas: 2, minReadySeconds: 300 })]);
  const session = openKubectl(kubectl, cluster.simulation.kubeconfig);
  t.after(() => session.close());
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  const { code, stderr } = await session.run('rollout', 'restart', '-n', 'shop', 'deployment/a');
  assert.equal(code, 0, stderr);
  assert.match(haltOf(await cluster.end()).reason, /another restart at .* replaced this one/);
  await cluster.until(
    (run) => /^kubectl-rollout changed it \d+ s after the restart$/m.test(haltOf(run).details.join('\n')),
    'who did it',
  );
});

test('deleted before its turn: dropped', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () => cluster.simulation.cluster.cluster.remove('Deployment', 'shop', 'b'));
  assert.equal((await cluster.end()).phase.phase, 'done');
  const step = cluster.step('b');
  assert.match(step?.state === 'dropped' ? step.reason : '', /deleted/);
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('deleted while it rolls: dropped, and the next has its turn', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () => cluster.simulation.cluster.cluster.remove('Deployment', 'shop', 'a'));
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.deepEqual([cluster.step('a')?.state, cluster.step('b')?.state], ['dropped', 'done']);
});

test('deleted and made anew under its name before its turn: another workload, not patched', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () => {
    cluster.simulation.cluster.cluster.remove('Deployment', 'shop', 'b');
    cluster.simulation.cluster.world.create(deployment('shop', 'b', { replicas: 1 }));
  });
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.equal(cluster.step('b')?.state, 'dropped');
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('scaled to zero before its turn: dropped', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () => edit(cluster, 'shop', 'b', { replicas: 0 }));
  assert.equal((await cluster.end()).phase.phase, 'done');
  const step = cluster.step('b');
  assert.match(step?.state === 'dropped' ? step.reason : '', /scaled to zero/);
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('scaled to zero while it rolls: dropped', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () => edit(cluster, 'shop', 'a', { replicas: 0 }));
  assert.equal((await cluster.end()).phase.phase, 'done');
  const step = cluster.step('a');
  assert.match(step?.state === 'dropped' ? step.reason : '', /scaled to zero/);
});

test('scaled up while it rolls: all pods that are wanted then are the proof', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () => edit(cluster, 'shop', 'a', { replicas: 5 }));
  assert.equal((await cluster.end()).phase.phase, 'done');
  const step = cluster.step('a');
  assert.equal(step?.state === 'done' && step.pods, 5);
});

test('paused before its turn: not patched, the run halts with the reason', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () => edit(cluster, 'shop', 'b', { paused: true }));
  const halt = haltOf(await cluster.end());
  assert.match(halt.reason, /changed after it was reviewed: .*paused/);
  assert.equal(halt.workload?.name, 'b');
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('paused while it rolls: its deadline passes, and the card says what it waited for', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 4, progressDeadlineSeconds: 40, minReadySeconds: 3 }),
  ]);
  await startAndMeet(cluster, () => edit(cluster, 'shop', 'a', { paused: true }));
  assert.match(
    haltOf(await cluster.end()).reason,
    /no progress for 40 s, waiting for the Deployment to be resumed/,
  );
});

test('pinned before its turn: not patched', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () =>
    cluster.simulation.cluster.world.annotateNamespace('shop', {
      [annotation.pinnedProxyVersion]: 'edge-25.10.7',
    }),
  );
  const run = await cluster.end();
  assert.match(haltOf(run).reason, /changed after it was reviewed: |came up with proxy edge-25\.10\.7/);
  assert.ok(patched(cluster).length === 1, patched(cluster).join());
});

test('pinned on its template while it rolls: the pods it gets then are not the predicted ones', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a', { replicas: 3, minReadySeconds: 10 })]);
  await startAndMeet(cluster, () =>
    edit(cluster, 'shop', 'a', {
      annotations: { [annotation.pinnedProxyVersion]: 'edge-25.8.5' },
    }),
  );
  assert.match(haltOf(await cluster.end()).reason, /came up with proxy edge-25\.8\.5, not edge-25\.11\.3/);
});

test('a namespace that stops injecting in mid-run: the first pod without a proxy halts', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a', { replicas: 3, minReadySeconds: 10 })]);
  await startAndMeet(cluster, () =>
    cluster.simulation.cluster.world.annotateNamespace('shop', { [annotation.inject]: 'disabled' }),
  );
  assert.match(haltOf(await cluster.end()).reason, /pod a-\S+ came up without a proxy/);
});

test('a new image while it rolls is a change like any other: the newest pods are the proof', async (t) => {
  const cluster = await pair(t);
  await startAndMeet(cluster, () => edit(cluster, 'shop', 'a', { image: 'registry.example/a:v2' }));
  assert.equal((await cluster.end()).phase.phase, 'done');
  const pods = cluster.simulation.cluster.cluster
    .list('Pod', 'shop')
    .filter(({ metadata }) => metadata.labels?.app === 'a' && metadata.deletionTimestamp === undefined);
  assert.equal(pods.length, 2);
  assert.ok(pods.every(({ spec }) => spec.containers.some(({ image }) => image === 'registry.example/a:v2')));
});

test('deployed anew just before its turn: the rollout is waited for, and leaves nothing to do', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 1, strategy: { maxSurge: 1, maxUnavailable: 0 } }),
    deployment('shop', 'b', { replicas: 3, minReadySeconds: 20, strategy: 'Recreate' }),
  ]);
  await startAndMeet(cluster, () => edit(cluster, 'shop', 'b', { image: 'registry.example/b:v2' }));
  assert.equal((await cluster.end()).phase.phase, 'done');
  const step = cluster.step('b');
  assert.match(step?.state === 'dropped' ? step.reason : '', /became current in the meantime/);
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('a rollout that never settles before its turn halts after its own deadline', async (t) => {
  const cluster = await pair(t);
  cluster.simulation.cluster.setWorkloadBehaviour('shop', 'b', { kind: 'never-ready' });
  await startAndMeet(cluster, () => edit(cluster, 'shop', 'b', { image: 'registry.example/b:v2' }));
  const halt = haltOf(await cluster.end());
  assert.match(halt.reason, /did not settle for 40 s: .*not (finished|ready)/);
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('scaled to a StatefulSet partition before its turn: nothing that would leave old pods behind', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a'), statefulSet('shop', 'db', { replicas: 3 })]);
  await startAndMeet(cluster, () =>
    cluster.simulation.cluster.world.change('StatefulSet', 'shop', 'db', (found) => ({
      ...found,
      spec: { ...found.spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
    })),
  );
  assert.match(haltOf(await cluster.end()).reason, /partition changed after the review: .* keep 2 pods/);
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('another write that is not seen yet: one conflict, decided on anew, patched once', async (t) => {
  const cluster = await pair(t);
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  // The watch does not tell of this write before the patch of b has met it.
  let held = false;
  const release = cluster.simulation.server.faults.onRequest(({ method, name }) => {
    if (method !== 'PATCH' || name !== 'b' || held) return undefined;
    held = true;
    cluster.simulation.cluster.world.change('Deployment', 'shop', 'b', (found) => ({
      ...found,
      metadata: { ...found.metadata, labels: { ...found.metadata.labels, touched: 'yes' } },
    }));
    return undefined;
  });
  t.after(release);
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.deepEqual(patched(cluster), ['a 200', 'b 409', 'b 200']);
  assert.ok(cluster.simulation.cluster.cluster.get('Deployment', 'shop', 'b')?.metadata.labels?.touched);
});

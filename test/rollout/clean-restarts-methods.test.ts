/** Restarts that are not plain rolling updates: evictions, partitions, several at a time, waves and their pace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../src/data/linkerd.ts';
import {
  daemonSet,
  deployment,
  disruptionBudget,
  replicaSet,
  rollout,
  statefulSet,
} from '../../src/sim/cluster/scenario/builders.ts';
import { daysAgo } from '../../src/sim/cluster/scenario/story.ts';
import { isObject } from '../../src/sim/json.ts';
import { clusterFor, haltOf, type LiveCluster, liveCluster, NOW, upgraded, waitFor } from './live-cluster.ts';

const evictions = ({ simulation }: LiveCluster) =>
  simulation.server.audit.entries
    .filter(({ method, path }) => method === 'POST' && path.includes('/eviction'))
    .map(({ name, code }) => `${name} ${code}`);

const versions = ({ simulation }: LiveCluster, app: string) =>
  simulation.cluster.cluster
    .list('Pod', 'shop')
    .filter(({ metadata }) => metadata.labels?.app === app && metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.annotations?.[annotation.proxyVersion]);

const onDelete = { planOptions: { onDelete: true } };

test('a StatefulSet that replaces nothing by itself: its pods are evicted one at a time', async (t) => {
  const cluster = await clusterFor(t, [statefulSet('shop', 'db', { replicas: 3, onDelete: true })], onDelete);
  let fewest = 3;
  cluster.simulation.store.subscribe(() => {
    const ready = cluster.simulation.cluster.cluster
      .list('Pod', 'shop')
      .filter(({ status }) =>
        status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      );
    fewest = Math.min(fewest, ready.length);
  });
  await cluster.start({ namespace: 'shop' });
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
  assert.equal(cluster.step('db')?.state, 'done');
  assert.deepEqual(evictions(cluster), ['db-2 201', 'db-1 201', 'db-0 201']);
  assert.equal(fewest, 2, 'never more than one is missing');
  assert.equal(cluster.patches().length, 1);
  assert.deepEqual(versions(cluster, 'db'), [NOW, NOW, NOW]);
});

test('a DaemonSet that replaces nothing by itself', async (t) => {
  const cluster = await clusterFor(t, [daemonSet('shop', 'agent', { onDelete: true })], onDelete);
  await cluster.start({ namespace: 'shop' });
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.equal(evictions(cluster).length, 3);
  assert.deepEqual(versions(cluster, 'agent'), [NOW, NOW, NOW]);
});

test('a disruption budget that allows nothing: no pod goes, and the deadline halts', async (t) => {
  const cluster = await clusterFor(
    t,
    [
      statefulSet('shop', 'db', { replicas: 2, onDelete: true }),
      disruptionBudget('shop', 'db', { minAvailable: 2 }),
    ],
    { ...onDelete, limits: { deadlineSeconds: 60 } },
  );
  await cluster.start({ namespace: 'shop' });
  const halt = haltOf(await cluster.end());
  assert.match(halt.reason, /no progress for 60 s, waiting for a disruption budget .* pod db-1/);
  assert.equal(halt.serving, '2 of 2 wanted pods are ready and serving');
  assert.ok(evictions(cluster).length > 1);
  assert.ok(evictions(cluster).every((one) => one === 'db-1 429'));
});

test('a partition keeps its pods: the workload is partial', async (t) => {
  const cluster = await clusterFor(t, [statefulSet('shop', 'db', { replicas: 3, partition: 2 })]);
  await cluster.start({ namespace: 'shop' });
  assert.equal((await cluster.end()).phase.phase, 'done');
  const step = cluster.step('db');
  assert.deepEqual(step?.state === 'partial' && [step.pods, step.kept], [1, 2]);
  assert.equal(versions(cluster, 'db').filter((version) => version === NOW).length, 1);
});

test('several workloads at a time, within the limits and the pace', async (t) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const homes = ['shop', 'books', 'mail'];
  const cluster = await clusterFor(
    t,
    homes.flatMap((home) => names.map((name) => deployment(home, `${home}-${name}`, { replicas: 2 }))),
    {
      limits: {
        maxParallel: 4,
        perNamespace: 2,
        startsPerMinute: 40,
        soakSeconds: 5,
        workloadSoakSeconds: 2,
      },
    },
  );
  const { rollout, simulation } = cluster;
  const starts: number[] = [];
  let [most, mostInOne] = [0, 0];
  simulation.store.subscribe(({ type, object }) => {
    const home = object.metadata.namespace ?? '';
    if (type === 'ADDED' && object.kind === 'Pod' && homes.includes(home)) {
      starts.push(simulation.cluster.cluster.clock.now() / 1000);
    }
  });
  rollout.run.subscribe(() => {
    const active = (rollout.run.get()?.steps ?? [])
      .filter(({ status: { state } }) => state === 'patching' || state === 'rolling' || state === 'soaking')
      .map(({ item }) => item.key.namespace);
    most = Math.max(most, active.length);
    mostInOne = Math.max(mostInOne, ...homes.map((home) => active.filter((one) => one === home).length));
  });
  await cluster.start(...homes.map((namespace) => ({ namespace })));
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done');
  assert.ok(run.steps.every(({ status }) => status.state === 'done'));
  assert.equal(starts.length, 36);
  const busiest = Math.max(
    ...starts.map((from) => starts.filter((at) => at >= from && at <= from + 60).length),
  );
  assert.ok(busiest <= 40, `${busiest} pods started within a minute`);
  assert.ok(most <= 4 && mostInOne <= 2, `${most} at once, ${mostInOne} in one namespace`);
  assert.ok(most >= 2, 'some went side by side');
  assert.equal(run.startsPerMinute, 40, 'clean waves brought the pace up to its limit');
  const phases = cluster.journal.flatMap((record) => (record.type === 'phase' ? [record.phase.phase] : []));
  assert.deepEqual(phases.slice(0, 4), ['preflight', 'running', 'soaking', 'preflight']);
  assert.deepEqual(phases.slice(-3), ['preflight', 'running', 'done']);
});

test('what happens is told by events on the workload', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'web')]);
  await cluster.start({ namespace: 'shop' });
  const { id } = await cluster.end();
  const found = cluster.simulation.cluster.cluster.get('Deployment', 'shop', 'web');
  const events = await cluster.client.events('shop', found?.metadata.uid ?? '');
  const told = events
    .filter(({ reason }) => reason.startsWith('Proxy'))
    .map(({ reason, message }) => `${reason}: ${message}`);
  assert.deepEqual(told.toSorted(), [
    `ProxyRestarted: run ${id}: 2 pods with proxy ${NOW}`,
    `ProxyRestarting: run ${id} by ann@test restarts it for proxy ${NOW}`,
  ]);
});

test('an Argo Rollout is asked to replace its pods, and proven by pods that are younger', async (t) => {
  const scenario = upgraded([deployment('shop', 'web')]);
  const [first, second, ...later] = scenario.story;
  assert.ok(first && second);
  const argo = daysAgo(1.5, (world) => {
    const owner = world.create(rollout('shop', 'engine', { replicas: 3 }));
    world.create(replicaSet('shop', 'engine-5c9d', { owner, replicas: 3, labels: { app: 'engine' } }));
  });
  const cluster = await liveCluster({ ...scenario, story: [first, second, argo, ...later] });
  t.after(() => cluster.stop());
  await waitFor(
    () => cluster.rollout.plan([{ namespace: 'shop' }]).items.some(({ key }) => key.kind === 'Rollout'),
    () => JSON.stringify(cluster.rollout.plan([{ namespace: 'shop' }]).exclusions),
  );
  await cluster.start({ namespace: 'shop', workload: { kind: 'Rollout', name: 'engine' } });
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
  assert.equal(cluster.step('engine')?.state, 'done');
  const [patch] = cluster.patches();
  assert.ok(isObject(patch?.body) && isObject(patch.body.spec));
  assert.deepEqual(Object.keys(patch.body.spec), ['restartAt']);
  assert.deepEqual(versions(cluster, 'engine'), [NOW, NOW, NOW]);
});

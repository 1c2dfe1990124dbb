/** Many pods at once: the pace protects the control plane, and a control plane in trouble stops the run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeploymentOptions, daemonSet, deployment } from '../../../src/sim/cluster/scenario/builders.ts';
import { edit, haltOf, type LiveCluster, NOW } from '../live-cluster.ts';
import { assertOnlyRestarts, clusterOf, patched, podsOf, stateOf, versionsOf } from './clusters.ts';

const homes = ['books', 'mail', 'shop'];
const fleet = (options: DeploymentOptions) =>
  homes.flatMap((home) => ['a', 'b', 'c'].map((name) => deployment(home, name, options)));
const scopes = homes.map((namespace) => ({ namespace }));

/** The most meshed pods of the teams that were created within any minute, by the cluster's own store. */
function busiestMinute({ simulation }: LiveCluster): () => number {
  const starts: number[] = [];
  simulation.store.subscribe(({ type, object }) => {
    if (type === 'ADDED' && object.kind === 'Pod' && homes.includes(object.metadata.namespace ?? '')) {
      starts.push(simulation.cluster.cluster.clock.now());
    }
  });
  return () =>
    Math.max(0, ...starts.map((from) => starts.filter((at) => at >= from && at - from < 60_000).length));
}

test('pod starts stay under the cap in every minute, and a control plane that bears no more stays up', async (t) => {
  const limits = { maxParallel: 9, perNamespace: 3, startsPerMinute: 24 };
  const cluster = await clusterOf(t, { workloads: fleet({ replicas: 6 }) }, { limits });
  cluster.simulation.cluster.starveControlPlane(24);
  const busiest = busiestMinute(cluster);
  await cluster.start(...scopes);
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done');
  assert.ok(busiest() <= 24, `${busiest()} pods started within a minute`);
  assert.ok(busiest() > 6, 'the pace grew beyond one workload at a time');
  for (const home of homes) {
    assert.deepEqual(new Set(versionsOf(cluster, home, 'a')), new Set([NOW]));
  }
});

test('destination is OOM-killed in a storm of pod starts: the run halts before the storm grows', async (t) => {
  const limits = { maxParallel: 3, startsPerMinute: 10_000 };
  const workloads = fleet({
    replicas: 12,
    minReadySeconds: 60,
    strategy: { maxSurge: '100%', maxUnavailable: 0 },
  });
  const cluster = await clusterOf(t, { workloads }, { limits });
  cluster.simulation.cluster.starveControlPlane(18);
  await cluster.start(...scopes);
  const run = await cluster.end();
  const halt = haltOf(run);
  assert.deepEqual([halt.cause, halt.scope, halt.workload], ['control-plane', 'run', undefined]);
  assert.match(
    halt.reason,
    /linkerd-destination-\S+ of the control plane restarted \d+ times during this run/,
  );
  assert.equal(halt.nextSteps[0], 'linkerd check');
  assert.ok(patched(cluster).length < 9, 'something is left unrestarted');
  const warned =
    /linkerd-destination-\S+ of the control plane restarted during this run; the pace was halved/;
  assert.match(run.warnings.join('\n'), warned);
  assertOnlyRestarts(cluster);
});

test('an autoscaler raises the replicas during a restart: no failure, but half the pace', async (t) => {
  const cluster = await clusterOf(
    t,
    {
      workloads: [
        deployment('shop', 'a', { replicas: 2, minReadySeconds: 5 }),
        deployment('shop', 'b', { replicas: 3 }),
      ],
    },
    { limits: { startsPerMinute: 80 } },
  );
  await cluster.start({ namespace: 'shop' });
  const { startsPerMinute } = await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  edit(cluster, 'shop', 'a', { replicas: 6 });
  const slowed = await cluster.until((run) => run.startsPerMinute < startsPerMinute, 'the pace to fall');
  assert.equal(slowed.startsPerMinute, startsPerMinute / 2);
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done');
  const a = stateOf(run, { namespace: 'shop', name: 'a' });
  assert.equal(a.state === 'done' && a.pods, 6);
  assert.equal(podsOf(cluster, 'shop', 'a').length, 6);
});

test('a DaemonSet on many nodes is estimated by its rounds and goes alone, node by node', async (t) => {
  const nodes = 30;
  const cluster = await clusterOf(
    t,
    {
      workloads: [
        daemonSet('shop', 'agent'),
        deployment('shop', 'web'),
        deployment('shop', 'api', { replicas: 3 }),
      ],
      nodes,
    },
    { limits: { maxParallel: 3, perNamespace: 3, startsPerMinute: 20 } },
  );
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  assert.deepEqual(
    plan.waves.map(({ kind }) => kind),
    ['canary', 'namespaces'],
  );
  const agent = plan.items.find(({ key }) => key.name === 'agent');
  assert.deepEqual([agent?.pods, agent?.rounds], [nodes, nodes]);
  let least = nodes;
  let together = 0;
  cluster.simulation.store.subscribe(({ object }) => {
    const { status } = cluster.simulation.cluster.cluster.get('DaemonSet', 'shop', 'agent') ?? {};
    if (object.kind === 'DaemonSet') least = Math.min(least, status?.numberReady ?? nodes);
  });
  cluster.rollout.run.subscribe(() => {
    const active = cluster.rollout.run
      .get()
      ?.steps.filter(({ status }) => status.state === 'patching' || status.state === 'rolling');
    if (active?.some(({ item }) => item.key.name === 'agent')) together = Math.max(together, active.length);
  });
  await cluster.startPlan(plan);
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.equal(least, nodes - 1, 'one node at a time is without its pod');
  assert.equal(together, 1, 'nothing else is restarted beside it');
  assert.deepEqual(new Set(versionsOf(cluster, 'shop', 'agent')), new Set([NOW]));
});

test('a node is drained meanwhile: it is told, and the pods that move count like the others', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [
      deployment('shop', 'a', { replicas: 3, minReadySeconds: 5 }),
      deployment('shop', 'b', { replicas: 3 }),
    ],
    since: (world) =>
      world.change('Node', '', 'node-1', (found) => ({
        ...found,
        spec: { ...found.spec, unschedulable: true },
      })),
  });
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  const [moving] = podsOf(cluster, 'shop', 'b');
  assert.ok(moving);
  cluster.simulation.cluster.cluster.deletePod(moving);
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done');
  assert.match(
    run.warnings.join('\n'),
    /1 node is cordoned \(node-1\): a drain or a consolidation may be going on/,
  );
  assert.deepEqual(patched(cluster), ['shop/a 200', 'shop/b 200']);
  assert.deepEqual(versionsOf(cluster, 'shop', 'b'), [NOW, NOW, NOW]);
});

/** Whole runs over what is not plain: Argo Rollouts, gateways, namespaces that go or are closed, clocks that differ. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import { clusterPorts } from '../../../src/rollout/cluster/ports.ts';
import { createRollout } from '../../../src/rollout/executor.ts';
import { atRest } from '../../../src/rollout/run/machine.ts';
import {
  deployment,
  namespace,
  node,
  replicaSet,
  rollout,
  statefulSet,
} from '../../../src/sim/cluster/scenario/builders.ts';
import { applyControlPlane, CLI_INSTALLATION } from '../../../src/sim/cluster/scenario/control-plane.ts';
import { installMulticluster, installViz } from '../../../src/sim/cluster/scenario/extensions.ts';
import { daysAgo } from '../../../src/sim/cluster/scenario/story.ts';
import type { World } from '../../../src/sim/cluster/scenario/world.ts';
import { INJECTION, may, NAMESPACES, restricted, WORKLOADS } from '../../live/restricted.ts';
import { SWIFT } from '../fixtures.ts';
import { BEFORE, type LiveCluster, MESHED, NOW, QUIET_LOCK, waitFor } from '../live-cluster.ts';
import { assertOnlyRestarts, clusterOf, patched, planned, podsOf, stateOf, versionsOf } from './clusters.ts';

/** A Rollout, and the ReplicaSet that its controller would have made. */
function engine(world: World): void {
  const owner = world.create(rollout('pricing', 'engine', { replicas: 4 }));
  const labels = { app: 'engine', 'rollouts-pod-template-hash': '6c5d8f7b9c' };
  world.create(replicaSet('pricing', 'engine-6c5d8f7b9c', { labels, replicas: 4, owner }));
}

test('an Argo Rollout is restarted by its own field, and proven by the age of its pods', async (t) => {
  const cluster = await clusterOf(t, { workloads: [], annotations: { pricing: MESHED }, team: engine });
  const before = podsOf(cluster, 'pricing', 'engine').map(({ metadata }) => metadata.uid);
  const { items } = await cluster.start({ namespace: 'pricing' });
  assert.deepEqual(
    items.map(({ method }) => method),
    ['restart-at'],
  );
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
  const [write] = cluster.patches();
  assert.match(JSON.stringify(write?.body), /"restartAt":"\d{4}-\d\d-\d\dT/);
  assert.equal(
    cluster.simulation.cluster.cluster.get('Rollout', 'pricing', 'engine')?.spec.template?.metadata
      ?.annotations,
    undefined,
  );
  const after = podsOf(cluster, 'pricing', 'engine');
  assert.deepEqual(versionsOf(cluster, 'pricing', 'engine'), [NOW, NOW, NOW, NOW]);
  assert.ok(after.every(({ metadata }) => !before.includes(metadata.uid)));
});

for (const [hours, name] of [
  [1, 'ahead of'],
  [-1, 'behind'],
] as const) {
  test(`our clock is an hour ${name} the server’s: what is written and what is judged goes by the server’s`, async (t) => {
    const cluster = await clusterOf(t, {
      workloads: [deployment('shop', 'web')],
      annotations: { pricing: MESHED },
      team: engine,
    });
    const { client, simulation } = cluster;
    cluster.sleep(hours * 3_600_000);
    await waitFor(
      () => Math.abs(client.clockOffset + hours * 3_600) < 60 && cluster.session.isFresh(),
      () => `the offset is ${client.clockOffset} s`,
    );
    const startedAt = simulation.cluster.cluster.clock.now();
    await cluster.start({ namespace: 'shop' }, { namespace: 'pricing' });
    const run = await cluster.end();
    assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
    const endedAt = simulation.cluster.cluster.clock.now();
    const written = cluster
      .patches()
      .map(({ body }) => /"restart(?:edAt|At)":"([^"]+)"|restartedAt":"([^"]+)"/.exec(JSON.stringify(body)));
    assert.equal(written.length, 2);
    for (const found of written) {
      const time = Date.parse(found?.[1] ?? found?.[2] ?? '');
      assert.ok(
        time > startedAt - 60_000 && time < endedAt + 60_000,
        `${found?.[0]} is not the server's time`,
      );
    }
    assert.deepEqual(new Set(versionsOf(cluster, 'pricing', 'engine')), new Set([NOW]));
    const told = [...new Set(run.warnings)].join('\n');
    assert.doesNotMatch(told, /expire|not valid/);
  });
}

test('ingress controllers and gateways come last, in a wave of their own, after extensions and what is delicate', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [
      deployment('ingress', 'ingress-nginx-controller', { replicas: 2 }),
      deployment('edge', 'door', { replicas: 2 }),
      deployment('shop', 'web', { replicas: 2 }),
      deployment('shop', 'api', { replicas: 3 }),
      deployment('shop', 'single', { replicas: 1 }),
      deployment('shop', 'batch', { replicas: 2, strategy: 'Recreate' }),
      deployment('shop', 'blind', { replicas: 2, probe: false }),
      statefulSet('shop', 'db', { replicas: 3 }),
    ],
    annotations: { edge: { [annotation.inject]: 'ingress' } },
    team(world) {
      installViz(world, BEFORE);
      installMulticluster(world, BEFORE, 'west');
    },
  });
  const names = ['ingress', 'edge', 'linkerd-multicluster', 'linkerd-viz', 'shop'];
  const plan = await cluster.start(...names.map((name) => ({ namespace: name })));
  const inWave = (kind: string) =>
    plan.items
      .filter(({ wave }) => plan.waves[wave]?.kind === kind)
      .map(({ key }) => key.name)
      .toSorted();
  assert.deepEqual(
    plan.waves.map(({ kind }) => kind),
    ['canary', 'namespaces', 'delicate', 'extensions', 'gateways'],
  );
  assert.deepEqual(inWave('gateways'), ['door', 'ingress-nginx-controller', 'linkerd-gateway']);
  assert.deepEqual(inWave('delicate'), ['batch', 'db', 'single']);
  const risks = (name: string) =>
    plan.items
      .find(({ key }) => key.name === name)
      ?.risks.map(({ text }) => text)
      .join();
  assert.match(risks('batch') ?? '', /Recreate: all pods stop before new ones start/);
  assert.match(risks('single') ?? '', /it has one pod/);
  assert.match(risks('blind') ?? '', /no container has a readiness probe/);
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
  assert.deepEqual(
    cluster.patches().map(({ name }) => name),
    planned(plan),
    'in the order of the plan',
  );
  assert.deepEqual(
    cluster
      .patches()
      .map(({ name }) => name)
      .slice(-3)
      .toSorted(),
    inWave('gateways'),
  );
});

test('proxies that skipped releases are named as violations and come before those that merely lag', async (t) => {
  const two = (home: string) => ['a', 'b'].map((name) => deployment(home, name, { replicas: 3 }));
  const cluster = await clusterOf(t, {
    workloads: [...two('aa-late'), ...two('zz-far-behind')],
    annotations: { 'aa-late': { ...MESHED, [annotation.pinnedProxyVersion]: BEFORE } },
    before: { version: 'edge-24.8.2' },
    since: (world) => world.annotateNamespace('aa-late', { [annotation.pinnedProxyVersion]: undefined }),
  });
  const plan = cluster.rollout.plan([{ namespace: 'aa-late' }, { namespace: 'zz-far-behind' }]);
  assert.equal(plan.items.length, 4);
  for (const { key, reasons } of plan.items) {
    assert.equal(reasons[0]?.kind, key.namespace === 'aa-late' ? 'lag' : 'violation');
  }
  const afterCanary = plan.items.filter(({ wave }) => plan.waves[wave]?.kind === 'namespaces');
  assert.equal(afterCanary[0]?.key.namespace, 'zz-far-behind');
  assert.equal(afterCanary.at(-1)?.key.namespace, 'aa-late');
});

/** Deletes a namespace as anybody else would. */
async function deleteNamespace({ simulation }: LiveCluster, name: string): Promise<void> {
  const { status } = await fetch(`${simulation.url}/api/v1/namespaces/${name}`, { method: 'DELETE' });
  assert.equal(status, 200);
}

test('a namespace that is deleted in mid-run drops out, rolling or not yet, and is no failure', async (t) => {
  const cluster = await clusterOf(
    t,
    {
      workloads: [
        deployment('going', 'a', { replicas: 2, minReadySeconds: 20 }),
        deployment('going', 'b', { replicas: 3 }),
        deployment('shop', 'web', { replicas: 4 }),
      ],
    },
    { planOptions: { order: 'asked' } },
  );
  await cluster.start({ namespace: 'going' }, { namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  await deleteNamespace(cluster, 'going');
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
  assert.equal(stateOf(run, { namespace: 'going', name: 'a' }).state, 'dropped');
  assert.equal(stateOf(run, { namespace: 'going', name: 'b' }).state, 'dropped');
  assert.equal(stateOf(run, { namespace: 'shop', name: 'web' }).state, 'done');
  assert.deepEqual(patched(cluster), ['going/a 200', 'shop/web 200']);
  assertOnlyRestarts(cluster);
});

test('rights in some namespaces only: the others drop out before the first patch, and no 403 comes in mid-run', async (t) => {
  const scenario = {
    installation: CLI_INSTALLATION,
    story: [
      daysAgo(3, (world: World) => {
        world.createAll([node('node-a', 'v1.31.4'), namespace('default'), namespace('kube-system')]);
        applyControlPlane(world, BEFORE, CLI_INSTALLATION);
      }),
      daysAgo(2, (world: World) => {
        for (const home of ['books', 'shop']) {
          world.create(namespace(home, MESHED));
          world.createAll([deployment(home, `${home}-a`), deployment(home, `${home}-b`, { replicas: 3 })]);
        }
      }),
      daysAgo(1, (world: World) => applyControlPlane(world, NOW, CLI_INSTALLATION)),
    ],
  };
  const rights = [
    may([...WORKLOADS, NAMESPACES, ...INJECTION]),
    may([{ verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] }], 'shop'),
  ];
  const { simulation, client, follow } = await restricted(t, rights, { scenario });
  const session = follow();
  await waitFor(
    () => session.isFresh(),
    () => JSON.stringify(session.store.get().freshness),
  );
  const { rollout, starting } = engineFor();
  const plan = rollout.plan([{ namespace: 'books' }, { namespace: 'shop' }]);
  assert.equal(plan.items.length, 4);
  assert.deepEqual(await rollout.start(plan, starting), { outcome: 'started' });
  const current = () => rollout.run.get();
  await waitFor(
    () => atRest(current() ?? assert.fail('a run was started')),
    () => JSON.stringify(current()?.phase),
  );
  const run = current();
  assert.equal(run?.phase.phase, 'done', JSON.stringify(run?.phase));
  const states = run?.steps.map(({ item, status }) => `${item.key.name} ${status.state}`).toSorted();
  assert.deepEqual(states, ['books-a dropped', 'books-b dropped', 'shop-a done', 'shop-b done']);
  const [dropped] = run?.steps.filter(({ status }) => status.state === 'dropped') ?? [];
  assert.match(
    dropped?.status.state === 'dropped' ? dropped.status.reason : '',
    /you may not patch deployments\.apps in namespace books/,
  );
  const writes = simulation.server.audit.entries.filter(({ method }) => method === 'PATCH');
  assert.deepEqual(writes.map(({ name, code }) => `${name} ${code}`).toSorted(), [
    'shop-a 200',
    'shop-b 200',
  ]);

  function engineFor() {
    const ports = clusterPorts(client, session, {
      lock: {
        ...QUIET_LOCK,
        isHeld: () => false,
        acquire: async () => ({ answer: 'unavailable', reason: 'no right' }),
      },
      openJournal: () => ({ location: 'memory', append: () => undefined, close: () => undefined }),
    });
    return {
      rollout: createRollout(ports),
      starting: { limits: SWIFT, by: 'ann@test', reason: '', lock: 'without', probe: true } as const,
    };
  }
});

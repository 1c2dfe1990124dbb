/** What a plan leaves alone, and in which words, on a simulated cluster whose injector gives its own reasons. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation, label } from '../../../src/data/linkerd.ts';
import {
  application,
  barePod,
  cronJob,
  deployment,
  job,
  ownedBy,
  plainContainer,
  replicaSet,
  statefulSet,
} from '../../../src/sim/cluster/scenario/builders.ts';
import type { World } from '../../../src/sim/cluster/scenario/world.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import { BEFORE, NOW } from '../live-cluster.ts';
import { clusterOf, exclusionOf, patched, planned, podsOf, untilSeen, versionsOf } from './clusters.ts';

const LINKERD_PROXY = plainContainer('linkerd-proxy', `cr.l5d.io/linkerd/proxy:${BEFORE}`);

test('pods that the injector skips are left out with its own reasons, as its events give them', async (t) => {
  const withSidecar = {
    containers: [application('sidecar'), plainContainer('istio-proxy', 'istio/proxyv2:1.24')],
  };
  const inShop = {
    network: { pod: { hostNetwork: true } },
    sidecar: withSidecar,
    refused: { annotations: { [annotation.inject]: 'disabled' } },
    misspelt: { annotations: { [annotation.inject]: 'enable' } },
  };
  const cluster = await clusterOf(t, {
    workloads: [
      ...Object.entries(inShop).map(([name, options]) => deployment('shop', name, options)),
      deployment('plain', 'silent'),
      deployment('typo', 'astray'),
    ],
    annotations: { plain: {}, typo: { [annotation.inject]: 'yes' } },
    since(world) {
      world.change('ConfigMap', 'linkerd', 'linkerd-config', (map) => ({
        ...map,
        data: { ...map.data, values: `${map.data?.values}`.replace('Projection: true', 'Projection: false') },
      }));
      world.create(deployment('shop', 'tokenless', { pod: { automountServiceAccountToken: false } }));
    },
  });
  const plan = cluster.rollout.plan([{ namespace: 'shop' }, { namespace: 'plain' }, { namespace: 'typo' }]);
  assert.deepEqual(plan.items, []);
  for (const name of [...Object.keys(inShop), 'silent', 'astray', 'tokenless']) {
    const { key, reason } = exclusionOf(plan, name);
    const uid = cluster.simulation.cluster.cluster.get('Deployment', key.namespace, name)?.metadata.uid ?? '';
    const [skipped] = (await cluster.client.events(key.namespace, uid)).filter(
      (event) => event.reason === 'InjectionSkipped',
    );
    const words = skipped?.message.split('injection skipped: ')[1];
    assert.ok(words, `the injector said why it skips ${name}`);
    assert.ok(reason.includes(words), `${name}: ${reason}`);
  }
});

test('a proxy that is written into the template counts as nobody’s to fix by a restart', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'manual', { containers: [LINKERD_PROXY, application('manual')] })],
  });
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  const { effect, reason, command } = exclusionOf(plan, 'manual');
  assert.equal(effect.kind, 'static');
  assert.match(reason, /written into the pod template/);
  assert.match(command, /linkerd uninject - \| linkerd inject --manual -/);
});

test('a pin is the target: what runs it is left alone, and the lag behind the control plane is told', async (t) => {
  const pin = { [annotation.pinnedProxyVersion]: 'edge-25.8.5' };
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'own', { annotations: pin }), deployment('frozen', 'shared')],
    annotations: { frozen: { [annotation.inject]: 'enabled', ...pin } },
  });
  const plan = cluster.rollout.plan([{ namespace: 'shop' }, { namespace: 'frozen' }]);
  assert.deepEqual(plan.items, []);
  for (const [name, unpinned] of [
    ['own', 'shop/deployment/own'],
    ['shared', 'frozen'],
  ] as const) {
    const { effect, reason, command } = exclusionOf(plan, name);
    assert.equal(effect.kind, 'pinned');
    assert.match(reason, new RegExp(`edge-25\\.8\\.5.*would give ${NOW}`));
    assert.equal(command, `kubectl linkerd-upgrade unpin ${unpinned}`);
  }
});

test('the control plane and what its webhook does not select are never restarted', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [
      deployment('cert-manager', 'issuer'),
      deployment('opted-out', 'quiet'),
      deployment('shop', 'web'),
    ],
    labels: { 'opted-out': { [label.admissionWebhooks]: 'disabled' } },
  });
  const names = ['linkerd', 'kube-system', 'cert-manager', 'opted-out', 'shop'];
  const plan = cluster.rollout.plan(names.map((namespace) => ({ namespace })));
  assert.deepEqual(planned(plan), ['web']);
  assert.match(exclusionOf(plan, 'linkerd-destination').reason, /next upgrade by helm or the CLI/);
  assert.match(exclusionOf(plan, 'issuer').reason, /does not select namespace cert-manager/);
  assert.match(exclusionOf(plan, 'quiet').reason, /does not select namespace opted-out/);
});

test('a restart that would take proxies away is never made', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'web'), deployment('leaving', 'api')],
    since: (world) => world.annotateNamespace('leaving', { [annotation.inject]: undefined }),
  });
  for (const options of [{}, { meshes: true, downgrades: true, onDelete: true }]) {
    const plan = cluster.rollout.plan([{ namespace: 'leaving' }, { namespace: 'shop' }], options);
    assert.deepEqual(planned(plan), ['web']);
    const { effect, reason } = exclusionOf(plan, 'api');
    assert.equal(effect.kind, 'unmeshes');
    assert.match(reason, /neither the namespace nor the pod have the annotation/);
  }
});

test('what cannot be restarted, or not now, is named with what to do instead', async (t) => {
  const jobs: readonly KubeObject[] = [
    job('shop', 'import', { replicas: 1 }),
    cronJob('shop', 'nightly', '* * * * *'),
  ];
  const cluster = await clusterOf(t, {
    workloads: [
      ...jobs,
      replicaSet('shop', 'orphan', { labels: { app: 'orphan' } }),
      deployment('shop', 'asleep', { replicas: 0 }),
      deployment('shop', 'paused', { paused: true }),
      deployment('shop', 'ill'),
      deployment('shop', 'well'),
    ],
    team: (world) => {
      world.createPod(barePod('shop', 'lonely'));
      world.behave('shop', 'import', { kind: 'healthy' });
      world.behave('shop', 'nightly', { kind: 'healthy' });
    },
    since: (world) => world.behave('shop', 'ill', { kind: 'never-ready' }, true),
  });
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  assert.deepEqual(planned(plan), ['well']);
  const told = (name: string) => {
    const { reason, command } = exclusionOf(plan, name);
    return `${reason} → ${command}`;
  };
  assert.match(told('lonely'), /bare pod cannot be restarted: delete it and create it again/);
  assert.match(told('orphan'), /delete its pods one by one → kubectl delete pod\/orphan-\S+ -n shop/);
  assert.match(told('import'), /a Job is never restarted: it ends with the proxy it has/);
  assert.match(told('nightly'), /next run picks the new proxy up/);
  assert.match(told('asleep'), /scaled to zero, so nothing runs/);
  assert.match(told('paused'), /paused.* → kubectl rollout resume deployment\/paused -n shop/);
  assert.match(told('ill'), /not ready; a restart could take its last healthy pods/);
});

/** A workload that a custom resource owns, which the simulation does not serve. */
function owner(apiVersion: string, kind: string, name: string): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: 'data', uid: `uid-of-${name}` } };
}

test('what an operator owns is left to it, with the command that it understands', async (t) => {
  const grafana = deployment('data', 'grafana');
  const elastic = statefulSet('data', 'search');
  const eck = owner('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', 'search');
  const dashboards = owner('grafana.integreatly.org/v1beta1', 'Grafana', 'dashboards');
  const cluster = await clusterOf(t, {
    workloads: [
      { ...grafana, metadata: { ...grafana.metadata, ...ownedBy(dashboards) } },
      { ...elastic, metadata: { ...elastic.metadata, ...ownedBy(eck) } },
    ],
    team: (world: World) => {
      const postgres = owner('postgresql.cnpg.io/v1', 'Cluster', 'orders');
      const kafka = owner('core.strimzi.io/v1beta2', 'StrimziPodSet', 'broker');
      for (const [one, name] of [
        [postgres, 'orders-1'],
        [kafka, 'broker-0'],
      ] as const) {
        world.createPod(barePod('data', name, { owner: one }));
      }
    },
  });
  const plan = cluster.rollout.plan([{ namespace: 'data' }]);
  assert.deepEqual(plan.items, []);
  assert.match(exclusionOf(plan, 'grafana').reason, /Grafana dashboards .* may undo a restart/);
  assert.match(
    exclusionOf(plan, 'search').command,
    /^kubectl edit elasticsearch\.elasticsearch\.k8s\.elastic\.co\/search/,
  );
  assert.match(
    exclusionOf(plan, 'orders').command,
    /^kubectl annotate cluster\.postgresql\.cnpg\.io\/orders/,
  );
  assert.match(exclusionOf(plan, 'broker').command, /strimzi\.io\/manual-rolling-update=true$/);
});

test('an older proxy is given only when that was asked for, and then proven like any other', async (t) => {
  const cluster = await clusterOf(
    t,
    { workloads: [deployment('shop', 'web')], before: { version: NOW }, now: { version: BEFORE } },
    { planOptions: { downgrades: true } },
  );
  const unasked = cluster.rollout.plan([{ namespace: 'shop' }]);
  const { effect, command } = exclusionOf(unasked, 'web');
  assert.equal(effect.kind, 'downgrades');
  assert.equal(command, 'kubectl linkerd-upgrade restart shop/deployment/web --include downgrades');
  await cluster.start({ namespace: 'shop' });
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.deepEqual(versionsOf(cluster, 'shop', 'web'), [BEFORE, BEFORE]);
});

test('pods join the mesh only when that was asked for', async (t) => {
  const cluster = await clusterOf(
    t,
    {
      workloads: [deployment('shop', 'web')],
      annotations: { late: {} },
      team: (world) => world.createAll([deployment('late', 'api', { replicas: 2 })]),
      since: (world) => world.annotateNamespace('late', { [annotation.inject]: 'enabled' }),
    },
    { planOptions: { meshes: true } },
  );
  const both = [{ namespace: 'late' }, { namespace: 'shop' }];
  const unasked = cluster.rollout.plan(both);
  assert.deepEqual(planned(unasked), ['web']);
  assert.equal(
    exclusionOf(unasked, 'api').command,
    'kubectl linkerd-upgrade restart late/deployment/api --include meshes',
  );
  assert.deepEqual(versionsOf(cluster, 'late', 'api'), ['', '']);
  await cluster.start(...both);
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.deepEqual(versionsOf(cluster, 'late', 'api'), [NOW, NOW]);
  assert.deepEqual(patched(cluster).toSorted(), ['late/api 200', 'shop/web 200']);
  assert.equal(podsOf(cluster, 'late', 'api').length, 2);
});

test('a control plane in the middle of its upgrade allows no plan to start', async (t) => {
  const cluster = await clusterOf(t, { workloads: [deployment('shop', 'web')] });
  const { rollout, simulation, starting } = cluster;
  simulation.cluster.upgradeConfigOnly('edge-25.12.2');
  const blocked = () => rollout.plan([{ namespace: 'shop' }]).blocked.join('\n');
  await untilSeen(() => blocked() !== '', 'the control plane to be seen half rolled');
  assert.match(blocked(), /half rolled/);
  const outcome = await rollout.start(rollout.plan([{ namespace: 'shop' }]), starting);
  assert.match(outcome.outcome === 'refused' ? outcome.reason : '', /half rolled/);
  assert.deepEqual(patched(cluster), []);
});

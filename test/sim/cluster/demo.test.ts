import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation, container } from '../../../src/data/linkerd.ts';
import type { Pod } from '../../../src/sim/cluster/objects.ts';
import { controllerOf } from '../../../src/sim/cluster/objects.ts';
import { isActive, isReady } from '../../../src/sim/cluster/pods.ts';
import { DEMO_VERSIONS } from '../../../src/sim/cluster/scenario/demo.ts';
import {
  demoScenario,
  halfRolled,
  helmInstall,
  injectorDown,
  loadScenario,
  NEXT_VERSION,
} from '../../../src/sim/cluster/scenario/scenarios.ts';
import { stringAt } from '../../../src/sim/json.ts';
import * as resources from '../../../src/sim/resources.ts';
import { type Bench, bench, proxyVersion, type Restartable, restart } from './support.ts';

const RESTARTABLE: readonly Restartable[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

function versionsIn(made: Bench, namespace: string): readonly (string | undefined)[] {
  return [...new Set(made.sim.cluster.list('Pod', namespace).map(proxyVersion))].sort();
}

test('the demo is a mesh in the middle of an upgrade', () => {
  const made = bench(demoScenario());
  const pods = made.sim.cluster.list('Pod');
  assert.ok(pods.length > 250 && pods.length < 350, `${pods.length} pods`);
  assert.deepEqual(versionsIn(made, 'linkerd'), [DEMO_VERSIONS.present]);
  assert.deepEqual(versionsIn(made, 'storefront'), [DEMO_VERSIONS.present]);
  assert.deepEqual(versionsIn(made, 'catalog'), [DEMO_VERSIONS['first 2.19']]);
  assert.deepEqual(versionsIn(made, 'identity'), [DEMO_VERSIONS['late 2.18']]);
  assert.deepEqual(versionsIn(made, 'orders'), [DEMO_VERSIONS['2.17']]);
  assert.deepEqual(versionsIn(made, 'ledger'), [DEMO_VERSIONS['2.16']]);
  assert.deepEqual(versionsIn(made, 'canary'), [DEMO_VERSIONS.present, 'edge-25.12.2']);
  assert.deepEqual(versionsIn(made, 'onboarding'), [undefined]);
  assert.deepEqual(versionsIn(made, 'kube-system'), [undefined]);
  assert.equal(
    stringAt(made.get('ConfigMap', 'linkerd', 'linkerd-config'), 'data', 'values').includes(
      `linkerdVersion: ${DEMO_VERSIONS.present}\n`,
    ),
    true,
  );
  const phases = new Set(pods.map(({ status }) => status?.phase));
  assert.deepEqual([...phases].sort(), ['Failed', 'Pending', 'Running', 'Succeeded']);
});

test('every injected pod of the demo was injected by the injector of its day', () => {
  const made = bench(demoScenario());
  for (const pod of made.sim.cluster.list('Pod')) {
    const createdBy = pod.metadata.annotations?.[annotation.createdBy] ?? '';
    if (!createdBy.startsWith('linkerd/proxy-injector ')) continue;
    const pinned = pod.metadata.annotations?.[annotation.pinnedProxyVersion];
    const about = `${pod.metadata.namespace}/${pod.metadata.name}`;
    assert.equal(proxyVersion(pod), pinned ?? createdBy.slice('linkerd/proxy-injector '.length), about);
  }
});

test('only the namespace of the trial rotation has another trust root', () => {
  const made = bench(demoScenario());
  const [current] = made.sim.cluster.list('Pod', 'linkerd');
  const present = current?.metadata.annotations?.[annotation.trustRootSha256];
  const stale = made.sim.cluster
    .list('Pod')
    .filter(
      ({ metadata }) => ![undefined, present].includes(metadata.annotations?.[annotation.trustRootSha256]),
    );
  assert.deepEqual([...new Set(stale.map(({ metadata }) => metadata.namespace))], ['iot']);
  assert.equal(stale.length, made.sim.cluster.list('Pod', 'iot').length);
});

test('a demo at rest stays at rest but for its crash loop and its CronJob', () => {
  const made = bench(demoScenario());
  made.settle(5);
  const changed = new Set(
    made.events
      .filter(({ object }) => object.kind !== 'Event')
      .map(
        ({ object }) => `${object.kind} ${object.metadata.namespace}/${object.metadata.name.split('-')[0]}`,
      ),
  );
  const restless = (what: string): boolean =>
    what.endsWith('experiments/flaky') || what.endsWith('reporting/hourly');
  assert.deepEqual(
    [...changed].filter((what) => !restless(what)),
    [],
  );
});

test('the same seed tells the same story, and goes on in the same way', () => {
  const told = (seed: number): string => {
    const made = bench(demoScenario(), seed);
    restart(made, 'Deployment', 'orders', 'api');
    restart(made, 'StatefulSet', 'orders', 'outbox');
    made.settle();
    const present = resources.resourceTypes.map((resource) => made.sim.store.list(resource, ''));
    return JSON.stringify([present, made.events]);
  };
  assert.equal(told(3), told(3));
  assert.notEqual(told(3), told(4));
});

test('a restart of any workload of the demo converges to what the injector gives it', () => {
  const made = bench(demoScenario());
  const { cluster } = made.sim;
  const restarted = RESTARTABLE.flatMap((kind) =>
    cluster
      .list(kind)
      .filter(({ metadata }) => metadata.namespace !== 'experiments')
      .map(({ metadata: { namespace = '', name } }) => ({ kind, namespace, name })),
  );
  const before = new Set(cluster.list('Pod').map(({ metadata }) => metadata.uid));
  for (const { kind, namespace, name } of restarted) restart(made, kind, namespace, name);
  made.settle(15);
  for (const { kind, namespace, name } of restarted) {
    const about = `${kind} ${namespace}/${name}`;
    const pods = podsOf(made, kind, namespace, name);
    assert.ok(pods.every(isReady), `${about} is ready`);
    const kept = pods.filter(({ metadata }) => before.has(metadata.uid)).length;
    assert.equal(kept, keptPods(`${namespace}/${name}`, pods.length), `${about} keeps pods`);
    const expected = expectedVersion(`${namespace}/${name}`, namespace);
    const renewed = pods.filter(({ metadata }) => !before.has(metadata.uid));
    for (const pod of renewed) assert.equal(proxyVersion(pod), expected, about);
  }
});

/** How many pods a plain restart cannot replace. */
function keptPods(name: string, pods: number): number {
  if (name === 'ledger/journal' || name === 'checkout/vouchers') return pods;
  return name === 'search/shards' ? 3 : 0;
}

function expectedVersion(name: string, namespace: string): string | undefined {
  const special: Readonly<Record<string, string>> = {
    'media/video': 'edge-25.8.5',
    'edge-ingress/waf': `edge-25.8.5@sha256:${'5f2c9d0a1b3e4c7d'.repeat(4)}`,
    'canary/probe': 'edge-25.12.2',
    'vendor-gateway/bridge': DEMO_VERSIONS['2.18'],
  };
  if (special[name] !== undefined) return special[name];
  if (name === 'observability/node-probe') return undefined;
  if (['kube-system', 'marketing', 'sandbox'].includes(namespace)) return undefined;
  return namespace === 'legacy-billing' ? DEMO_VERSIONS['2.18'] : DEMO_VERSIONS.present;
}

function podsOf({ sim }: Bench, kind: Restartable, namespace: string, name: string): readonly Pod[] {
  const { cluster } = sim;
  const owner = cluster.get(kind, namespace, name);
  const owners = new Set([
    owner?.metadata.uid,
    ...(kind === 'Deployment'
      ? cluster.owned(owner?.metadata.uid, 'ReplicaSet').map(({ metadata }) => metadata.uid)
      : []),
  ]);
  return cluster.list('Pod', namespace).filter((pod) => isActive(pod) && owners.has(controllerOf(pod)?.uid));
}

test('an upgrade of the control plane rolls its pods and gives new pods the new proxy', () => {
  const made = bench(demoScenario());
  made.sim.upgradeControlPlane(NEXT_VERSION);
  made.settle();
  assert.deepEqual(versionsIn(made, 'linkerd'), [NEXT_VERSION]);
  restart(made, 'Deployment', 'storefront', 'web');
  made.settle();
  assert.deepEqual(versionsIn(made, 'storefront'), [DEMO_VERSIONS.present, NEXT_VERSION]);
});

test('the variants are what they say', () => {
  const half = bench(halfRolled());
  assert.match(
    stringAt(half.get('ConfigMap', 'linkerd', 'linkerd-config'), 'data', 'values'),
    new RegExp(`linkerdVersion: ${NEXT_VERSION}\n`),
  );
  assert.deepEqual(versionsIn(half, 'linkerd'), [DEMO_VERSIONS.present]);

  const down = bench(injectorDown());
  assert.equal(down.get('Deployment', 'linkerd', 'linkerd-proxy-injector').status?.availableReplicas ?? 0, 0);
  assert.equal(down.get('Deployment', 'linkerd', 'linkerd-destination').status?.availableReplicas, 1);

  const helm = bench(helmInstall());
  const injector = helm.get('Deployment', 'linkerd', 'linkerd-proxy-injector');
  assert.equal(injector.metadata.annotations?.[annotation.helmRelease], 'linkerd-control-plane');
  assert.equal(injector.status?.availableReplicas, 3);
  assert.match(
    stringAt(helm.get('ConfigMap', 'linkerd', 'linkerd-config'), 'data', 'values'),
    /cliVersion: ""\n/,
  );
  const [webhook] =
    helm.get('MutatingWebhookConfiguration', '', 'linkerd-proxy-injector-webhook-config').webhooks ?? [];
  assert.equal(webhook?.failurePolicy, 'Fail');
});

test('a load is at rest, of the size asked for, and restarts like any other cluster', () => {
  const made = bench(loadScenario({ pods: 400, namespaces: 8 }));
  const pods = made.sim.cluster.list('Pod').filter(({ metadata }) => metadata.namespace !== 'linkerd');
  assert.equal(pods.length, 400);
  assert.equal(new Set(pods.map(({ metadata }) => metadata.namespace)).size, 8);
  assert.ok(pods.every((pod) => proxyVersion(pod) !== undefined && isReady(pod)));
  made.settle();
  assert.deepEqual(made.events, [], 'controllers find nothing to do');
  const [first] = made.sim.cluster.list('Deployment', 'team-3');
  restart(made, 'Deployment', 'team-3', first?.metadata.name ?? '');
  made.settle();
  const renewed = podsOf(made, 'Deployment', 'team-3', first?.metadata.name ?? '');
  assert.deepEqual(
    renewed.map(proxyVersion),
    Array.from({ length: 4 }, () => DEMO_VERSIONS.present),
  );
});

test('the control plane carries its proxies in its templates', () => {
  const made = bench(demoScenario());
  const order = (name: string): readonly string[] =>
    made.get('Deployment', 'linkerd', name).spec.template.spec.containers.map((one) => one.name);
  assert.deepEqual(order('linkerd-destination'), [
    container.proxy,
    container.destination,
    'sp-validator',
    'policy',
  ]);
  assert.deepEqual(order('linkerd-identity'), [container.identity, container.proxy]);
  assert.deepEqual(order('linkerd-proxy-injector'), [container.proxy, container.injector]);
  made.sim.upgradeControlPlane('edge-26.6.3');
  made.settle();
  assert.deepEqual(order('linkerd-destination'), [container.destination, 'sp-validator', 'policy']);
  assert.deepEqual(order('linkerd-identity'), [container.identity, container.proxy]);
});

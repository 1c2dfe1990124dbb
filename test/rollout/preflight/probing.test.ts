/** Dry-run pods in front of the simulated API server, its injector and whatever refuses pods. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import { isObject } from '../../../src/kube/json/value.ts';
import { chooseProbes } from '../../../src/rollout/preflight/probe-choice.ts';
import {
  application,
  type DeploymentOptions,
  deployment,
  resourceQuota,
  rollout,
  statefulSet,
} from '../../../src/sim/cluster/scenario/builders.ts';
import { rollouts } from '../../../src/sim/resources.ts';
import type { AuditEntry } from '../../../src/sim/server/audit.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import { template } from '../../support/records.ts';
import { left, NOW, type PreflightCluster, preflightCluster, told } from './cluster.ts';
import { waitUntil } from './wait-until.ts';

const HA = { failurePolicy: 'Fail', replicas: 3 } as const;
const PROBED = { probe: true };

function probesIn({ simulation }: PreflightCluster): readonly AuditEntry[] {
  return simulation.server.audit.entries.filter(({ path }) => path.includes('/pods?dryRun=All'));
}

/** Pods with this label come back without a proxy, as when the API server gives up on the injector. */
function loseProxies({ simulation }: PreflightCluster, lost: (app: string) => boolean): void {
  simulation.server.faults.onRequest(({ method, resource, path }) => {
    if (method !== 'POST' || resource !== 'pods' || !path.includes('/pods')) return undefined;
    const app = path.split('/')[4] ?? '';
    if (!lost(app)) return undefined;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: app, uid: 'u' },
      spec: { containers: [] },
    };
    return { kind: 'respond', status: 201, body: pod };
  });
}

test('the pod that is tried is the workload’s next one, without an owner', async (t) => {
  const made: DeploymentOptions = {
    annotations: { note: 'kept', 'config.linkerd.io/proxy-log-level': 'debug' },
    labels: { tier: 'front' },
    pod: { serviceAccountName: 'web', hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }] },
  };
  const cluster = await preflightCluster(t, [deployment('shop', 'web', made)], { now: HA });
  await cluster.preflight(cluster.items(), PROBED);
  const [probe, ...others] = probesIn(cluster);
  assert.deepEqual(others, []);
  assert.ok(isObject(probe?.body) && isObject(probe.body.metadata) && isObject(probe.body.spec));
  assert.deepEqual(probe.body.metadata, {
    generateName: 'web-probe-',
    namespace: 'shop',
    labels: { app: 'web', tier: 'front' },
    annotations: made.annotations,
  });
  assert.equal(probe.body.spec.serviceAccountName, 'web');
  assert.deepEqual(probe.body.spec.hostAliases, made.pod?.hostAliases);
});

test('a StatefulSet’s pod brings the volumes of its claim templates', async (t) => {
  const store = statefulSet('shop', 'store', {
    containers: [{ ...application('store'), volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
  });
  const claimed: KubeObject = {
    ...store,
    spec: { ...store.spec, volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] },
  };
  const cluster = await preflightCluster(t, [claimed], { now: HA });
  const report = await cluster.preflight(cluster.items(), PROBED);
  assert.deepEqual(
    report.probes.map(({ version, refusal }) => [version, refusal]),
    [[NOW, '']],
  );
  assert.equal(left(report).size, 0);
});

test('a policy’s refusal excludes its workloads, in the policy’s own words', async (t) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const cluster = await preflightCluster(
    t,
    [...names.map((name) => deployment('strict', name, { replicas: 1 })), deployment('shop', 'web')],
    { now: HA },
  );
  const why = 'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false';
  cluster.simulation.cluster.refusePods('strict', why);
  const report = await cluster.preflight(cluster.items(), PROBED);
  assert.deepEqual(told(report, 'blocker'), []);
  assert.deepEqual(
    [...left(report).keys()].sort(),
    names.map((name) => `strict/${name}`),
    'the whole group is asked for',
  );
  assert.match(
    left(report).get('strict/a') ?? '',
    /^admission refuses its pod in a dry run: pods "a-probe-.*" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false$/,
  );
  assert.equal(report.probes.filter(({ refusal }) => refusal !== '').length, 6);
});

test('pods that all come back without a proxy block everything', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web'), deployment('books', 'api')], {
    now: HA,
  });
  loseProxies(cluster, () => true);
  const report = await cluster.preflight(cluster.items(), PROBED);
  assert.match(
    told(report, 'blocker').join(),
    /^probe: new pods come back without a proxy in a dry run \(Deployment books\/api and Deployment shop\/web\)/,
  );
  assert.equal(left(report).size, 0);
  assert.deepEqual(
    report.probes.map(({ version }) => version),
    ['', ''],
  );
});

test('one pod without a proxy among others excludes its workload', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web'), deployment('books', 'api')], {
    now: HA,
  });
  loseProxies(cluster, (home) => home === 'shop');
  const report = await cluster.preflight(cluster.items(), PROBED);
  assert.deepEqual(told(report, 'blocker'), []);
  assert.deepEqual(
    [...left(report)],
    [['shop/web', 'its pod came back without a proxy in a dry run, although one was expected']],
  );
});

test('an injector that cannot be called is shown in the API server’s words', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], { now: { failurePolicy: 'Fail' } });
  const items = cluster.items();
  cluster.simulation.cluster.breakInjector();
  await waitUntil(
    async () => {
      const report = await cluster.preflight(items, PROBED);
      return told(report, 'blocker').some((text) =>
        /^injector: the API server cannot call the injector \(dry-run pod of Deployment shop\/web\): .*no endpoints available for service "linkerd-proxy-injector"/.test(
          text,
        ),
      );
    },
    () => 'the injector still answers',
  );
});

test('an injector that fails for the first few is not waited for by all', async (t) => {
  const many = Array.from({ length: 20 }, (_, index) => deployment(`team-${index}`, 'web', { replicas: 1 }));
  const cluster = await preflightCluster(t, many, { now: HA });
  loseProxies(cluster, () => true);
  const report = await cluster.preflight(cluster.items(), PROBED);
  const [blocker, ...others] = told(report, 'blocker');
  assert.match(blocker ?? '', /^probe: new pods come back without a proxy/);
  assert.deepEqual(others, []);
  const tried = probesIn(cluster).length;
  assert.ok(tried < 10, `${tried} of 20 were tried`);
  assert.match(
    told(report, 'unknown').join(),
    new RegExp(`^probe: ${20 - tried} more kinds of template have not been tried`),
  );
});

test('what an injector refuses is the workload’s own matter when others pass', async (t) => {
  const both = {
    [annotation.nativeSidecarAlpha]: 'true',
    [annotation.waitBeforeExit]: '20',
  };
  const cluster = await preflightCluster(t, [deployment('shop', 'web'), deployment('books', 'api')], {
    now: HA,
  });
  const items = cluster.items();
  cluster.simulation.cluster.world.change('Deployment', 'shop', 'web', (found) => ({
    ...found,
    spec: {
      ...found.spec,
      template: { ...found.spec.template, metadata: { ...found.spec.template.metadata, annotations: both } },
    },
  }));
  const report = await cluster.preflight(items, PROBED);
  assert.match(
    left(report).get('shop/web') ?? '',
    /^the injector refuses its pod in a dry run: .*proxy.nativeSidecar and waitBeforeExitSeconds cannot be used simultaneously$/,
  );
});

test('a busy server is asked again, and a silent one is an error', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], { now: HA });
  let busy = 2;
  const stop = cluster.simulation.server.faults.onRequest(({ method, resource }) => {
    if (method !== 'POST' || resource !== 'pods' || busy === 0) return undefined;
    busy -= 1;
    return { kind: 'respond', status: 429, body: 'Too many requests', headers: { 'retry-after': '1' } };
  });
  const report = await cluster.preflight(cluster.items(), PROBED);
  assert.deepEqual(
    report.probes.map(({ version }) => version),
    [NOW],
  );
  stop();
  cluster.simulation.server.faults.onRequest(({ method, resource }) =>
    method === 'POST' && resource === 'pods' ? { kind: 'reset', after: 'nothing' } : undefined,
  );
  await assert.rejects(() => cluster.preflight(cluster.items(), PROBED));
});

test('an update that must start a pod first is excluded where the quota has no room for it', async (t) => {
  const cluster = await preflightCluster(
    t,
    [
      // Two pods and 25 % of both: one more, none fewer.
      deployment('full', 'web', { replicas: 2 }),
      deployment('loose', 'web', { replicas: 2, strategy: { maxSurge: 1, maxUnavailable: 1 } }),
      deployment('room', 'web', { replicas: 2 }),
      statefulSet('full', 'store', { replicas: 2 }),
    ],
    {
      now: HA,
      more: (world) => {
        world.create(resourceQuota('full', 'cap', { pods: '4' }));
        world.create(resourceQuota('loose', 'cap', { pods: '2' }));
        world.create(resourceQuota('room', 'cap', { pods: '3' }));
      },
    },
  );
  for (const probe of [true, false]) {
    const report = await cluster.preflight(cluster.items(), { probe });
    assert.deepEqual([...left(report).keys()], ['full/web'], `probe: ${probe}`);
    assert.match(told(report, 'warning').join('\n'), /^quota: .*Deployment loose\/web/m);
    assert.doesNotMatch(told(report, 'warning').join('\n'), /room\/web|store/);
    assert.deepEqual(told(report, 'blocker'), []);
  }
});

test('what the proxy asks for counts towards a quota of memory', async (t) => {
  // Each pod asks for 256Mi, and for 20Mi more with the proxy that the simulated injector gives.
  const cluster = await preflightCluster(t, [deployment('shop', 'web', { replicas: 2 })], {
    now: HA,
    more: (world) => world.create(resourceQuota('shop', 'memory', { 'requests.memory': `${3 * 276 - 1}Mi` })),
  });
  const probed = await cluster.preflight(cluster.items(), PROBED);
  assert.match(left(probed).get('shop/web') ?? '', /requests.memory/);

  // linkerd-config of the simulation is silent about what its proxies ask for.
  const predicted = await cluster.preflight(cluster.items(), { probe: false });
  assert.deepEqual([...left(predicted).keys()], []);

  cluster.simulation.cluster.world.change('ConfigMap', 'linkerd', 'linkerd-config', (map) => ({
    ...map,
    data: {
      ...map.data,
      values: `${map.data?.values}`.replace('proxy:\n', 'proxy:\n  resources: {memory: {request: 20Mi}}\n'),
    },
  }));
  const told276 = await cluster.preflight(cluster.items(), { probe: false });
  assert.match(
    left(told276).get('shop/web') ?? '',
    /ResourceQuota shop\/memory leaves room for no further pod \(requests.memory: 552Mi of 827Mi used\)/,
  );
});

test('what the probe came back with is what a quota is held against', async (t) => {
  // Room for one pod of 276Mi, or for two of the 256Mi that the application alone asks for.
  const cluster = await preflightCluster(t, [deployment('shop', 'web', { replicas: 8 })], {
    now: HA,
    more: (world) =>
      world.create(resourceQuota('shop', 'memory', { 'requests.memory': `${8 * 276 + 530}Mi` })),
  });
  const report = await cluster.preflight(cluster.items(), PROBED);
  assert.match(
    told(report, 'warning').join(),
    /leaves room for 1 of 2 further pods \(requests.memory: 2208Mi of 2738Mi used\)/,
  );
  assert.deepEqual(told(report, 'unknown'), []);
});

test('a workload without a template of its own, or that is gone, is not tried', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web'), rollout('shop', 'engine')], {
    now: HA,
  });
  const [web] = cluster.items('shop');
  assert.ok(web);
  const stored = cluster.simulation.cluster.cluster.get('Rollout', 'shop', 'engine');
  assert.ok(stored);
  const { template: _template, ...spec } = stored.spec;
  const elsewhere = { ...spec, workloadRef: { kind: 'Deployment', name: 'web' } };
  cluster.simulation.store.update(rollouts, { ...stored, spec: elsewhere });
  const engine = {
    ...web,
    method: 'restart-at',
    key: { ...web.key, kind: 'Rollout', name: 'engine' },
  } as const;
  const gone = { ...web, key: { ...web.key, name: 'gone' } };
  const report = await cluster.preflight([web, engine, gone], PROBED);
  assert.match(
    told(report, 'unknown').join('\n'),
    /^probe: no pod of Rollout shop\/engine could be tried: its pod template stands in another object/m,
  );
  assert.equal(left(report).get('shop/gone'), 'it was deleted');
  assert.deepEqual(
    report.probes.map(({ key }) => key.name),
    ['web'],
  );
});

test('of many workloads one of each kind in a namespace is tried, and each that is set apart', async (t) => {
  const plain = ['a', 'b', 'c', 'd', 'e'].map((name) => deployment('shop', name, { replicas: 1 }));
  const special = deployment('shop', 'special', {
    replicas: 1,
    annotations: { 'config.linkerd.io/proxy-cpu-request': '1' },
  });
  const cluster = await preflightCluster(t, [...plain, special, deployment('books', 'api')], { now: HA });
  const report = await cluster.preflight(cluster.items(), PROBED);
  assert.deepEqual(
    report.probes.map(({ key }) => `${key.namespace}/${key.name}`),
    ['books/api', 'shop/a', 'shop/special'],
  );
  assert.equal(probesIn(cluster).length, 3);
});

test('there is a limit to what is tried, and what is beyond it is counted', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], { now: HA });
  const [item] = cluster.items();
  assert.ok(item);
  const many = Array.from({ length: 210 }, (_, index) => ({
    ...item,
    key: { ...item.key, namespace: `n${index}` },
  }));
  const { groups, omitted } = chooseProbes(many, () => template());
  assert.deepEqual([groups.length, omitted], [200, 10]);
});

/**
 * Random streams of changes: after each stretch the model has to show what simple code counts out of the records
 * that are left, and what a fresh model shows that is fed those records in another order.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeRecord, Owner, PodRecord } from '../../src/kube/records.ts';
import { createMeshModel, type MeshModel } from '../../src/mesh/model.ts';
import { skewOf } from '../../src/mesh/skew.ts';
import type { MeshView, NamespaceView, PodTally, WorkloadView } from '../../src/mesh/view.ts';
import {
  budget,
  configMap,
  container,
  controlPlane,
  daemonSet,
  deployment,
  injectorWebhook,
  link,
  linkerdConfig,
  namespace,
  nativeProxy,
  owner,
  pod,
  proxyContainer,
  remove,
  statefulSet,
  upsert,
} from '../support/records.ts';
import { type Random, seededRandom } from '../support/seeded-random.ts';

const versions = [
  'edge-25.10.7',
  'edge-25.9.4',
  'edge-24.8.2',
  'edge-26.9.1',
  'stable-2.14.10',
  'dev-x',
  '',
] as const;
const spaces = ['a', 'b', 'c'] as const;
const seeds = [1, 2, 3, 4, 5, 6];

for (const seed of seeds) {
  test(`a random stream of changes, seed ${seed}`, (t) => {
    t.diagnostic(`seed ${seed}`);
    const random = seededRandom(seed);
    const model = createMeshModel();
    const records = new Map<string, KubeRecord>();
    const put = (record: KubeRecord): void => {
      records.set(`${record.kind}/${record.namespace}/${record.name}`, record);
      model.apply(upsert(record));
    };
    markListed(model);
    for (const record of controlPlane('edge-25.10.7')) put(record);

    for (let step = 0; step < 1200; step += 1) {
      if (random.chance(0.25)) {
        const [key, record] = random.pick([...records]);
        // A late delete of an object that another has replaced has to change nothing.
        if (random.chance(0.2)) model.apply(remove({ ...record, uid: 'long gone' }));
        else {
          records.delete(key);
          model.apply(remove(record));
        }
      } else put(randomRecord(random));
      if (random.chance(0.04)) model.view();
      if (step % 50 === 49) compare(model, [...records.values()], random, `seed ${seed}, step ${step}`);
    }
  });
}

function markListed(model: MeshModel): void {
  for (const kind of ['Pod', 'Namespace', 'MutatingWebhookConfiguration'] as const) model.markListed(kind);
}

function randomRecord(random: Random): KubeRecord {
  const space = random.pick(spaces);
  const index = random.below(4);
  switch (random.below(16)) {
    case 0:
      return randomNamespace(random, space);
    case 1:
      return deployment({
        namespace: space,
        name: `${space}-web-${index}`,
        replicas: random.below(3),
        paused: random.chance(0.1),
        generation: 1 + random.below(2),
        template: {
          labels: { app: `web-${index}` },
          annotations: random.chance(0.2)
            ? { 'linkerd.io/inject': random.pick(['enabled', 'disabled', 'x']) }
            : {},
        },
      });
    case 2:
      return random.chance(0.5)
        ? statefulSet({
            namespace: space,
            name: `${space}-db-${index}`,
            strategy: { partition: random.below(2) },
          })
        : daemonSet({ namespace: space, name: `${space}-agent-${index}` });
    case 3:
    case 4:
      return randomLink(random, space, index);
    case 5:
      return random.pick([
        linkerdConfig(random.pick(['edge-25.10.7', 'edge-26.6.3'])),
        configMap('linkerd-identity-trust-roots', { 'ca-bundle.crt': random.pick(['one', 'two']) }),
        injectorWebhook({ failurePolicy: random.pick(['Ignore', 'Fail']) }),
        ...controlPlane('edge-25.10.7'),
      ]);
    case 6:
      return budget({ namespace: space, name: `budget-${index}`, disruptionsAllowed: random.below(2) });
    default:
      return randomPod(random, space, index);
  }
}

function randomNamespace(random: Random, space: string): KubeRecord {
  const annotations: Record<string, string> = {};
  if (random.chance(0.7)) annotations['linkerd.io/inject'] = random.pick(['enabled', 'disabled', 'ingress']);
  if (random.chance(0.2))
    annotations['config.linkerd.io/proxy-version'] = random.pick(['edge-25.9.4', 'edge-25.10.7']);
  return namespace(space, { annotations, phase: random.chance(0.05) ? 'Terminating' : 'Active' });
}

function replicaSetName(space: string, index: number): string {
  return `${space}-web-${index}-6f7d`;
}

function randomLink(random: Random, space: string, index: number): KubeRecord {
  if (random.chance(0.3)) {
    const cron = random.chance(0.5) ? owner('CronJob', `${space}-nightly`) : undefined;
    return link('Job', `${space}-job-${index}`, cron, { namespace: space });
  }
  const owners: (Owner | undefined)[] = [
    owner('Deployment', `${space}-web-${index}`, { uid: `deployment-${space}-${space}-web-${index}` }),
    owner('Rollout', `${space}-web-${index}`, { apiVersion: 'argoproj.io/v1alpha1' }),
    undefined,
  ];
  return link('ReplicaSet', replicaSetName(space, index), owners[random.below(3)], { namespace: space });
}

function randomPod(random: Random, space: string, index: number): PodRecord {
  const owners: readonly (readonly [Owner | undefined, string])[] = [
    [owner('ReplicaSet', replicaSetName(space, index)), random.chance(0.5) ? '6f7d' : ''],
    [owner('StatefulSet', `${space}-db-${index}`), ''],
    [owner('Job', `${space}-job-${index}`), ''],
    [undefined, ''],
  ];
  const [by, templateHash] = random.pick(owners);
  const version = random.pick(versions);
  const image = version === '' ? { image: 'proxy@sha256:0' } : {};
  const proxies = [proxyContainer(version, image), nativeProxy(version, image)];
  return pod({
    namespace: space,
    name: `pod-${random.below(40)}`,
    uid: `uid-${space}-${random.below(200)}`,
    owner: by,
    templateHash,
    phase: random.pick(['Running', 'Running', 'Running', 'Pending', 'Succeeded', 'Failed']),
    deletedAt: random.chance(0.1) ? 1 : 0,
    ready: random.chance(0.8),
    controlPlaneNamespace: random.pick(['linkerd', 'linkerd', 'linkerd', '', 'other']),
    trustRootSha256: random.pick(['', 'x']),
    containers: random.chance(0.8) ? [random.pick(proxies), container()] : [container()],
  });
}

function compare(model: MeshModel, records: readonly KubeRecord[], random: Random, at: string): void {
  const view = model.view();
  const fresh = createMeshModel();
  markListed(fresh);
  fresh.applyAll(random.shuffle(records).map(upsert));
  assert.deepEqual(flat(view), flat(fresh.view()), `the same as a fresh model, ${at}`);

  const pods = records.filter((record) => record.kind === 'Pod');
  assert.deepEqual(tallied(view.totals), counted(pods, view), `totals, ${at}`);
  for (const shown of view.namespaces) {
    const own = pods.filter((record) => record.namespace === shown.name);
    assert.deepEqual(tallied(shown), counted(own, view), `namespace ${shown.name}, ${at}`);
    const workloads = view.workloads(shown.name);
    const grouped = workloads.flatMap((workload) => view.pods(workload).map((one) => one.uid));
    assert.deepEqual(grouped.sort(), own.map((one) => one.uid).sort(), `each pod in one workload, ${at}`);
    for (const workload of workloads) {
      const names = new Set(view.pods(workload).map((one) => one.name));
      const members = own.filter((one) => names.has(one.name));
      assert.deepEqual(tallied(workload), counted(members, view), `${workload.kind} ${workload.name}, ${at}`);
    }
    const sum = Object.values(shown.effects).reduce((total, figure) => total + figure, 0);
    assert.equal(sum, workloads.filter((one) => one.pods.live > 0 || wants(one, records)).length, at);
    assert.equal(shown.workloads, sum);
  }
  const meshed = view.namespaces.filter((shown) => shown.proxies > 0);
  assert.equal(view.totals.namespaces, meshed.length, at);
  const meshedWorkloads = meshed
    .flatMap((shown) => view.workloads(shown.name))
    .filter((one) => one.proxies > 0);
  assert.equal(view.totals.workloads, meshedWorkloads.length, at);
}

function wants(view: WorkloadView, records: readonly KubeRecord[]): boolean {
  return records.some(
    (record) =>
      'replicas' in record &&
      record.kind === view.kind &&
      record.namespace === view.namespace &&
      record.name === view.name &&
      record.replicas > 0,
  );
}

/** Everything that a view shows, as plain data. */
function flat(view: MeshView): object {
  return {
    controlPlane: view.controlPlane,
    totals: view.totals,
    namespaces: view.namespaces.map((shown) => ({
      shown,
      workloads: view.workloads(shown.name).map((workload) => ({ workload, pods: view.pods(workload) })),
    })),
  };
}

interface Figures {
  readonly proxies: number;
  readonly byVersion: Readonly<Record<string, number>>;
  readonly byClass: Readonly<Record<string, number>>;
  readonly staleTrust: number;
  readonly pods: PodTally;
}

function tallied({ proxies, byVersion, byClass, staleTrust, pods }: Figures | NamespaceView): Figures {
  return { proxies, byVersion, byClass, staleTrust, pods };
}

/** Counts pods one by one, without anything that the model remembers. */
function counted(records: readonly PodRecord[], { controlPlane: plane }: MeshView): Figures {
  const figures = {
    proxies: 0,
    byVersion: {} as Record<string, number>,
    byClass: { violation: 0, unknown: 0, ahead: 0, 'behind-one': 0, behind: 0, current: 0 },
    staleTrust: 0,
    pods: { live: 0, ready: 0, unmeshed: 0, completed: 0, failed: 0, terminating: 0 },
  };
  for (const record of records) {
    const dead = record.deletedAt
      ? 'terminating'
      : { Succeeded: 'completed' as const, Failed: 'failed' as const }[record.phase];
    figures.pods[dead ?? 'live'] += 1;
    if (dead) continue;
    if (record.ready) figures.pods.ready += 1;
    const proxy = record.containers.find((one) => one.name === 'linkerd-proxy');
    if (!proxy) {
      figures.pods.unmeshed += 1;
      continue;
    }
    const tag = proxy.image.includes('@') ? '' : (proxy.image.split(':').at(-1) ?? '');
    const foreign = !['', plane.namespace].includes(record.controlPlaneNamespace);
    figures.proxies += 1;
    figures.byVersion[tag || 'unknown'] = (figures.byVersion[tag || 'unknown'] ?? 0) + 1;
    figures.byClass[foreign ? 'unknown' : skewOf(tag, plane).class] += 1;
    const root = record.controlPlaneComponent ? '' : record.trustRootSha256;
    if (!foreign && root && plane.trustRootSha256 && root !== plane.trustRootSha256) figures.staleTrust += 1;
  }
  return figures;
}

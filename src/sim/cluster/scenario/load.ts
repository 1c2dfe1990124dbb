/**
 * A large mesh for measurements: Deployments of four injected pods each, all at rest. Objects are put in finished, as
 * controllers, injector and kubelets would have left them.
 */
import { annotation } from '../../../data/linkerd.ts';
import { at, isObject } from '../../json.ts';
import { deployments, replicaSets } from '../../resources.ts';
import type { Json } from '../../types.ts';
import { withDefaults } from '../../write/defaults.ts';
import { withOwnership } from '../../write/managed-fields.ts';
import { rolloutStatus } from '../controllers/deployment-status.ts';
import { replicaSetStatus } from '../controllers/replica-set.ts';
import { newReplicaSet } from '../controllers/replica-set-template.ts';
import { type InjectorConfig, injectorConfig } from '../injector/config.ts';
import { injected } from '../injector/inject.ts';
import { reported } from '../kubelet/kubelet.ts';
import { type ContainerView, podStatus } from '../kubelet/pod-status.ts';
import { type Deployment, isKind, type Pod, type PodStatus, type ReplicaSet, timestamp } from '../objects.ts';
import { podFrom } from '../pods.ts';
import { deployment, namespace, node } from './builders.ts';
import { applyControlPlane, CLI_INSTALLATION, controlPlane } from './control-plane.ts';
import { DEMO_VERSIONS } from './demo.ts';
import { type Chapter, daysAgo, minutesAgo } from './story.ts';
import type { World } from './world.ts';

export interface LoadOptions {
  readonly pods: number;
  /** Default: one for each hundred pods. */
  readonly namespaces?: number;
}

const REPLICAS = 4;
const PODS_PER_NAMESPACE = 100;
/** Enough for any table; the load needs no more. */
const NODES_SHOWN = 100;
const DAY_MS = 86_400_000;
const MESHED = { [annotation.inject]: 'enabled' };
/** How many in a hundred pods run each version. */
const MIX: readonly (readonly [version: string, share: number])[] = [
  [DEMO_VERSIONS.present, 55],
  [DEMO_VERSIONS['first 2.19'], 15],
  [DEMO_VERSIONS['late 2.18'], 18],
  [DEMO_VERSIONS['2.17'], 8],
  [DEMO_VERSIONS['2.16'], 4],
];

/** A mesh of this many pods beside a control plane of the newest version of the demo. */
export function load({
  pods,
  namespaces = Math.ceil(pods / PODS_PER_NAMESPACE),
}: LoadOptions): readonly Chapter[] {
  return [
    daysAgo(1, (world) => {
      for (let index = 0; index < NODES_SHOWN; index += 1) world.create(node(nodeName(index), 'v1.31.4'));
      world.createAll([namespace('default'), namespace('kube-system')]);
      applyControlPlane(world, DEMO_VERSIONS.present, CLI_INSTALLATION);
    }),
    minutesAgo(1, (world) => fill(world, pods, namespaces)),
  ];
}

function fill(world: World, pods: number, namespaces: number): void {
  const configs = MIX.map(([version, share]) => ({ config: configOf(version), share }));
  const width = String(namespaces).length;
  const team = (index: number): string => `team-${String(index).padStart(width, '0')}`;
  for (let index = 0; index < namespaces; index += 1) world.create(namespace(team(index), MESHED));
  for (let made = 0, index = 0; made < pods; index += 1) {
    const replicas = Math.min(REPLICAS, pods - made);
    const place = { namespace: team(index % namespaces), name: `app-${Math.floor(index / namespaces)}` };
    addDeployment(world, deployment(place.namespace, place.name, { replicas }), chosen(world, configs));
    made += replicas;
  }
}

function configOf(version: string): InjectorConfig {
  const { config, trustRoots } = controlPlane(version, CLI_INSTALLATION);
  return injectorConfig(
    { ...config, metadata: { ...config.metadata, namespace: 'linkerd' } },
    trustRoots,
    version,
  );
}

function chosen(
  world: World,
  configs: readonly { readonly config: InjectorConfig; readonly share: number }[],
): InjectorConfig {
  let left = world.cluster.random.integer(100);
  for (const { config, share } of configs) {
    left -= share;
    if (left < 0) return config;
  }
  const [first] = configs;
  if (first === undefined) throw new Error('the mix of versions is empty');
  return first.config;
}

function addDeployment({ cluster }: World, template: Deployment, config: InjectorConfig): void {
  const bornAt = cluster.clock.now() - cluster.random.integer(300 * DAY_MS);
  const born = { uid: cluster.random.uid(), creationTimestamp: timestamp(bornAt) };
  const metadata = {
    ...template.metadata,
    ...born,
    generation: 1,
    annotations: { 'deployment.kubernetes.io/revision': '1' },
  };
  const owned = withOwnership(deployments, undefined, withDefaults(deployments, { ...template, metadata }), {
    manager: 'kubectl-client-side-apply',
    subresource: '',
    now: bornAt,
  });
  if (!isKind(owned, 'Deployment')) return;
  const fresh = newReplicaSet(owned, [], '1');
  const setMeta = {
    ...fresh.metadata,
    uid: cluster.random.uid(),
    creationTimestamp: born.creationTimestamp,
    generation: 1,
  };
  const set: ReplicaSet = { ...fresh, metadata: setMeta };
  const pods = podsOf(cluster, owned, set, { config, bornAt });
  const settled = { ...set, status: replicaSetStatus(set, pods, undefined, bornAt) };
  cluster.create('Deployment', { ...owned, status: rolloutStatus(owned, [settled], settled, bornAt) });
  cluster.store.create(replicaSets, settled);
  for (const pod of pods) cluster.create('Pod', pod);
}

/** One pod is made in full; its siblings differ from it in no more than name, node, address and container ids. */
function podsOf(
  cluster: World['cluster'],
  owner: Deployment,
  set: ReplicaSet,
  { config, bornAt }: { readonly config: InjectorConfig; readonly bornAt: number },
): readonly Pod[] {
  const generateName = `${set.metadata.name}-`;
  const sent = podFrom(set, set.spec.template, { name: generateName, generateName }, bornAt);
  const meshed = injected(sent, MESHED, { kind: 'Deployment', name: owner.metadata.name }, config);
  const first = placed(cluster, meshed, bornAt);
  const siblings = Array.from({ length: (set.spec.replicas ?? 1) - 1 }, () =>
    placed(cluster, meshed, bornAt),
  );
  const model = reported(meshed, first.status, bornAt);
  return [first, ...siblings].map((pod) => ({
    ...pod,
    metadata: { ...pod.metadata, managedFields: forAddress(model.metadata.managedFields, pod.status.podIP) },
  }));
}

function placed(
  { random }: World['cluster'],
  meshed: Pod,
  bornAt: number,
): Pod & { readonly status: PodStatus } {
  const index = random.integer(NODES_SHOWN);
  const address = random.integer(2 ** 16);
  const pod: Pod = {
    ...meshed,
    metadata: {
      ...meshed.metadata,
      name: `${meshed.metadata.generateName}${random.suffix()}`,
      uid: random.uid(),
      creationTimestamp: timestamp(bornAt),
    },
    spec: { ...meshed.spec, nodeName: nodeName(index) },
  };
  const place = { hostIP: `10.0.0.${index}`, podIP: `10.244.${address >> 8}.${address & 0xff}` };
  return { ...pod, status: podStatus(pod, allRunning(pod, bornAt), place, bornAt) };
}

/** Entries of a sibling: ownership names the pod's address, everything else is shared. */
function forAddress(entries: Json | undefined, podIP = ''): Json {
  if (!Array.isArray(entries)) return [];
  return entries.map((entry: Json): Json => {
    const status = at(entry, 'fieldsV1', 'f:status');
    if (!isObject(entry) || !isObject(status)) return entry;
    const addresses = { '.': {}, [`k:${JSON.stringify({ ip: podIP })}`]: { '.': {}, 'f:ip': {} } };
    return { ...entry, fieldsV1: { 'f:status': { ...status, 'f:podIPs': addresses } } };
  });
}

function nodeName(index: number): string {
  return `node-${String(index).padStart(3, '0')}`;
}

function allRunning({ spec }: Pod, since: number): ReadonlyMap<string, ContainerView> {
  const time = timestamp(since);
  const done = { terminated: { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time } };
  const init = (spec.initContainers ?? []).map(({ name }): [string, ContainerView] => [
    name,
    { state: done, ready: true },
  ]);
  const running = { state: { running: { startedAt: time } }, ready: true };
  return new Map([...init, ...spec.containers.map(({ name }): [string, ContainerView] => [name, running])]);
}

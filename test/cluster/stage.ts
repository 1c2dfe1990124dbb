import { annotation } from '../../src/data/linkerd.ts';
import { releases } from '../../src/data/releases.ts';
import { numberAt, objectAt, objectsAt } from '../../src/kube/json/value.ts';
import { releaseOf } from '../../src/mesh/release.ts';
import { parseVersion } from '../../src/mesh/version.ts';
import { createAuthority } from '../../src/sim/server/certificate.ts';
import { type Abilities, linkerdOf, tryOut, until } from './abilities.ts';
import { type Api, labelOf } from './api.ts';
import { type HandMade, makePods, markReady, podsOf, roll } from './hand.ts';
import {
  COMPONENTS,
  componentDeployment,
  controlPlaneConfig,
  inertWebhook,
  injected,
  namespace,
  plainTemplate,
  type Sidecar,
  type Template,
  type WorkloadKind,
  workload,
} from './manifests.ts';
import { namespaceName, type Settings } from './settings.ts';

/** Versions of the stand-in, and what its proxies run. */
const CONTROL_PLANE = 'edge-25.11.3';
const ONE_BEHIND = 'edge-25.8.5';
const TWO_BEHIND = 'edge-24.11.8';

/** Seconds for what has to come on every server. */
const LEAST_PATIENCE = 60;
const HOST_LABEL = 'kubernetes.io/hostname';

/** A workload as it stands when the stage is set. */
export interface Player {
  readonly kind: WorkloadKind;
  readonly name: string;
  /** Live proxies, counted in what the API server says. */
  readonly proxies: number;
  readonly version: string;
  readonly class: 'behind-one' | 'violation';
}

/** What the tests find before them. */
export interface Stage {
  /**
   * `linkerd`: pods start and the real injector gives them their proxies. `by-hand`: a stand-in for the control plane,
   * and pods that the suite makes itself, since nobody else does. `static`: as before, but the cluster's controllers make
   * the pods, whose proxy stands in the template.
   */
  readonly kind: 'linkerd' | 'by-hand' | 'static';
  /** Flags that a plan or a restart needs here: pods of a dry run get a proxy from a real injector only. */
  readonly flags: readonly string[];
  /** Why nothing can be restarted here, '' when it can. */
  readonly noRestarts: string;
  readonly controlPlane: { readonly namespace: string; readonly version: string };
  /** Namespace with the workloads. */
  readonly shop: string;
  readonly players: readonly Player[];
  /** A template with a proxy in it, for a pod of nobody's. */
  readonly lone: Template;
  /** Plays controllers and kubelet for a workload that was restarted, where nobody else does. */
  readonly settle: (name: string) => Promise<void>;
  readonly abilities: Abilities;
}

/** Finds out what the cluster can do, and sets the stage that goes with it. */
export async function setStage(api: Api, settings: Settings): Promise<Stage> {
  const { run, patienceSeconds } = settings;
  const linkerd = await linkerdOf(api);
  const trial = namespaceName(run, 'trial');
  await openNamespace(api, trial, run, {}, true);
  const tried = await tryOut(api, trial, patienceSeconds);
  const abilities = { ...tried, linkerd };
  if (linkerd.state === 'present' && linkerd.why === '' && tried.podsStart) {
    return setMeshed(api, settings, abilities, linkerd);
  }
  return tried.controllers ? setStatic(api, settings, abilities) : setByHand(api, settings, abilities);
}

/** A namespace that pods can be made in: where no controller does it, its ServiceAccount is made here. */
async function openNamespace(
  api: Api,
  name: string,
  run: string,
  annotations: Readonly<Record<string, string>> = {},
  unseen = false,
): Promise<void> {
  await api.create(namespace(name, run, annotations, unseen));
  const account = { kind: 'ServiceAccount', namespace: name, name: 'default' } as const;
  if ((await api.find(account)) !== undefined) return;
  await api
    .create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } })
    // The cluster's own controller was faster.
    .catch(() => api.get(account));
}

/** Real proxies of an older version: a pin on the namespace, which is taken away when the pods run. */
async function setMeshed(
  api: Api,
  settings: Settings,
  abilities: Abilities,
  controlPlane: { readonly namespace: string; readonly version: string },
): Promise<Stage> {
  const { run, patienceSeconds } = settings;
  const shop = namespaceName(run, 'shop');
  const old = settings.oldProxy || releaseBefore(controlPlane.version);
  await openNamespace(api, shop, run, {
    [annotation.inject]: 'enabled',
    [annotation.pinnedProxyVersion]: old,
  });
  const template = (name: string) => plainTemplate(name, true);
  await api.create(workload('Deployment', shop, 'web', template('web'), 2));
  await api.create(workload('StatefulSet', shop, 'db', template('db'), 1));
  const host = await oneNode(api);
  if (host !== '') {
    const { metadata, spec } = template('agent');
    const onOne = { metadata, spec: { ...spec, nodeSelector: { [HOST_LABEL]: host } } };
    await api.create(workload('DaemonSet', shop, 'agent', onOne, 1));
  }
  const wanted: readonly (readonly [WorkloadKind, string])[] = [
    ['Deployment', 'web'],
    ['StatefulSet', 'db'],
    ...(host === '' ? [] : ([['DaemonSet', 'agent']] as const)),
  ];
  const players: Player[] = [];
  for (const [kind, name] of wanted) {
    await until(Math.max(LEAST_PATIENCE, patienceSeconds), `the pods of ${kind} ${name}`, () =>
      isSettled(api, kind, shop, name),
    );
    const proxies = (await podsOf(api, { namespace: shop, name })).length;
    players.push({ kind, name, proxies, version: old, class: 'behind-one' });
  }
  await api.patch(
    { kind: 'Namespace', namespace: '', name: shop },
    { metadata: { annotations: { [annotation.pinnedProxyVersion]: null } } },
  );
  const sidecar = { version: old, controlPlane: controlPlane.namespace, trustRoots: '' };
  return {
    kind: 'linkerd',
    flags: [],
    noRestarts: '',
    controlPlane,
    shop,
    players,
    lone: injected(plainTemplate('lone', false), sidecar),
    settle: () => Promise.resolve(),
    abilities,
  };
}

/** The first edge of the release before a control plane's. */
function releaseBefore(version: string): string {
  const minor = releaseOf(parseVersion(version))?.minor ?? 0;
  const row = releases.find((candidate) => candidate.minor === minor - 1);
  if (row === undefined) {
    throw new Error(
      `which proxy is one release behind ${version} is not known here: name one with --old-proxy`,
    );
  }
  return row.edge;
}

/** Value of the host name label of a node that takes pods, '' where nodes may not be read. */
async function oneNode(api: Api): Promise<string> {
  if (!(await api.may('list', '', 'nodes'))) return '';
  const free = (await api.list('Node', '')).find((node) => {
    const spec = objectAt(node, 'spec');
    return spec.unschedulable !== true && objectsAt(spec, 'taints').length === 0;
  });
  return free === undefined ? '' : labelOf(free, HOST_LABEL);
}

async function isSettled(api: Api, kind: WorkloadKind, shop: string, name: string): Promise<boolean> {
  const { status, spec } = await api.get({ kind, namespace: shop, name });
  const figures = objectAt({ status }, 'status');
  const wanted =
    kind === 'DaemonSet'
      ? numberAt(figures, 'desiredNumberScheduled')
      : numberAt(objectAt({ spec }, 'spec'), 'replicas');
  return wanted > 0 && numberAt(figures, kind === 'DaemonSet' ? 'numberReady' : 'readyReplicas') === wanted;
}

interface StandIn {
  readonly home: string;
  readonly trustRoots: string;
  readonly sidecar: (version: string) => Sidecar;
}

async function openStandIn(api: Api, run: string): Promise<StandIn> {
  const home = namespaceName(run, 'control-plane');
  const trustRoots = createAuthority('linkerd-upgrade-cluster-test', Date.now()).certificate;
  await openNamespace(api, home, run, { [annotation.inject]: 'disabled' }, true);
  for (const object of controlPlaneConfig(home, CONTROL_PLANE, trustRoots)) await api.create(object);
  return { home, trustRoots, sidecar: (version) => ({ version, controlPlane: home, trustRoots }) };
}

/** Nobody makes pods: the suite does, for a stand-in of a control plane and for what it meshes. */
async function setByHand(api: Api, settings: Settings, abilities: Abilities): Promise<Stage> {
  const { run } = settings;
  const { home, sidecar } = await openStandIn(api, run);
  for (const component of COMPONENTS) {
    const { manifest, template } = componentDeployment(home, component, CONTROL_PLANE);
    await api.create(manifest);
    const name = manifest.metadata.name;
    await makePods(api, {
      kind: 'Deployment',
      namespace: home,
      name,
      replicas: 1,
      template,
      sidecar: undefined,
    });
  }
  const noRestarts = await inertlyWebhooked(api, settings, abilities, home);
  const shop = namespaceName(run, 'shop');
  await openNamespace(api, shop, run, { [annotation.inject]: 'enabled' });
  const made: readonly HandMade[] = (
    [
      ['Deployment', 'web', 2, ONE_BEHIND],
      ['StatefulSet', 'db', 1, TWO_BEHIND],
      ['DaemonSet', 'agent', 1, ONE_BEHIND],
    ] as const
  ).map(([kind, name, replicas, version]) => ({
    kind,
    namespace: shop,
    name,
    replicas,
    template: plainTemplate(name, false),
    sidecar: sidecar(version),
  }));
  for (const one of made) {
    await api.create(workload(one.kind, shop, one.name, one.template, one.replicas));
    await makePods(api, one);
  }
  return {
    kind: 'by-hand',
    flags: ['--no-probe'],
    noRestarts,
    controlPlane: { namespace: home, version: CONTROL_PLANE },
    shop,
    players: made.map(({ kind, name, replicas, sidecar: its }) => ({
      kind,
      name,
      proxies: replicas,
      version: its?.version ?? '',
      class: its?.version === TWO_BEHIND ? 'violation' : 'behind-one',
    })),
    lone: injected(plainTemplate('lone', false), sidecar(ONE_BEHIND)),
    settle: async (name) => {
      const one = made.find((candidate) => candidate.name === name);
      if (one !== undefined) await roll(api, one, sidecar(CONTROL_PLANE));
    },
    abilities,
  };
}

/** Creates the webhook configuration without rules where that was asked for. Returns why nothing can be restarted. */
async function inertlyWebhooked(
  api: Api,
  { inertWebhook: wanted, run }: Settings,
  { linkerd }: Abilities,
  home: string,
): Promise<string> {
  if (linkerd.state === 'present') {
    return `the injector's webhook is that of the control plane in ${linkerd.namespace}, which cannot be used: ${linkerd.why || 'pods do not start here'}`;
  }
  if (!wanted) {
    return 'there is no Linkerd, and --inert-webhook was not given: without a webhook configuration nothing may be restarted';
  }
  await api.create(inertWebhook(home, run));
  return '';
}

/** The cluster makes pods, but no injector gives them a proxy: it stands in the template, and nothing changes by a restart. */
async function setStatic(api: Api, { run, patienceSeconds }: Settings, abilities: Abilities): Promise<Stage> {
  const { home, sidecar } = await openStandIn(api, run);
  for (const component of COMPONENTS) {
    const { manifest } = componentDeployment(home, component, CONTROL_PLANE);
    await api.create(manifest);
    await playKubelet(api, home, manifest.metadata.name, 1, patienceSeconds);
  }
  const shop = namespaceName(run, 'shop');
  await openNamespace(api, shop, run, { [annotation.inject]: 'enabled' }, true);
  const written = injected(plainTemplate('web', false), sidecar(ONE_BEHIND));
  await api.create(workload('Deployment', shop, 'web', written, 2));
  await playKubelet(api, shop, 'web', 2, patienceSeconds);
  return {
    kind: 'static',
    flags: ['--no-probe'],
    noRestarts:
      'the cluster makes pods, but no Linkerd that answers gives them proxies: the ones here stand in their templates',
    controlPlane: { namespace: home, version: CONTROL_PLANE },
    shop,
    players: [{ kind: 'Deployment', name: 'web', proxies: 2, version: ONE_BEHIND, class: 'behind-one' }],
    lone: injected(plainTemplate('lone', false), sidecar(ONE_BEHIND)),
    settle: () => Promise.resolve(),
    abilities,
  };
}

/** Waits for the pods of a Deployment, and says of each that it runs. */
async function playKubelet(
  api: Api,
  home: string,
  name: string,
  replicas: number,
  patienceSeconds: number,
): Promise<void> {
  await until(Math.max(LEAST_PATIENCE, patienceSeconds), `the pods of ${name}`, async () => {
    return (await podsOf(api, { namespace: home, name })).length >= replicas;
  });
  for (const pod of await podsOf(api, { namespace: home, name })) await markReady(api, home, pod);
  // A Deployment whose pods are ready says so itself.
  await until(Math.max(LEAST_PATIENCE, patienceSeconds), `Deployment ${name} to see them`, async () => {
    const { status } = await api.get({ kind: 'Deployment', namespace: home, name });
    return numberAt(objectAt({ status }, 'status'), 'readyReplicas') >= replicas;
  });
}

import type { ClusterInfo, Freshness, LiveView, Store } from '../../src/live/view.ts';
import type { MeshContext } from '../../src/mesh/context.ts';
import { assumedWebhook } from '../../src/mesh/injection.ts';
import { severity } from '../../src/mesh/skew.ts';
import { noEffects } from '../../src/mesh/tally.ts';
import { parseVersion } from '../../src/mesh/version.ts';
import type {
  ControlPlaneView,
  EffectKind,
  NamespaceView,
  PodTally,
  PodView,
  SkewClass,
  Tally,
  TotalsView,
  Unreadable,
  WorkloadKey,
  WorkloadView,
} from '../../src/mesh/view.ts';

/** Hand-made views: plain figures in, complete and consistent views out. */

export const CURRENT = 'edge-26.8.3';

const noClasses: Readonly<Record<SkewClass, number>> = {
  violation: 0,
  unknown: 0,
  ahead: 0,
  'behind-one': 0,
  behind: 0,
  current: 0,
};

/** Proxies by version, each with its class: `[['edge-26.8.3', 'current', 12]]`. */
export type Proxies = readonly (readonly [version: string, skewClass: SkewClass, proxies: number])[];

export function tally(proxies: Proxies, staleTrust = 0): Tally {
  const byVersion: Record<string, number> = {};
  const byClass = { ...noClasses };
  let sum = 0;
  for (const [version, skewClass, amount] of proxies) {
    byVersion[version] = (byVersion[version] ?? 0) + amount;
    byClass[skewClass] += amount;
    sum += amount;
  }
  const worst = severity.find((name) => byClass[name] > 0);
  return { proxies: sum, byVersion, byClass, worst, staleTrust };
}

export function podTally(live: number, changes: Partial<PodTally> = {}): PodTally {
  return { live, ready: live, unmeshed: 0, completed: 0, failed: 0, terminating: 0, ...changes };
}

type NamespaceInput = Partial<Omit<NamespaceView, 'effects' | 'name'>> & {
  readonly running?: Proxies;
  readonly effects?: Partial<Record<EffectKind, number>>;
};

/** A namespace; `running` gives its proxies, `effects` what a restart would do to how many workloads. */
export function namespaceView(name: string, input: NamespaceInput = {}): NamespaceView {
  const { running = [[CURRENT, 'current', 3]], effects = { nothing: 1 }, ...changes } = input;
  const proxies = tally(running);
  return {
    ...proxies,
    name,
    role: 'application',
    extension: '',
    labels: {},
    pods: podTally(proxies.proxies),
    workloads: Object.values(effects).reduce((sum, amount) => sum + amount, 0),
    effects: { ...noEffects(), ...effects },
    inject: '',
    pin: '',
    terminating: false,
    ...changes,
  };
}

type WorkloadInput = Partial<Omit<WorkloadView, 'name'>> & { readonly running?: Proxies };

export function workloadView(namespace: string, name: string, input: WorkloadInput = {}): WorkloadView {
  const { running = [[CURRENT, 'current', 3]], ...changes } = input;
  const proxies = tally(running);
  return {
    ...proxies,
    namespace,
    kind: 'Deployment',
    name,
    uid: `uid-${namespace}-${name}`,
    apiVersion: 'apps/v1',
    role: 'application',
    pods: podTally(proxies.proxies),
    replicas: proxies.proxies,
    target: CURRENT,
    effect: { kind: 'nothing', reason: `its proxies run ${CURRENT} already` },
    risks: [],
    rollout: '',
    ...changes,
  };
}

type PodInput = Partial<Omit<PodView, 'name' | 'proxy'>> & {
  readonly proxy?: Partial<NonNullable<PodView['proxy']>> | undefined;
};

export function podView(namespace: string, name: string, input: PodInput = {}): PodView {
  const { proxy, ...changes } = input;
  const unmeshed = 'proxy' in input && proxy === undefined;
  return {
    namespace,
    name,
    uid: `uid-${name}`,
    life: 'live',
    status: 'Running',
    ready: true,
    readyContainers: 2,
    containers: 2,
    restarts: 0,
    node: 'node-1',
    createdAt: 0,
    proxy: unmeshed
      ? undefined
      : {
          version: CURRENT,
          class: 'current',
          reason: `${proxy?.version ?? CURRENT} as made up`,
          ready: true,
          native: false,
          staleTrust: false,
          evidence: 'tag',
          ...proxy,
        },
    ...changes,
  };
}

export function controlPlaneView(changes: Partial<ControlPlaneView> = {}): ControlPlaneView {
  const component = (name: string) => ({ name, version: CURRENT, ready: 3, replicas: 3 });
  return {
    namespace: 'linkerd',
    version: CURRENT,
    release: '2.20',
    channel: 'edge',
    target: CURRENT,
    ready: true,
    components: [component('destination'), component('identity'), component('proxy-injector')],
    injector: { state: 'ready' },
    failurePolicy: 'Ignore',
    halfRolled: '',
    install: 'helm',
    nativeSidecar: true,
    trustRootSha256: '',
    others: [],
    evidence: 'config',
    ...changes,
  };
}

/** What a control plane of this view decides by, where nothing is set that is out of the ordinary. */
function contextOf(controlPlane: ControlPlaneView): MeshContext {
  const { namespace, version, target, nativeSidecar, trustRootSha256, failurePolicy, injector } =
    controlPlane;
  return {
    controlPlaneNamespace: namespace,
    version,
    injectorVersion: version,
    configProblem: '',
    target,
    proxyImageVersion: target === version ? '' : target,
    nativeSidecar,
    waitBeforeExitSeconds: 0,
    serviceAccountTokenProjection: true,
    trustRootSha256,
    webhook: assumedWebhook(parseVersion(version)),
    foreignWebhook: '',
    failurePolicy,
    injector,
    orphaned: controlPlane.others.flatMap(({ namespace: name, exists }) => (exists ? [] : [name])),
  };
}

function totalsOf(namespaces: readonly NamespaceView[]): TotalsView {
  const byVersion: Record<string, number> = {};
  const byClass = { ...noClasses };
  const sum = (pick: (namespace: NamespaceView) => number): number =>
    namespaces.reduce((total, namespace) => total + pick(namespace), 0);
  for (const namespace of namespaces) {
    for (const name of severity) byClass[name] += namespace.byClass[name];
    for (const [version, amount] of Object.entries(namespace.byVersion)) {
      byVersion[version] = (byVersion[version] ?? 0) + amount;
    }
  }
  return {
    proxies: sum(({ proxies }) => proxies),
    byVersion,
    byClass,
    worst: severity.find((name) => byClass[name] > 0),
    staleTrust: sum(({ staleTrust }) => staleTrust),
    namespaces: namespaces.filter(({ proxies }) => proxies > 0).length,
    workloads: sum(({ workloads }) => workloads),
    pods: podTally(sum(({ pods }) => pods.live)),
  };
}

export interface LiveViewInput {
  readonly cluster?: Partial<ClusterInfo>;
  readonly controlPlane?: Partial<ControlPlaneView>;
  readonly freshness?: Freshness;
  readonly unreadable?: readonly Unreadable[];
  readonly namespaces?: readonly NamespaceView[];
  readonly workloads?: readonly WorkloadView[];
  /** Pods by `namespace/kind/name` of their workload. */
  readonly pods?: Readonly<Record<string, readonly PodView[]>>;
  readonly totals?: Partial<TotalsView>;
  readonly revision?: number;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

function workloadKey({ namespace, kind, name }: WorkloadKey): string {
  return `${namespace}/${kind}/${name}`;
}

/** A picture of a cluster; totals are summed from the namespaces. */
export function liveView(input: LiveViewInput = {}): LiveView {
  const { namespaces = [], workloads = [], pods = {}, revision = 1 } = input;
  const byNamespace = groupBy(workloads, ({ namespace }) => namespace);
  const none: readonly never[] = [];
  const controlPlane = controlPlaneView(input.controlPlane);
  return {
    cluster: {
      context: 'prod-eu-1',
      server: 'https://127.0.0.1:6443',
      kubernetesVersion: 'v1.33.4',
      ...input.cluster,
    },
    freshness: input.freshness ?? { state: 'live' },
    unreadable: input.unreadable ?? [],
    mesh: {
      revision,
      controlPlane,
      totals: { ...totalsOf(namespaces), ...input.totals },
      namespaces: namespaces.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      workloads: (namespace) => byNamespace.get(namespace) ?? none,
      pods: (key) => pods[workloadKey(key)] ?? none,
      context: contextOf(controlPlane),
      workloadRecord: () => undefined,
      namespaceRecord: () => undefined,
    },
  };
}

/** A store whose value a test sets. */
export interface SettableStore<T> extends Store<T> {
  set(value: T): void;
}

export function storeOf<T>(initial: T): SettableStore<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
  };
}

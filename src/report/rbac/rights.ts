/**
 * Every right that this program uses, what for, and what becomes of it without. Tests drive every command against an
 * API server that keeps an audit log, and hold this list to exactly what was asked (test/rbac).
 */
import { configMap, INJECTOR_WEBHOOK_CONFIGURATION, ISSUER_CERTIFICATE } from '../../data/linkerd.ts';
import { RUN_LEASE } from '../../data/own.ts';
import { listedDefinitions, wantedDefinitions } from '../../guide/read/custom-resources.ts';

/** What somebody may be allowed to do with this program. */
export const parts = [
  'read',
  'follow',
  'check',
  'plan',
  'probe',
  'restart',
  'lock',
  'events',
  'evict',
  'pin',
] as const;
export type Part = (typeof parts)[number];

/**
 * Where an object lives: in no namespace; in each namespace that is looked at; or in the control plane's alone, where
 * it has a fixed name.
 */
export type Place = 'cluster' | 'namespaces' | 'control-plane';

/** One rule of a role, with the reason for it. */
export interface Right {
  readonly part: Part;
  readonly verbs: readonly string[];
  /** '' for the core group. */
  readonly group: string;
  /** Plural, with the subresource: `pods/eviction`. */
  readonly resource: string;
  /** Only these objects. */
  readonly names?: readonly string[];
  readonly place: Place;
  /** Only of use where this is installed, and granted when it was asked for. */
  readonly addOn?: AddOn;
  /** Completes "to …". */
  readonly why: string;
  /** What happens without it, as a sentence without its stop. */
  readonly without: string;
}

/** What a cluster has or has not, beside Linkerd. */
export const addOns = ['argo'] as const;
export type AddOn = (typeof addOns)[number];

const apps = 'apps';
/** What the program restarts, beside Argo Rollouts. */
const workloads = ['deployments', 'statefulsets', 'daemonsets'] as const;
const ARGO = { group: 'argoproj.io', resource: 'rollouts', addOn: 'argo' } as const;

type Reason = Pick<Right, 'why' | 'without'>;

/** One right for each kind of workload that is restarted. */
function onWorkloads(part: Part, verbs: readonly string[], reason: Reason): readonly Right[] {
  const kinds = [...workloads.map((resource) => ({ group: apps, resource })), ARGO];
  return kinds.map((kind) => ({ part, verbs, place: 'namespaces', ...kind, ...reason }));
}

const read: readonly Right[] = [
  {
    part: 'read',
    verbs: ['list'],
    group: '',
    resource: 'namespaces',
    place: 'cluster',
    why: 'know the namespaces, and what they say about injection',
    without: "Only the namespaces that are named, that of the context and the control plane's are looked at",
  },
  {
    part: 'read',
    verbs: ['get'],
    group: '',
    resource: 'namespaces',
    place: 'cluster',
    why: 'read a namespace that is named, and the uid of kube-system, which tells clusters apart',
    without: 'Effects of restarts in a named namespace are unknown; no run is started',
  },
  {
    part: 'read',
    verbs: ['list'],
    group: '',
    resource: 'pods',
    place: 'namespaces',
    why: 'see the proxies, their versions and whether they are ready',
    without: 'Proxies are not counted; where no pods at all may be read the command fails',
  },
  ...onWorkloads('read', ['list'], {
    why: 'say what a restart would do',
    without: 'Effects of their restarts are unknown, and none of them is restarted',
  }),
  {
    part: 'read',
    verbs: ['list'],
    group: apps,
    resource: 'replicasets',
    place: 'namespaces',
    why: 'find the Deployment of a pod (metadata only)',
    without: 'Pods are shown by their ReplicaSet',
  },
  {
    part: 'read',
    verbs: ['list'],
    group: 'batch',
    resource: 'jobs',
    place: 'namespaces',
    why: 'find the CronJob of a pod (metadata only)',
    without: 'Pods are shown by their Job',
  },
  {
    part: 'read',
    verbs: ['list'],
    group: 'policy',
    resource: 'poddisruptionbudgets',
    place: 'namespaces',
    why: 'warn of budgets that are spent',
    without: 'Spent budgets are not warned of',
  },
  {
    part: 'read',
    verbs: ['get'],
    group: '',
    resource: 'configmaps',
    names: [configMap.config],
    place: 'control-plane',
    why: 'know the version and the settings of the control plane',
    without: 'The version is taken from what runs; pins of all proxies are not seen',
  },
  {
    part: 'read',
    verbs: ['get'],
    group: '',
    resource: 'configmaps',
    names: [configMap.trustRoots],
    place: 'control-plane',
    why: 'see proxies that hold a stale trust root',
    without: 'Stale trust roots are not seen',
  },
  {
    part: 'read',
    verbs: ['get'],
    group: 'admissionregistration.k8s.io',
    resource: 'mutatingwebhookconfigurations',
    names: [INJECTOR_WEBHOOK_CONFIGURATION],
    place: 'cluster',
    why: 'know what the injector selects, and where the control plane is',
    without: 'What the injector selects is assumed',
  },
];

const follow: readonly Right[] = read
  .filter(({ verbs }) => verbs.includes('list'))
  .map((right) => ({
    ...right,
    part: 'follow',
    verbs: ['watch'],
    why: 'see it change',
    without: 'The live screen says so; workloads whose changes are not told are not restarted',
  }));

const check: readonly Right[] = [
  {
    part: 'check',
    verbs: ['get'],
    group: 'apiextensions.k8s.io',
    resource: 'customresourcedefinitions',
    names: wantedDefinitions,
    place: 'cluster',
    why: 'know which custom resources there are, and in which versions',
    without: 'What depends on them cannot be told',
  },
  {
    part: 'check',
    verbs: ['list'],
    group: '',
    resource: 'nodes',
    place: 'cluster',
    why: 'know their architectures and address families',
    without: 'Notices about architectures and IPv6 cannot be told',
  },
  ...[
    { group: '', resource: 'services', what: 'Services' },
    { group: 'networking.k8s.io', resource: 'networkpolicies', what: 'NetworkPolicies' },
    { group: 'batch', resource: 'cronjobs', what: 'CronJobs' },
  ].map(
    ({ group, resource, what }): Right => ({
      part: 'check',
      verbs: ['list'],
      group,
      resource,
      place: 'namespaces',
      why: 'find those that a step of the upgrade concerns',
      without: `Notices about ${what} cannot be told`,
    }),
  ),
  {
    part: 'check',
    verbs: ['get'],
    group: apps,
    resource: 'daemonsets',
    names: ['linkerd-cni'],
    place: 'cluster',
    why: 'find the CNI plugin where no DaemonSet of it was seen',
    without: 'Whether the CNI plugin is installed cannot be told where none was seen',
  },
  ...listedDefinitions.map((name): Right => {
    const dot = name.indexOf('.');
    const resource = name.slice(0, dot);
    return {
      part: 'check',
      verbs: ['list'],
      group: name.slice(dot + 1),
      resource,
      place: 'cluster',
      why: 'find those that a step of the upgrade concerns (all at once, never by namespace)',
      without: `Notices about ${resource} cannot be told`,
    };
  }),
];

const plan: readonly Right[] = [
  ...onWorkloads('plan', ['get'], {
    why: 'ask for a pod as its template says; see who else has changed it',
    without: 'They are not probed, and failures are told without who else changed them',
  }),
  {
    part: 'plan',
    verbs: ['get'],
    group: '',
    resource: 'pods',
    place: 'namespaces',
    why: 'look into an old trust bundle that a proxy still holds',
    without: 'What old trust bundles hold is not known, and a wave that mixes roots may be barred',
  },
  {
    part: 'plan',
    verbs: ['list'],
    group: '',
    resource: 'resourcequotas',
    place: 'namespaces',
    why: 'see whether new pods fit into quotas',
    without: 'Quotas are not looked at',
  },
  {
    part: 'plan',
    verbs: ['list'],
    group: 'autoscaling',
    resource: 'horizontalpodautoscalers',
    place: 'namespaces',
    why: 'warn of autoscalers at their maximum',
    without: 'Autoscalers are not looked at',
  },
  {
    part: 'plan',
    verbs: ['list'],
    group: '',
    resource: 'nodes',
    place: 'cluster',
    why: 'warn of nodes that are cordoned',
    without: 'Cordoned nodes are not seen',
  },
  {
    part: 'plan',
    verbs: ['list'],
    group: 'linkerd.buoyant.io',
    resource: 'dataplanes',
    place: 'namespaces',
    why: "leave alone what Buoyant's operator restarts",
    without: "DataPlanes of Buoyant's operator are not seen",
  },
  {
    part: 'plan',
    verbs: ['get'],
    group: 'cert-manager.io',
    resource: 'certificates',
    names: [ISSUER_CERTIFICATE],
    place: 'control-plane',
    why: 'know when the issuer ends, without reading its Secret',
    without: 'The end of the issuer is not known',
  },
  {
    part: 'plan',
    verbs: ['get'],
    group: 'coordination.k8s.io',
    resource: 'leases',
    names: [RUN_LEASE],
    place: 'control-plane',
    why: 'see whether another run is at work',
    without: 'Another run is not seen, and there is no lock against it',
  },
];

const writing: readonly Right[] = [
  {
    part: 'probe',
    verbs: ['create'],
    group: '',
    resource: 'pods',
    place: 'namespaces',
    why: 'ask the injector by dry runs; RBAC cannot tell them from real ones (the admission policy can)',
    without: 'The injector is not asked, and predictions are not confirmed before the first restart',
  },
  ...onWorkloads('restart', ['patch'], {
    why: 'set the annotations that restart it',
    without: 'They are left out of the plan, by name',
  }),
  {
    part: 'lock',
    verbs: ['get', 'update'],
    group: 'coordination.k8s.io',
    resource: 'leases',
    names: [RUN_LEASE],
    place: 'control-plane',
    why: 'keep two runs apart',
    without: 'No run is started without --without-lock',
  },
  {
    part: 'lock',
    verbs: ['create'],
    group: 'coordination.k8s.io',
    resource: 'leases',
    place: 'control-plane',
    why: 'make that Lease once (creation cannot be limited to a name)',
    without: 'No run is started without --without-lock, unless the Lease is there already',
  },
  {
    part: 'events',
    verbs: ['create'],
    group: '',
    resource: 'events',
    place: 'namespaces',
    why: 'leave a trace for kubectl describe',
    without: 'Runs leave no Events, and go on',
  },
  {
    part: 'events',
    verbs: ['list'],
    group: '',
    resource: 'events',
    place: 'namespaces',
    why: 'say why a workload failed',
    without: 'Failures are told without the warnings of their Events',
  },
  {
    part: 'evict',
    verbs: ['create'],
    group: '',
    resource: 'pods/eviction',
    place: 'namespaces',
    why: 'replace pods of OnDelete workloads (--include on-delete), within their budgets',
    without: 'OnDelete workloads are left out of the plan, by name',
  },
  {
    part: 'pin',
    verbs: ['patch'],
    group: '',
    resource: 'namespaces',
    place: 'cluster',
    why: 'pin the proxies of a namespace',
    without: 'Namespaces cannot be pinned',
  },
  ...onWorkloads('pin', ['get', 'patch'], {
    why: 'pin the proxies of one of them',
    without: 'They cannot be pinned',
  }).filter(({ addOn }) => addOn === undefined),
  {
    part: 'pin',
    verbs: ['get'],
    group: 'coordination.k8s.io',
    resource: 'leases',
    names: [RUN_LEASE],
    place: 'control-plane',
    why: 'warn of a run at work',
    without: 'A run at work is not warned of',
  },
];

/** In the order of {@link parts}. */
export const rights: readonly Right[] = [...read, ...follow, ...check, ...plan, ...writing];

/** What a part is of no use without; itself first. */
const needs: Readonly<Record<Part, readonly Part[]>> = {
  read: [],
  follow: ['read'],
  check: ['read'],
  plan: ['follow'],
  probe: ['plan'],
  restart: ['plan', 'lock'],
  lock: [],
  events: ['restart'],
  evict: ['restart'],
  pin: ['follow'],
};

/** The parts together with all that they need, in the order of {@link parts}. */
export function withNeeds(wanted: readonly Part[]): readonly Part[] {
  const found = new Set<Part>();
  const add = (part: Part): void => {
    if (!found.has(part)) {
      found.add(part);
      for (const needed of needs[part]) add(needed);
    }
  };
  for (const part of wanted) add(part);
  return parts.filter((part) => found.has(part));
}

/** What each part is for. */
export const partWords: Readonly<Record<Part, string>> = {
  read: 'look once: status, verify, explain; completion uses a few lists of it',
  follow: 'look on: the live screen, and whatever waits for something',
  check: 'the upgrade guide: check, plan upgrade, the checklist on the live screen',
  plan: 'what bars a restart: plan, which leaves out what one may not restart oneself',
  probe: 'ask the injector by dry-run pods (not with --no-probe)',
  restart: 'restart Deployments, StatefulSets and DaemonSets',
  lock: 'the Lease that keeps two runs apart (not with --without-lock)',
  events: 'Events about runs',
  evict: 'evict the pods of OnDelete workloads (only with --include on-delete)',
  pin: 'pin and unpin',
};

/** The parts that each command uses, with all its flags. Commands that ask no cluster are not among them. */
export const commandParts = {
  status: ['read'],
  verify: ['read'],
  explain: ['read'],
  check: ['read', 'check'],
  'plan upgrade': ['read', 'check'],
  plan: ['read', 'follow', 'plan', 'probe'],
  screen: ['read', 'follow', 'check', 'plan', 'probe', 'restart', 'lock', 'events', 'evict'],
  restart: ['read', 'follow', 'plan', 'probe', 'restart', 'lock', 'events', 'evict'],
  pin: ['read', 'follow', 'pin'],
  unpin: ['read', 'follow', 'pin'],
} as const satisfies Readonly<Record<string, readonly Part[]>>;
export type RightsCommand = keyof typeof commandParts;

/** The rights of some parts, for a cluster with these add-ons. */
export function rightsOf(wanted: readonly Part[], addOns: readonly AddOn[]): readonly Right[] {
  return rights.filter(
    ({ part, addOn }) => wanted.includes(part) && (addOn === undefined || addOns.includes(addOn)),
  );
}

import type { LiveView } from '../live/view.ts';
import { effectsOf } from '../mesh/tally.ts';
import type {
  Effect,
  MeshView,
  NamespaceRole,
  NamespaceView,
  PodTally,
  SkewClass,
  Tally,
  TotalsView,
  Unreadable,
  WorkloadView,
} from '../mesh/view.ts';
import { sumPods, sumTallies } from './sum.ts';

export const STATUS_SCHEMA = 'kubectl-linkerd-upgrade/status/v1';

/** The document behind `status -o json` and `-o yaml`; its form is published in docs/schema/status.v1.json. */
export interface StatusDocument {
  readonly schema: typeof STATUS_SCHEMA;
  readonly context: string;
  readonly kubernetes: { readonly version: string };
  readonly controlPlane: {
    readonly namespace: string;
    readonly version: string;
    readonly release: string;
    readonly channel: string;
    readonly target: string;
    readonly ready: boolean;
    readonly evidence: string;
    readonly install: string;
    readonly injector: { readonly state: string; readonly reason: string; readonly failurePolicy: string };
    readonly halfRolled: string;
    readonly nativeSidecar: boolean;
    readonly trustRootSha256: string;
    readonly components: readonly {
      readonly name: string;
      readonly version: string;
      readonly ready: number;
      readonly replicas: number;
    }[];
    readonly others: readonly {
      readonly namespace: string;
      readonly proxies: number;
      readonly exists: boolean;
    }[];
  };
  readonly totals: { readonly namespaces: number; readonly workloads: number } & CountsDocument;
  readonly namespaces: readonly NamespaceDocument[];
  readonly unreadable: readonly Unreadable[];
}

interface CountsDocument {
  readonly proxies: number;
  readonly byVersion: Readonly<Record<string, number>>;
  readonly byClass: Readonly<Record<SkewClass, number>>;
  readonly staleTrust: number;
  readonly pods: PodTally;
}

export interface NamespaceDocument extends CountsDocument {
  readonly name: string;
  readonly role: NamespaceRole;
  readonly worst: SkewClass | null;
  readonly workloads: readonly WorkloadDocument[];
}

export interface WorkloadDocument extends CountsDocument {
  readonly kind: string;
  readonly name: string;
  readonly worst: SkewClass | null;
  readonly replicas: number;
  readonly target: string;
  readonly effect: Effect;
  readonly risks: readonly { readonly kind: string; readonly text: string }[];
}

/** Narrows a status to what was asked for. */
export interface StatusSelection {
  /** Only these namespaces; `undefined` means all. */
  readonly namespaces: readonly string[] | undefined;
  /** True when a label selector chose pods: workloads without a chosen pod are left out. */
  readonly selected: boolean;
}

/** The namespaces of a view that a selection asks for, with the totals over just these. */
export interface SelectedMesh {
  readonly namespaces: readonly NamespaceView[];
  readonly totals: TotalsView;
  workloads(namespace: string): readonly WorkloadView[];
}

/** Applies a selection to a view. */
export function selectMesh(mesh: MeshView, selection: StatusSelection): SelectedMesh {
  const { namespaces, selected } = selection;
  const workloads = (namespace: string): readonly WorkloadView[] => {
    const all = mesh.workloads(namespace);
    return selected ? all.filter((workload) => podsOf(workload.pods) > 0) : all;
  };
  if (!namespaces && !selected) {
    return { namespaces: mesh.namespaces, totals: mesh.totals, workloads };
  }
  const chosen = mesh.namespaces
    .filter(({ name, pods }) => (!namespaces || namespaces.includes(name)) && (!selected || podsOf(pods) > 0))
    .map((namespace) => (selected ? withEffectsOf(namespace, workloads(namespace.name)) : namespace));
  return { namespaces: chosen, totals: totalsOf(chosen, workloads), workloads };
}

/** The namespace as if it held only these workloads. */
function withEffectsOf(namespace: NamespaceView, workloads: readonly WorkloadView[]): NamespaceView {
  return { ...namespace, workloads: workloads.length, effects: effectsOf(workloads) };
}

/** The status of a cluster as data, for the chosen part of the mesh. */
export function statusDocument(live: LiveView, selection: StatusSelection): StatusDocument {
  const selected = selectMesh(live.mesh, selection);
  const { controlPlane } = live.mesh;
  const { injector } = controlPlane;
  return {
    schema: STATUS_SCHEMA,
    context: live.cluster.context,
    kubernetes: { version: live.cluster.kubernetesVersion },
    controlPlane: {
      namespace: controlPlane.namespace,
      version: controlPlane.version,
      release: controlPlane.release,
      channel: controlPlane.channel,
      target: controlPlane.target,
      ready: controlPlane.ready,
      evidence: controlPlane.evidence,
      install: controlPlane.install,
      injector: {
        state: injector.state,
        reason: injector.state === 'ready' ? '' : injector.reason,
        failurePolicy: controlPlane.failurePolicy,
      },
      halfRolled: controlPlane.halfRolled,
      nativeSidecar: controlPlane.nativeSidecar,
      trustRootSha256: controlPlane.trustRootSha256,
      components: controlPlane.components,
      others: controlPlane.others,
    },
    totals: {
      namespaces: selected.totals.namespaces,
      workloads: selected.totals.workloads,
      ...counts(selected.totals, selected.totals.pods),
    },
    namespaces: selected.namespaces.map((namespace) =>
      namespaceDocument(namespace, selected.workloads(namespace.name)),
    ),
    unreadable: live.unreadable,
  };
}

function namespaceDocument(namespace: NamespaceView, workloads: readonly WorkloadView[]): NamespaceDocument {
  return {
    name: namespace.name,
    role: namespace.role,
    ...counts(namespace, namespace.pods),
    worst: namespace.worst ?? null,
    workloads: workloads.map(workloadDocument),
  };
}

function workloadDocument(workload: WorkloadView): WorkloadDocument {
  return {
    kind: workload.kind,
    name: workload.name,
    ...counts(workload, workload.pods),
    worst: workload.worst ?? null,
    replicas: workload.replicas,
    target: workload.target,
    effect: workload.effect,
    risks: workload.risks,
  };
}

function counts(tally: Tally, pods: PodTally): CountsDocument {
  const { proxies, byVersion, byClass, staleTrust } = tally;
  return { proxies, byVersion, byClass, staleTrust, pods };
}

function podsOf(pods: PodTally): number {
  return pods.live + pods.completed + pods.failed + pods.terminating;
}

function totalsOf(
  namespaces: readonly NamespaceView[],
  workloads: (namespace: string) => readonly WorkloadView[],
): TotalsView {
  const meshed = namespaces.filter(({ proxies }) => proxies > 0);
  const withProxies = meshed.flatMap(({ name }) => workloads(name).filter(({ proxies }) => proxies > 0));
  return {
    ...sumTallies(namespaces),
    namespaces: meshed.length,
    workloads: withProxies.length,
    pods: sumPods(namespaces.map(({ pods }) => pods)),
  };
}

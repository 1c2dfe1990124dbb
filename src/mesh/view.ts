/**
 * What the mesh looks like to whoever draws or prints it. Immutable; unchanged parts are the same objects
 * from one revision to the next, so `===` tells whether something has to be drawn again.
 */
import type { NamespaceRecord, WorkloadRecord } from '../kube/records.ts';
import type { MeshContext } from './context.ts';

/** Ordered from worst to best by `severity` in `skew.ts`. */
export type SkewClass = 'violation' | 'unknown' | 'ahead' | 'behind-one' | 'behind' | 'current';

export type EffectKind =
  | 'upgrades'
  | 'downgrades'
  | 'renews'
  | 'nothing'
  | 'pinned'
  | 'static'
  | 'unmeshes'
  | 'meshes'
  | 'unsupported'
  | 'unknown';

/** What a restart of a workload would do, and why, in words. */
export interface Effect {
  readonly kind: EffectKind;
  readonly reason: string;
}

/** A figure of proxies by version (as the image tag writes it) and by class. */
export interface Tally {
  readonly proxies: number;
  readonly byVersion: Readonly<Record<string, number>>;
  readonly byClass: Readonly<Record<SkewClass, number>>;
  /** Worst class present; undefined without a proxy. */
  readonly worst: SkewClass | undefined;
  /** Live proxies whose trust root differs from the control plane's. */
  readonly staleTrust: number;
}

/** Pods that are not counted as proxies, and live pods that are not ready. */
export interface PodTally {
  /** Live pods: neither completed, failed nor being deleted. */
  readonly live: number;
  readonly ready: number;
  /** Live pods without a proxy. */
  readonly unmeshed: number;
  readonly completed: number;
  readonly failed: number;
  readonly terminating: number;
}

/** `control-plane` and `extension` namespaces hold Linkerd's own proxies. */
export type NamespaceRole = 'control-plane' | 'extension' | 'system' | 'application';

export interface NamespaceView extends Tally {
  readonly name: string;
  readonly role: NamespaceRole;
  /** Value of the label `linkerd.io/extension`. */
  readonly extension: string;
  /** All labels of the Namespace; none where it is not readable. */
  readonly labels: Readonly<Record<string, string>>;
  readonly pods: PodTally;
  /** Number of workloads with live pods or with replicas wanted. */
  readonly workloads: number;
  readonly effects: Readonly<Record<EffectKind, number>>;
  /** Annotation `linkerd.io/inject`, '' when absent. */
  readonly inject: string;
  /** Annotation `config.linkerd.io/proxy-version`, '' when absent. */
  readonly pin: string;
  readonly terminating: boolean;
}

/** Kind is `Deployment`, …, any custom owner's kind, or `Pod` for a bare pod. */
export interface WorkloadKey {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

export type RiskKind =
  | 'single-replica'
  | 'recreate'
  | 'no-readiness-probe'
  | 'budget-spent'
  | 'unhealthy'
  | 'rolling'
  | 'partition'
  | 'sidecar-mode'
  | 'host-port'
  | 'gitops';

export interface Risk {
  readonly kind: RiskKind;
  readonly text: string;
}

export interface WorkloadView extends WorkloadKey, Tally {
  readonly uid: string;
  /** apiVersion of the owner, for example `apps/v1`. */
  readonly apiVersion: string;
  readonly role: NamespaceRole;
  readonly pods: PodTally;
  /** Pods wanted. */
  readonly replicas: number;
  /** Version that a restart would inject; '' when a restart would inject none. */
  readonly target: string;
  readonly effect: Effect;
  /** What evicting its pods would do, where only the update strategy OnDelete keeps a restart from doing so. */
  readonly ifEvicted?: Effect;
  readonly risks: readonly Risk[];
  /** Where the rollout stands by the controller's counters, '' when it rests. */
  readonly rollout: string;
}

/** Life of a pod as this program counts it. */
export type PodLife = 'live' | 'completed' | 'failed' | 'terminating';

export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly life: PodLife;
  /** The status that kubectl and Linkerd would print: `Running`, `Init:0/2`, `CrashLoopBackOff`, `Terminating`. */
  readonly status: string;
  readonly ready: boolean;
  readonly readyContainers: number;
  readonly containers: number;
  readonly restarts: number;
  readonly node: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly proxy:
    | {
        readonly version: string;
        readonly class: SkewClass;
        /** Half a sentence that says why it has this class. */
        readonly reason: string;
        readonly ready: boolean;
        /** The proxy is an init container with `restartPolicy: Always`. */
        readonly native: boolean;
        readonly staleTrust: boolean;
        /** Where the version was read: image tag, annotation, or nowhere. */
        readonly evidence: 'tag' | 'annotation' | 'created-by' | 'none';
        /** Namespace of the control plane that it belongs to; only there where that is another one. */
        readonly controlPlane?: string;
      }
    | undefined;
}

export interface ComponentView {
  readonly name: string;
  readonly version: string;
  readonly ready: number;
  readonly replicas: number;
}

export type InjectorState =
  /** Available replicas, all of one version equal to the control plane's. */
  | { readonly state: 'ready' }
  /** No replica can answer. With policy `Ignore` new pods come up without a proxy. */
  | { readonly state: 'down'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

export interface ControlPlaneView {
  readonly namespace: string;
  /** `linkerdVersion`, or what the pods run when the ConfigMap is not readable; '' when unknown. */
  readonly version: string;
  /** `2.N`, with ` or later` for an edge newer than the table; '' when unknown. */
  readonly release: string;
  /** `stable`, `edge`, `enterprise`, … or ''. */
  readonly channel: string;
  /** Version that the injector gives to an unpinned workload. */
  readonly target: string;
  /** Every component has as many ready pods as wanted, and runs `version`. */
  readonly ready: boolean;
  readonly components: readonly ComponentView[];
  readonly injector: InjectorState;
  /** `Ignore`, `Fail` or ''. */
  readonly failurePolicy: string;
  /** Says what is half rolled, '' when control plane and ConfigMap agree. */
  readonly halfRolled: string;
  readonly install: 'cli' | 'helm' | 'gitops' | 'unknown';
  readonly nativeSidecar: boolean;
  /** SHA-256 (hex) of the trust bundle, '' when not readable. */
  readonly trustRootSha256: string;
  /** Other namespaces that pods name as their control plane. */
  readonly others: readonly {
    readonly namespace: string;
    readonly proxies: number;
    readonly exists: boolean;
  }[];
  /** Where `version` comes from. */
  readonly evidence: 'config' | 'deployment' | 'pods' | 'none';
}

export interface TotalsView extends Tally {
  /** Namespaces with at least one live proxy. */
  readonly namespaces: number;
  /** Workloads with at least one live proxy. */
  readonly workloads: number;
  readonly pods: PodTally;
}

/** Something that could not be read, so that the answer may be incomplete. */
export interface Unreadable {
  readonly what: string;
  readonly why: string;
}

export interface MeshView {
  /** Grows with every change. */
  readonly revision: number;
  readonly controlPlane: ControlPlaneView;
  readonly totals: TotalsView;
  /** In order of name. */
  readonly namespaces: readonly NamespaceView[];
  /** Workloads of one namespace in order of kind and name; empty for an unknown namespace. */
  workloads(namespace: string): readonly WorkloadView[];
  /** Pods of one workload in order of name. */
  pods(key: WorkloadKey): readonly PodView[];
  /** What of the control plane decides about every workload: with the two below all that an effect was predicted from. */
  readonly context: MeshContext;
  /** undefined where the workload cannot be read, or is of a kind that is not read. */
  workloadRecord(key: WorkloadKey): WorkloadRecord | undefined;
  /** undefined where the Namespace has not been read. */
  namespaceRecord(name: string): NamespaceRecord | undefined;
}

/**
 * What is kept of each Kubernetes object: the fields that this program shows or decides by, and no others.
 * Decoders (protobuf and JSON) produce these records; everything above `src/kube` sees nothing else.
 *
 * Conventions: an absent string is '', an absent number 0, an absent time 0 (seconds since the epoch);
 * `undefined` only where absence means something of its own. Every string has been cleaned (see `clean.ts`).
 */

export type Labels = Readonly<Record<string, string>>;

/** The owner whose reference has `controller: true`. */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

interface ObjectRecord {
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Seconds since the epoch of `deletionTimestamp`; 0 while the object is not being deleted. */
  readonly deletedAt: number;
}

export type ContainerState = 'running' | 'waiting' | 'terminated' | 'unknown';

/** One container of a pod: its spec and its status side by side. */
export interface PodContainer {
  readonly name: string;
  readonly image: string;
  /** True for entries of `spec.initContainers`. */
  readonly init: boolean;
  /** True for an init container with `restartPolicy: Always`, a native sidecar. */
  readonly sidecar: boolean;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restarts: number;
  readonly state: ContainerState;
  /** Reason of the waiting or terminated state, for example `CrashLoopBackOff`. */
  readonly reason: string;
  /** Message of the waiting or terminated state. */
  readonly message: string;
  readonly exitCode: number;
  readonly signal: number;
}

export interface PodRecord extends ObjectRecord {
  readonly kind: 'Pod';
  readonly owner: Owner | undefined;
  /** Label `linkerd.io/control-plane-ns`. */
  readonly controlPlaneNamespace: string;
  /** Label `linkerd.io/control-plane-component`. */
  readonly controlPlaneComponent: string;
  /** Label `pod-template-hash`. */
  readonly templateHash: string;
  /** Annotation `linkerd.io/proxy-version`. */
  readonly proxyVersion: string;
  /** Annotation `linkerd.io/created-by`. */
  readonly createdBy: string;
  /** Annotation `linkerd.io/trust-root-sha256`. */
  readonly trustRootSha256: string;
  /** Annotation `kubectl.kubernetes.io/restartedAt`, copied from the template the pod was made from. */
  readonly restartedAt: string;
  readonly nodeName: string;
  /** `status.phase`. */
  readonly phase: string;
  /** `status.reason`, for example `Evicted`. */
  readonly reason: string;
  /** `status.message`. */
  readonly message: string;
  /** Condition `Ready` is `True`. */
  readonly ready: boolean;
  /** Condition `PodScheduled` is `False`: its message, else ''. */
  readonly unschedulable: string;
  /** Init containers first, each list in the order of the spec. */
  readonly containers: readonly PodContainer[];
}

export interface NamespaceRecord extends ObjectRecord {
  readonly kind: 'Namespace';
  readonly labels: Labels;
  /** Only keys of `linkerd.io` and its subdomains. */
  readonly annotations: Labels;
  /** `Active` or `Terminating`. */
  readonly phase: string;
}

export interface LabelSelectorRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`. */
  readonly operator: string;
  readonly values: readonly string[];
}

export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly LabelSelectorRequirement[];
}

export interface TemplateContainer {
  readonly name: string;
  readonly image: string;
  readonly init: boolean;
  readonly sidecar: boolean;
  readonly readinessProbe: boolean;
  /** True when any port has a non-zero `hostPort`. */
  readonly hostPort: boolean;
}

/** What of a pod template decides over injection, version and risk. */
export interface PodTemplate {
  readonly labels: Labels;
  /** Keys of `linkerd.io` and its subdomains, `kubectl.kubernetes.io/restartedAt`, and this program's own. */
  readonly annotations: Labels;
  readonly hostNetwork: boolean;
  /** `undefined` where the template is silent. */
  readonly automountServiceAccountToken: boolean | undefined;
  readonly containers: readonly TemplateContainer[];
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** The kinds of group apps, which `kubectl rollout restart` restarts. */
export type AppsKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

/** `Rollout` is that of Argo Rollouts (group argoproj.io). */
export type WorkloadKind = AppsKind | 'Rollout';

/** Update strategy of a workload; values as written in its spec (`25%`, `1`), '' where absent. */
export interface UpdateStrategy {
  /** `RollingUpdate`, `Recreate`, `OnDelete`. */
  readonly type: string;
  readonly maxUnavailable: string;
  readonly maxSurge: string;
  /** StatefulSet partition. */
  readonly partition: number;
}

/** Counters of a workload under one vocabulary (DaemonSet: desired/current/updated/ready/available scheduled). */
export interface WorkloadStatus {
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly unavailable: number;
  readonly conditions: readonly Condition[];
  /** StatefulSet only. */
  readonly currentRevision: string;
  readonly updateRevision: string;
}

export interface WorkloadRecord extends ObjectRecord {
  readonly kind: WorkloadKind;
  readonly generation: number;
  readonly owner: Owner | undefined;
  readonly labels: Labels;
  /** Keys of `linkerd.io`, `meta.helm.sh`, `argocd.argoproj.io` and `kustomize.toolkit.fluxcd.io`. */
  readonly annotations: Labels;
  /** Desired number of pods: `spec.replicas` (1 when absent); for a DaemonSet `status.desiredNumberScheduled`. */
  readonly replicas: number;
  readonly paused: boolean;
  /** Rollouts: `spec.restartAt` as written; pods made before it are replaced. */
  readonly restartAt?: string;
  /** Rollouts whose template stands in another object: `deployment/web`. */
  readonly templateOf?: string;
  readonly minReadySeconds: number;
  /** Deployments; 0 where absent. */
  readonly progressDeadlineSeconds: number;
  readonly strategy: UpdateStrategy;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
  readonly status: WorkloadStatus;
}

/** A ReplicaSet or Job, read as metadata only: a link between a pod and what made it. */
export interface OwnerLinkRecord extends ObjectRecord {
  readonly kind: 'ReplicaSet' | 'Job';
  readonly owner: Owner | undefined;
}

export interface ConfigMapRecord extends ObjectRecord {
  readonly kind: 'ConfigMap';
  /** Kept as stored, line ends included: it is parsed and hashed, never printed. */
  readonly data: Labels;
}

export interface MutatingWebhook {
  readonly name: string;
  /** `Ignore` or `Fail`. */
  readonly failurePolicy: string;
  readonly timeoutSeconds: number;
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  /** Namespace of `clientConfig.service`, '' when the webhook is called by URL. */
  readonly serviceNamespace: string;
  readonly serviceName: string;
}

export interface WebhookConfigurationRecord extends ObjectRecord {
  readonly kind: 'MutatingWebhookConfiguration';
  readonly labels: Labels;
  readonly webhooks: readonly MutatingWebhook[];
}

export interface PodDisruptionBudgetRecord extends ObjectRecord {
  readonly kind: 'PodDisruptionBudget';
  readonly selector: LabelSelector;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
}

/** An object that a reflector can follow. */
export type KubeRecord =
  | PodRecord
  | NamespaceRecord
  | WorkloadRecord
  | OwnerLinkRecord
  | ConfigMapRecord
  | WebhookConfigurationRecord
  | PodDisruptionBudgetRecord;

export type RecordKind = KubeRecord['kind'];

/** One step in the life of a cluster as seen from here. A relist is expressed as upserts and deletes. */
export type Change =
  | { readonly type: 'upsert'; readonly record: KubeRecord }
  | {
      readonly type: 'delete';
      readonly kind: RecordKind;
      readonly namespace: string;
      readonly name: string;
      readonly uid: string;
    };

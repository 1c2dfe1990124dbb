/**
 * The shapes of the objects that the simulated controllers read and write: the fields they use, under the names of
 * the Kubernetes API. Everything else an object carries is passed through.
 */
import * as resources from '../resources.ts';
import type { KubeObject, ObjectMeta, ResourceType } from '../types.ts';

export { timestamp } from '../store.ts';

export type StringMap = Readonly<Record<string, string>>;

export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
};

export interface Meta extends ObjectMeta {
  readonly generateName?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface LabelSelector {
  readonly matchLabels?: StringMap;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export type IntOrString = number | string;

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy?: string;
  readonly readinessProbe?: unknown;
  readonly ports?: readonly {
    readonly containerPort: number;
    readonly hostPort?: number;
    readonly name?: string;
    readonly protocol?: string;
  }[];
  readonly [field: string]: unknown;
}

export interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly nodeName?: string;
  readonly hostNetwork?: boolean;
  readonly restartPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly automountServiceAccountToken?: boolean;
  readonly volumes?: readonly unknown[];
  readonly [field: string]: unknown;
}

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: StringMap;
    readonly annotations?: StringMap;
    readonly [field: string]: unknown;
  };
  readonly spec: PodSpec;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly [field: string]: unknown;
}

export interface ContainerState {
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly running?: { readonly startedAt: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly reason: string;
    readonly startedAt: string;
    readonly finishedAt: string;
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly started: boolean;
}

export interface PodStatus {
  readonly phase: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly Condition[];
  readonly hostIP?: string;
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly startTime?: string;
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly qosClass?: string;
}

interface Typed<K extends string, Spec, Status> extends KubeObject {
  readonly kind: K;
  readonly metadata: Meta;
  readonly spec: Spec;
  readonly status?: Status;
}

export type Pod = Typed<'Pod', PodSpec, PodStatus>;

export interface ReplicaSetStatus {
  readonly replicas: number;
  readonly fullyLabeledReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
}

export type ReplicaSet = Typed<
  'ReplicaSet',
  {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
  },
  ReplicaSetStatus
>;

export interface RollingUpdate {
  readonly maxSurge?: IntOrString;
  readonly maxUnavailable?: IntOrString;
}

export interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly conditions?: readonly Condition[];
  readonly collisionCount?: number;
}

export type Deployment = Typed<
  'Deployment',
  {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly strategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate };
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit?: number;
    readonly paused?: boolean;
    readonly progressDeadlineSeconds?: number;
  },
  DeploymentStatus
>;

export interface StatefulSetStatus {
  readonly observedGeneration?: number;
  readonly replicas: number;
  readonly readyReplicas?: number;
  readonly currentReplicas?: number;
  readonly updatedReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly collisionCount?: number;
  readonly availableReplicas: number;
}

export type StatefulSet = Typed<
  'StatefulSet',
  {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly serviceName?: string;
    readonly podManagementPolicy?: string;
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number };
    };
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit?: number;
  },
  StatefulSetStatus
>;

export interface DaemonSetStatus {
  readonly currentNumberScheduled: number;
  readonly numberMisscheduled: number;
  readonly desiredNumberScheduled: number;
  readonly numberReady: number;
  readonly observedGeneration?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly numberUnavailable?: number;
}

export type DaemonSet = Typed<
  'DaemonSet',
  {
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate };
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit?: number;
  },
  DaemonSetStatus
>;

export interface ControllerRevision extends KubeObject {
  readonly kind: 'ControllerRevision';
  readonly metadata: Meta;
  readonly data: { readonly spec: { readonly template: PodTemplate } };
  readonly revision: number;
}

export interface JobSpec {
  readonly parallelism?: number;
  readonly completions?: number;
  readonly backoffLimit?: number;
  readonly suspend?: boolean;
  readonly selector?: LabelSelector;
  readonly template: PodTemplate;
  readonly [field: string]: unknown;
}

export interface JobStatus {
  readonly conditions?: readonly Condition[];
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly active?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly uncountedTerminatedPods?: Readonly<Record<string, never>>;
  readonly ready?: number;
}

export type Job = Typed<'Job', JobSpec, JobStatus>;

export type CronJob = Typed<
  'CronJob',
  {
    readonly schedule: string;
    readonly suspend?: boolean;
    readonly concurrencyPolicy?: string;
    readonly successfulJobsHistoryLimit?: number;
    readonly failedJobsHistoryLimit?: number;
    readonly jobTemplate: { readonly metadata?: PodTemplate['metadata']; readonly spec: JobSpec };
  },
  {
    readonly active?: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[];
    readonly lastScheduleTime?: string;
    readonly lastSuccessfulTime?: string;
  }
>;

export type PodDisruptionBudget = Typed<
  'PodDisruptionBudget',
  {
    readonly minAvailable?: IntOrString;
    readonly maxUnavailable?: IntOrString;
    readonly selector?: LabelSelector;
  },
  {
    readonly observedGeneration?: number;
    readonly disruptionsAllowed: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly expectedPods: number;
    readonly conditions?: readonly Condition[];
  }
>;

export type ResourceQuota = Typed<
  'ResourceQuota',
  { readonly hard?: StringMap; readonly scopes?: readonly string[] },
  { readonly hard?: StringMap; readonly used?: StringMap }
>;

export type Namespace = Typed<
  'Namespace',
  { readonly finalizers?: readonly string[] },
  { readonly phase: string; readonly conditions?: readonly Condition[] }
>;

export type Node = Typed<
  'Node',
  { readonly unschedulable?: boolean; readonly [field: string]: unknown },
  { readonly [field: string]: unknown }
>;

export interface ConfigMap extends KubeObject {
  readonly kind: 'ConfigMap';
  readonly metadata: Meta;
  readonly data?: StringMap;
}

export interface Webhook {
  readonly name: string;
  readonly clientConfig: {
    readonly service?: {
      readonly namespace: string;
      readonly name: string;
      readonly path?: string;
      readonly port?: number;
    };
    readonly [field: string]: unknown;
  };
  readonly failurePolicy?: string;
  readonly timeoutSeconds?: number;
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly [field: string]: unknown;
}

export interface MutatingWebhookConfiguration extends KubeObject {
  readonly kind: 'MutatingWebhookConfiguration';
  readonly metadata: Meta;
  readonly webhooks?: readonly Webhook[];
}

export type Rollout = Typed<
  'Rollout',
  {
    readonly replicas?: number;
    readonly restartAt?: string;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly [field: string]: unknown;
  },
  { readonly [field: string]: unknown }
>;

/** The resources that the cluster's controllers work on, each with the type of its objects. */
export interface KindMap {
  readonly Pod: Pod;
  readonly ReplicaSet: ReplicaSet;
  readonly Deployment: Deployment;
  readonly StatefulSet: StatefulSet;
  readonly DaemonSet: DaemonSet;
  readonly ControllerRevision: ControllerRevision;
  readonly Job: Job;
  readonly CronJob: CronJob;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly ResourceQuota: ResourceQuota;
  readonly Namespace: Namespace;
  readonly Node: Node;
  readonly ConfigMap: ConfigMap;
  readonly MutatingWebhookConfiguration: MutatingWebhookConfiguration;
  readonly Rollout: Rollout;
}

export type Kind = keyof KindMap;

const byKind: { readonly [K in Kind]: ResourceType } = {
  Pod: resources.pods,
  ReplicaSet: resources.replicaSets,
  Deployment: resources.deployments,
  StatefulSet: resources.statefulSets,
  DaemonSet: resources.daemonSets,
  ControllerRevision: resources.controllerRevisions,
  Job: resources.jobs,
  CronJob: resources.cronJobs,
  PodDisruptionBudget: resources.podDisruptionBudgets,
  ResourceQuota: resources.resourceQuotas,
  Namespace: resources.namespaces,
  Node: resources.nodes,
  ConfigMap: resources.configMaps,
  MutatingWebhookConfiguration: resources.mutatingWebhookConfigurations,
  Rollout: resources.rollouts,
};

const byType = new Map(
  resources.resourceTypes.map((type) => [`${resources.apiVersionOf(type)} ${type.kind}`, type]),
);

/** The resource under which an object is stored, undefined when the simulation does not serve it. */
export function resourceOf({ apiVersion, kind }: KubeObject): ResourceType | undefined {
  return byType.get(`${apiVersion} ${kind}`);
}

/** The resource under which objects of this kind are stored. */
export function resourceFor(kind: Kind): ResourceType {
  return byKind[kind];
}

/** Whether the object is of the kind. The shape follows from it: the API server has validated what it stores. */
export function isKind<K extends Kind>(object: KubeObject | undefined, kind: K): object is KindMap[K] {
  return object?.kind === kind;
}

/** The reference that says who controls the object, if anyone does. */
export function controllerOf(object: { readonly metadata: Meta }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** The reference that an owner puts on what it creates. */
export function referenceTo(owner: KubeObject & { readonly metadata: Meta }): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The fields that are not zero: Kubernetes leaves most zero counters out. */
export function nonZero<K extends string>(counters: Readonly<Record<K, number>>): Partial<Record<K, number>> {
  const kept: Partial<Record<K, number>> = {};
  for (const key in counters) {
    if (counters[key] !== 0) kept[key] = counters[key];
  }
  return kept;
}

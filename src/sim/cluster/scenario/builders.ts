/**
 * Objects as people write them, in a line each: `deployment('shop', 'web', { replicas: 3 })`. The rest is filled in
 * by the API server's defaults.
 */
import { apiVersionOf, horizontalPodAutoscalers, links, networkPolicies } from '../../resources.ts';
import type { KubeObject, ResourceType } from '../../types.ts';
import type {
  ConfigMap,
  Container,
  CronJob,
  DaemonSet,
  Deployment,
  IntOrString,
  Job,
  Meta,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  PodSpec,
  PodTemplate,
  ReplicaSet,
  ResourceQuota,
  RollingUpdate,
  Rollout,
  StatefulSet,
  StringMap,
} from '../objects.ts';

/** What differs from one workload to the next. */
export interface WorkloadOptions {
  readonly replicas?: number;
  /** Annotations of the pod template. */
  readonly annotations?: StringMap;
  /** Labels of the pod template beside `app`. */
  readonly labels?: StringMap;
  /** Instead of one application container named like the workload. */
  readonly containers?: readonly Container[];
  readonly image?: string;
  readonly port?: number;
  /** Default true: the application has a readiness probe. */
  readonly probe?: boolean;
  /** Fields of the pod's spec. */
  readonly pod?: Partial<PodSpec>;
  /** The workload's own labels and annotations. */
  readonly own?: { readonly labels?: StringMap; readonly annotations?: StringMap };
}

function meta(namespace: string, name: string, own: WorkloadOptions['own'] = {}): Meta {
  return { name, namespace, ...own };
}

/** An application's container as teams write them: a port, a probe, requests, variables. */
export function application(
  name: string,
  { image, port = 8080, probe = true }: WorkloadOptions = {},
): Container {
  const timing = { timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3 };
  return {
    name,
    image: image ?? `registry.example/${name}:v1.4.2`,
    ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
    env: [
      { name: 'HTTP_PORT', value: String(port) },
      { name: 'LOG_LEVEL', value: 'info' },
    ],
    resources: { requests: { cpu: '100m', memory: '256Mi' } },
    ...(probe
      ? { readinessProbe: { httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' }, ...timing } }
      : {}),
  };
}

/** A container that says no more than its image; used for what comes with the cluster or the mesh. */
export function plainContainer(name: string, image: string, more: Partial<Container> = {}): Container {
  return { name, image, ...more };
}

export function podTemplate(name: string, options: WorkloadOptions = {}): PodTemplate {
  return {
    metadata: {
      labels: { app: name, ...options.labels },
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    },
    spec: podSpec(name, options),
  };
}

function podSpec(name: string, { containers, pod, ...options }: WorkloadOptions): PodSpec {
  return {
    containers: containers ?? [application(name, options)],
    serviceAccountName: 'default',
    serviceAccount: 'default',
    ...pod,
  };
}

export function namespace(name: string, annotations: StringMap = {}, labels: StringMap = {}): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { ...labels, 'kubernetes.io/metadata.name': name },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

export function node(
  name: string,
  kubeletVersion: string,
  {
    arch = 'amd64',
    podCIDRs = ['10.244.0.0/24'],
  }: { readonly arch?: string; readonly podCIDRs?: readonly string[] } = {},
): Node {
  const capacity = { cpu: '16', memory: '65536Mi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': arch },
    },
    spec: { podCIDR: podCIDRs[0], podCIDRs },
    status: {
      capacity,
      allocatable: capacity,
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
      nodeInfo: {
        kubeletVersion,
        operatingSystem: 'linux',
        architecture: arch,
        containerRuntimeVersion: 'containerd://1.7.22',
      },
    },
  };
}

export function configMap(
  inNamespace: string,
  name: string,
  data: StringMap,
  own: WorkloadOptions['own'] = {},
): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta(inNamespace, name, own), data };
}

export interface DeploymentOptions extends WorkloadOptions {
  readonly strategy?: 'Recreate' | RollingUpdate;
  readonly paused?: boolean;
  readonly minReadySeconds?: number;
  readonly progressDeadlineSeconds?: number;
}

export function deployment(inNamespace: string, name: string, options: DeploymentOptions = {}): Deployment {
  const { replicas = 2, strategy } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta(inNamespace, name, options.own),
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, options),
      ...(strategy === undefined ? {} : { strategy: strategyOf(strategy) }),
      ...(options.minReadySeconds === undefined ? {} : { minReadySeconds: options.minReadySeconds }),
      ...(options.paused === undefined ? {} : { paused: options.paused }),
      ...(options.progressDeadlineSeconds === undefined
        ? {}
        : { progressDeadlineSeconds: options.progressDeadlineSeconds }),
    },
    status: {},
  };
}

function strategyOf(strategy: 'Recreate' | RollingUpdate): NonNullable<Deployment['spec']['strategy']> {
  return strategy === 'Recreate' ? { type: strategy } : { type: 'RollingUpdate', rollingUpdate: strategy };
}

export interface StatefulSetOptions extends WorkloadOptions {
  readonly partition?: number;
  readonly onDelete?: boolean;
  readonly parallel?: boolean;
}

export function statefulSet(
  inNamespace: string,
  name: string,
  options: StatefulSetOptions = {},
): StatefulSet {
  const { replicas = 3, partition = 0, onDelete = false, parallel = false } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: meta(inNamespace, name, options.own),
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, options),
      serviceName: name,
      podManagementPolicy: parallel ? 'Parallel' : 'OrderedReady',
      updateStrategy: onDelete
        ? { type: 'OnDelete' }
        : { type: 'RollingUpdate', rollingUpdate: { partition } },
    },
  };
}

export interface DaemonSetOptions extends WorkloadOptions {
  readonly onDelete?: boolean;
  readonly rollingUpdate?: RollingUpdate;
}

export function daemonSet(inNamespace: string, name: string, options: DaemonSetOptions = {}): DaemonSet {
  const rollingUpdate = { maxUnavailable: 1, maxSurge: 0, ...options.rollingUpdate };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { ...meta(inNamespace, name, options.own) },
    spec: {
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, options),
      updateStrategy:
        options.onDelete === true ? { type: 'OnDelete' } : { type: 'RollingUpdate', rollingUpdate },
    },
  };
}

export function job(inNamespace: string, name: string, options: WorkloadOptions = {}): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta(inNamespace, name, options.own),
    spec: jobSpec(name, options),
  };
}

function jobSpec(name: string, { pod, ...options }: WorkloadOptions): Job['spec'] {
  return {
    template: podTemplate(name, { probe: false, ...options, pod: { restartPolicy: 'Never', ...pod } }),
  };
}

export function cronJob(
  inNamespace: string,
  name: string,
  schedule: string,
  options: WorkloadOptions = {},
): CronJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta(inNamespace, name, options.own),
    spec: {
      schedule,
      jobTemplate: { spec: jobSpec(name, options) },
    },
    status: {},
  };
}

/** A ReplicaSet that no Deployment owns, or one of another owner. */
export function replicaSet(
  inNamespace: string,
  name: string,
  options: WorkloadOptions & { readonly owner?: KubeObject } = {},
): ReplicaSet {
  const template = podTemplate(name, options);
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...meta(inNamespace, name, options.own), ...ownedBy(options.owner) },
    spec: {
      replicas: options.replicas ?? 2,
      selector: { matchLabels: template.metadata?.labels ?? {} },
      template,
    },
    status: { replicas: 0 },
  };
}

/** A reference to an owner that exists already. */
export function ownedBy(owner: KubeObject | undefined): Pick<Meta, 'ownerReferences'> {
  if (owner === undefined) return {};
  const { apiVersion, kind } = owner;
  const { name, uid = '' } = owner.metadata;
  return { ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }] };
}

/** A pod without a controller, or with one of a kind that the cluster does not serve. */
export function barePod(
  inNamespace: string,
  name: string,
  options: WorkloadOptions & { readonly owner?: KubeObject } = {},
): { readonly metadata: Pod['metadata']; readonly spec: PodSpec } {
  const { metadata, spec } = podTemplate(name, options);
  return {
    metadata: {
      name,
      namespace: inNamespace,
      labels: metadata?.labels ?? {},
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ...ownedBy(options.owner),
    },
    spec,
  };
}

/** An Argo Rollout; its ReplicaSets are made apart. */
export function rollout(inNamespace: string, name: string, options: WorkloadOptions = {}): Rollout {
  const { replicas = 3 } = options;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: meta(inNamespace, name, options.own),
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, options),
      strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
    },
    status: {
      phase: 'Healthy',
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      observedGeneration: '1',
    },
  };
}

export function disruptionBudget(
  inNamespace: string,
  name: string,
  limit: { readonly minAvailable: IntOrString } | { readonly maxUnavailable: IntOrString },
): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta(inNamespace, name),
    spec: { ...limit, selector: { matchLabels: { app: name } } },
  };
}

/** A limit on what a namespace takes: `{ pods: '4' }`. */
export function resourceQuota(inNamespace: string, name: string, hard: StringMap): ResourceQuota {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta(inNamespace, name), spec: { hard } };
}

/** A Deployment's autoscaler as it has just counted; nothing scales it here. */
export function autoscaler(
  inNamespace: string,
  target: string,
  { current, maximum }: { readonly current: number; readonly maximum: number },
): KubeObject {
  return {
    apiVersion: apiVersionOf(horizontalPodAutoscalers),
    kind: horizontalPodAutoscalers.kind,
    metadata: meta(inNamespace, target),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
      minReplicas: 1,
      maxReplicas: maximum,
    },
    status: { currentReplicas: current, desiredReplicas: current },
  };
}

/** A Service of one port, perhaps with `appProtocol`. */
export function service(
  inNamespace: string,
  name: string,
  { port = 80, appProtocol }: { readonly port?: number; readonly appProtocol?: string } = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(inNamespace, name),
    spec: {
      type: 'ClusterIP',
      selector: { app: name },
      ipFamilies: ['IPv4'],
      ports: [
        {
          name: 'http',
          port,
          targetPort: 'http',
          protocol: 'TCP',
          ...(appProtocol === undefined ? {} : { appProtocol }),
        },
      ],
    },
  };
}

/** A NetworkPolicy that lets a namespace's pods in on these ports, from everywhere. */
export function networkPolicy(inNamespace: string, name: string, ports: readonly number[]): KubeObject {
  return {
    apiVersion: apiVersionOf(networkPolicies),
    kind: networkPolicies.kind,
    metadata: meta(inNamespace, name),
    spec: {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ ports: ports.map((port) => ({ protocol: 'TCP', port })) }],
    },
  };
}

/** An object of a custom resource, with whatever its spec says. */
export function customObject(
  resource: ResourceType,
  inNamespace: string,
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
): KubeObject {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: inNamespace === '' ? { name } : meta(inNamespace, name),
    spec,
  };
}

/** A Link to another cluster, as `linkerd multicluster link-gen` of a version writes it. */
export function link(inNamespace: string, targetClusterName: string, version: string): KubeObject {
  return {
    apiVersion: apiVersionOf(links),
    kind: 'Link',
    metadata: {
      name: targetClusterName,
      namespace: inNamespace,
      annotations: { 'linkerd.io/created-by': `linkerd/cli ${version}` },
    },
    spec: {
      targetClusterName,
      targetClusterDomain: 'cluster.local',
      targetClusterLinkerdNamespace: 'linkerd',
      clusterCredentialsSecret: `cluster-credentials-${targetClusterName}`,
      gatewayAddress: `gateway.${targetClusterName}.example`,
      gatewayPort: '4143',
      probeSpec: { path: '/ready', port: '4191', period: '3s' },
    },
  };
}

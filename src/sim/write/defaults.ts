import { isObject } from '../json.ts';
import { cronJobs, daemonSets, deployments, jobs, pods, replicaSets, statefulSets } from '../resources.ts';
import type { KubeObject, ResourceType } from '../types.ts';

type Json = Record<string, unknown>;

const TOLERATIONS = ['not-ready', 'unreachable'].map((condition) => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

const SPECS: ReadonlyMap<ResourceType, Json> = new Map<ResourceType, Json>([
  [
    deployments,
    {
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
  ],
  [
    statefulSets,
    {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
    },
  ],
  [
    daemonSets,
    {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
    },
  ],
  [replicaSets, { replicas: 1 }],
  [jobs, { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false }],
  [
    cronJobs,
    { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
  ],
]);

/**
 * The object with what a client may leave out, which its manager then owns too.
 * Source: kubernetes `pkg/apis/{core,apps,batch}/v1/defaults.go`; fields as a v1.26.5 server answered.
 */
export function withDefaults(resource: ResourceType, object: KubeObject): KubeObject {
  if (resource === pods) {
    const podSpec = podSpecDefaults(isObject(object.spec) ? object.spec : {});
    return { ...object, spec: { ...podSpec, enableServiceLinks: podSpec.enableServiceLinks ?? true } };
  }
  const spec = SPECS.get(resource);
  if (spec === undefined || !isObject(object.spec)) return object;
  const template = object.spec.template;
  const filled = withStrategies({ ...spec, ...object.spec }, spec);
  if (!isObject(template) || !isObject(template.spec)) return { ...object, spec: filled };
  const metadata = { creationTimestamp: null, ...(isObject(template.metadata) ? template.metadata : {}) };
  return { ...object, spec: { ...filled, template: { metadata, spec: podSpecDefaults(template.spec) } } };
}

/**
 * A pod after the server's own admission and its first status, which nobody owns.
 * Source: the admission plugins DefaultTolerationSeconds and Priority, kubernetes `pkg/registry/core/pod/strategy.go`.
 */
export function withPodAdmission(pod: KubeObject): KubeObject {
  const spec = isObject(pod.spec) ? pod.spec : {};
  const { tolerations, priority = 0, preemptionPolicy = 'PreemptLowerPriority' } = spec;
  return {
    ...pod,
    spec: {
      ...spec,
      tolerations: [...(Array.isArray(tolerations) ? tolerations : []), ...TOLERATIONS],
      priority,
      preemptionPolicy,
    },
    status: { phase: 'Pending', qosClass: qosClass(spec) },
  };
}

/** An update strategy that is given in part, or empty, is completed; one of another type is left as it is. */
function withStrategies(spec: Json, defaults: Json): Json {
  const completed = ['strategy', 'updateStrategy'].flatMap((field): [string, Json][] => {
    const standard = defaults[field];
    if (!isObject(standard)) return [];
    const given = isObject(spec[field]) ? spec[field] : {};
    if ((given.type ?? standard.type) !== standard.type) return [];
    const rolling = isObject(standard.rollingUpdate) ? standard.rollingUpdate : {};
    const own = isObject(given.rollingUpdate) ? given.rollingUpdate : {};
    return [[field, { ...standard, ...given, rollingUpdate: { ...rolling, ...own } }]];
  });
  return { ...spec, ...Object.fromEntries(completed) };
}

function podSpecDefaults(spec: Json): Json {
  const filled: Json = {
    ...spec,
    containers: containersWithDefaults(spec.containers),
    restartPolicy: spec.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    securityContext: spec.securityContext ?? {},
    schedulerName: spec.schedulerName ?? 'default-scheduler',
  };
  return spec.initContainers === undefined
    ? filled
    : { ...filled, initContainers: containersWithDefaults(spec.initContainers) };
}

function containersWithDefaults(containers: unknown): readonly unknown[] {
  if (!Array.isArray(containers)) return [];
  return containers.map((container: unknown) => {
    if (!isObject(container)) return container;
    const image = typeof container.image === 'string' ? container.image : '';
    return {
      ...container,
      resources: container.resources ?? {},
      terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
      terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
      imagePullPolicy: container.imagePullPolicy ?? (isLatest(image) ? 'Always' : 'IfNotPresent'),
      ...(Array.isArray(container.ports)
        ? {
            ports: container.ports.map((port: unknown) =>
              isObject(port) ? { protocol: 'TCP', ...port } : port,
            ),
          }
        : {}),
    };
  });
}

function isLatest(image: string): boolean {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return !name.includes('@') && (!name.includes(':') || name.endsWith(':latest'));
}

/** Simplified: Guaranteed needs equal requests and limits of every container, which no client of the simulation sends. */
function qosClass(spec: Json): string {
  const containers = Array.isArray(spec.containers) ? spec.containers : [];
  const claims = containers.some(
    (container: unknown) =>
      isObject(container) && isObject(container.resources) && Object.keys(container.resources).length > 0,
  );
  return claims ? 'Burstable' : 'BestEffort';
}

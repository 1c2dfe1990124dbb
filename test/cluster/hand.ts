import { annotation } from '../../src/data/linkerd.ts';
import {
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  rawAt,
} from '../../src/kube/json/value.ts';
import { type Api, type Manifest, type Named, nameOf, uidOf } from './api.ts';
import { injected, type Sidecar, type Template, type WorkloadKind } from './manifests.ts';

/** Says of a pod what a kubelet would say of one that runs. Its status is all that changes: it runs nowhere. */
export async function markReady(api: Api, namespace: string, pod: JsonObject): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now });
  const containers = objectsAt(objectAt(pod, 'spec'), 'containers');
  await api.patch(
    { kind: 'Pod', namespace, name: nameOf(pod) },
    {
      status: {
        phase: 'Running',
        startTime: now,
        conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
        containerStatuses: containers.map((container) => ({
          name: rawAt(container, 'name'),
          image: rawAt(container, 'image'),
          imageID: '',
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: now } },
        })),
      },
    },
    'status',
  );
}

/** A workload whose pods the suite makes itself, since nobody else on this server does. */
export interface HandMade {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  /** As somebody wrote it. */
  readonly template: Template;
  /** undefined for pods without a proxy. */
  readonly sidecar: Sidecar | undefined;
}

/** Makes the pods of a workload as its controller would, for its present template, and says so in its status. */
export async function makePods(api: Api, made: HandMade): Promise<void> {
  const { kind, namespace, name, replicas, template, sidecar } = made;
  const self = await api.get({ kind, namespace, name });
  const generation = numberAt(objectAt(self, 'metadata'), 'generation');
  const owner =
    kind === 'Deployment' ? await replicaSet(api, made, self, generation) : ownerReference(kind, self);
  const hash = kind === 'Deployment' ? { 'pod-template-hash': `r${generation}` } : {};
  const written = sidecar === undefined ? template : injected(template, sidecar);
  for (let index = 0; index < replicas; index++) {
    const pod = await api.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        // A StatefulSet's pods keep their names.
        name: kind === 'StatefulSet' ? `${name}-${index}` : `${name}-r${generation}-${index}`,
        namespace,
        labels: { ...written.metadata.labels, ...hash },
        annotations: written.metadata.annotations,
        ownerReferences: [owner],
      },
      spec: written.spec,
    });
    await markReady(api, namespace, pod);
  }
  await api.patch({ kind, namespace, name }, { status: statusOf(kind, generation, replicas) }, 'status');
}

async function replicaSet(
  api: Api,
  { namespace, name, replicas, template }: HandMade,
  deployment: JsonObject,
  generation: number,
): Promise<JsonObject> {
  const labels = { ...template.metadata.labels, 'pod-template-hash': `r${generation}` };
  const created = await api.create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-r${generation}`,
      namespace,
      labels,
      annotations: { 'deployment.kubernetes.io/revision': String(generation) },
      ownerReferences: [ownerReference('Deployment', deployment)],
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
  return ownerReference('ReplicaSet', created);
}

function ownerReference(kind: WorkloadKind | 'ReplicaSet', object: JsonObject): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    name: nameOf(object),
    uid: uidOf(object),
    controller: true,
    blockOwnerDeletion: true,
  };
}

function statusOf(kind: WorkloadKind, generation: number, replicas: number): JsonObject {
  if (kind === 'DaemonSet') {
    return {
      observedGeneration: generation,
      currentNumberScheduled: replicas,
      desiredNumberScheduled: replicas,
      numberMisscheduled: 0,
      numberReady: replicas,
      numberAvailable: replicas,
      updatedNumberScheduled: replicas,
    };
  }
  const counts = {
    replicas,
    readyReplicas: replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
  };
  const revision = `r${generation}`;
  return kind === 'Deployment'
    ? { observedGeneration: generation, ...counts }
    : {
        observedGeneration: generation,
        ...counts,
        currentReplicas: replicas,
        currentRevision: revision,
        updateRevision: revision,
      };
}

/** Replaces all pods of a workload by those of its template as it stands now, injected by `sidecar`. */
export async function roll(api: Api, made: HandMade, sidecar: Sidecar): Promise<void> {
  const { kind, namespace, name, template } = made;
  const self = await api.get({ kind, namespace, name });
  const present = objectAt(objectAt(objectAt(self, 'spec'), 'template'), 'metadata');
  const annotations = Object.fromEntries(
    Object.entries(objectAt(present, 'annotations')).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );
  const old = await podsOf(api, made);
  const next = {
    ...made,
    sidecar,
    template: { ...template, metadata: { ...template.metadata, annotations } },
  };
  // Names that are kept must be free first.
  if (kind === 'StatefulSet') await removeAll(api, namespace, old);
  await makePods(api, next);
  if (kind !== 'StatefulSet') await removeAll(api, namespace, old);
}

async function removeAll(api: Api, namespace: string, pods: readonly JsonObject[]): Promise<void> {
  for (const pod of pods) await api.remove({ kind: 'Pod', namespace, name: nameOf(pod) }, uidOf(pod));
}

export function podsOf(api: Api, { namespace, name }: Pick<Named, 'namespace' | 'name'>) {
  return api.list('Pod', namespace, { labelSelector: `app=${name}` });
}

/** When the template of a workload was last restarted, '' before. */
export function restartedAt(object: JsonObject): string {
  return rawAt(templateAnnotations(object), annotation.restartedAt);
}

export function templateAnnotations(object: JsonObject): JsonObject {
  const template = objectAt(objectAt(object, 'spec'), 'template');
  const annotations = objectAt(template, 'metadata').annotations;
  return isObject(annotations) ? annotations : {};
}

/** A pod of nobody's with a proxy, as `kubectl run` would leave one in a meshed namespace. */
export function lonePod(namespace: string, name: string, template: Template): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: template.metadata.labels,
      annotations: template.metadata.annotations,
    },
    spec: template.spec,
  };
}

import { EVERYTHING, isTemplateAnnotation, isWorkloadAnnotation, NO_TEMPLATE } from '../kept.ts';
import type {
  Condition,
  LabelSelector,
  PodTemplate,
  TemplateContainer,
  UpdateStrategy,
  WorkloadKind,
  WorkloadRecord,
  WorkloadStatus,
} from '../records.ts';
import { identityOf, metaOf, ownerOf } from './meta.ts';
import {
  booleanAt,
  intOrStringAt,
  isObject,
  type JsonObject,
  mapAt,
  messageAt,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  textsAt,
} from './value.ts';

/** A Deployment, StatefulSet, DaemonSet or Argo Rollout as its record. Throws a DecodeError when it is not one. */
export function workloadOf(kind: WorkloadKind, object: JsonObject): WorkloadRecord {
  const meta = metaOf(object, kind);
  const spec = objectAt(object, 'spec');
  const status = objectAt(object, 'status');
  const replicas = desiredPods(kind, spec, status);
  return {
    kind,
    ...identityOf(meta),
    generation: numberAt(meta, 'generation'),
    owner: ownerOf(meta),
    labels: mapAt(meta, 'labels'),
    annotations: mapAt(meta, 'annotations', isWorkloadAnnotation),
    replicas,
    paused: isDeploymentLike(kind) && booleanAt(spec, 'paused'),
    ...(kind === 'Rollout' ? rolloutFields(spec) : {}),
    minReadySeconds: numberAt(spec, 'minReadySeconds'),
    progressDeadlineSeconds: isDeploymentLike(kind) ? numberAt(spec, 'progressDeadlineSeconds') : 0,
    strategy: kind === 'Rollout' ? rolloutStrategy(spec) : appsStrategy(kind, spec),
    selector: selectorAt(spec, 'selector', EVERYTHING),
    template: isObject(spec.template) ? templateOf(spec.template) : NO_TEMPLATE,
    status: statusOf(kind, status, replicas),
  };
}

function isDeploymentLike(kind: WorkloadKind): boolean {
  return kind === 'Deployment' || kind === 'Rollout';
}

function appsStrategy(kind: WorkloadKind, spec: JsonObject): UpdateStrategy {
  const strategy = objectAt(spec, kind === 'Deployment' ? 'strategy' : 'updateStrategy');
  const rolling = objectAt(strategy, 'rollingUpdate');
  return {
    type: textAt(strategy, 'type'),
    maxUnavailable: intOrStringAt(rolling, 'maxUnavailable'),
    maxSurge: intOrStringAt(rolling, 'maxSurge'),
    partition: numberAt(rolling, 'partition'),
  };
}

/**
 * How Argo Rollouts replaces pods at a restart: it evicts up to maxUnavailable of them, one at least, and starts none
 * beforehand (argo-rollouts `rollout/restart.go`). 25 % is its default for canaries; blue-green has none and takes one.
 */
function rolloutStrategy(spec: JsonObject): UpdateStrategy {
  const { canary } = objectAt(spec, 'strategy');
  const maxUnavailable = isObject(canary) ? intOrStringAt(canary, 'maxUnavailable') || '25%' : '1';
  return { type: 'RollingUpdate', maxUnavailable, maxSurge: '0', partition: 0 };
}

function rolloutFields(spec: JsonObject): Pick<WorkloadRecord, 'restartAt' | 'templateOf'> {
  const { workloadRef } = spec;
  const templateOf = isObject(workloadRef)
    ? `${textAt(workloadRef, 'kind').toLowerCase()}/${textAt(workloadRef, 'name')}`
    : '';
  return { restartAt: textAt(spec, 'restartAt'), templateOf };
}

function desiredPods(kind: WorkloadKind, spec: JsonObject, status: JsonObject): number {
  if (kind === 'DaemonSet') return numberAt(status, 'desiredNumberScheduled');
  const replicas = spec.replicas;
  return typeof replicas === 'number' ? replicas : 1;
}

function statusOf(kind: WorkloadKind, status: JsonObject, replicas: number): WorkloadStatus {
  const common = {
    // A string in a Rollout.
    observedGeneration:
      numberAt(status, 'observedGeneration') || Number(textAt(status, 'observedGeneration')) || 0,
    conditions: objectsAt(status, 'conditions').map(conditionOf),
    currentRevision: kind === 'StatefulSet' ? textAt(status, 'currentRevision') : '',
    updateRevision: kind === 'StatefulSet' ? textAt(status, 'updateRevision') : '',
  };
  if (kind === 'DaemonSet') {
    return {
      ...common,
      replicas: numberAt(status, 'currentNumberScheduled'),
      updated: numberAt(status, 'updatedNumberScheduled'),
      ready: numberAt(status, 'numberReady'),
      available: numberAt(status, 'numberAvailable'),
      unavailable: numberAt(status, 'numberUnavailable'),
    };
  }
  const available = numberAt(status, 'availableReplicas');
  return {
    ...common,
    replicas: numberAt(status, 'replicas'),
    updated: numberAt(status, 'updatedReplicas'),
    ready: numberAt(status, 'readyReplicas'),
    available,
    unavailable:
      kind === 'Deployment' ? numberAt(status, 'unavailableReplicas') : Math.max(0, replicas - available),
  };
}

function conditionOf(condition: JsonObject): Condition {
  return {
    type: textAt(condition, 'type'),
    status: textAt(condition, 'status'),
    reason: textAt(condition, 'reason'),
    message: messageAt(condition, 'message'),
  };
}

/** The label selector `parent[key]`, or `absent`. */
export function selectorAt(parent: JsonObject, key: string, absent: LabelSelector): LabelSelector {
  const selector = parent[key];
  if (!isObject(selector)) return absent;
  return {
    matchLabels: mapAt(selector, 'matchLabels'),
    matchExpressions: objectsAt(selector, 'matchExpressions').map((requirement) => ({
      key: textAt(requirement, 'key'),
      operator: textAt(requirement, 'operator'),
      values: textsAt(requirement, 'values'),
    })),
  };
}

function templateOf(template: JsonObject): PodTemplate {
  const meta = objectAt(template, 'metadata');
  const spec = objectAt(template, 'spec');
  const automount = spec.automountServiceAccountToken;
  return {
    labels: mapAt(meta, 'labels'),
    annotations: mapAt(meta, 'annotations', isTemplateAnnotation),
    hostNetwork: booleanAt(spec, 'hostNetwork'),
    automountServiceAccountToken: typeof automount === 'boolean' ? automount : undefined,
    containers: [
      ...objectsAt(spec, 'initContainers').map((container) => templateContainerOf(container, true)),
      ...objectsAt(spec, 'containers').map((container) => templateContainerOf(container, false)),
    ],
  };
}

function templateContainerOf(container: JsonObject, init: boolean): TemplateContainer {
  return {
    name: textAt(container, 'name'),
    image: textAt(container, 'image'),
    init,
    sidecar: init && container.restartPolicy === 'Always',
    readinessProbe: isObject(container.readinessProbe),
    hostPort: objectsAt(container, 'ports').some((port) => numberAt(port, 'hostPort') !== 0),
  };
}

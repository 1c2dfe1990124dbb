import { EVERYTHING, isTemplateAnnotation, isWorkloadAnnotation, NO_TEMPLATE } from '../kept.ts';
import type {
  Condition,
  LabelSelector,
  PodTemplate,
  TemplateContainer,
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

/** A Deployment, StatefulSet or DaemonSet as its record. Throws a DecodeError when it is not one. */
export function workloadOf(kind: WorkloadKind, object: JsonObject): WorkloadRecord {
  const meta = metaOf(object, kind);
  const spec = objectAt(object, 'spec');
  const status = objectAt(object, 'status');
  const strategy = objectAt(spec, kind === 'Deployment' ? 'strategy' : 'updateStrategy');
  const rolling = objectAt(strategy, 'rollingUpdate');
  const replicas = desiredPods(kind, spec, status);
  return {
    kind,
    ...identityOf(meta),
    generation: numberAt(meta, 'generation'),
    owner: ownerOf(meta),
    labels: mapAt(meta, 'labels'),
    annotations: mapAt(meta, 'annotations', isWorkloadAnnotation),
    replicas,
    paused: kind === 'Deployment' && booleanAt(spec, 'paused'),
    minReadySeconds: numberAt(spec, 'minReadySeconds'),
    progressDeadlineSeconds: kind === 'Deployment' ? numberAt(spec, 'progressDeadlineSeconds') : 0,
    strategy: {
      type: textAt(strategy, 'type'),
      maxUnavailable: intOrStringAt(rolling, 'maxUnavailable'),
      maxSurge: intOrStringAt(rolling, 'maxSurge'),
      partition: numberAt(rolling, 'partition'),
    },
    selector: selectorAt(spec, 'selector', EVERYTHING),
    template: isObject(spec.template) ? templateOf(spec.template) : NO_TEMPLATE,
    status: statusOf(kind, status, replicas),
  };
}

function desiredPods(kind: WorkloadKind, spec: JsonObject, status: JsonObject): number {
  if (kind === 'DaemonSet') return numberAt(status, 'desiredNumberScheduled');
  const replicas = spec.replicas;
  return typeof replicas === 'number' ? replicas : 1;
}

function statusOf(kind: WorkloadKind, status: JsonObject, replicas: number): WorkloadStatus {
  const common = {
    observedGeneration: numberAt(status, 'observedGeneration'),
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

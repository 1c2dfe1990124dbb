import { annotation, label } from '../../data/linkerd.ts';
import type { ContainerState, PodContainer, PodRecord } from '../records.ts';
import { identityOf, metaOf, ownerOf } from './meta.ts';
import {
  booleanAt,
  isObject,
  type JsonObject,
  messageAt,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
} from './value.ts';

/** A Pod as its record. Throws a DecodeError when it is not one. */
export function podOf(object: JsonObject): PodRecord {
  const meta = metaOf(object, 'Pod');
  const labels = objectAt(meta, 'labels');
  const annotations = objectAt(meta, 'annotations');
  const spec = objectAt(object, 'spec');
  const status = objectAt(object, 'status');
  const conditions = objectsAt(status, 'conditions');
  const ready = conditions.findLast((condition) => condition.type === 'Ready');
  const scheduled = conditions.findLast((condition) => condition.type === 'PodScheduled');
  return {
    kind: 'Pod',
    ...identityOf(meta),
    owner: ownerOf(meta),
    controlPlaneNamespace: textAt(labels, label.controlPlaneNamespace),
    controlPlaneComponent: textAt(labels, label.controlPlaneComponent),
    templateHash: textAt(labels, label.podTemplateHash),
    proxyVersion: textAt(annotations, annotation.proxyVersion),
    createdBy: textAt(annotations, annotation.createdBy),
    trustRootSha256: textAt(annotations, annotation.trustRootSha256),
    restartedAt: textAt(annotations, annotation.restartedAt),
    nodeName: textAt(spec, 'nodeName'),
    phase: textAt(status, 'phase'),
    reason: textAt(status, 'reason'),
    message: messageAt(status, 'message'),
    ready: ready?.status === 'True',
    unschedulable: scheduled?.status === 'False' ? messageAt(scheduled, 'message') : '',
    containers: [
      ...containersOf(objectsAt(spec, 'initContainers'), objectsAt(status, 'initContainerStatuses'), true),
      ...containersOf(objectsAt(spec, 'containers'), objectsAt(status, 'containerStatuses'), false),
    ],
  };
}

function containersOf(
  specs: readonly JsonObject[],
  statuses: readonly JsonObject[],
  init: boolean,
): PodContainer[] {
  return specs.map((spec) => {
    const status = statuses.findLast((candidate) => candidate.name === spec.name) ?? {};
    return {
      name: textAt(spec, 'name'),
      image: textAt(spec, 'image'),
      init,
      sidecar: init && spec.restartPolicy === 'Always',
      ready: booleanAt(status, 'ready'),
      started: booleanAt(status, 'started'),
      restarts: numberAt(status, 'restartCount'),
      ...stateOf(objectAt(status, 'state')),
    };
  });
}

type StateFields = Pick<PodContainer, 'state' | 'reason' | 'message' | 'exitCode' | 'signal'>;

function stateOf(state: JsonObject): StateFields {
  const { waiting, running, terminated } = state;
  if (isObject(terminated)) return stateFields('terminated', terminated);
  if (isObject(running)) return stateFields('running', {});
  return isObject(waiting) ? stateFields('waiting', waiting) : stateFields('unknown', {});
}

function stateFields(state: ContainerState, details: JsonObject): StateFields {
  return {
    state,
    reason: textAt(details, 'reason'),
    message: messageAt(details, 'message'),
    exitCode: numberAt(details, 'exitCode'),
    signal: numberAt(details, 'signal'),
  };
}

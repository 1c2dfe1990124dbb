import { arrayAt, at, isObject, numberAt, stringAt } from '../json.ts';
import { namespaces, pods } from '../resources.ts';
import { timestamp } from '../store.ts';
import type { JsonObject, KubeObject, ObjectMeta, ResourceType } from '../types.ts';
import {
  checkAttempt,
  checkPreconditions,
  existingObject,
  isDryRun,
  type WriteContext,
  type WriteRequest,
  type WriteResult,
} from './request.ts';
import { decodeObject } from './request-body.ts';

/**
 * DELETE: pods get their grace period, namespaces and objects with finalizers are only marked (a controller does the
 * rest); all others are gone at once.
 */
export function deleteObject(context: WriteContext, request: WriteRequest): WriteResult {
  const existing = existingObject(context, request);
  const options = request.body.length === 0 ? {} : decodeObject(request.body, request.contentType);
  const { uid, resourceVersion } = isObject(options.preconditions) ? options.preconditions : {};
  checkPreconditions(request.resource, existing, {
    ...existing,
    metadata: {
      ...existing.metadata,
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    },
  });
  const dryRun = isDryRun(request.query) || arrayAt(options, 'dryRun').includes('All');
  checkAttempt(context, request, {
    operation: 'DELETE',
    name: existing.metadata.name,
    dryRun,
    object: undefined,
    oldObject: existing,
  });
  const fromQuery = Number(request.query.get('gracePeriodSeconds') ?? Number.NaN);
  const asked = typeof options.gracePeriodSeconds === 'number' ? options.gracePeriodSeconds : fromQuery;
  return removeObject(context, request.resource, existing, Number.isNaN(asked) ? undefined : asked, dryRun);
}

/** Deletes as `deleteObject` does, without a request: `graceSeconds` undefined takes the pod's own. */
export function removeObject(
  { store, clock }: WriteContext,
  resource: ResourceType,
  existing: KubeObject,
  graceSeconds: number | undefined,
  dryRun: boolean,
): WriteResult {
  const { namespace = '', name } = existing.metadata;
  const grace = resource === pods ? podGrace(existing, graceSeconds) : 0;
  const waits =
    grace > 0 || resource === namespaces || arrayAt(existing, 'metadata', 'finalizers').length > 0;
  if (waits) {
    const marked = markDeleted(resource, existing, timestamp(clock.now() + grace * 1000), grace);
    return { code: 200, object: dryRun ? marked : store.update(resource, marked) };
  }
  if (!dryRun) store.delete(resource, namespace, name);
  return { code: 200, status: deletionStatus(resource, existing) };
}

/** A pod that no node has taken, or that has ended, needs no grace. */
function podGrace(pod: KubeObject, asked: number | undefined): number {
  const phase = stringAt(pod, 'status', 'phase');
  if (stringAt(pod, 'spec', 'nodeName') === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
  return asked ?? numberAt(pod, 'spec', 'terminationGracePeriodSeconds');
}

function markDeleted(resource: ResourceType, object: KubeObject, time: string, grace: number): KubeObject {
  if (at(object, 'metadata', 'deletionTimestamp') !== undefined) return object;
  const metadata: ObjectMeta = {
    ...object.metadata,
    deletionTimestamp: time,
    ...(resource === namespaces ? {} : { deletionGracePeriodSeconds: grace }),
  };
  if (resource !== namespaces) return { ...object, metadata };
  const status = isObject(object.status) ? object.status : {};
  return { ...object, metadata, status: { ...status, phase: 'Terminating' } };
}

function deletionStatus(resource: ResourceType, { metadata: { name, uid = '' } }: KubeObject): JsonObject {
  const group = resource.group === '' ? {} : { group: resource.group };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...group, kind: resource.plural, uid },
  };
}

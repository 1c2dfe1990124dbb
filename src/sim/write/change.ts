import { ApiError, badRequest, unsupportedMediaType } from '../api-error.ts';
import { arrayAt, at, equal, isObject } from '../json.ts';
import type { AdmissionAttempt } from '../server/validation.ts';
import type { Json, KubeObject, ResourceType } from '../types.ts';
import { applyJsonPatch, PatchError } from './json-patch.ts';
import { managerName, withOwnership } from './managed-fields.ts';
import { applyMergePatch, applyStrategicMergePatch } from './merge-patch.ts';
import {
  checkAttempt,
  checkPreconditions,
  existingObject,
  isDryRun,
  objectOf,
  type WriteContext,
  type WriteRequest,
  type WriteResult,
} from './request.ts';
import { decodeObject, mediaType, parseJson } from './request-body.ts';
import { requireVersion, validate } from './validate.ts';

/** PUT of an object or of its status. */
export function replaceObject(context: WriteContext, request: WriteRequest): WriteResult {
  const { resource, name } = request;
  const existing = existingObject(context, request);
  const sent = objectOf(resource, decodeObject(request.body, request.contentType));
  if (sent.metadata.name !== name) {
    const names = `the name of the object (${sent.metadata.name}) does not match the name on the URL (${name})`;
    throw badRequest(names);
  }
  requireVersion(resource, sent);
  return { code: 200, object: storeChange(context, request, existing, sent) };
}

/** PATCH of an object or of its status. */
export function patchObject(context: WriteContext, request: WriteRequest): WriteResult {
  const existing = existingObject(context, request);
  const patched = objectOf(request.resource, applyPatch(request, existing));
  return { code: 200, object: storeChange(context, request, existing, patched) };
}

/** The result of the patch in a request's body. Throws 400, 415 and 422 ApiErrors. */
export function applyPatch(request: WriteRequest, target: unknown): Record<string, unknown> {
  const type = mediaType(request.contentType);
  const known = ['application/json-patch+json', 'application/merge-patch+json'];
  const strategic = 'application/strategic-merge-patch+json';
  if (!known.includes(type) && (type !== strategic || request.resource.custom)) throw unsupportedMediaType();
  const patch = parseJson(request.body);
  const patched =
    type === strategic ? applyStrategicMergePatch(target, patch) : otherPatch(type, target, patch);
  if (!isObject(patched)) throw badRequest('the patch leaves no object');
  return patched;
}

function otherPatch(type: string, target: unknown, patch: unknown): unknown {
  if (type === 'application/merge-patch+json') return applyMergePatch(target, patch);
  try {
    return applyJsonPatch(target, patch);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw new ApiError({
      code: 422,
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
      details: { causes: [{ reason: 'UnexpectedServerResponse', message: error.message }] },
    });
  }
}

/**
 * Stores `next` in place of `existing`, if its preconditions hold, and answers what is stored; a change of nothing
 * keeps the version.
 * @param seen what validating admission sees in place of both, where the request is about a part of the object
 */
export function storeChange(
  context: WriteContext,
  request: WriteRequest,
  existing: KubeObject,
  next: KubeObject,
  seen?: Pick<AdmissionAttempt, 'object' | 'oldObject'>,
): KubeObject {
  const { resource, subresource, query } = request;
  checkPreconditions(resource, existing, next);
  const object = keepOthersPart(resource, subresource, existing, next);
  if (equal(withoutOwnership(object), withoutOwnership(existing))) return existing;
  validate(resource, object);
  const owned = withOwnership(resource, existing, object, {
    manager: managerName(query, request.userAgent),
    subresource,
    now: context.clock.now(),
  });
  checkAttempt(context, request, {
    operation: 'UPDATE',
    name: existing.metadata.name,
    ...(seen ?? { object: owned, oldObject: existing }),
  });
  if (isDryRun(query)) return context.store.preview(resource, owned);
  const stored = context.store.update(resource, owned);
  if (isFinished(existing, stored)) {
    context.store.delete(resource, stored.metadata.namespace ?? '', stored.metadata.name);
  }
  return stored;
}

/** What no write of an object changes; the store keeps uid, version and times. */
const IDENTITY_FIELDS = ['namespace', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

/** A write of the object leaves the status alone, a write of the status everything else. */
function keepOthersPart(
  resource: ResourceType,
  subresource: string,
  existing: KubeObject,
  next: KubeObject,
): KubeObject {
  if (subresource === 'status') return withStatus(existing, next.status);
  const kept = IDENTITY_FIELDS.flatMap((field): [string, Json][] => {
    const value = existing.metadata[field];
    return value === undefined ? [] : [[field, value]];
  });
  const metadata = { ...next.metadata, ...Object.fromEntries(kept), name: existing.metadata.name };
  const typed = { ...next, kind: existing.kind, apiVersion: existing.apiVersion, metadata };
  return resource.subresources.includes('status') ? withStatus(typed, existing.status) : typed;
}

function withStatus(object: KubeObject, status: unknown): KubeObject {
  const { status: _former, ...rest } = object;
  return status === undefined ? rest : { ...rest, status };
}

function withoutOwnership(object: KubeObject): unknown {
  const {
    managedFields: _managedFields,
    resourceVersion: _version,
    generation: _generation,
    ...metadata
  } = object.metadata;
  return { ...object, metadata };
}

/** An object that was only waiting for its finalizers. */
function isFinished(before: KubeObject, after: KubeObject): boolean {
  const waits = (object: KubeObject) => arrayAt(object, 'metadata', 'finalizers').length > 0;
  return at(after, 'metadata', 'deletionTimestamp') !== undefined && waits(before) && !waits(after);
}

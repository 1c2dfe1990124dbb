import { ApiError, alreadyExists, badRequest, methodNotAllowed, notFound } from '../api-error.ts';
import { stringAt, stringMapAt } from '../json.ts';
import { withServerFields } from '../metadata.ts';
import { apiVersionOf, hasGeneration, namespaces, pods } from '../resources.ts';
import { AlreadyExistsError, type MemoryStore, timestamp } from '../store.ts';
import type { KubeObject, ResourceType } from '../types.ts';
import { withDefaults, withPodAdmission } from './defaults.ts';
import { managerName, withOwnership } from './managed-fields.ts';
import {
  checkAttempt,
  isDryRun,
  objectOf,
  type WriteContext,
  type WriteRequest,
  type WriteResult,
} from './request.ts';
import { decodeObject } from './request-body.ts';
import { validate } from './validate.ts';

/** POST of an object: defaults, ownership, then admission, as a kube-apiserver orders them. */
export function createObject(context: WriteContext, request: WriteRequest): WriteResult {
  const { resource, query } = request;
  const dryRun = isDryRun(query);
  const sent = objectOf(resource, decodeObject(request.body, request.contentType));
  const namespace = namespaceOf(request, sent);
  requireNamespace(context.store, resource, namespace);
  const named = withName(context, resource, clientMetadata(resource, sent, namespace));
  validate(resource, named);
  const defaulted = withDefaults(resource, withInitialStatus(resource, named));
  const owned = withOwnership(resource, undefined, defaulted, {
    manager: managerName(query, request.userAgent),
    subresource: '',
    now: context.clock.now(),
  });
  const object = admit(context, resource, owned, dryRun);
  checkAttempt(context, request, {
    operation: 'CREATE',
    name: object.metadata.name,
    object,
    oldObject: undefined,
  });
  if (context.store.get(resource, namespace, object.metadata.name) !== undefined) {
    throw alreadyExists(resource, object.metadata.name);
  }
  if (dryRun) return { code: 201, object: dryRunCreation(context, resource, object) };
  try {
    return { code: 201, object: context.store.create(resource, object) };
  } catch (error) {
    throw error instanceof AlreadyExistsError ? alreadyExists(resource, object.metadata.name) : error;
  }
}

function admit(
  { admission, store }: WriteContext,
  resource: ResourceType,
  object: KubeObject,
  dryRun: boolean,
): KubeObject {
  if (resource !== pods) return object;
  const pod = withPodAdmission(object);
  if (admission === undefined) return pod;
  return admission(pod, store.get(namespaces, '', object.metadata.namespace ?? ''), dryRun);
}

function dryRunCreation(
  { clock, uid }: WriteContext,
  resource: ResourceType,
  object: KubeObject,
): KubeObject {
  const metadata = withServerFields(object.metadata, {
    uid: uid(),
    resourceVersion: undefined,
    generation: hasGeneration(resource) ? 1 : undefined,
    creationTimestamp: timestamp(clock.now()),
  });
  return { ...object, metadata };
}

function namespaceOf({ resource, namespace }: WriteRequest, { metadata }: KubeObject): string {
  if (!resource.namespaced) return '';
  if (namespace === '') throw methodNotAllowed();
  if (metadata.namespace !== undefined && metadata.namespace !== '' && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return namespace;
}

/** The namespace must exist and stay. Throws 404 and 403 ApiErrors. */
function requireNamespace(store: MemoryStore, resource: ResourceType, namespace: string): void {
  if (!resource.namespaced) return;
  const found = store.get(namespaces, '', namespace);
  if (found === undefined) throw notFound(namespaces, namespace);
  if (stringAt(found, 'status', 'phase') !== 'Terminating') return;
  const message = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw new ApiError({
    code: 403,
    reason: 'Forbidden',
    message: `${resource.plural} is forbidden: ${message}`,
    details: {
      group: resource.group,
      kind: resource.plural,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  });
}

/** What a client may say of a new object's metadata. */
function clientMetadata(resource: ResourceType, object: KubeObject, namespace: string): KubeObject {
  const {
    uid: _uid,
    resourceVersion: _resourceVersion,
    creationTimestamp: _creationTimestamp,
    generation: _generation,
    managedFields: _managedFields,
    deletionTimestamp: _deletionTimestamp,
    selfLink: _selfLink,
    namespace: _namespace,
    ...rest
  } = object.metadata;
  const metadata = namespace === '' ? rest : { ...rest, namespace };
  const { status, ...content } = object;
  const keepsStatus = status !== undefined && !resource.subresources.includes('status');
  return { ...content, apiVersion: apiVersionOf(resource), metadata, ...(keepsStatus ? { status } : {}) };
}

const SUFFIX_CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;

function withName({ random }: WriteContext, resource: ResourceType, object: KubeObject): KubeObject {
  if (object.metadata.name !== '') return object;
  const prefix = stringAt(object, 'metadata', 'generateName');
  if (prefix === '') {
    const message = 'Required value: name or generateName is required';
    const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
    throw new ApiError({
      code: 422,
      reason: 'Invalid',
      message: `${kind} "" is invalid: metadata.name: ${message}`,
      details: {
        group: resource.group,
        kind: resource.kind,
        causes: [{ reason: 'FieldValueRequired', message, field: 'metadata.name' }],
      },
    });
  }
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () =>
    SUFFIX_CHARACTERS.charAt(Math.floor(random() * SUFFIX_CHARACTERS.length)),
  );
  return { ...object, metadata: { ...object.metadata, name: `${prefix}${suffix.join('')}` } };
}

function withInitialStatus(resource: ResourceType, object: KubeObject): KubeObject {
  if (resource !== namespaces) return object;
  const labels = {
    ...stringMapAt(object, 'metadata', 'labels'),
    'kubernetes.io/metadata.name': object.metadata.name,
  };
  return {
    ...object,
    metadata: { ...object.metadata, labels },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

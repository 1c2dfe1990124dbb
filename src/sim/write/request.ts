import { ApiError, badRequest, conflict, notFound } from '../api-error.ts';
import { isObject, stringAt } from '../json.ts';
import { apiVersionOf, qualifiedName } from '../resources.ts';
import { ANONYMOUS, type User } from '../server/users.ts';
import type { AdmissionAttempt, ValidatingAdmission } from '../server/validation.ts';
import type { MemoryStore } from '../store.ts';
import type { JsonObject, KubeObject, PodAdmission, ResourceType, SimClock } from '../types.ts';

/** What writing needs of the simulation. */
export interface WriteContext {
  readonly store: MemoryStore;
  readonly clock: SimClock;
  readonly admission: PodAdmission | undefined;
  /** Asked last, before a write is stored. */
  readonly validating?: ValidatingAdmission | undefined;
  /** 0 to 1, for generated names. */
  readonly random: () => number;
  readonly uid: () => string;
}

/** A request that writes. */
export interface WriteRequest {
  /** Whom validating admission sees; nobody in particular when absent. */
  readonly user?: User;
  readonly resource: ResourceType;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly userAgent: string | undefined;
  readonly body: Buffer;
}

export type WriteResult =
  | { readonly code: number; readonly object: KubeObject }
  | { readonly code: number; readonly status: JsonObject };

/** Lets validating admission judge a write. Throws what it throws. */
export function checkAttempt(
  { validating }: WriteContext,
  { user = ANONYMOUS, resource, subresource, namespace, query }: WriteRequest,
  attempt: Pick<AdmissionAttempt, 'operation' | 'name' | 'object' | 'oldObject'> & {
    readonly dryRun?: boolean;
  },
): void {
  validating?.({ user, resource, subresource, namespace, dryRun: isDryRun(query), ...attempt });
}

/** Whether a write is only tried. Throws a 400 ApiError on any value but `All`. */
export function isDryRun(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun');
  if (values.some((value) => value !== 'All')) {
    throw badRequest(`dryRun: Unsupported value: ${JSON.stringify(values)}: supported values: "All"`);
  }
  return values.length > 0;
}

/** The object that a request names. Throws a 404 ApiError. */
export function existingObject(
  { store }: WriteContext,
  { resource, namespace, name }: Pick<WriteRequest, 'resource' | 'namespace' | 'name'>,
): KubeObject {
  const existing = store.get(resource, namespace, name);
  if (existing === undefined) throw notFound(resource, name);
  return existing;
}

/** The object of a body, with the resource's kind filled in where it is missing. Throws 400 ApiErrors. */
export function objectOf(resource: ResourceType, value: Record<string, unknown>): KubeObject {
  const { kind = resource.kind, apiVersion = apiVersionOf(resource), metadata } = value;
  if (kind !== resource.kind || typeof apiVersion !== 'string') {
    throw badRequest(
      `${String(kind)} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${resource.kind}`,
    );
  }
  if (metadata !== undefined && !isObject(metadata)) throw badRequest('metadata is no object');
  const name = stringAt(metadata, 'name');
  return { ...value, kind, apiVersion, metadata: { ...metadata, name } };
}

/** `metadata.resourceVersion` and `metadata.uid` of a patch or a PUT must be those that stand. Throws 409. */
export function checkPreconditions(resource: ResourceType, existing: KubeObject, next: KubeObject): void {
  const { uid, resourceVersion = '' } = next.metadata;
  if (uid !== undefined && uid !== existing.metadata.uid) throw uidConflict(resource, existing, uid);
  if (resourceVersion !== '' && resourceVersion !== existing.metadata.resourceVersion) {
    throw conflict(resource, existing.metadata.name);
  }
}

function uidConflict(resource: ResourceType, existing: KubeObject, uid: string): ApiError {
  const { name, uid: actual } = existing.metadata;
  return new ApiError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": Precondition failed: UID in precondition: ${uid}, UID in object meta: ${actual}`,
    details: { name, group: resource.group, kind: resource.plural },
  });
}

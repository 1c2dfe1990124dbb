import { qualifiedName } from './resources.ts';
import type { JsonObject, ResourceType } from './types.ts';

/** One entry of `details.causes` of a Status. */
export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

interface Failure {
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
  readonly details?: StatusDetails;
  /** For an expired continue token: the one that goes on inconsistently. */
  readonly continueToken?: string;
}

/**
 * A request that the API server refuses, as a meta/v1 Status.
 * Source: kubernetes/apimachinery `pkg/api/errors/errors.go`; wording and fields as a kube-apiserver v1.26.5 answered.
 */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly code: number;
  readonly #failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.code = failure.code;
    this.#failure = failure;
  }

  /** The Status object, fields in the order in which the API server writes them. */
  status(): JsonObject {
    const { code, reason, message, details, continueToken } = this.#failure;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: continueToken === undefined ? {} : { continue: continueToken },
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details: orderedDetails(details) }),
      code,
    };
  }
}

/** A refusal by admission: what a webhook or an admission plugin answers instead of a pod. */
export class AdmissionError extends ApiError {
  override readonly name = 'AdmissionError';

  constructor(message: string, code = 403, reason = 'Forbidden', details: StatusDetails = {}) {
    super({ code, reason, message, details });
  }
}

function orderedDetails({ name, group, kind, uid, causes, retryAfterSeconds }: StatusDetails): JsonObject {
  return {
    ...(name === undefined ? {} : { name }),
    ...(group === undefined || group === '' ? {} : { group }),
    ...(kind === undefined ? {} : { kind }),
    ...(uid === undefined ? {} : { uid }),
    ...(causes === undefined ? {} : { causes: causes.map((cause) => ({ ...cause })) }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

function about(resource: ResourceType, name?: string): StatusDetails {
  return { ...(name === undefined ? {} : { name }), group: resource.group, kind: resource.plural };
}

export function badRequest(message: string): ApiError {
  return new ApiError({ code: 400, reason: 'BadRequest', message });
}

export function unauthorized(): ApiError {
  return new ApiError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

/** 403 for a user without the right; `explanation` as `User "u" cannot list resource "pods" …`. */
export function forbidden(resource: ResourceType, name: string, explanation: string): ApiError {
  const subject =
    name === '' ? qualifiedName(resource) : `${qualifiedName(resource)} ${JSON.stringify(name)}`;
  const details = name === '' ? { group: resource.group, kind: resource.plural } : about(resource, name);
  return new ApiError({
    code: 403,
    reason: 'Forbidden',
    message: `${subject} is forbidden: ${explanation}`,
    details,
  });
}

export function notFound(resource: ResourceType, name: string): ApiError {
  const message = `${qualifiedName(resource)} ${JSON.stringify(name)} not found`;
  return new ApiError({ code: 404, reason: 'NotFound', message, details: about(resource, name) });
}

/** 404 for a resource that a known group does not have. */
export function unknownResource(): ApiError {
  return new ApiError({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  });
}

export function methodNotAllowed(): ApiError {
  return new ApiError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  });
}

export function notAcceptable(message: string, details?: StatusDetails): ApiError {
  return new ApiError({ code: 406, reason: 'NotAcceptable', message, ...(details ? { details } : {}) });
}

export function conflict(resource: ResourceType, name: string): ApiError {
  const message =
    `Operation cannot be fulfilled on ${qualifiedName(resource)} ${JSON.stringify(name)}: the object has been ` +
    'modified; please apply your changes to the latest version and try again';
  return new ApiError({ code: 409, reason: 'Conflict', message, details: about(resource, name) });
}

export function alreadyExists(resource: ResourceType, name: string): ApiError {
  const message = `${qualifiedName(resource)} ${JSON.stringify(name)} already exists`;
  return new ApiError({ code: 409, reason: 'AlreadyExists', message, details: about(resource, name) });
}

/** 410 for a page whose version is gone, with the token that goes on at the newest one. */
export function continueExpired(continueToken: string): ApiError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
    'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
    'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
    'deleted between the time the first chunk was returned and now may show up in the list.';
  return new ApiError({ code: 410, reason: 'Expired', message, continueToken });
}

export function listExpired(): ApiError {
  const message = 'The resourceVersion for the provided list is too old.';
  return new ApiError({ code: 410, reason: 'Expired', message });
}

export function watchExpired(requested: number, oldest: number): ApiError {
  const message = `too old resource version: ${requested} (${oldest})`;
  return new ApiError({ code: 410, reason: 'Expired', message });
}

export function unsupportedMediaType(
  message = '415: Unsupported Media Type\n\nAvailable representations: ',
): ApiError {
  return new ApiError({ code: 415, reason: 'UnsupportedMediaType', message, details: {} });
}

export function tooLarge(limit: number): ApiError {
  const message = `Request entity too large: limit is ${limit}`;
  return new ApiError({ code: 413, reason: 'RequestEntityTooLarge', message });
}

/** 422 with its causes; here `details.kind` is the kind, not the resource. */
export function invalid(
  resource: ResourceType,
  name: string,
  causes: readonly Required<StatusCause>[],
): ApiError {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const faults = causes.map(({ field, message }) => `${field}: ${message}`);
  const text = faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`;
  return new ApiError({
    code: 422,
    reason: 'Invalid',
    message: `${kind} ${JSON.stringify(name)} is invalid: ${text}`,
    details: { name, group: resource.group, kind: resource.kind, causes },
  });
}

/** 504 for a version that the watch cache has not seen yet. */
export function versionTooLarge(requested: number, current: number): ApiError {
  const message = `Too large resource version: ${requested}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const details = { causes, retryAfterSeconds: 1 };
  return new ApiError({ code: 504, reason: 'Timeout', message: `Timeout: ${message}`, details });
}

/** 500 of etcd for a paged read at a version that does not exist yet: neither reason nor details. */
export function futureRevision(): ApiError {
  return new ApiError({ code: 500, message: 'etcdserver: mvcc: required revision is a future revision' });
}

export function internalError(message: string): ApiError {
  const causes = [{ message }];
  return new ApiError({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes },
  });
}

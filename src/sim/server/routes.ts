import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { ApiError, forbidden, methodNotAllowed, unknownResource } from '../api-error.ts';
import { includeObjectOf } from '../encode/table.ts';
import { namespaces } from '../resources.ts';
import type { JsonObject, ResourceType } from '../types.ts';
import { patchObject, replaceObject } from '../write/change.ts';
import { createObject } from '../write/create.ts';
import { deleteObject, removeObject } from '../write/delete.ts';
import { managerName } from '../write/managed-fields.ts';
import {
  checkAttempt,
  existingObject,
  type WriteContext,
  type WriteRequest,
  type WriteResult,
} from '../write/request.ts';
import { decodeObject } from '../write/request-body.ts';
import { evictPod, scaleOf, writeScale } from '../write/subresources.ts';
import type { Answer } from './answer.ts';
import { type Attributes, type Authorizer, explainForbidden } from './authorizer.ts';
import { discoveryAnswer, pageNotFound, servesGroup } from './discovery.ts';
import { listObjects } from './list.ts';
import { errorFormat, negotiate } from './negotiation.ts';
import { listAnswer, objectAnswer, textAnswer, type View, valueAnswer } from './render.ts';
import { isWatch, type RequestInfo, type Target } from './request-info.ts';
import { answerReview } from './reviews.ts';
import { ANONYMOUS, type Identity, type User } from './users.ts';
import { type ServerVersion, versionInfo } from './version.ts';
import type { Watches } from './watch.ts';
import { prepareWatch, type WatchDefaults } from './watch-request.ts';

/** What answering needs of the server. */
export interface RouteParts {
  readonly write: WriteContext;
  readonly authorizer: Authorizer;
  readonly version: ServerVersion;
  readonly watches: Watches;
  readonly watchDefaults: WatchDefaults;
}

/** One request, read whole. */
export interface Exchange {
  readonly info: RequestInfo;
  readonly headers: IncomingHttpHeaders;
  readonly accept: string | undefined;
  readonly body: Buffer;
  /** Where a watch is written. */
  readonly res: ServerResponse;
}

/** Either an answer, or a watch that has begun and writes by itself. */
export type Outcome = Answer | 'watching';

const PUBLIC_PATHS = ['/version', '/healthz', '/livez', '/readyz'];

/** Acting as somebody else is a right of its own. Throws a 403 ApiError. */
export function checkImpersonation({ authorizer }: RouteParts, { authenticated, effective }: Identity): void {
  if (effective === authenticated) return;
  const attributes: Attributes = {
    verb: 'impersonate',
    group: '',
    resource: 'users',
    subresource: '',
    namespace: '',
    name: effective.name,
  };
  if (authorizer.allows(authenticated, attributes)) return;
  const message = `users ${JSON.stringify(effective.name)} is forbidden: ${explainForbidden(authenticated, attributes)}`;
  const details = { name: effective.name, kind: 'users' };
  throw new ApiError({ code: 403, reason: 'Forbidden', message, details });
}

/** Answers a request, if the user may make it. Throws ApiErrors. */
export function route(parts: RouteParts, exchange: Exchange, user: User): Outcome {
  const { target } = exchange.info;
  if (target === undefined) return nonResource(parts, exchange, user);
  if (!servesGroup(target.group, target.version)) return pageNotFound();
  authorize(parts, exchange.info, target, user);
  if (target.resource === undefined) throw unknownResource();
  if (target.subresource !== '' && !target.resource.subresources.includes(target.subresource))
    throw unknownResource();
  if (target.single && target.resource.namespaced && target.namespace === '') throw unknownResource();
  return handleResource(parts, exchange, { ...target, resource: target.resource }, user);
}

function authorize({ authorizer }: RouteParts, info: RequestInfo, target: Target, user: User): void {
  const { group, plural, subresource, namespace, name, resource, single } = target;
  // A path names the namespace that its object is, whose roles count; a field selector names no more than the object.
  const attributes: Attributes = {
    verb: info.verb,
    group,
    resource: plural,
    subresource,
    namespace: resource === namespaces && single ? name : namespace,
    name,
  };
  if (authorizer.allows(user, attributes)) return;
  const explanation = explainForbidden(user, attributes);
  if (resource !== undefined) throw forbidden(resource, target.single ? name : '', explanation);
  const message = `${plural} is forbidden: ${explanation}`;
  throw new ApiError({ code: 403, reason: 'Forbidden', message, details: { kind: plural } });
}

function nonResource(parts: RouteParts, { headers, info, accept }: Exchange, user: User): Answer {
  const path = info.path.replace(/(?<=.)\/$/, '');
  const allowed =
    parts.authorizer.allowsPath?.(user, info.verb, info.path) ??
    (user.name !== ANONYMOUS.name || PUBLIC_PATHS.includes(path));
  if (!allowed) {
    const message = `forbidden: User "${user.name}" cannot ${info.verb} path "${info.path}"`;
    throw new ApiError({ code: 403, reason: 'Forbidden', message, details: {} });
  }
  if (path === '/version') {
    const body = [Buffer.from(JSON.stringify(versionInfo(parts.version), undefined, 2))];
    return { code: 200, contentType: 'application/json', body };
  }
  if (PUBLIC_PATHS.includes(path)) return textAnswer(200, 'ok');
  return discoveryAnswer(path, accept ?? '', String(headers['if-none-match'] ?? '')) ?? pageNotFound();
}

type ResourceTarget = Target & { readonly resource: ResourceType };

function handleResource(parts: RouteParts, exchange: Exchange, target: ResourceTarget, user: User): Outcome {
  const { info } = exchange;
  const { resource } = target;
  if (resource.verbs.length === 1 && resource.verbs[0] === 'create')
    return review(parts, exchange, resource, user);
  if (info.method === 'GET') return read(parts, exchange, target);
  return write(parts, exchange, target, user);
}

function review(parts: RouteParts, exchange: Exchange, resource: ResourceType, user: User): Answer {
  const { headers, info, accept, body } = exchange;
  if (info.method !== 'POST') throw methodNotAllowed();
  const format = negotiate(accept, false).format;
  const answered = answerReview({
    resource,
    object: decodeObject(body, headers['content-type']),
    user,
    authorizer: parts.authorizer,
    manager: managerName(info.query, headers['user-agent']),
    now: parts.write.clock.now(),
  });
  return valueAnswer(201, answered, format);
}

function viewOf(parts: RouteParts, { info, accept }: Exchange, { resource, version }: ResourceTarget): View {
  return {
    resource,
    version,
    representation: negotiate(accept, resource.custom),
    table: { includeObject: includeObjectOf(info.query), now: parts.write.clock.now() },
  };
}

function read(parts: RouteParts, exchange: Exchange, target: ResourceTarget): Outcome {
  const { query } = exchange.info;
  const { store } = parts.write;
  const { resource, namespace } = target;
  if (target.subresource === 'scale') {
    const format = negotiate(exchange.accept, false).format;
    return valueAnswer(200, scaleOf(existingObject(parts.write, target)), format);
  }
  const view = viewOf(parts, exchange, target);
  if (isWatch(query)) {
    const request = prepareWatch(store, namespace, watchQuery(query, target), view, parts.watchDefaults);
    parts.watches.start(request, exchange.res);
    return 'watching';
  }
  if (target.single) return objectAnswer(200, existingObject(parts.write, target), view);
  const { objects, meta } = listObjects(store, resource, namespace, query);
  return listAnswer(objects, meta, view);
}

/** A watch of a path that names an object is one of the collection with a field selector. */
function watchQuery(query: URLSearchParams, { single, name }: ResourceTarget): URLSearchParams {
  if (!single) return query;
  const narrowed = new URLSearchParams(query);
  narrowed.set('fieldSelector', `metadata.name=${name}`);
  return narrowed;
}

function write(parts: RouteParts, exchange: Exchange, target: ResourceTarget, user: User): Answer {
  const { headers, info, body, accept } = exchange;
  const { resource, namespace, name, subresource } = target;
  const request: WriteRequest = {
    user,
    resource,
    namespace,
    name: target.single ? name : '',
    subresource,
    query: info.query,
    contentType: headers['content-type'],
    userAgent: headers['user-agent'],
    body,
  };
  if (subresource === 'eviction') {
    if (info.method !== 'POST') throw methodNotAllowed();
    return valueAnswer(201, evictPod(parts.write, request), errorFormat(accept));
  }
  if (subresource === 'scale') {
    if (info.method !== 'PUT' && info.method !== 'PATCH') throw methodNotAllowed();
    return valueAnswer(200, writeScale(parts.write, request, info.method), negotiate(accept, false).format);
  }
  const view = viewOf(parts, exchange, target);
  return writeAnswer(writeObject(parts, request, info, target), view, accept);
}

function writeObject(
  parts: RouteParts,
  request: WriteRequest,
  info: RequestInfo,
  target: ResourceTarget,
): WriteResult {
  const { single, subresource } = target;
  switch (info.method) {
    case 'POST':
      if (single) throw methodNotAllowed();
      return createObject(parts.write, request);
    case 'PUT':
      if (!single) throw methodNotAllowed();
      return replaceObject(parts.write, request);
    case 'PATCH':
      if (!single) throw methodNotAllowed();
      return patchObject(parts.write, request);
    case 'DELETE':
      if (subresource !== '') throw methodNotAllowed();
      return single ? deleteObject(parts.write, request) : deleteCollection(parts.write, request);
    default:
      throw methodNotAllowed();
  }
}

function deleteCollection(context: WriteContext, request: WriteRequest): WriteResult {
  const { resource, namespace, query } = request;
  if (!resource.verbs.includes('deletecollection')) throw methodNotAllowed();
  const { objects } = listObjects(context.store, resource, namespace, query);
  for (const object of objects) {
    const { name } = object.metadata;
    checkAttempt(context, request, { operation: 'DELETE', name, object: undefined, oldObject: object });
  }
  for (const object of objects) removeObject(context, resource, object, undefined, query.has('dryRun'));
  const status: JsonObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  return { code: 200, status };
}

function writeAnswer(result: WriteResult, view: View, accept: string | undefined): Answer {
  if ('status' in result) return valueAnswer(result.code, result.status, errorFormat(accept));
  return objectAnswer(result.code, result.object, view);
}

import {
  ApiError,
  badRequest,
  continueExpired,
  futureRevision,
  listExpired,
  versionTooLarge,
} from '../api-error.ts';
import { parseSelectors } from '../selectors.ts';
import { type MemoryStore, objectKey } from '../store.ts';
import type { KubeObject, ResourceType } from '../types.ts';
import { readContinueToken, writeContinueToken } from './continue-token.ts';
import type { ListMeta } from './render.ts';

export interface ListResult {
  readonly objects: readonly KubeObject[];
  readonly meta: ListMeta;
}

/**
 * A list as the query asks for it: selectors, pages, and the versions of kubernetes/apiserver
 * `pkg/storage/cacher`: none is the newest, `0` whatever the cache has (in no order, and `limit` is ignored), a
 * version alone is "not older than". Throws ApiErrors: 400, 410, 422, 500 (as etcd answers), 504.
 */
export function listObjects(
  store: MemoryStore,
  resource: ResourceType,
  namespace: string,
  query: URLSearchParams,
): ListResult {
  const selector = parseSelectors(resource, query);
  const limit = parseLimit(query);
  const token = query.get('continue') ?? '';
  validateListVersion(query);
  if (token !== '') return nextPage(store, resource, namespace, token, limit, selector);

  const requested = query.get('resourceVersion') ?? '';
  if (requested === '0') {
    const objects = unordered(store.list(resource, namespace)).filter(selector.matches);
    return { objects, meta: { revision: store.revision, continue: '', remainingItemCount: undefined } };
  }
  const revision = parseVersion(requested);
  const exact =
    query.get('resourceVersionMatch') === 'Exact' || (limit > 0 && !query.has('resourceVersionMatch'));
  if (revision === undefined) {
    return page(store.list(resource, namespace), store.revision, namespace, limit, selector);
  }
  if (revision > store.revision) {
    throw limit > 0 ? futureRevision() : versionTooLarge(revision, store.revision);
  }
  if (!exact) {
    const objects = store.list(resource, namespace).filter(selector.matches);
    return { objects, meta: { revision: store.revision, continue: '', remainingItemCount: undefined } };
  }
  const objects = store.listAt(resource, namespace, revision);
  if (objects === undefined) throw listExpired();
  return page(objects, revision, namespace, limit, selector);
}

type Selector = ReturnType<typeof parseSelectors>;

function nextPage(
  store: MemoryStore,
  resource: ResourceType,
  namespace: string,
  text: string,
  limit: number,
  selector: Selector,
): ListResult {
  const token = readContinueToken(text);
  const inconsistent = token.revision < 0;
  const revision = inconsistent ? store.revision : token.revision;
  if (revision > store.revision) throw futureRevision();
  const objects = store.listAt(resource, namespace, revision);
  if (objects === undefined) {
    throw continueExpired(writeContinueToken({ revision: -1, start: token.start }));
  }
  const from = objects.findIndex((object) => relativeKey(object, namespace) >= token.start);
  return page(from < 0 ? [] : objects.slice(from), revision, namespace, limit, selector);
}

/** One page: reads on until `limit` objects match. */
function page(
  objects: readonly KubeObject[],
  revision: number,
  namespace: string,
  limit: number,
  selector: Selector,
): ListResult {
  const whole = { revision, continue: '', remainingItemCount: undefined };
  if (limit === 0) {
    return { objects: selector.everything ? objects : objects.filter(selector.matches), meta: whole };
  }
  const chosen: KubeObject[] = [];
  let last: KubeObject | undefined;
  let read = 0;
  for (const object of objects) {
    if (chosen.length === limit) break;
    read += 1;
    last = object;
    if (selector.matches(object)) chosen.push(object);
  }
  const remaining = objects.length - read;
  if (remaining === 0 || last === undefined) return { objects: chosen, meta: whole };
  const start = `${relativeKey(last, namespace)}\0`;
  return {
    objects: chosen,
    meta: {
      revision,
      continue: writeContinueToken({ revision, start }),
      remainingItemCount: selector.everything ? remaining : undefined,
    },
  };
}

/** The key below the prefix that is listed: a list of one namespace leaves the namespace out. */
function relativeKey(object: KubeObject, namespace: string): string {
  return namespace === '' ? objectKey(object) : object.metadata.name;
}

/** The second half before the first: a list from the cache promises no order. */
function unordered(objects: readonly KubeObject[]): readonly KubeObject[] {
  const middle = objects.length >>> 1;
  return [...objects.slice(middle), ...objects.slice(0, middle)];
}

function parseLimit(query: URLSearchParams): number {
  const text = query.get('limit') ?? '';
  if (text === '') return 0;
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 0) throw badRequest(`invalid limit: ${JSON.stringify(text)}`);
  return limit;
}

/** A resourceVersion of a query: undefined when empty. Throws a 400 ApiError when it is no number. */
export function parseVersion(text: string): number | undefined {
  if (text === '') return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version: ${JSON.stringify(text)}`);
  return Number(text);
}

/** Source: kubernetes/apimachinery `pkg/apis/meta/internalversion/validation/validation.go`. */
function validateListVersion(query: URLSearchParams): void {
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const continues = (query.get('continue') ?? '') !== '';
  if (query.has('sendInitialEvents')) {
    throw forbiddenOption('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  }
  if (continues && version !== '' && version !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  if (match === '') return;
  const option = 'resourceVersionMatch';
  if (version === '')
    throw forbiddenOption(option, `${option} is forbidden unless resourceVersion is provided`);
  if (continues) throw forbiddenOption(option, `${option} is forbidden when continue is provided`);
  if (match === 'Exact' && version === '0') {
    throw forbiddenOption(option, `${option} "Exact" is forbidden for resourceVersion "0"`);
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    const message = `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan"`;
    throw invalidOption('FieldValueNotSupported', option, message);
  }
}

/** 422 for an option that must not be given here. */
export function forbiddenOption(field: string, why: string): ApiError {
  return invalidOption('FieldValueForbidden', field, `Forbidden: ${why}`);
}

function invalidOption(reason: string, field: string, message: string): ApiError {
  return new ApiError({
    code: 422,
    reason: 'Invalid',
    message: `ListOptions.meta.k8s.io "" is invalid: ${field}: ${message}`,
    details: { group: 'meta.k8s.io', kind: 'ListOptions', causes: [{ reason, message, field }] },
  });
}

import { findResource } from '../resources.ts';
import type { ResourceType } from '../types.ts';

/** What a request is about, as authorization and audit see it. */
export interface RequestInfo {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; else the method in lower case. */
  readonly verb: string;
  /** Undefined for paths that are no resource: `/version`, `/api`. */
  readonly target: Target | undefined;
}

export interface Target {
  /** Undefined when the group is served but not this resource. */
  readonly resource: ResourceType | undefined;
  /** The version asked for, which may be an older one of a custom resource. */
  readonly version: string;
  readonly group: string;
  readonly plural: string;
  /** '' for cluster-scoped resources and for lists over all namespaces. */
  readonly namespace: string;
  /** '' for collections, except where a field selector names one object. */
  readonly name: string;
  /** True when the path itself names the object. */
  readonly single: boolean;
  readonly subresource: string;
}

/**
 * Reads a request line. Source of the rules: kubernetes/apiserver `pkg/endpoints/request/requestinfo.go`.
 * Throws URIError on a path with broken percent escapes.
 */
export function parseRequest(method: string, url: string): RequestInfo {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const target = parseTarget(path, query);
  return { method, url, path, query, verb: verbOf(method, query, target), target };
}

export function isWatch(query: URLSearchParams): boolean {
  return query.get('watch') === 'true' || query.get('watch') === '1';
}

function parseTarget(path: string, query: URLSearchParams): Target | undefined {
  const [root, ...parts] = path.split('/').slice(1).map(decodeURIComponent);
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : (parts.shift() ?? '');
  const [version = '', ...rest] = parts;
  if (version === '' || rest.length === 0) return undefined;
  const namespaced = rest[0] === 'namespaces' && rest.length > 2 && !isNamespaceSubresource(rest);
  const [namespace = '', plural = '', name = '', ...subresource] = namespaced ? rest.slice(1) : ['', ...rest];
  return {
    resource: findResource(group, version, plural),
    version,
    group,
    plural,
    namespace,
    name: name === '' ? nameInFieldSelector(query) : name,
    single: name !== '',
    subresource: subresource.join('/'),
  };
}

function isNamespaceSubresource(rest: readonly string[]): boolean {
  return rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize');
}

/** A list or watch of exactly one object counts as naming it, so that `resourceNames` of a role apply. */
function nameInFieldSelector(query: URLSearchParams): string {
  return /^metadata\.name==?([^,\\]+)$/.exec(query.get('fieldSelector') ?? '')?.[1] ?? '';
}

function verbOf(method: string, query: URLSearchParams, target: Target | undefined): string {
  if (target === undefined) return method.toLowerCase();
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return target.single ? 'delete' : 'deletecollection';
    case 'GET':
    case 'HEAD':
      if (isWatch(query)) return 'watch';
      return target.single ? 'get' : 'list';
    default:
      return method.toLowerCase();
  }
}

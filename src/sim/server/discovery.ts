import { createHash } from 'node:crypto';
import { jsonBytes } from '../encode/object-bytes.ts';
import { olderVersions, resourceTypes } from '../resources.ts';
import type { Json, JsonObject, ResourceType } from '../types.ts';
import type { Answer } from './answer.ts';
import { textAnswer, valueAnswer } from './render.ts';

const NOT_FOUND = '404 page not found\n';

/** The plain answer to paths that nothing is served under. */
export function pageNotFound(): Answer {
  return textAnswer(404, NOT_FOUND);
}

/** Whether any resource is served under this group ('' for core) and version. */
export function servesGroup(group: string, version: string): boolean {
  return groupVersions(group).includes(version);
}

/**
 * `/api`, `/apis`, `/api/v1`, `/apis/G`, `/apis/G/V`; undefined for any other path. The aggregated form is answered
 * to those who ask for it, the old one to the others.
 */
export function discoveryAnswer(path: string, accept: string, ifNoneMatch: string): Answer | undefined {
  const parts = path.replace(/\/$/, '').split('/').slice(1);
  const [root, group, version] = parts;
  if (parts.length === 1 && (root === 'api' || root === 'apis')) {
    const groups = root === 'api' ? [''] : groupNames();
    const form = aggregatedForm(accept);
    if (form !== undefined) return aggregated(groups, form, ifNoneMatch);
    return valueAnswer(200, root === 'api' ? apiVersions() : groupList(), 'json');
  }
  if (root === 'api' && parts.length === 2 && group === 'v1') return resourceList('', group);
  if (root !== 'apis' || group === undefined || !groupNames().includes(group)) return undefined;
  if (parts.length === 2)
    return valueAnswer(200, { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) }, 'json');
  if (parts.length !== 3 || version === undefined || !servesGroup(group, version)) return undefined;
  return resourceList(group, version);
}

function groupNames(): readonly string[] {
  return [...new Set(resourceTypes.map((type) => type.group))].filter((group) => group !== '').sort();
}

function servedVersions(type: ResourceType): readonly string[] {
  return [type.version, ...(olderVersions.get(type) ?? [])];
}

/** Preferred first. */
function groupVersions(group: string): readonly string[] {
  const ofGroup = resourceTypes.filter((type) => type.group === group);
  return [...new Set(ofGroup.flatMap(servedVersions))];
}

function resourcesOf(group: string, version: string): readonly ResourceType[] {
  return resourceTypes.filter((type) => type.group === group && servedVersions(type).includes(version));
}

function apiVersions(): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }],
  };
}

function groupList(): JsonObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames().map(groupEntry) };
}

function groupEntry(name: string): JsonObject {
  const versions = groupVersions(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
  const [preferredVersion = null] = versions;
  return { name, versions, preferredVersion };
}

function resourceList(group: string, version: string): Answer {
  const groupVersion = group === '' ? version : `${group}/${version}`;
  const resources = resourcesOf(group, version).flatMap((type) => [
    resourceEntry(type),
    ...subresources(type),
  ]);
  return valueAnswer(200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources }, 'json');
}

function resourceEntry(type: ResourceType): JsonObject {
  return {
    name: type.plural,
    singularName: type.singular,
    namespaced: type.namespaced,
    kind: type.kind,
    verbs: type.verbs,
    ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
    ...(type.categories.length === 0 ? {} : { categories: type.categories }),
  };
}

interface Subresource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

function subresource(type: ResourceType, name: string): Subresource {
  if (name === 'eviction') return { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] };
  const verbs = ['get', 'patch', 'update'];
  if (name === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs };
  return { group: type.group, version: type.version, kind: type.kind, verbs };
}

function subresources(type: ResourceType): readonly JsonObject[] {
  return type.subresources.map((name) => {
    const { group, version, kind, verbs } = subresource(type, name);
    const foreign = group === type.group ? {} : { group, version };
    return {
      name: `${type.plural}/${name}`,
      singularName: '',
      namespaced: type.namespaced,
      ...foreign,
      kind,
      verbs,
    };
  });
}

/** `v2` or `v2beta1` when the client asks for the aggregated form, whichever it names first. */
function aggregatedForm(accept: string): string | undefined {
  const clause = accept.split(',').find((text) => text.includes('as=APIGroupDiscoveryList'));
  return /v=(v2beta1|v2)\b/.exec(clause ?? '')?.[1];
}

/** Source: kubernetes/apiserver `pkg/endpoints/discovery/aggregated`. */
function aggregated(groups: readonly string[], form: string, ifNoneMatch: string): Answer {
  const body = jsonBytes({
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${form}`,
    metadata: {},
    items: groups.map(discoveryGroup),
  });
  const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`;
  const headers = { ETag: etag, Vary: 'Accept', 'Cache-Control': 'public' };
  return ifNoneMatch === etag
    ? { code: 304, contentType, headers, body: [] }
    : { code: 200, contentType, headers, body: [body] };
}

function discoveryGroup(name: string): Json {
  const versions = groupVersions(name).map((version) => ({
    version,
    resources: resourcesOf(name, version).map((type) => discoveryResource(type, version)),
    freshness: 'Current',
  }));
  return { metadata: name === '' ? {} : { name }, versions };
}

function discoveryResource(type: ResourceType, version: string): JsonObject {
  const subs = type.subresources.map((name) => {
    const { group, version: kindVersion, kind, verbs } = subresource(type, name);
    return { subresource: name, responseKind: { group, version: kindVersion, kind }, verbs };
  });
  return {
    resource: type.plural,
    responseKind: { group: type.group, version, kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: type.verbs,
    ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
    ...(type.categories.length === 0 ? {} : { categories: type.categories }),
    ...(subs.length === 0 ? {} : { subresources: subs }),
  };
}

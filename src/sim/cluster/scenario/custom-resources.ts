/**
 * The CustomResourceDefinitions that Linkerd, its extensions and the Gateway API bring, as far as an upgrade asks about
 * them: names, versions and marks, no schemas. The simulation serves its custom resources whether or not there is a
 * definition.
 */
import { createHash } from 'node:crypto';
import { annotation, DEFAULT_CONTROL_PLANE_NAMESPACE, label } from '../../../data/linkerd.ts';
import { stringAt } from '../../json.ts';
import { apiVersionOf, customResourceDefinitions } from '../../resources.ts';
import type { KubeObject } from '../../types.ts';
import { isAtLeast } from '../injector/behaviour.ts';
import type { StringMap } from '../objects.ts';
import type { Author, World } from './world.ts';

export interface CustomResource {
  /** `links.multicluster.linkerd.io`. */
  readonly name: string;
  readonly kind: string;
  /** Served versions, the stored one first. */
  readonly versions: readonly string[];
  readonly scope?: 'Cluster' | 'Namespaced';
}

/** Edge, or release where the number of the edge is older than this table. */
type Since = readonly [year: number, month: number, number: number];
const ALWAYS: Since = [0, 0, 0];

interface OwnResource extends CustomResource {
  readonly since: Since;
}

/** Source: linkerd2 `charts/linkerd-crds/templates` of each release. */
const own: readonly OwnResource[] = [
  { name: 'serviceprofiles.linkerd.io', kind: 'ServiceProfile', versions: ['v1alpha2'], since: ALWAYS },
  { name: 'servers.policy.linkerd.io', kind: 'Server', versions: ['v1beta1'], since: ALWAYS },
  {
    name: 'servers.policy.linkerd.io',
    kind: 'Server',
    versions: ['v1beta3', 'v1beta2', 'v1beta1'],
    since: [24, 10, 4],
  },
  {
    name: 'externalworkloads.workload.linkerd.io',
    kind: 'ExternalWorkload',
    versions: ['v1beta1', 'v1alpha1'],
    since: [24, 2, 4],
  },
  {
    name: 'egressnetworks.policy.linkerd.io',
    kind: 'EgressNetwork',
    versions: ['v1alpha1'],
    since: [24, 11, 1],
  },
  {
    name: 'httplocalratelimitpolicies.policy.linkerd.io',
    kind: 'HTTPLocalRateLimitPolicy',
    versions: ['v1alpha1'],
    since: [24, 11, 1],
  },
];

/** Linkerd brought the Gateway API along until this edge, and leaves it to others since. */
const GATEWAY_API_LEFT_SINCE: Since = [25, 3, 1];
const TRAFFIC_SPLITS: CustomResource = {
  name: 'trafficsplits.split.smi-spec.io',
  kind: 'TrafficSplit',
  versions: ['v1alpha2', 'v1alpha1'],
};

export interface Origin {
  readonly author: Author;
  readonly createdBy: string;
  /** Of the Helm release, where there is one. */
  readonly helm: StringMap;
}

/** Brings the definitions of a version of Linkerd; what an older one brought stays. */
export function applyLinkerdResources(world: World, version: string, origin: Origin): void {
  const marks = { [annotation.createdBy]: origin.createdBy, ...origin.helm };
  for (const resource of own.filter(({ since }) => isAtLeast(version, since))) {
    applyResource(world, resource, marks, origin.author);
  }
  // Linkerd 2.12 left them to linkerd-smi.
  if (isStableBefore(version, 12)) applyResource(world, TRAFFIC_SPLITS, marks, origin.author);
  if (isAtLeast(version, GATEWAY_API_LEFT_SINCE) || isStableBefore(version, 14)) return;
  // Whoever brought it himself has told Linkerd to leave it alone (`enableHttpRoutes: false`).
  if (isSomebodyElses(world, httpRoutes([]).name)) return;
  const bundle = { [BUNDLE_VERSION]: 'v0.7.1', ...marks };
  applyResource(world, httpRoutes(['v1beta1', 'v1alpha2']), bundle, origin.author);
  if (isAtLeast(version, [24, 5, 2])) {
    applyResource(world, grpcRoutes(['v1alpha2']), bundle, origin.author);
  }
}

function isSomebodyElses(world: World, name: string): boolean {
  const known = world.cluster.store.get(customResourceDefinitions, '', name);
  return known !== undefined && stringAt(known, 'metadata', 'annotations', annotation.createdBy) === '';
}

const BUNDLE_VERSION = 'gateway.networking.k8s.io/bundle-version';

function isStableBefore(version: string, minor: number): boolean {
  const [, own] = /^stable-2\.(\d+)\./.exec(version) ?? [];
  return own !== undefined && Number(own) < minor;
}

function httpRoutes(versions: readonly string[]): CustomResource {
  return { name: 'httproutes.gateway.networking.k8s.io', kind: 'HTTPRoute', versions };
}

function grpcRoutes(versions: readonly string[]): CustomResource {
  return { name: 'grpcroutes.gateway.networking.k8s.io', kind: 'GRPCRoute', versions };
}

/** Applies the standard bundle of the Gateway API as its project publishes it: `v1.2.1`. */
export function applyGatewayApi(world: World, bundle: string): void {
  const marks = { [BUNDLE_VERSION]: bundle, 'gateway.networking.k8s.io/channel': 'standard' };
  const takeOver = 'kubectl-client-side-apply';
  for (const resource of [httpRoutes(['v1', 'v1beta1']), grpcRoutes(['v1'])]) {
    const known = world.cluster.store.get(customResourceDefinitions, '', resource.name);
    if (known !== undefined) world.cluster.store.delete(customResourceDefinitions, '', resource.name);
    applyResource(world, resource, marks, takeOver);
  }
}

/** Creates a definition, or brings its versions and marks up to date. */
export function applyResource(
  world: World,
  resource: CustomResource,
  annotations: StringMap = {},
  author: Author = 'linkerd',
): void {
  const definition = definitionOf(resource, annotations);
  const { store } = world.cluster;
  const known = store.get(customResourceDefinitions, '', resource.name);
  if (known === undefined) {
    world.create(definition, author);
    return;
  }
  const { metadata } = known;
  store.update(customResourceDefinitions, {
    ...known,
    spec: definition.spec,
    metadata: { ...metadata, annotations: definition.metadata.annotations },
  });
}

function definitionOf(
  { name, kind, versions, scope = 'Namespaced' }: CustomResource,
  annotations: StringMap,
) {
  const dot = name.indexOf('.');
  const plural = name.slice(0, dot);
  const names = { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` };
  return {
    apiVersion: apiVersionOf(customResourceDefinitions),
    kind: customResourceDefinitions.kind,
    metadata: {
      name,
      uid: uidOf(name),
      annotations,
      ...(annotation.createdBy in annotations
        ? { labels: { [label.controlPlaneNamespace]: DEFAULT_CONTROL_PLANE_NAMESPACE } }
        : {}),
    },
    spec: {
      group: name.slice(dot + 1),
      names,
      scope,
      versions: versions.map((version, index) => ({ name: version, served: true, storage: index === 0 })),
      conversion: { strategy: 'None' },
    },
    status: { acceptedNames: names, conditions: [], storedVersions: versions.slice(0, 1) },
  } satisfies KubeObject;
}

/** Not by chance: whatever else a story's chance decides stays as it is. */
function uidOf(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return [8, 12, 16, 20, 32].map((end, part, ends) => hash.slice(ends[part - 1] ?? 0, end)).join('-');
}

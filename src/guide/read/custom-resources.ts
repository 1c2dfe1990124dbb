import { type JsonObject, mapAt, objectAt, objectsAt, textAt } from '../../kube/json/value.ts';
import type { Part } from '../../kube/part.ts';
import { GRPC_ROUTES, HTTP_ROUTES } from '../inventory/gateway-api.ts';
import type { Evidence } from '../inventory.ts';
import { listPart, type PartReader, readPart } from './part-reader.ts';

type Definitions = Evidence['customResources'];
type Definition = {
  readonly annotations: Readonly<Record<string, string>>;
  readonly served: readonly string[];
};

export const LINKS = 'links.multicluster.linkerd.io';
export const BUOYANT_CONTROL_PLANES = 'controlplanes.linkerd.buoyant.io';
export const BUOYANT_DATA_PLANES = 'dataplanes.linkerd.buoyant.io';

/** Custom resources of whose objects single notices speak. */
export const namedObjects = [
  'trafficsplits.split.smi-spec.io',
  'externalworkloads.workload.linkerd.io',
  'servers.policy.linkerd.io',
  'serviceprofiles.linkerd.io',
] as const;

/** Definitions that are looked at. Each is read by name: those of a whole cluster are many, and large. */
export const wantedDefinitions = [
  HTTP_ROUTES,
  GRPC_ROUTES,
  LINKS,
  BUOYANT_CONTROL_PLANES,
  BUOYANT_DATA_PLANES,
  'egressnetworks.policy.linkerd.io',
  'httplocalratelimitpolicies.policy.linkerd.io',
  ...namedObjects,
];

/** Those whose objects are listed. */
export const listedDefinitions = [LINKS, BUOYANT_CONTROL_PLANES, ...namedObjects] as const;

const API = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const keptDomains = /^(?:[\w.-]+\.)?(?:linkerd\.io|helm\.sh|gateway\.networking\.k8s\.io)\//;

/** The definitions that matter, each with its served versions; unreadable as soon as one of them is. */
export async function readDefinitions(reader: PartReader): Promise<Definitions> {
  const { client, signal } = reader;
  const parts = await Promise.all(
    wantedDefinitions.map(async (name) => {
      const operation = `read customresourcedefinition ${name}`;
      const found = await readPart(reader, () =>
        client.json({ method: 'GET', path: `${API}/${name}`, signal, operation }),
      );
      return { name, found };
    }),
  );
  const known = new Map<string, Definition>();
  for (const { name, found } of parts) {
    if (found.state === 'unreadable') return found;
    if (found.state === 'known') known.set(name, definitionOf(found.value));
  }
  return { state: 'known', value: known };
}

function definitionOf(definition: JsonObject): Definition {
  const versions = objectsAt(objectAt(definition, 'spec'), 'versions');
  return {
    annotations: mapAt(objectAt(definition, 'metadata'), 'annotations', (key) => keptDomains.test(key)),
    served: versions.filter(({ served }) => served === true).map((version) => textAt(version, 'name')),
  };
}

/** How objects of a custom resource are listed. */
export interface ObjectsRequest {
  /** `links.multicluster.linkerd.io`. */
  readonly name: string;
  readonly metadataOnly: boolean;
}

/**
 * The objects of a custom resource in whatever version is served. Where the definitions cannot be read the server's
 * discovery tells it, which everybody may see.
 */
export async function readObjects(
  reader: PartReader,
  definitions: Definitions,
  { name, metadataOnly }: ObjectsRequest,
): Promise<Part<readonly JsonObject[]>> {
  const dot = name.indexOf('.');
  const plural = name.slice(0, dot);
  const group = name.slice(dot + 1);
  const version = await servedVersion(reader, definitions, name, group);
  if (version.state !== 'known') return version;
  const path = `/apis/${group}/${encodeURIComponent(version.value)}/${plural}`;
  return listPart(reader, { path, metadataOnly, operation: `list ${plural}` });
}

function servedVersion(
  reader: PartReader,
  definitions: Definitions,
  name: string,
  group: string,
): Promise<Part<string>> | Part<string> {
  if (definitions.state === 'known') {
    const [version] = definitions.value.get(name)?.served ?? [];
    return version === undefined ? { state: 'absent' } : { state: 'known', value: version };
  }
  const { client, signal } = reader;
  return readPart(reader, async () => {
    const request = {
      method: 'GET',
      path: `/apis/${group}`,
      signal,
      operation: `look for ${group}`,
    } as const;
    return textAt(objectAt(await client.json(request), 'preferredVersion'), 'version');
  });
}

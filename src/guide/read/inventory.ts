/** Reads what the upgrade guide asks about, beside what the mesh's own reading has shown. Never Secrets. */
import { configMap } from '../../data/linkerd.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Part } from '../../kube/part.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import { configMaps, daemonSets } from '../../kube/resources.ts';
import type { LiveView } from '../../live/view.ts';
import type { MeshModel } from '../../mesh/model.ts';
import type { MeshView } from '../../mesh/view.ts';
import { assembleInventory } from '../inventory/assemble.ts';
import { isCniPlugin } from '../inventory/cni.ts';
import { meshedNamespaces } from '../inventory/evidence.ts';
import { linkOf } from '../inventory/links.ts';
import { nameOf } from '../inventory/networking.ts';
import { mapPart, type Readings } from '../inventory/readings.ts';
import type { Evidence, Inventory, Link, Names } from '../inventory.ts';
import {
  BUOYANT_CONTROL_PLANES,
  LINKS,
  namedObjects,
  readDefinitions,
  readObjects,
} from './custom-resources.ts';
import { type DeploymentsOf, readExtensions } from './extensions.ts';
import { createLanes } from './lanes.ts';
import { readNodes } from './nodes.ts';
import { listIn, type PartReader, readPart } from './part-reader.ts';

/** Requests of one inventory that are under way at a time. */
const LANES = 8;

export interface InventoryOptions {
  /** The `linkerd` on PATH, as `findLinkerd` finds it. */
  readonly cli: Part<string>;
  readonly signal?: AbortSignal;
}

/**
 * The inventory of a cluster whose mesh has been read: some thirty requests beside that. What is absent, and what may
 * not be read and what that costs, is part of the answer.
 * @throws KubeError when the server cannot be asked at all
 */
export async function readInventory(
  client: KubeClient,
  view: LiveView,
  model: MeshModel,
  { cli, signal }: InventoryOptions,
): Promise<Inventory> {
  const abort = new AbortController();
  const reader: PartReader = {
    client,
    lanes: createLanes(LANES),
    signal: signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]),
  };
  try {
    return assembleInventory(view, (key) => model.pods(key), { ...(await readAll(reader, view.mesh)), cli });
  } finally {
    // When one request has failed nobody waits for the rest any more.
    abort.abort();
  }
}

async function readAll(reader: PartReader, mesh: MeshView): Promise<Omit<Readings, 'cli'>> {
  const meshed = meshedNamespaces(mesh);
  const definitions = readDefinitions(reader);
  const extensions = readExtensions(reader, mesh);
  const [
    config,
    resources,
    { homes },
    links,
    operated,
    objects,
    nodes,
    services,
    networkPolicies,
    cronJobs,
    cni,
  ] = await Promise.all([
    readConfig(reader, mesh.controlPlane.namespace),
    definitions,
    extensions,
    readLinks(reader, definitions, extensions),
    readOperator(reader, definitions),
    readNamedObjects(reader, definitions),
    readNodes(reader),
    listIn(reader, { api: '/api/v1', plural: 'services' }, meshed),
    listIn(reader, { api: '/apis/networking.k8s.io/v1', plural: 'networkpolicies' }, meshed),
    listIn(reader, { api: '/apis/batch/v1', plural: 'cronjobs' }, meshed),
    readCni(reader, mesh),
  ]);
  return {
    config,
    definitions: resources,
    extensions: homes,
    links,
    operated,
    objects,
    ...nodes,
    services,
    networkPolicies,
    cronJobs,
    cni,
  };
}

/** The mesh's own reading keeps no more of it than decides about proxies. */
function readConfig(reader: PartReader, namespace: string): Promise<Readings['config']> {
  const { client, signal } = reader;
  return readPart(reader, () => client.get(configMaps, namespace, configMap.config, { signal }));
}

async function readLinks(
  reader: PartReader,
  definitions: Promise<Evidence['customResources']>,
  extensions: Promise<{ readonly deploymentsOf: DeploymentsOf }>,
): Promise<Part<readonly Link[]>> {
  const objects = await readObjects(reader, await definitions, { name: LINKS, metadataOnly: false });
  const { deploymentsOf } = await extensions;
  const namesIn = (namespace: string): ReadonlySet<string> | undefined => {
    const deployments = deploymentsOf(namespace);
    return deployments && new Set(deployments.map(({ name }) => name));
  };
  return mapPart(objects, (links) => links.map((link) => linkOf(link, namesIn)));
}

async function readOperator(
  reader: PartReader,
  definitions: Promise<Evidence['customResources']>,
): Promise<Part<Names>> {
  const request = { name: BUOYANT_CONTROL_PLANES, metadataOnly: true };
  return mapPart(await readObjects(reader, await definitions, request), (objects) => objects.map(nameOf));
}

async function readNamedObjects(
  reader: PartReader,
  definitions: Promise<Evidence['customResources']>,
): Promise<Evidence['objects']> {
  const known = await definitions;
  const parts = await Promise.all(
    namedObjects.map(async (name) => {
      const part = await readObjects(reader, known, { name, metadataOnly: true });
      return [name, mapPart(part, (objects) => objects.map(nameOf))] as const;
    }),
  );
  return new Map(parts.filter(([, part]) => part.state !== 'absent'));
}

/** The plugin's DaemonSet wherever the mesh's reading has seen it, else under its usual name. */
async function readCni(reader: PartReader, mesh: MeshView): Promise<Part<WorkloadRecord>> {
  for (const { name } of mesh.namespaces) {
    for (const workload of mesh.workloads(name)) {
      const record = workload.kind === 'DaemonSet' ? mesh.workloadRecord(workload) : undefined;
      if (record && isCniPlugin(record)) return { state: 'known', value: record };
    }
  }
  const { client, signal } = reader;
  return readPart(reader, () => client.get(daemonSets, 'linkerd-cni', 'linkerd-cni', { signal }));
}

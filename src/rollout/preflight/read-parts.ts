import type { KubeClient } from '../../kube/client.ts';
import { type JsonObject, objectAt, textAt } from '../../kube/json/value.ts';
import { listJson, type Part, part } from '../../kube/part.ts';
import { inParallel } from './in-parallel.ts';

/** Reads of one preflight that are under way at a time. */
export const LANES = 8;
/** From so many namespaces on one list of the whole cluster is cheaper than one of each. */
const MANY_NAMESPACES = 10;

/** What a preflight reads with. */
export interface PartReader {
  readonly client: KubeClient;
  readonly signal: AbortSignal;
}

/** Where a kind is listed: `/apis/autoscaling/v2` and `horizontalpodautoscalers`. */
export interface ListedKind<T> {
  readonly api: string;
  readonly plural: string;
  readonly custom?: boolean;
  readonly decode: (object: JsonObject) => T;
}

/** The objects of a cluster-scoped kind that a field selector chooses. */
export function listCluster<T>(
  reader: PartReader,
  { api, plural, decode, custom = false }: ListedKind<T>,
  fieldSelector: string,
): Promise<Part<readonly T[]>> {
  const request = { path: `${api}/${plural}`, query: { fieldSelector }, operation: `list ${plural}` };
  return part(async () => (await listJson(reader, request)).map(decode), { custom });
}

/** The objects of a namespaced kind in each of these namespaces. */
export async function listNamespaces<T>(
  reader: PartReader,
  kind: ListedKind<T>,
  namespaces: readonly string[],
): Promise<ReadonlyMap<string, Part<readonly T[]>>> {
  if (namespaces.length > MANY_NAMESPACES) {
    const everywhere = await listEverywhere(reader, kind);
    if (everywhere.state !== 'unreadable') {
      return new Map(namespaces.map((name) => [name, ofNamespace(everywhere, name)]));
    }
  }
  const { api, plural, custom = false } = kind;
  const parts = await inParallel(namespaces, LANES, (name) => {
    const path = `${api}/namespaces/${encodeURIComponent(name)}/${plural}`;
    const operation = `list ${plural} in namespace ${name}`;
    return part(async () => (await listJson(reader, { path, operation })).map(kind.decode), { custom });
  });
  return new Map(namespaces.map((name, index) => [name, parts[index] ?? { state: 'absent' }]));
}

function listEverywhere<T>(
  reader: PartReader,
  { api, plural, decode, custom = false }: ListedKind<T>,
): Promise<Part<ReadonlyMap<string, readonly T[]>>> {
  return part(
    async () => {
      const objects = await listJson(reader, { path: `${api}/${plural}`, operation: `list ${plural}` });
      const grouped = Map.groupBy(objects, (object) => textAt(objectAt(object, 'metadata'), 'namespace'));
      return new Map([...grouped].map(([name, own]) => [name, own.map(decode)]));
    },
    { custom },
  );
}

function ofNamespace<T>(
  everywhere: Exclude<Part<ReadonlyMap<string, readonly T[]>>, { state: 'unreadable' }>,
  name: string,
): Part<readonly T[]> {
  return everywhere.state === 'known'
    ? { state: 'known', value: everywhere.value.get(name) ?? [] }
    : everywhere;
}

/**
 * `/apis/GROUP/VERSION` of an API group as the server prefers it. Asked first, since a role that may not read objects
 * of a group is refused whether or not the group exists.
 */
export async function apiGroup({ client, signal }: PartReader, group: string): Promise<Part<string>> {
  return part(
    async () => {
      const path = `/apis/${group}`;
      const found = await client.json({ method: 'GET', path, signal, operation: `look for ${group}` });
      return `${path}/${encodeURIComponent(textAt(objectAt(found, 'preferredVersion'), 'version'))}`;
    },
    { custom: true },
  );
}

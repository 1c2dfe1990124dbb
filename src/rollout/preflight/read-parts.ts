import type { JsonRequest, KubeClient } from '../../kube/client.ts';
import { KubeError, type KubeErrorKind } from '../../kube/errors.ts';
import { type JsonObject, objectAt, objectsAt, rawAt, textAt } from '../../kube/json/value.ts';
import type { Part } from './facts.ts';
import { inParallel } from './in-parallel.ts';

/** Reads of one preflight that are under way at a time. */
export const LANES = 8;
/** From so many namespaces on one list of the whole cluster is cheaper than one of each. */
const MANY_NAMESPACES = 10;
const PAGE = '500';

/** What a preflight reads with. */
export interface PartReader {
  readonly client: KubeClient;
  readonly signal: AbortSignal;
}

/** Errors that do not speak of the object that was asked for, but of the whole server or of who asks. */
const general: ReadonlySet<KubeErrorKind> = new Set([
  'unauthorized',
  'too-many-requests',
  'credentials',
  'not-kubernetes',
  'aborted',
]);

/**
 * What `read` finds: a refusal is a fact and no error. With `custom`, for kinds that an extension serves, so is any
 * other failure that the server answers with: the extension may be broken while the server is well.
 * @throws KubeError when the server cannot be asked
 */
export async function part<T>(read: () => Promise<T>, { custom = false } = {}): Promise<Part<T>> {
  try {
    return { state: 'known', value: await read() };
  } catch (error) {
    if (!(error instanceof KubeError)) {
      throw error;
    }
    if (error.kind === 'not-found') {
      return { state: 'absent' };
    }
    const answered = error.status !== 0 && !general.has(error.kind);
    if (error.kind === 'forbidden' || (custom && answered)) {
      return { state: 'unreadable', why: error.detail || error.message };
    }
    throw error;
  }
}

/** All objects of a list, page by page. */
async function listJson(
  { client, signal }: PartReader,
  request: Pick<JsonRequest, 'path' | 'query' | 'operation'>,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let token = '';
  do {
    const page = await client.json({
      method: 'GET',
      signal,
      ...request,
      query: { ...request.query, limit: PAGE, ...(token === '' ? {} : { continue: token }) },
    });
    items.push(...objectsAt(page, 'items'));
    token = rawAt(objectAt(page, 'metadata'), 'continue');
  } while (token !== '');
  return items;
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

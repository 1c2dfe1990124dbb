import type { JsonRequest, KubeClient } from '../../kube/client.ts';
import { KubeError, type KubeErrorKind } from '../../kube/errors.ts';
import { type JsonObject, objectAt, objectsAt, rawAt, textAt } from '../../kube/json/value.ts';
import type { Found } from '../inventory/readings.ts';
import type { Part } from '../part.ts';
import type { Lanes } from './lanes.ts';

/** What an inventory is read with. */
export interface PartReader {
  readonly client: KubeClient;
  readonly lanes: Lanes;
  readonly signal: AbortSignal;
}

const PAGE = 500;

/** Errors that do not speak of what was asked for, but of the whole server or of who asks. */
const general: ReadonlySet<KubeErrorKind> = new Set([
  'unauthorized',
  'too-many-requests',
  'credentials',
  'not-kubernetes',
  'aborted',
]);

/**
 * What `read` finds. That it is not there, or may not be read, is a fact; so is any other answer that speaks of this one
 * thing: whatever serves a custom resource may be broken while the server is well.
 * @throws KubeError when the server cannot be asked
 */
export async function readPart<T>({ lanes }: PartReader, read: () => Promise<T>): Promise<Part<T>> {
  try {
    return { state: 'known', value: await lanes(read) };
  } catch (error) {
    if (!(error instanceof KubeError) || error.status === 0 || general.has(error.kind)) throw error;
    if (error.kind === 'not-found') return { state: 'absent' };
    return { state: 'unreadable', why: error.detail || error.message };
  }
}

export interface ListRequest extends Pick<JsonRequest, 'path' | 'query' | 'metadataOnly' | 'operation'> {
  /** Only so many of the first objects; all when absent. */
  readonly first?: number;
}

/** The objects of a list as JSON, page by page. Clean what is shown of them. */
export function listPart(reader: PartReader, request: ListRequest): Promise<Part<readonly JsonObject[]>> {
  return readPart(reader, () => list(reader, request));
}

async function list(
  { client, signal }: PartReader,
  { first, query, ...request }: ListRequest,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let token = '';
  do {
    const page = await client.json({
      method: 'GET',
      signal,
      ...request,
      query: {
        ...query,
        limit: String(first ?? PAGE),
        ...(token === '' ? {} : { continue: token }),
      },
    });
    items.push(...objectsAt(page, 'items'));
    token = first === undefined ? rawAt(objectAt(page, 'metadata'), 'continue') : '';
  } while (token !== '');
  return items;
}

/** From so many namespaces on nobody is asked about each of them. */
const MANY_NAMESPACES = 50;

const NOTHING_REFUSED: Part<never> = { state: 'absent' };

/**
 * The objects of a namespaced kind in certain namespaces: by one list of the whole cluster, or where that is forbidden
 * by a list of each.
 * @param api `/api/v1`, `/apis/networking.k8s.io/v1`
 */
export async function listIn(
  reader: PartReader,
  { api, plural }: { readonly api: string; readonly plural: string },
  namespaces: readonly string[],
): Promise<Found> {
  if (namespaces.length === 0) return { objects: [], refused: NOTHING_REFUSED };
  const everywhere = await listPart(reader, { path: `${api}/${plural}`, operation: `list ${plural}` });
  if (everywhere.state !== 'unreadable') {
    const wanted = new Set(namespaces);
    const all = everywhere.state === 'known' ? everywhere.value : [];
    return { objects: all.filter((object) => wanted.has(namespaceOf(object))), refused: NOTHING_REFUSED };
  }
  if (namespaces.length > MANY_NAMESPACES) return { objects: [], refused: everywhere };
  const parts = await Promise.all(
    namespaces.map((name) =>
      listPart(reader, {
        path: `${api}/namespaces/${encodeURIComponent(name)}/${plural}`,
        operation: `list ${plural} in namespace ${name}`,
      }),
    ),
  );
  return {
    objects: parts.flatMap((part) => (part.state === 'known' ? part.value : [])),
    refused: parts.find((part) => part.state === 'unreadable') ?? NOTHING_REFUSED,
  };
}

function namespaceOf(object: JsonObject): string {
  return textAt(objectAt(object, 'metadata'), 'namespace');
}

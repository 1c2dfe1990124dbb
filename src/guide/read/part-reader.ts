import type { KubeClient } from '../../kube/client.ts';
import { type JsonObject, objectAt, textAt } from '../../kube/json/value.ts';
import { type ListRequest, listJson, type Part, part } from '../../kube/part.ts';
import type { Found } from '../inventory/readings.ts';
import type { Lanes } from './lanes.ts';

/** What an inventory is read with. */
export interface PartReader {
  readonly client: KubeClient;
  readonly lanes: Lanes;
  readonly signal: AbortSignal;
}

/**
 * What `read` finds, in its turn: any answer that speaks of this one thing is a fact (see {@link part}).
 * @throws KubeError when the server cannot be asked
 */
export function readPart<T>({ lanes }: PartReader, read: () => Promise<T>): Promise<Part<T>> {
  return part(() => lanes(read), { custom: true });
}

/** The objects of a list as JSON, page by page. Clean what is shown of them. */
export function listPart(reader: PartReader, request: ListRequest): Promise<Part<readonly JsonObject[]>> {
  return readPart(reader, () => listJson(reader, request));
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

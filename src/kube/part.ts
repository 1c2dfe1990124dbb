/** Reading things that may be missing or forbidden, each of which is a fact and no error. */

import type { JsonRequest, KubeClient } from './client.ts';
import { KubeError, type KubeErrorKind } from './errors.ts';
import { type JsonObject, objectAt, objectsAt, rawAt } from './json/value.ts';

/** Something that was asked for. `unreadable`: it may be there; `why` says what kept it from being read. */
export type Part<T> =
  | { readonly state: 'known'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable'; readonly why: string };

/** Errors that do not speak of what was asked for, but of the whole server or of who asks. */
const general: ReadonlySet<KubeErrorKind> = new Set([
  'unauthorized',
  'too-many-requests',
  'credentials',
  'not-kubernetes',
  'aborted',
]);

/**
 * What `read` finds. That it is not there, or may not be read, is a fact. With `custom`, for what an extension may
 * serve, so is any other answer that speaks of this one thing: the extension may be broken while the server is well.
 * @throws KubeError when the server cannot be asked
 */
export async function part<T>(read: () => Promise<T>, { custom = false } = {}): Promise<Part<T>> {
  try {
    return { state: 'known', value: await read() };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.kind === 'not-found') return { state: 'absent' };
    const answered = error.status !== 0 && !general.has(error.kind);
    if (error.kind === 'forbidden' || (custom && answered)) {
      return { state: 'unreadable', why: error.detail || error.message };
    }
    throw error;
  }
}

export interface ListRequest extends Pick<JsonRequest, 'path' | 'query' | 'metadataOnly' | 'operation'> {
  /** Only so many of the first objects; all when absent. */
  readonly first?: number;
}

const PAGE = 500;

/** The objects of a list as JSON, page by page. Clean what is shown of them. */
export async function listJson(
  { client, signal }: { readonly client: KubeClient; readonly signal: AbortSignal },
  { first, query, ...request }: ListRequest,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let token = '';
  do {
    const page = await client.json({
      method: 'GET',
      signal,
      ...request,
      query: { ...query, limit: String(first ?? PAGE), ...(token === '' ? {} : { continue: token }) },
    });
    items.push(...objectsAt(page, 'items'));
    token = first === undefined ? rawAt(objectAt(page, 'metadata'), 'continue') : '';
  } while (token !== '');
  return items;
}

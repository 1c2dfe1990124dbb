/** Lists: one streamed protobuf answer, or consistent pages; JSON where protobuf is not to be had. */

import { checkAnswer, decodingError, JSON_TYPE, PROTOBUF, parseObject, readBody } from './answer.ts';
import type { Clock } from './clock.ts';
import { DecodeError } from './decode-error.ts';
import { KubeError } from './errors.ts';
import { listMetaOf } from './json/status.ts';
import { isObject } from './json/value.ts';
import type { ListMeta } from './list-meta.ts';
import { Cursor } from './protobuf/cursor.ts';
import { ListDecoder } from './protobuf/list-decoder.ts';
import type { KubeRecord } from './records.ts';
import { type Resource, resourcePath } from './resources.ts';
import type { Answer } from './transport/exchange.ts';
import type { Transport } from './transport/transport.ts';

export interface Selection {
  /** '' or absent for all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions extends Selection {
  /**
   * `'0'` (the default): whatever the server has at hand, in one streamed answer. `''`: the newest, in
   * consistent pages. Another version: not older than it, in one answer.
   */
  readonly resourceVersion?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called if the list has to begin again: forget the records given so far. */
  readonly onRestart?: (() => void) | undefined;
}

export interface ListResult {
  /** Where a watch goes on. */
  readonly resourceVersion: string;
}

const PAGE = 500;
/** JSON is parsed a page at a time, and an object of JSON is larger. */
const JSON_PAGE = 250;

/** What a list needs of the client around it. */
export interface Reader {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly server: string;
  /** Sends a request when the server is ready for it, and learns from its answer. */
  send(request: Parameters<Transport['send']>[0]): Promise<Answer>;
  /** Kinds that this server, or a proxy before it, gives in JSON only. */
  readonly jsonOnly: Set<string>;
}

/** Reads a list; each record is given to `onRecord` as it arrives. Throws a {@link KubeError}. */
export async function list<R extends KubeRecord>(
  reader: Reader,
  resource: Resource<R>,
  options: ListOptions,
  onRecord: (record: R) => void,
): Promise<ListResult> {
  const { resourceVersion = '0' } = options;
  const decode = { protobuf: resource.createDecoder(), cursor: new Cursor() };
  const run = new ListRun(reader, resource, options, onRecord, decode);
  if (!reader.jsonOnly.has(resource.plural)) {
    const paged = resourceVersion === '';
    const result = paged ? await run.pages(PROTOBUF, PAGE) : await run.whole(resourceVersion);
    if (result !== 'json-only') return result;
    reader.jsonOnly.add(resource.plural);
    options.onRestart?.();
  }
  // In pages, whatever version was asked for: a version makes the server answer all at once, and a very
  // large JSON answer cannot be parsed. Pages are read at the newest version, which satisfies any.
  const result = await run.pages(JSON_TYPE, JSON_PAGE);
  if (result === 'json-only')
    throw new KubeError(
      'not-acceptable',
      `could not ${operationOf(resource, options)}: the server gives neither protobuf nor JSON`,
    );
  return result;
}

/** Words for messages: `list pods in namespace books`. */
export function operationOf(resource: Resource, { namespace = '' }: Selection, verb = 'list'): string {
  return `${verb} ${resource.plural}${namespace === '' ? '' : ` in namespace ${namespace}`}`;
}

class ListRun<R extends KubeRecord> {
  readonly #reader: Reader;
  readonly #resource: Resource<R>;
  readonly #options: ListOptions;
  readonly #onRecord: (record: R) => void;
  readonly #decode: { readonly protobuf: (cursor: Cursor) => R; readonly cursor: Cursor };
  readonly #operation: string;

  constructor(
    reader: Reader,
    resource: Resource<R>,
    options: ListOptions,
    onRecord: (record: R) => void,
    decode: { readonly protobuf: (cursor: Cursor) => R; readonly cursor: Cursor },
  ) {
    this.#reader = reader;
    this.#resource = resource;
    this.#options = options;
    this.#onRecord = onRecord;
    this.#decode = decode;
    this.#operation = operationOf(resource, options);
  }

  /** All in one answer, from the server's cache. */
  async whole(resourceVersion: string): Promise<ListResult | 'json-only'> {
    const meta = await this.#request(PROTOBUF, { resourceVersion });
    if (meta === 'json-only') return meta;
    // A server that pages although nobody asked goes on being read.
    return meta.continueToken === '' ? finished(meta, this.#operation) : this.#continue(PROTOBUF, PAGE, meta);
  }

  async pages(mediaType: string, limit: number): Promise<ListResult | 'json-only'> {
    const meta = await this.#request(mediaType, { limit: String(limit) });
    return meta === 'json-only' ? meta : this.#continue(mediaType, limit, meta);
  }

  async #continue(mediaType: string, limit: number, first: ListMeta): Promise<ListResult | 'json-only'> {
    let meta = first;
    while (meta.continueToken !== '') {
      let next: ListMeta | 'json-only';
      try {
        next = await this.#request(mediaType, { limit: String(limit), continue: meta.continueToken });
      } catch (error) {
        if (!(error instanceof KubeError) || error.kind !== 'expired') throw error;
        return this.#afresh(mediaType);
      }
      if (next === 'json-only') return next;
      meta = next;
    }
    return finished(meta, this.#operation);
  }

  /**
   * The continue token expired. The server offers to go on inconsistently, but then pages of two versions
   * would be mixed; like client-go's pager, the list is read again in one answer.
   */
  async #afresh(mediaType: string): Promise<ListResult | 'json-only'> {
    this.#options.onRestart?.();
    const meta = await this.#request(mediaType, {});
    return meta === 'json-only' ? meta : finished(meta, this.#operation);
  }

  async #request(
    mediaType: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<ListMeta | 'json-only'> {
    const { namespace, labelSelector = '', fieldSelector = '', signal } = this.#options;
    const query = new URLSearchParams(parameters);
    if (labelSelector !== '') query.set('labelSelector', labelSelector);
    if (fieldSelector !== '') query.set('fieldSelector', fieldSelector);
    const { send, server, clock } = this.#reader;
    const answer = await send({
      method: 'GET',
      path: withQuery(resourcePath(this.#resource, namespace), query),
      accept: acceptFor(this.#resource, mediaType, 'List'),
      signal,
      operation: this.#operation,
    });
    if (answer.status === 406 && mediaType === PROTOBUF) {
      await answer.discard();
      return 'json-only';
    }
    await checkAnswer(answer, this.#operation, server, clock.now());
    try {
      if (answer.mediaType === PROTOBUF) return await this.#readProtobuf(answer);
      if (mediaType === PROTOBUF) {
        // Leaving the loop closes the connection: a JSON list of everything may be too large to parse.
        for await (const _ of answer.chunks()) break;
        return 'json-only';
      }
      return await this.#readJson(answer);
    } catch (error) {
      throw decodingError(error, this.#operation);
    }
  }

  async #readProtobuf(answer: Answer): Promise<ListMeta> {
    const decoder = new ListDecoder(kindOf(this.#resource, 'List'), this.#decode.cursor, (cursor) =>
      this.#onRecord(this.#decode.protobuf(cursor)),
    );
    for await (const chunk of answer.chunks()) decoder.push(chunk);
    return decoder.finish();
  }

  async #readJson(answer: Answer): Promise<ListMeta> {
    const body = await readBody(answer, this.#operation);
    const value = parseObject(body.toString('utf8'));
    const { kind, items } = value;
    if (kind !== `${this.#resource.kind}List` && kind !== kindOf(this.#resource, 'List')) {
      throw new DecodeError(`expected a ${this.#resource.kind}List`);
    }
    if (!Array.isArray(items) && items !== null && items !== undefined)
      throw new DecodeError('list without items');
    for (const item of items ?? []) {
      if (!isObject(item)) throw new DecodeError('list item that is no object');
      this.#onRecord(this.#resource.fromJson(item));
    }
    return listMetaOf(value);
  }
}

function finished(meta: ListMeta, operation: string): ListResult {
  if (meta.resourceVersion === '') {
    throw new KubeError('malformed', `could not ${operation}: the list has no resourceVersion`);
  }
  return { resourceVersion: meta.resourceVersion };
}

export function withQuery(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Kind in the envelope of a protobuf answer for this resource. */
export function kindOf(resource: Resource, suffix: 'List' | ''): string {
  return `${resource.metadataOnly ? 'PartialObjectMetadata' : resource.kind}${suffix}`;
}

/** Accept header: JSON is a second choice that every server has. */
export function acceptFor(resource: Resource, mediaType: string, suffix: 'List' | ''): string {
  const as = resource.metadataOnly ? `;as=PartialObjectMetadata${suffix};g=meta.k8s.io;v=v1` : '';
  const choices = mediaType === PROTOBUF ? [`${PROTOBUF}${as}`] : [];
  choices.push(`${JSON_TYPE}${as}`);
  if (as !== '') choices.push(JSON_TYPE);
  return choices.join(',');
}

/** One watch: the events of one answer, in either encoding. */

import { checkAnswer, decodingError, JSON_TYPE, PROTOBUF, parseObject } from './answer.ts';
import { DecodeError } from './decode-error.ts';
import { type KubeError, statusError } from './errors.ts';
import { LineSplitter } from './json/lines.ts';
import { statusOf } from './json/status.ts';
import { isObject, objectAt, textAt } from './json/value.ts';
import { acceptFor, kindOf, operationOf, type Reader, type Selection, withQuery } from './list.ts';
import { Cursor } from './protobuf/cursor.ts';
import { FrameSplitter, readWatchFrame } from './protobuf/frames.ts';
import { Meta, NO_SINK } from './protobuf/meta.ts';
import { decodeStatus } from './protobuf/status.ts';
import type { KubeRecord } from './records.ts';
import { type Resource, resourcePath } from './resources.ts';
import { NO_DETAILS, type Status } from './status.ts';
import type { Answer } from './transport/exchange.ts';

export interface WatchOptions extends Selection {
  /** Events after this version. */
  readonly resourceVersion: string;
  /** After which the server ends the watch. */
  readonly timeoutSeconds: number;
  /** Called when the server has accepted the watch, long before its first event perhaps. */
  readonly onOpen?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type WatchEvent<R extends KubeRecord> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly record: R }
  /** Nothing changed up to this version. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  /** The server ends the watch with an error, `expired` among them. */
  | { readonly type: 'ERROR'; readonly error: KubeError };

/**
 * The events of one watch, until the server ends it. Bookmarks are asked for. An event that was cut at the
 * end is dropped: the next watch brings it again. Throws a {@link KubeError} when the watch cannot begin,
 * is cut (`network`), or brings what is no event (`malformed`).
 */
export async function* watch<R extends KubeRecord>(
  reader: Reader,
  resource: Resource<R>,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<R>, void, undefined> {
  const { namespace, labelSelector = '', fieldSelector = '', signal } = options;
  const operation = operationOf(resource, options, 'watch');
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: options.resourceVersion,
    timeoutSeconds: String(options.timeoutSeconds),
  });
  if (labelSelector !== '') query.set('labelSelector', labelSelector);
  if (fieldSelector !== '') query.set('fieldSelector', fieldSelector);
  const answer = await reader.send({
    method: 'GET',
    path: withQuery(resourcePath(resource, namespace), query),
    accept: acceptFor(resource, reader.jsonOnly.has(resource.plural) ? JSON_TYPE : PROTOBUF, ''),
    streaming: true,
    signal,
    operation,
  });
  await checkAnswer(answer, operation, reader.server, reader.clock.now());
  options.onOpen?.();
  yield* events(resource, answer, operation);
}

async function* events<R extends KubeRecord>(
  resource: Resource<R>,
  answer: Answer,
  operation: string,
): AsyncGenerator<WatchEvent<R>, void, undefined> {
  let ready: WatchEvent<R>[] = [];
  const take = (event: WatchEvent<R>) => ready.push(event);
  const splitter =
    answer.mediaType === PROTOBUF
      ? protobufSplitter(resource, operation, take)
      : new LineSplitter((line) => take(eventOfLine(resource, line, operation)));
  for await (const chunk of answer.chunks()) {
    let fault: unknown;
    try {
      splitter.push(chunk);
    } catch (error) {
      fault = decodingError(error, operation);
    }
    // What came whole before the fault is still true.
    const batch = ready;
    ready = [];
    yield* batch;
    if (fault !== undefined) throw fault;
  }
}

function protobufSplitter<R extends KubeRecord>(
  resource: Resource<R>,
  operation: string,
  take: (event: WatchEvent<R>) => void,
): FrameSplitter {
  const cursor = new Cursor();
  const decode = resource.createDecoder();
  return new FrameSplitter((bytes, start, end) => {
    const { type, envelope } = readWatchFrame(cursor, bytes, start, end);
    cursor.reset(bytes, envelope.start, envelope.end);
    if (type === 'ERROR') {
      take(errorEvent(envelope.kind === 'Status' ? decodeStatus(cursor) : undefined, operation));
      return;
    }
    const expected = kindOf(resource, '');
    if (envelope.kind !== expected) throw new DecodeError(`expected a ${expected}, got "${envelope.kind}"`);
    take(type === 'BOOKMARK' ? bookmark(protobufVersion(cursor)) : objectEvent(type, decode(cursor)));
  });
}

/** resourceVersion of an object of which nothing else is wanted. */
function protobufVersion(cursor: Cursor): string {
  const meta = new Meta();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) meta.read(cursor, NO_SINK);
    else cursor.skip();
  }
  return meta.resourceVersion;
}

function eventOfLine<R extends KubeRecord>(
  resource: Resource<R>,
  line: string,
  operation: string,
): WatchEvent<R> {
  const { type, object } = parseObject(line);
  if (!isObject(object)) throw new DecodeError('watch event without an object');
  if (type === 'ERROR') return errorEvent(object.kind === 'Status' ? statusOf(object) : undefined, operation);
  if (object.kind !== resource.kind && object.kind !== kindOf(resource, '')) {
    throw new DecodeError(`expected a ${resource.kind}`);
  }
  if (type === 'BOOKMARK') return bookmark(textAt(objectAt(object, 'metadata'), 'resourceVersion'));
  return objectEvent(type, resource.fromJson(object));
}

function bookmark(resourceVersion: string): { type: 'BOOKMARK'; resourceVersion: string } {
  if (resourceVersion === '') throw new DecodeError('bookmark without a resourceVersion');
  return { type: 'BOOKMARK', resourceVersion };
}

function objectEvent<R extends KubeRecord>(type: unknown, record: R): WatchEvent<R> {
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED')
    throw new DecodeError('unknown type of watch event');
  if (record.resourceVersion === '' || record.uid === '') {
    throw new DecodeError(`${record.kind} without a uid or resourceVersion`);
  }
  return { type, record };
}

function errorEvent(status: Status | undefined, operation: string): { type: 'ERROR'; error: KubeError } {
  const said = status ?? {
    message: 'the server sent an error that is no Status',
    reason: '',
    code: 500,
    details: NO_DETAILS,
    continueToken: '',
  };
  return { type: 'ERROR', error: statusError(operation, said.code === 0 ? 500 : said.code, said, undefined) };
}

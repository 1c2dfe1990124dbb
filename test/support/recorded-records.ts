import { isObject, type JsonObject, objectsAt } from '../../src/kube/json/value.ts';
import { Cursor } from '../../src/kube/protobuf/cursor.ts';
import { readEnvelope } from '../../src/kube/protobuf/envelope.ts';
import { FrameSplitter, readWatchFrame } from '../../src/kube/protobuf/frames.ts';
import { ListDecoder } from '../../src/kube/protobuf/list-decoder.ts';
import type { KubeRecord } from '../../src/kube/records.ts';
import type { Resource } from '../../src/kube/resources.ts';
import { recordedBytes } from './wire.ts';

function parse(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new Error('recorded JSON is no object');
  return value;
}

/** Records of a recorded list, by its file's ending in protobuf or JSON. */
export function recordedList<R extends KubeRecord>(resource: Resource<R>, file: string): R[] {
  const body = recordedBytes(file);
  if (file.endsWith('.json')) {
    return objectsAt(parse(body.toString('utf8')), 'items').map((item) => resource.fromJson(item));
  }
  return decodeList(resource, [body]);
}

/** Records of a protobuf list that arrives in these chunks. */
export function decodeList<R extends KubeRecord>(resource: Resource<R>, chunks: readonly Buffer[]): R[] {
  const records: R[] = [];
  const decode = resource.createDecoder();
  const kind = resource.metadataOnly ? 'PartialObjectMetadataList' : `${resource.kind}List`;
  const decoder = new ListDecoder(kind, new Cursor(), (cursor) => records.push(decode(cursor)));
  for (const chunk of chunks) decoder.push(chunk);
  decoder.finish();
  return records;
}

/** Record of a single recorded object. */
export function recordedObject<R extends KubeRecord>(resource: Resource<R>, file: string): R {
  const body = recordedBytes(file);
  if (file.endsWith('.json')) return resource.fromJson(parse(body.toString('utf8')));
  const cursor = new Cursor();
  const { start, end } = readEnvelope(cursor, body, 0, body.length);
  cursor.reset(body, start, end);
  return resource.createDecoder()(cursor);
}

export interface DecodedEvent<R> {
  readonly type: string;
  readonly record: R;
}

/** Events of a recorded watch but bookmarks and errors, which hold no object. */
export function recordedWatch<R extends KubeRecord>(resource: Resource<R>, file: string): DecodedEvent<R>[] {
  return file.endsWith('.json') ? jsonEvents(resource, file) : protobufEvents(resource, file);
}

function isObjectEvent(type: unknown): type is string {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED';
}

function jsonEvents<R extends KubeRecord>(resource: Resource<R>, file: string): DecodedEvent<R>[] {
  const events: DecodedEvent<R>[] = [];
  for (const line of recordedBytes(file).toString('utf8').trimEnd().split('\n')) {
    const { type, object } = parse(line);
    if (isObjectEvent(type) && isObject(object)) events.push({ type, record: resource.fromJson(object) });
  }
  return events;
}

function protobufEvents<R extends KubeRecord>(resource: Resource<R>, file: string): DecodedEvent<R>[] {
  const events: DecodedEvent<R>[] = [];
  const cursor = new Cursor();
  const decode = resource.createDecoder();
  const splitter = new FrameSplitter((bytes, start, end) => {
    const { type, envelope } = readWatchFrame(cursor, bytes, start, end);
    if (!isObjectEvent(type)) return;
    cursor.reset(bytes, envelope.start, envelope.end);
    events.push({ type, record: decode(cursor) });
  });
  splitter.push(recordedBytes(file));
  return events;
}

import { encodeMessage } from '../encode/encode.ts';
import { envelopeAround, wrap } from '../encode/envelope.ts';
import {
  customObjectJson,
  itemJson,
  jsonBytes,
  metadataJson,
  metadataProtobuf,
  objectJson,
  objectProtobuf,
} from '../encode/object-bytes.ts';
import { columnDefinitions, type TableOptions, tableOfOne, tableRow } from '../encode/table.ts';
import { apiVersionOf } from '../resources.ts';
import type { JsonObject, KubeObject, ResourceType } from '../types.ts';
import type { Answer } from './answer.ts';
import { contentType, type Representation } from './negotiation.ts';

/** How objects of one request are written. */
export interface View {
  readonly resource: ResourceType;
  /** The version asked for; differs from the resource's for an older version of a custom resource. */
  readonly version: string;
  readonly representation: Representation;
  readonly table: TableOptions;
}

/** metadata of a list. */
export interface ListMeta {
  readonly revision: number;
  readonly continue: string;
  readonly remainingItemCount: number | undefined;
}

const META = 'meta.k8s.io/v1';
const LINE_END = Buffer.from('\n');

function versionOf({ resource, version }: View): string {
  return resource.group === '' ? version : `${resource.group}/${version}`;
}

/** One object as a body, without a line end: also what a watch event carries. */
export function objectBody(object: KubeObject, view: View, columns = true): Buffer {
  const { format, shape, tableVersion } = view.representation;
  if (shape === 'table') return tableOfOne(view.resource, object, { ...view.table, tableVersion, columns });
  if (format === 'json') {
    if (shape === 'metadata') return metadataJson(object);
    return view.resource.custom ? customObjectJson(object, versionOf(view)) : objectJson(object);
  }
  return shape === 'metadata'
    ? wrap({ apiVersion: META, kind: 'PartialObjectMetadata', raw: metadataProtobuf(object) })
    : wrap({ apiVersion: apiVersionOf(view.resource), kind: object.kind, raw: objectProtobuf(object) });
}

export function objectAnswer(code: number, object: KubeObject, view: View): Answer {
  const { format } = view.representation;
  const body = objectBody(object, view);
  return { code, contentType: contentType(format), body: format === 'json' ? [body, LINE_END] : [body] };
}

/** An object that is not stored: a Status, a Scale, a review. */
export function valueAnswer(
  code: number,
  value: Readonly<Record<string, unknown>>,
  format: 'json' | 'protobuf',
): Answer {
  return { code, contentType: contentType(format), body: [valueBody(value, format)] };
}

/** An object that is not stored as a body, with a line end in JSON. */
export function valueBody(value: Readonly<Record<string, unknown>>, format: 'json' | 'protobuf'): Buffer {
  if (format === 'json') return Buffer.concat([jsonBytes(value), LINE_END]);
  const kind = String(value.kind);
  return wrap({ apiVersion: String(value.apiVersion), kind, raw: encodeMessage(kind, value) });
}

export function textAnswer(code: number, text: string): Answer {
  return { code, contentType: 'text/plain; charset=utf-8', body: [Buffer.from(text)] };
}

export function listAnswer(objects: readonly KubeObject[], meta: ListMeta, view: View): Answer {
  const { format } = view.representation;
  const body = format === 'json' ? listJson(objects, meta, view) : listProtobuf(objects, meta, view);
  return { code: 200, contentType: contentType(format), body };
}

function metaFields(meta: ListMeta): JsonObject {
  return {
    resourceVersion: String(meta.revision),
    ...(meta.continue === '' ? {} : { continue: meta.continue }),
    ...(meta.remainingItemCount === undefined ? {} : { remainingItemCount: meta.remainingItemCount }),
  };
}

function* listJson(objects: readonly KubeObject[], meta: ListMeta, view: View): Generator<Uint8Array> {
  const { shape, tableVersion } = view.representation;
  if (shape === 'table') {
    yield listHead('Table', tableVersion, meta);
    yield Buffer.from(',"columnDefinitions":');
    yield columnDefinitions(view.resource);
    yield Buffer.from(',"rows":[');
    yield* joined(objects, (object) => tableRow(view.resource, object, view.table));
    yield Buffer.from(']}\n');
    return;
  }
  const listKind = `${view.resource.kind}List`;
  if (view.resource.custom && shape === 'object') {
    const apiVersion = versionOf(view);
    yield Buffer.from(`{"apiVersion":${JSON.stringify(apiVersion)},"items":[`);
    yield* joined(objects, (object) => customObjectJson(object, apiVersion));
    const { resourceVersion, ...rest } = metaFields(meta);
    const metadata = jsonBytes({ continue: '', ...rest, resourceVersion });
    yield Buffer.from(`],"kind":${JSON.stringify(listKind)},"metadata":${metadata}}\n`);
    return;
  }
  const metadataOnly = shape === 'metadata';
  yield metadataOnly
    ? listHead('PartialObjectMetadataList', META, meta)
    : listHead(listKind, versionOf(view), meta);
  yield Buffer.from(',"items":[');
  yield* joined(objects, metadataOnly ? metadataJson : itemJson);
  yield Buffer.from(']}\n');
}

function listHead(kind: string, apiVersion: string, meta: ListMeta): Buffer {
  const head = jsonBytes({ kind, apiVersion, metadata: metaFields(meta) });
  return head.subarray(0, -1);
}

const COMMA = Buffer.from(',');

function* joined(objects: readonly KubeObject[], write: (object: KubeObject) => Buffer): Generator<Buffer> {
  let first = true;
  for (const object of objects) {
    if (!first) yield COMMA;
    first = false;
    yield write(object);
  }
}

const METADATA_TAG = 0x0a;
const ITEMS_TAG = 0x12;

/** The envelope's length comes first, so all items are encoded before the first byte; they stay encoded. */
function* listProtobuf(objects: readonly KubeObject[], meta: ListMeta, view: View): Generator<Uint8Array> {
  const metadataOnly = view.representation.shape === 'metadata';
  const encode = metadataOnly ? metadataProtobuf : objectProtobuf;
  const metadata = encodeMessage('ListMeta', metaFields(meta));
  let length = framedLength(metadata.length);
  for (const object of objects) length += framedLength(encode(object).length);
  const [apiVersion, kind] = metadataOnly
    ? [META, 'PartialObjectMetadataList']
    : [apiVersionOf(view.resource), `${view.resource.kind}List`];
  const { head, tail } = envelopeAround(apiVersion, kind, length);
  yield head;
  yield frameHead(METADATA_TAG, metadata.length);
  yield metadata;
  for (const object of objects) {
    const bytes = encode(object);
    yield frameHead(ITEMS_TAG, bytes.length);
    yield bytes;
  }
  yield tail;
}

function framedLength(length: number): number {
  return 1 + varint(length).length + length;
}

function frameHead(tag: number, length: number): Uint8Array {
  return Uint8Array.from([tag, ...varint(length)]);
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

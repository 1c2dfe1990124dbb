import type { KubeObject } from '../types.ts';
import { encodeMessage } from './encode.ts';

/**
 * The bytes of an object in the forms that answers are put together from. Objects never change, so each form is
 * computed once and kept as long as the object itself.
 */
interface Forms {
  json?: Buffer;
  protobuf?: Uint8Array;
  metadataJson?: Buffer;
  metadataProtobuf?: Uint8Array;
}

const cache = new WeakMap<KubeObject, Forms>();

function formsOf(object: KubeObject): Forms {
  const known = cache.get(object);
  if (known !== undefined) return known;
  const forms: Forms = {};
  cache.set(object, forms);
  return forms;
}

/** JSON of the object without kind and apiVersion, as items of a typed list stand: `{"metadata":…}`. */
export function itemJson(object: KubeObject): Buffer {
  const forms = formsOf(object);
  if (forms.json === undefined) {
    const { kind: _kind, apiVersion: _apiVersion, ...fields } = object;
    forms.json = jsonBytes(fields);
  }
  return forms.json;
}

/** JSON of the whole object. */
export function objectJson(object: KubeObject): Buffer {
  return withType(object.kind, object.apiVersion, itemJson(object));
}

/** JSON of a custom resource under one of its versions; there keys stand in alphabetical order. */
export function customObjectJson(object: KubeObject, apiVersion: string): Buffer {
  return withHead({ apiVersion, kind: object.kind }, itemJson(object));
}

/** The object's protobuf message, without an envelope. */
export function objectProtobuf(object: KubeObject): Uint8Array {
  const forms = formsOf(object);
  forms.protobuf ??= encodeMessage(object.kind, object);
  return forms.protobuf;
}

/** JSON of the object as PartialObjectMetadata, kind and apiVersion included. */
export function metadataJson(object: KubeObject): Buffer {
  const forms = formsOf(object);
  forms.metadataJson ??= withType(
    'PartialObjectMetadata',
    'meta.k8s.io/v1',
    jsonBytes({ metadata: object.metadata }),
  );
  return forms.metadataJson;
}

/** The protobuf message PartialObjectMetadata of the object. */
export function metadataProtobuf(object: KubeObject): Uint8Array {
  const forms = formsOf(object);
  forms.metadataProtobuf ??= encodeMessage('PartialObjectMetadata', { metadata: object.metadata });
  return forms.metadataProtobuf;
}

const HTML_CHARACTERS = /[<>&\u2028\u2029]/g;

/** JSON as Go's encoder writes it: characters with a meaning in HTML are escaped. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value).replace(HTML_CHARACTERS, escapeCharacter));
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function withType(kind: string, apiVersion: string, body: Buffer): Buffer {
  return withHead({ kind, apiVersion }, body);
}

/** Puts fields before those of a JSON object. */
function withHead(head: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const text = JSON.stringify(head).slice(0, -1);
  return body.length === 2
    ? Buffer.from(`${text}}`)
    : Buffer.concat([Buffer.from(`${text},`), body.subarray(1)]);
}

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { isObject } from '../json.ts';
import { type Field, type FieldType, type Message, messageNamed } from './message.ts';

/**
 * Protobuf message to the JSON of a Kubernetes object; empty values are left out, as `omitempty` does. Fields that the
 * schema does not have are skipped. Throws on bytes that are no such message.
 */
export function decodeMessage(name: string, bytes: Uint8Array): Record<string, unknown> {
  const reader = new BinaryReader(bytes);
  return readMessage(reader, bytes.length, messageNamed(name));
}

function readMessage(reader: BinaryReader, length: number, message: Message): Record<string, unknown> {
  const end = reader.pos + length;
  const object: Record<string, unknown> = {};
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = message.fields.find((candidate) => candidate.number === number);
    if (field === undefined) reader.skip(wireType);
    else readField(reader, field, wireType, object);
  }
  return object;
}

function readField(
  reader: BinaryReader,
  field: Field,
  wireType: WireType,
  object: Record<string, unknown>,
): void {
  if (field.shape === 'map') {
    const [key, value] = readEntry(reader, field.type);
    const map = object[field.name];
    object[field.name] = { ...(isObject(map) ? map : {}), [key]: value };
    return;
  }
  const value = readValue(reader, field.type, wireType);
  if (field.shape === 'list') {
    const list = object[field.name];
    object[field.name] = [...(Array.isArray(list) ? list : []), value];
    return;
  }
  if (field.inline && isObject(value)) {
    Object.assign(object, value);
    return;
  }
  if (!(field.always && isEmpty(value))) object[field.name] = value;
}

function readEntry(reader: BinaryReader, type: FieldType): [string, unknown] {
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value: unknown = '';
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    if (number === 1) key = reader.string();
    else if (number === 2) value = readValue(reader, type, wireType);
    else reader.skip(wireType);
  }
  return [key, value];
}

function readValue(reader: BinaryReader, type: FieldType, wireType: WireType): unknown {
  if (type.kind === 'message') return readMessage(reader, reader.uint32(), messageNamed(type.message));
  if (type.kind === 'scalar') {
    if (wireType === WireType.Varint) {
      return type.scalar === 'bool' ? reader.bool() : Number(reader.int64());
    }
    return type.scalar === 'bytes' ? Buffer.from(reader.bytes()).toString('base64') : reader.string();
  }
  const numbers: Record<number, number> = {};
  const strings: Record<number, string> = {};
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    if (wire === WireType.Varint) numbers[number] = Number(reader.int64());
    else strings[number] = reader.string();
  }
  switch (type.special) {
    case 'Time':
      return numbers[1] === undefined ? null : rfc3339(numbers[1]);
    case 'MicroTime':
      return numbers[1] === undefined ? null : rfc3339(numbers[1], numbers[2] ?? 0);
    case 'Quantity':
      return strings[1] ?? '';
    case 'IntOrString':
      return numbers[1] === 1 ? (strings[3] ?? '') : (numbers[2] ?? 0);
    default:
      return strings[1] === undefined ? null : JSON.parse(strings[1]);
  }
}

function rfc3339(seconds: number, nanos?: number): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (nanos === undefined) return `${whole}Z`;
  return `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z`;
}

function isEmpty(value: unknown): boolean {
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false || value === null;
}

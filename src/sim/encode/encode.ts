import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { isObject } from '../json.ts';
import { type Field, type FieldType, type Message, messageNamed, type Special } from './message.ts';

/**
 * JSON of a Kubernetes object to its protobuf message, by the rules that a kube-apiserver follows: fields ascending,
 * map entries sorted by key, fields that are no pointers written even when empty.
 */

type Json = Record<string, unknown>;
/** Writes a value's content, without a tag. */
type ValueWriter = (writer: BinaryWriter, value: unknown) => void;
/** Writes the field of a JSON object, tag included, or nothing. */
type FieldWriter = (writer: BinaryWriter, object: Json) => void;

const EMPTY: Json = {};
const compiled = new Map<string, readonly FieldWriter[]>();
/** One buffer for all messages: it grows to the largest and is emptied by `finish`. */
const shared = new BinaryWriter();

/** The bytes of a message, without the envelope; fields that the schema does not have are left out. */
export function encodeMessage(name: string, value: unknown): Uint8Array {
  try {
    writeMessage(shared, fieldWriters(name), value);
  } catch (error) {
    shared.finish();
    throw new Error(`cannot write ${name} as protobuf: ${error instanceof Error ? error.message : error}`);
  }
  return shared.finish();
}

function writeMessage(writer: BinaryWriter, fields: readonly FieldWriter[], value: unknown): void {
  const object = isObject(value) ? value : EMPTY;
  for (const field of fields) field(writer, object);
}

function fieldWriters(name: string): readonly FieldWriter[] {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const writers = compile(messageNamed(name));
  compiled.set(name, writers);
  return writers;
}

function compile(message: Message): readonly FieldWriter[] {
  return message.fields.map((field) => {
    const tag = tagOf(field);
    const write = valueWriter(field.type);
    if (field.shape === 'list') return listWriter(field.name, tag, write);
    if (field.shape === 'map') return mapWriter(field.name, tag, field.type, write);
    return singleWriter(field, tag, write);
  });
}

function singleWriter(field: Field, tag: number, write: ValueWriter): FieldWriter {
  const { name, always, inline } = field;
  return (writer, object) => {
    const value = inline ? object : object[name];
    if (!always && (value === undefined || value === null)) return;
    writer.uint32(tag);
    write(writer, value);
  };
}

function listWriter(name: string, tag: number, write: ValueWriter): FieldWriter {
  return (writer, object) => {
    const list = object[name];
    if (!Array.isArray(list)) return;
    for (const value of list) {
      writer.uint32(tag);
      write(writer, value);
    }
  };
}

const ENTRY_KEY = (1 << 3) | WireType.LengthDelimited;

function mapWriter(name: string, tag: number, type: FieldType, write: ValueWriter): FieldWriter {
  const entryValue = (2 << 3) | wireType(type);
  return (writer, object) => {
    const map = object[name];
    if (!isObject(map)) return;
    for (const key of Object.keys(map).sort()) {
      writer.uint32(tag).fork().uint32(ENTRY_KEY).string(key).uint32(entryValue);
      write(writer, map[key]);
      writer.join();
    }
  };
}

function tagOf(field: Field): number {
  const type = field.shape === 'map' ? WireType.LengthDelimited : wireType(field.type);
  return (field.number << 3) | type;
}

function wireType(type: FieldType): WireType {
  const varint = type.kind === 'scalar' && (type.scalar.startsWith('int') || type.scalar === 'bool');
  return varint ? WireType.Varint : WireType.LengthDelimited;
}

function valueWriter(type: FieldType): ValueWriter {
  if (type.kind === 'special') return delimited(specials[type.special]);
  if (type.kind === 'scalar') return scalars[type.scalar];
  const { message } = type;
  return (writer, value) => {
    writer.fork();
    writeMessage(writer, fieldWriters(message), value);
    writer.join();
  };
}

function delimited(write: ValueWriter): ValueWriter {
  return (writer, value) => {
    writer.fork();
    write(writer, value);
    writer.join();
  };
}

const scalars = {
  string: (writer, value) => writer.string(text(value)),
  int32: (writer, value) => writer.int32(whole(value)),
  int64: (writer, value) => writer.int64(whole(value)),
  bool: (writer, value) => writer.bool(value === true),
  bytes: (writer, value) => writer.bytes(Buffer.from(text(value), 'base64')),
} satisfies Record<string, ValueWriter>;

const specials: Record<Special, ValueWriter> = {
  Time: (writer, value) => writeTime(writer, value, false),
  MicroTime: (writer, value) => writeTime(writer, value, true),
  Quantity: (writer, value) => {
    writer.uint32(ENTRY_KEY).string(text(value));
  },
  IntOrString: (writer, value) => {
    const isText = typeof value === 'string';
    writer.uint32(1 << 3).int64(isText ? 1 : 0);
    writer.uint32(2 << 3).int32(isText ? 0 : whole(value));
    writer.uint32((3 << 3) | WireType.LengthDelimited).string(isText ? value : '');
  },
  FieldsV1: writeJson,
  RawExtension: writeJson,
};

/** Seconds and nanoseconds; a zero time is an empty message. */
function writeTime(writer: BinaryWriter, value: unknown, micro: boolean): void {
  if (value === undefined || value === null) return;
  const time = text(value);
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw new Error(`"${time}" is no RFC 3339 time`);
  const fraction = micro ? (/\.(\d+)/.exec(time)?.[1] ?? '') : '';
  writer.uint32(1 << 3).int64(Math.floor(ms / 1000));
  writer.uint32(2 << 3).int32(Number(fraction.slice(0, 6).padEnd(6, '0')) * 1000);
}

function writeJson(writer: BinaryWriter, value: unknown): void {
  if (value === undefined || value === null) return;
  writer.uint32(ENTRY_KEY).string(JSON.stringify(value));
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new Error(`a string was expected, not ${typeof value}`);
}

function whole(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new Error(`a whole number was expected, not ${JSON.stringify(value)}`);
}

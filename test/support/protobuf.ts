import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Value of a field: text, number, message, or several of one field. */
export type Value = string | number | boolean | Buffer | Fields | readonly Value[];
/** Message by field number. */
export type Fields = { readonly [field: number]: Value };

/** Bytes of a message, written by a library that is not the code under test. */
export function message(fields: Fields): Buffer {
  const writer = new BinaryWriter();
  for (const [field, value] of Object.entries(fields)) write(writer, Number(field), value);
  return Buffer.from(writer.finish());
}

function write(writer: BinaryWriter, field: number, value: Value): void {
  if (Array.isArray(value)) {
    for (const item of value) write(writer, field, item);
  } else if (typeof value === 'string') {
    writer.tag(field, WireType.LengthDelimited).string(value);
  } else if (typeof value === 'number') {
    writer.tag(field, WireType.Varint).int64(value);
  } else if (typeof value === 'boolean') {
    writer.tag(field, WireType.Varint).bool(value);
  } else if (Buffer.isBuffer(value)) {
    writer.tag(field, WireType.LengthDelimited).bytes(value);
  } else {
    writer.tag(field, WireType.LengthDelimited).bytes(message(value as Fields));
  }
}

/** `k8s\0` and runtime.Unknown around an object's message. */
export function envelope(kind: string, raw: Buffer, apiVersion = 'v1'): Buffer {
  const unknown = message({ 1: { 1: apiVersion, 2: kind }, 2: raw, 3: '', 4: '' });
  return Buffer.concat([Buffer.from('k8s\0'), unknown]);
}

/** A watch frame: length and WatchEvent. */
export function frame(type: string, kind: string, raw: Buffer): Buffer {
  const event = message({ 1: type, 2: { 1: envelope(kind, raw) } });
  const length = Buffer.alloc(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}

/** ObjectMeta with what every decoder needs. */
export function meta(name: string, fields: Fields = {}): Fields {
  return { 1: name, 3: 'default', 5: `uid-${name}`, 6: '7', 8: { 1: 1_700_000_000 }, ...fields };
}

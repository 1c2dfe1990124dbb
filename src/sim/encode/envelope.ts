import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * What every protobuf body of Kubernetes begins with, `k8s` and NUL, and the runtime.Unknown behind it, which alone
 * names the kind. Source: kubernetes/apimachinery `pkg/runtime/serializer/protobuf/protobuf.go`.
 */
const MAGIC = Buffer.from('k8s\0', 'latin1');
const field = (number: number, type = WireType.LengthDelimited) => (number << 3) | type;

export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** The message of that kind. */
  readonly raw: Uint8Array;
}

/** The bytes before and after a message of `length` bytes, for those who write the message piece by piece. */
export function envelopeAround(
  apiVersion: string,
  kind: string,
  length: number,
): { head: Buffer; tail: Buffer } {
  const head = new BinaryWriter();
  head.raw(MAGIC).uint32(field(1)).fork();
  head.uint32(field(1)).string(apiVersion).uint32(field(2)).string(kind);
  head.join().uint32(field(2)).uint32(length);
  const tail = new BinaryWriter();
  tail.uint32(field(3)).string('').uint32(field(4)).string('');
  return { head: Buffer.from(head.finish()), tail: Buffer.from(tail.finish()) };
}

/** A whole body around one message. */
export function wrap({ apiVersion, kind, raw }: Envelope): Buffer {
  const { head, tail } = envelopeAround(apiVersion, kind, raw.length);
  return Buffer.concat([head, raw, tail]);
}

/** Opens a body; undefined when it does not begin with the magic bytes. Throws when it is cut. */
export function unwrap(body: Uint8Array): Envelope | undefined {
  if (!MAGIC.equals(body.subarray(0, MAGIC.length))) return undefined;
  const reader = new BinaryReader(body.subarray(MAGIC.length));
  let apiVersion = '';
  let kind = '';
  let raw: Uint8Array = new Uint8Array();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1) {
      const meta = new BinaryReader(reader.bytes());
      while (meta.pos < meta.len) {
        const [part, partType] = meta.tag();
        if (part === 1) apiVersion = meta.string();
        else if (part === 2) kind = meta.string();
        else meta.skip(partType);
      }
    } else if (number === 2) raw = reader.bytes();
    else reader.skip(type);
  }
  return { apiVersion, kind, raw };
}

/** One event of a watch in protobuf: its length in four bytes, then WatchEvent{type, object{raw}}. */
export function watchFrame(type: string, body: Uint8Array): Buffer {
  const event = new BinaryWriter();
  event.uint32(field(1)).string(type);
  event.uint32(field(2)).fork().uint32(field(1)).bytes(body).join();
  const bytes = event.finish();
  const frame = Buffer.allocUnsafe(4 + bytes.length);
  frame.writeUInt32BE(bytes.length, 0);
  frame.set(bytes, 4);
  return frame;
}

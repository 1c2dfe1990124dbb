import { crc32, inflateRawSync } from 'node:zlib';
import type { Entry } from './entry.ts';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const MADE_ON_UNIX = 3;
const ENCRYPTED = 1;

/**
 * Reads a zip file by its central directory, as krew's Go library does.
 * @throws Error for a structure that is not zip's, for an entry that goes by another name in its own header, for one that
 * is encrypted or packed by a method other than stored and deflated, and for a wrong sum
 */
export function readZip(zip: Uint8Array): readonly Entry[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = endRecord(view);
  const count = view.getUint16(end + 10, true);
  const entries: Entry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index++) {
    if (view.getUint32(at, true) !== CENTRAL) throw new Error(`zip: no entry of the directory at ${at}`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    );
    const name = new TextDecoder().decode(zip.subarray(at + 46, at + 46 + (nameLength ?? 0)));
    const attributes = view.getUint32(at + 38, true);
    const unixMode = view.getUint8(at + 5) === MADE_ON_UNIX ? attributes >>> 16 : 0;
    const format = unixMode & 0o170000;
    entries.push({
      name,
      type: name.endsWith('/') ? 'directory' : format === 0 || format === 0o100000 ? 'file' : 'other',
      typeName: format.toString(8),
      mode: unixMode === 0 ? undefined : unixMode & 0o7777,
      data: contentOf(zip, view, at, name),
    });
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return entries;
}

function endRecord(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0; at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new Error('zip: the end of the directory is missing');
}

function contentOf(zip: Uint8Array, view: DataView, central: number, name: string): Uint8Array {
  const local = view.getUint32(central + 42, true);
  if (view.getUint32(local, true) !== LOCAL) throw new Error(`zip: ${name} has no header of its own`);
  const ownName = zip.subarray(local + 30, local + 30 + view.getUint16(local + 26, true));
  if (new TextDecoder().decode(ownName) !== name)
    throw new Error(`zip: ${name} has another name in its own header`);
  if ((view.getUint16(central + 8, true) & ENCRYPTED) !== 0) throw new Error(`zip: ${name} is encrypted`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const packed = zip.subarray(start, start + view.getUint32(central + 20, true));
  const method = view.getUint16(central + 10, true);
  if (method !== 0 && method !== 8) throw new Error(`zip: ${name} is packed by the method ${method}`);
  const data = method === 0 ? packed : inflateRawSync(packed);
  if (crc32(data) !== view.getUint32(central + 16, true)) throw new Error(`zip: ${name} has a wrong sum`);
  return data;
}

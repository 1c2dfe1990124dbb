import { clean } from '../clean.ts';

/** Slots of a pool; a power of two. Namespaces, images, versions and label keys of a large cluster fit. */
const SLOTS = 8_192;
/** Longer strings seldom repeat. */
const MAX_LENGTH = 256;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Gives equal byte spans the same string, without making one just to look it up. Bounded: each hash has
 * one slot and the latest string wins it, so a pool never grows with the cluster.
 */
export class StringPool {
  readonly #slots: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);

  /** The cleaned text of `bytes` from `start` to `end`. */
  get(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length === 0) return '';
    if (length > MAX_LENGTH) return textOf(bytes, start, end);
    let hash = FNV_OFFSET;
    for (let index = start; index < end; index++) {
      const byte = bytes[index] ?? 0;
      // Only printable ASCII is pooled: there, bytes and character codes can be compared directly.
      if (byte < 0x20 || byte > 0x7e) return textOf(bytes, start, end);
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && equals(known, bytes, start, length)) return known;
    const text = bytes.toString('latin1', start, end);
    this.#slots[slot] = text;
    return text;
  }
}

function equals(text: string, bytes: Buffer, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}

/** Cleaned text of a span of bytes. Printable ASCII, nearly all there is, needs no second look. */
export function textOf(bytes: Buffer, start: number, end: number): string {
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return clean(bytes.toString('utf8', start, end));
  }
  return bytes.toString('latin1', start, end);
}

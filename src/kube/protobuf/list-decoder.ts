/**
 * Decodes a list while its body arrives: `k8s\0`, runtime.Unknown, and inside its `raw` the list message
 * {metadata=1, items=2 …}. Memory stays near one chunk and one item, however long the list is.
 */

import { DecodeError } from '../decode-error.ts';
import { type ListMeta, NO_LIST_META } from '../list-meta.ts';
import { ChunkFeed, type PieceReader } from './chunk-feed.ts';
import type { Cursor } from './cursor.ts';
import { MAGIC, readTypeMeta } from './envelope.ts';
import { readListMeta } from './list-meta.ts';

/** Objects are limited to about 1.5 MiB by etcd and 3 MiB by the API server; far beyond is no object. */
export const MAX_OBJECT_BYTES = 32 * 1024 * 1024;

type Level = 'magic' | 'envelope' | 'list';

/** Where a length-delimited field of the stream begins and ends. */
interface Span {
  readonly field: number;
  readonly start: number;
  readonly end: number;
}

export class ListDecoder implements PieceReader {
  needed: number = MAGIC.length;
  readonly #feed = new ChunkFeed(this);
  readonly #cursor: Cursor;
  readonly #kind: string;
  readonly #onItem: (cursor: Cursor) => void;
  #level: Level = 'magic';
  #rawLeft = 0;
  #sawKind = false;
  #sawRaw = false;
  #meta: ListMeta = NO_LIST_META;

  /**
   * `onItem` is called for each item with the cursor set on its message. `kind` is the list's kind, such as
   * `PodList`; another one throws a {@link DecodeError}, as malformed bytes do.
   */
  constructor(kind: string, cursor: Cursor, onItem: (cursor: Cursor) => void) {
    this.#kind = kind;
    this.#cursor = cursor;
    this.#onItem = onItem;
  }

  push(chunk: Buffer): void {
    this.#feed.push(chunk);
  }

  /** To be called at the end of the body. Throws when the list was cut. */
  finish(): ListMeta {
    this.#cursor.release();
    if (this.#feed.pending > 0 || this.#rawLeft > 0 || !this.#sawRaw)
      throw new DecodeError('list was cut short');
    return this.#meta;
  }

  consume(bytes: Buffer, start: number, end: number): number {
    let position = start;
    if (this.#level === 'magic') {
      if (end - position < MAGIC.length) return position;
      if (bytes.compare(MAGIC, 0, MAGIC.length, position, position + MAGIC.length) !== 0) {
        throw new DecodeError('not a Kubernetes protobuf answer: wrong magic');
      }
      position += MAGIC.length;
      this.#level = 'envelope';
    }
    for (;;) {
      const span = this.#nextField(bytes, position, end);
      if (span === undefined) return position;
      position =
        this.#level === 'list' ? this.#listField(bytes, position, span) : this.#envelopeField(bytes, span);
    }
  }

  /** Reads a whole field of the envelope, or only the header of `raw`, whose content follows piece by piece. */
  #envelopeField(bytes: Buffer, span: Span): number {
    if (span.field === 2) {
      if (!this.#sawKind) throw new DecodeError('list without a kind');
      if (this.#sawRaw) throw new DecodeError('two objects in one envelope');
      this.#sawRaw = true;
      this.#rawLeft = span.end - span.start;
      if (this.#rawLeft > 0) this.#level = 'list';
      return span.start;
    }
    if (span.field === 1) {
      const { kind } = readTypeMeta(this.#cursorOn(bytes, span));
      if (kind !== this.#kind) throw new DecodeError(`expected a ${this.#kind}, got "${kind}"`);
      this.#sawKind = true;
    }
    return span.end;
  }

  #listField(bytes: Buffer, position: number, span: Span): number {
    this.#rawLeft -= span.end - position;
    if (span.field === 1) {
      this.#meta = readListMeta(this.#cursorOn(bytes, span));
    } else if (span.field === 2) {
      this.#cursor.reset(bytes, span.start, span.end);
      this.#onItem(this.#cursor);
    }
    if (this.#rawLeft === 0) this.#level = 'envelope';
    return span.end;
  }

  /** The cursor as `enter` expects it: in front of the length of the field. */
  #cursorOn(bytes: Buffer, span: Span): Cursor {
    this.#cursor.resetOnField(bytes, span.start, span.end);
    return this.#cursor;
  }

  /**
   * Header of the next field, if it is here as a whole; of everything but the envelope's `raw` the content
   * must be here too. Otherwise sets `needed` and returns undefined. All fields at these two levels are
   * length-delimited.
   */
  #nextField(bytes: Buffer, position: number, end: number): Span | undefined {
    const limit = this.#level === 'list' ? Math.min(end, position + this.#rawLeft) : end;
    const tag = readVarint(bytes, position, limit);
    const length = tag && readVarint(bytes, tag.next, limit);
    if (tag === undefined || length === undefined) {
      if (this.#level === 'list' && limit - position === this.#rawLeft)
        throw new DecodeError('field was cut short');
      this.needed = end - position + 1;
      return undefined;
    }
    if (tag.value % 8 !== 2) throw new DecodeError(`wire type ${tag.value % 8} in a list`);
    const span = { field: Math.floor(tag.value / 8), start: length.next, end: length.next + length.value };
    if (this.#level === 'envelope' && span.field === 2) return span;
    if (length.value > MAX_OBJECT_BYTES) throw new DecodeError('object of more than 32 MiB');
    if (this.#level === 'list' && span.end - position > this.#rawLeft)
      throw new DecodeError('length beyond the end');
    if (span.end <= end) return span;
    this.needed = span.end - position;
    return undefined;
  }
}

/** A varint below 2^49, or undefined when it is not here as a whole. */
function readVarint(bytes: Buffer, start: number, end: number): { value: number; next: number } | undefined {
  let value = 0;
  let scale = 1;
  for (let index = 0; index < 7; index++) {
    if (start + index >= end) return undefined;
    const byte = bytes[start + index] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: start + index + 1 };
    scale *= 128;
  }
  throw new DecodeError('length of more than seven bytes');
}

/**
 * Splits a protobuf watch stream: each event is a 4-byte big-endian length and a meta/v1 WatchEvent
 * {type=1, object=2 {raw=1}} whose raw is an envelope again.
 */

import { DecodeError } from '../decode-error.ts';
import { ChunkFeed, type PieceReader } from './chunk-feed.ts';
import type { Cursor } from './cursor.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { MAX_OBJECT_BYTES } from './list-decoder.ts';

const HEADER_BYTES = 4;

export class FrameSplitter implements PieceReader {
  needed: number = HEADER_BYTES;
  readonly #feed = new ChunkFeed(this);
  readonly #onFrame: (bytes: Buffer, start: number, end: number) => void;

  /** `onFrame` gets where a WatchEvent lies; the bytes are only valid during the call. */
  constructor(onFrame: (bytes: Buffer, start: number, end: number) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.#feed.push(chunk);
  }

  consume(bytes: Buffer, start: number, end: number): number {
    let position = start;
    for (;;) {
      if (end - position < HEADER_BYTES) {
        this.needed = HEADER_BYTES;
        return position;
      }
      const length = bytes.readUInt32BE(position);
      if (length > MAX_OBJECT_BYTES) throw new DecodeError('watch event of more than 32 MiB');
      const frameEnd = position + HEADER_BYTES + length;
      if (frameEnd > end) {
        this.needed = frameEnd - position;
        return position;
      }
      this.#onFrame(bytes, position + HEADER_BYTES, frameEnd);
      position = frameEnd;
    }
  }
}

export interface WatchFrame {
  readonly type: string;
  readonly envelope: Envelope;
}

/** Reads the WatchEvent that fills `bytes` from `start` to `end`. */
export function readWatchFrame(cursor: Cursor, bytes: Buffer, start: number, end: number): WatchFrame {
  cursor.reset(bytes, start, end);
  let type = '';
  let raw: { start: number; end: number } | undefined;
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) type = cursor.pooled();
    else if (field === 2) raw = readRawExtension(cursor);
    else cursor.skip();
  }
  if (raw === undefined) throw new DecodeError('watch event without an object');
  return { type, envelope: readEnvelope(cursor, bytes, raw.start, raw.end) };
}

function readRawExtension(cursor: Cursor): { start: number; end: number } {
  let raw = { start: cursor.position, end: cursor.position };
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field !== 1) {
      cursor.skip();
      continue;
    }
    const inner = cursor.enter();
    raw = { start: cursor.position, end: cursor.end };
    cursor.leave(inner);
  }
  cursor.leave(outer);
  return raw;
}

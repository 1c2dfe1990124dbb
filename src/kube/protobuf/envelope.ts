/**
 * The envelope around every protobuf answer: the magic `k8s\0`, then runtime.Unknown with the kind and the
 * object's bytes (kubernetes/apimachinery `pkg/runtime/generated.proto`). The kind stands only here.
 */

import { DecodeError } from '../decode-error.ts';
import type { Cursor } from './cursor.ts';

/** `k8s\0` */
export const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** Where the object's message lies in the bytes that were given. */
  readonly start: number;
  readonly end: number;
}

/** Reads the envelope that fills `bytes` from `start` to `end`. */
export function readEnvelope(cursor: Cursor, bytes: Buffer, start: number, end: number): Envelope {
  if (
    end - start < MAGIC.length ||
    bytes.compare(MAGIC, 0, MAGIC.length, start, start + MAGIC.length) !== 0
  ) {
    throw new DecodeError('not a Kubernetes protobuf answer: wrong magic');
  }
  cursor.reset(bytes, start + MAGIC.length, end);
  let type = { apiVersion: '', kind: '' };
  let raw: { start: number; end: number } | undefined;
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) {
      type = readTypeMeta(cursor);
    } else if (field === 2) {
      const outer = cursor.enter();
      raw = { start: cursor.position, end: cursor.end };
      cursor.leave(outer);
    } else {
      cursor.skip();
    }
  }
  if (raw === undefined) throw new DecodeError('envelope without an object');
  return { ...type, ...raw };
}

/** TypeMeta that the cursor stands on. */
export function readTypeMeta(cursor: Cursor): { apiVersion: string; kind: string } {
  let apiVersion = '';
  let kind = '';
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) apiVersion = cursor.pooled();
    else if (field === 2) kind = cursor.pooled();
    else cursor.skip();
  }
  cursor.leave(outer);
  return { apiVersion, kind };
}

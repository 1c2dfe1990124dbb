import { badRequest } from '../api-error.ts';
import { isObject } from '../json.ts';

/** Where the next page of a list begins. Source: kubernetes/apiserver `pkg/storage/continue.go`. */
export interface ContinueToken {
  /** The list's revision; -1 goes on with whatever is newest. */
  readonly revision: number;
  /** The first key of the page: the last one of the page before, and a NUL. */
  readonly start: string;
}

const API_VERSION = 'meta.k8s.io/v1';

export function writeContinueToken({ revision, start }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: API_VERSION, rv: revision, start })).toString('base64url');
}

/** Reads a token that a client sends back. Throws a 400 ApiError worded as the API server words it. */
export function readContinueToken(text: string): ContinueToken {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) throw invalidToken('illegal base64 data');
  const bytes = Buffer.from(text, 'base64url');
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    const first = bytes[0] ?? 0;
    throw invalidToken(`invalid character ${quoteCharacter(first)} looking for beginning of value`);
  }
  if (!isObject(value) || value.v !== API_VERSION)
    throw invalidToken('server does not recognize this encoded version');
  const { rv, start } = value;
  if (typeof rv !== 'number' || rv === 0 || typeof start !== 'string' || start === '') {
    throw invalidToken('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  return { revision: rv, start };
}

function invalidToken(why: string) {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}

/** A byte as Go's JSON decoder quotes it. */
function quoteCharacter(byte: number): string {
  if (byte === 0x27) return String.raw`'\''`;
  const printable = byte >= 0x20 && byte < 0x7f;
  return printable ? `'${String.fromCharCode(byte)}'` : `'\\u${byte.toString(16).padStart(4, '0')}'`;
}

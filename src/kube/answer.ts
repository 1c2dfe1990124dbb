/** Reading whole answers: errors as Status in either encoding, and objects of either encoding. */

import { clean, cleanText } from './clean.ts';
import { DecodeError } from './decode-error.ts';
import { KubeError, statusError } from './errors.ts';
import { statusOf } from './json/status.ts';
import { isObject, type JsonObject } from './json/value.ts';
import { parseUrl } from './parse-url.ts';
import { Cursor } from './protobuf/cursor.ts';
import { readEnvelope } from './protobuf/envelope.ts';
import { decodeStatus } from './protobuf/status.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { NO_DETAILS, type Status } from './status.ts';
import type { Answer } from './transport/exchange.ts';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
export const JSON_TYPE = 'application/json';

const MAX_ERROR_BYTES = 1024 * 1024;
/** JSON pages are small; what is larger than this was not asked for. */
export const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** The whole body. Throws when it is longer than `limit`. */
export async function readBody(answer: Answer, operation: string, limit = MAX_BODY_BYTES): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.chunks()) {
    size += chunk.length;
    if (size > limit)
      throw new KubeError('malformed', `could not ${operation}: the answer is longer than ${limit} bytes`);
    parts.push(chunk);
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}

/** Throws the {@link KubeError} that the answer stands for, unless it is a success of a Kubernetes API. */
export async function checkAnswer(
  answer: Answer,
  operation: string,
  server: string,
  nowMs: number,
): Promise<void> {
  const { status, mediaType } = answer;
  const known = mediaType === JSON_TYPE || mediaType === PROTOBUF;
  if (status >= 200 && status < 300 && known) return;
  if (status < 400 || mediaType === 'text/html') {
    throw await notKubernetes(answer, operation, server, nowMs);
  }
  const body = await readBody(answer, operation, MAX_ERROR_BYTES);
  const wait = retryAfterSeconds(answer.header('retry-after'), answer.header('date'), nowMs);
  throw statusError(operation, status, errorStatus(body, mediaType, status), wait);
}

async function notKubernetes(
  answer: Answer,
  operation: string,
  server: string,
  nowMs: number,
): Promise<KubeError> {
  const { status, mediaType } = answer;
  const location = answer.header('location');
  const what =
    location === undefined
      ? `${status} with ${mediaType === '' ? 'no content type' : clean(mediaType)}`
      : `${status}, a redirect to ${cleanText(parseUrl(location)?.origin ?? 'another page', 200)}`;
  // Leaving the loop closes the connection: a page of unknown length is not worth reading.
  for await (const _ of answer.chunks()) break;
  return new KubeError(
    'not-kubernetes',
    `could not ${operation}: ${server} did not give a Kubernetes answer (${what}). Check the server in the kubeconfig; a login page or a proxy may stand in front of it.`,
    {
      status,
      retryAfterSeconds: retryAfterSeconds(answer.header('retry-after'), answer.header('date'), nowMs),
    },
  );
}

/** The Status of an error's body; its plain text where it is none, such as `404 page not found`. */
function errorStatus(body: Buffer, mediaType: string, httpStatus: number): Status {
  try {
    if (mediaType === PROTOBUF) {
      const cursor = new Cursor();
      const envelope = readEnvelope(cursor, body, 0, body.length);
      if (envelope.kind === 'Status') {
        cursor.reset(body, envelope.start, envelope.end);
        return decodeStatus(cursor);
      }
    } else if (mediaType === JSON_TYPE) {
      const value: unknown = JSON.parse(body.toString('utf8'));
      if (isObject(value)) return statusOf(value);
    }
  } catch {
    // The HTTP status says enough; a broken explanation is shown as text below, or not at all.
  }
  const text = mediaType === PROTOBUF ? '' : cleanText(body.toString('utf8').trim(), 300);
  return { message: text, reason: '', code: httpStatus, details: NO_DETAILS, continueToken: '' };
}

/** The JSON object in a body. Throws a {@link DecodeError}. */
export function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DecodeError('malformed JSON');
  }
  if (!isObject(value)) throw new DecodeError('JSON that is no object');
  return value;
}

/** The error of an answer that began well: decoding faults become `malformed`, others stay. */
export function decodingError(error: unknown, operation: string): unknown {
  if (!(error instanceof DecodeError)) return error;
  return new KubeError('malformed', `could not ${operation}: the answer is malformed (${error.message})`, {
    cause: error,
  });
}

import type { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import { badRequest, tooLarge, unsupportedMediaType } from '../api-error.ts';
import { decodeMessage } from '../encode/decode.ts';
import { unwrap } from '../encode/envelope.ts';
import { isObject } from '../json.ts';

const LIMIT = 3 * 1024 * 1024;

/** Reads a body of at most 3 MiB. Throws a 413 ApiError on more. */
export async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Read to the end even when it is too much: leaving the loop would cut the connection before the answer.
  for await (const chunk of req) {
    length += chunk.length;
    if (length <= LIMIT) chunks.push(chunk);
  }
  if (length > LIMIT) throw tooLarge(LIMIT);
  return Buffer.concat(chunks);
}

/** The media type of a Content-Type header, without parameters, in lower case. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The object in a body of JSON, YAML or protobuf, kind and apiVersion included. Throws 400 and 415 ApiErrors. */
export function decodeObject(body: Buffer, contentType: string | undefined): Record<string, unknown> {
  const value = decode(body, mediaType(contentType));
  if (!isObject(value)) throw badRequest('the body of the request is no object');
  return value;
}

function decode(body: Buffer, type: string): unknown {
  switch (type) {
    case '':
    case 'application/json':
      return parseJson(body);
    case 'application/yaml':
      return readable(() => parseYaml(body.toString('utf8')));
    case 'application/vnd.kubernetes.protobuf':
      return readable(() => decodeProtobuf(body));
    default:
      throw unsupportedMediaType(
        'the body of the request was in an unknown format - accepted media types include: ' +
          'application/json, application/yaml, application/vnd.kubernetes.protobuf',
      );
  }
}

/** JSON of a body. Throws a 400 ApiError worded as Go words it. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw badRequest(/end of JSON input/.test(message) ? 'unexpected end of JSON input' : message);
  }
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

function decodeProtobuf(body: Buffer): Record<string, unknown> {
  const envelope = unwrap(body);
  if (envelope === undefined)
    throw new Error('the body does not begin with the protobuf prefix of Kubernetes');
  const { kind, apiVersion, raw } = envelope;
  return { kind, apiVersion, ...decodeMessage(kind, raw) };
}

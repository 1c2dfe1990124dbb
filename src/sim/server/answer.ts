import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** What is sent back: a status and a body that is produced while it is sent. */
export interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Iterable<Uint8Array>;
}

/** Bodies up to this size carry their length, larger ones are chunked, as Go's server does. */
const MAX_UNCHUNKED = 2048;
/** Source: kubernetes/apiserver `pkg/endpoints/handlers/responsewriters/writers.go`. */
const MIN_GZIP = 128 * 1024;
const GZIP_LEVEL = 1;
const BATCH = 256 * 1024;

export interface SendOptions {
  readonly gzip: boolean;
  /** Cuts the connection after this many bytes of the body. */
  readonly truncateAfter?: number | undefined;
  readonly change?: ((chunk: Buffer) => Buffer) | undefined;
}

/** Sends an answer; resolves when it is written or the client is gone. */
export async function send(res: ServerResponse, answer: Answer, options: SendOptions): Promise<void> {
  res.setHeader('Content-Type', answer.contentType);
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value);
  res.statusCode = answer.code;
  const batches = batched(answer.body);
  const first = batches.next();
  const head = first.done ? Buffer.alloc(0) : first.value;
  if (options.truncateAfter !== undefined) {
    await truncate(res, concatenate(head, batches), options.truncateAfter);
    return;
  }
  if (head.length < MIN_GZIP && options.change === undefined) {
    if (head.length <= MAX_UNCHUNKED) res.setHeader('Content-Length', head.length);
    else res.write(head);
    res.end(head.length <= MAX_UNCHUNKED ? head : undefined);
    return;
  }
  await stream(res, concatenate(head, batches), options);
}

function* concatenate(head: Buffer, rest: Iterable<Buffer>): Generator<Buffer> {
  yield head;
  yield* rest;
}

async function stream(res: ServerResponse, batches: Generator<Buffer>, options: SendOptions): Promise<void> {
  const source = Readable.from(batches, { objectMode: false });
  const changed = options.change === undefined ? [] : [changing(options.change)];
  try {
    if (options.gzip) {
      res.setHeader('Content-Encoding', 'gzip');
      res.setHeader('Vary', 'Accept-Encoding');
      await pipeline([source, createGzip({ level: GZIP_LEVEL }), ...changed, res]);
    } else {
      await pipeline([source, ...changed, res]);
    }
  } catch (error) {
    if (!res.destroyed) throw error;
  }
}

function changing(change: (chunk: Buffer) => Buffer) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) yield change(chunk);
  };
}

async function truncate(res: ServerResponse, batches: Iterable<Buffer>, bytes: number): Promise<void> {
  const all = Buffer.concat([...batches]);
  await new Promise<void>((resolve) => {
    res.write(all.subarray(0, bytes), () => resolve());
    res.once('close', resolve);
  });
  res.socket?.destroy();
}

/** Joins small pieces to batches worth a write, without ever holding the whole body. */
function* batched(pieces: Iterable<Uint8Array>): Generator<Buffer> {
  let batch = Buffer.allocUnsafe(BATCH);
  let used = 0;
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + BATCH - used);
      batch.set(part, used);
      used += part.length;
      from += part.length;
      if (used < BATCH) continue;
      yield batch;
      batch = Buffer.allocUnsafe(BATCH);
      used = 0;
    }
  }
  if (used > 0) yield batch.subarray(0, used);
}

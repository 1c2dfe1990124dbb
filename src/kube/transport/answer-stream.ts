/** The body of an answer: decoded, watched for progress, and its faults told as errors of the request. */

import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Clock } from '../clock.ts';
import { type Answer, MIN_PROGRESS_BYTES, type RequestOptions, type Timeouts } from './exchange.ts';
import { abortedFault, Fault, faultToError } from './fault.ts';

export interface AnswerContext {
  readonly request: RequestOptions;
  readonly streaming: boolean;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly server: string;
  done(): void;
}

/** The answer that begins with `incoming`. */
export function answerOf(incoming: IncomingMessage, context: AnswerContext): Answer {
  const { request, server } = context;
  incoming.once('close', context.done);
  const stopStallWatch = context.streaming ? undefined : watchProgress(incoming, context);
  const stream = decoded(incoming);

  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    try {
      for await (const chunk of stream) yield chunk;
    } catch (error) {
      throw faultToError(request.signal?.aborted ? abortedFault() : error, request.operation, server);
    } finally {
      stopStallWatch?.();
      if (!incoming.complete) incoming.destroy();
    }
  }

  return {
    status: incoming.statusCode ?? 0,
    mediaType: (incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    header(name) {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    chunks,
    async discard() {
      for await (const _ of chunks()) {
        // Reading is all there is to do.
      }
    },
  };
}

const GUNZIP_CHUNK_BYTES = 256 * 1024;

function decoded(incoming: IncomingMessage): Readable {
  if (incoming.headers['content-encoding'] !== 'gzip') return incoming;
  // The error of either side ends the reading of the result; there is nothing to add to it here.
  return pipeline(incoming, createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES }), () => undefined);
}

/** Destroys a body that brings too little for too long. Returns the way to stop watching. */
function watchProgress(incoming: IncomingMessage, context: AnswerContext): () => void {
  const { clock, timeouts } = context;
  const socket = incoming.socket;
  let seen = socket.bytesRead;
  let cancel: () => void;
  const check = () => {
    const progress = socket.bytesRead - seen;
    // Bytes that nobody has taken yet mean that we are slow, not the server.
    if (progress < MIN_PROGRESS_BYTES && !incoming.complete && incoming.readableLength === 0) {
      incoming.destroy(
        new Fault('timeout', `the answer stalled for ${timeouts.idleMs / 1000} s`, 'ETIMEDOUT'),
      );
      return;
    }
    seen = socket.bytesRead;
    cancel = clock.after(timeouts.idleMs, check);
  };
  cancel = clock.after(timeouts.idleMs, check);
  incoming.once('close', () => cancel());
  return () => cancel();
}

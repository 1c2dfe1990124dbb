import type { ServerResponse } from 'node:http';
import type { ApiError } from '../api-error.ts';
import { watchFrame } from '../encode/envelope.ts';
import type { KubeObject } from '../types.ts';
import { objectBody, type View, valueBody } from './render.ts';

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** A client that does not read loses its watch, as it would at a real server. */
const MAX_PENDING_EVENTS = 100_000;

interface Pending {
  readonly type: EventType;
  readonly object: () => KubeObject;
}

/** The body of a watch. */
export interface EventStream {
  /** Queues an event; `object` is asked for when the event is written. */
  push(type: EventType, object: () => KubeObject): void;
  /** Queues objects as ADDED. */
  pushAll(objects: readonly KubeObject[]): void;
  /** Writes an ERROR event. */
  fail(error: ApiError): void;
  /** Ends the answer once everything queued is written. */
  end(): void;
  /** Writes the first half of a bookmark and cuts the connection. */
  cut(bookmark: KubeObject): void;
  /** Writes nothing any more, but keeps the connection. */
  silence(): void;
  inject(bytes: Uint8Array): void;
  /** The client is gone. */
  stop(): void;
}

/** Writes events in order and no faster than the client reads them. */
export function createEventStream(view: View, res: ServerResponse): EventStream {
  const { format, shape } = view.representation;
  let pending: Pending[] = [];
  let next = 0;
  let state: 'open' | 'ending' | 'silent' | 'stopped' = 'open';
  let columnsSent = false;

  function bytesOf(type: EventType, object: KubeObject): Buffer {
    const body = objectBody(object, view, !columnsSent);
    if (shape === 'table') columnsSent = true;
    return eventBytes(type, body, format);
  }

  function flush(): void {
    while (next < pending.length && (state === 'open' || state === 'ending')) {
      const event = pending[next];
      next += 1;
      if (event === undefined) break;
      if (!res.write(bytesOf(event.type, event.object()))) return;
    }
    if (next === pending.length) {
      pending = [];
      next = 0;
      if (state === 'ending') finish();
    }
  }

  function finish(): void {
    state = 'stopped';
    res.end();
  }

  function push(type: EventType, object: () => KubeObject): void {
    if (state !== 'open') return;
    if (pending.length - next > MAX_PENDING_EVENTS) {
      res.destroy();
      return;
    }
    pending.push({ type, object });
    if (pending.length - next === 1 && !res.writableNeedDrain) flush();
  }

  res.on('drain', flush);
  return {
    push,
    pushAll(objects) {
      pending = pending.concat(objects.map((object): Pending => ({ type: 'ADDED', object: () => object })));
      flush();
    },
    fail(error) {
      res.write(eventBytes('ERROR', valueBody(error.status(), format), format));
    },
    end() {
      if (state !== 'open') return;
      state = 'ending';
      if (!res.writableNeedDrain) flush();
    },
    cut(bookmark) {
      const whole = bytesOf('BOOKMARK', bookmark);
      state = 'stopped';
      res.write(whole.subarray(0, whole.length >>> 1), () => res.socket?.destroy());
    },
    silence() {
      state = 'silent';
    },
    inject(bytes) {
      res.write(bytes);
    },
    stop() {
      state = 'stopped';
      pending = [];
      next = 0;
    },
  };
}

function eventBytes(type: EventType, body: Buffer, format: 'json' | 'protobuf'): Buffer {
  if (format === 'protobuf') return watchFrame(type, body);
  const object = body.at(-1) === 0x0a ? body.subarray(0, -1) : body;
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), object, Buffer.from('}\n')]);
}

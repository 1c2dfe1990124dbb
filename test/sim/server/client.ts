import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ApiServer } from '../../../src/sim/server/api-server.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  json(): Record<string, unknown>;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it stands, anything else as JSON. */
  readonly body?: unknown;
  /** Default true: the administrator's token, unless `headers` have an authorization of their own. */
  readonly authenticated?: boolean;
}

/** A plain client, without any of the program's own transport. */
export function call(server: ApiServer, path: string, options: CallOptions = {}): Promise<Reply> {
  return open(server, path, options).then(async (res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of res) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    return {
      status: res.statusCode ?? 0,
      headers: res.headers,
      body,
      json: () => JSON.parse(body.toString()),
    };
  });
}

/** Resolves as soon as the headers are there. */
export function open(server: ApiServer, path: string, options: CallOptions = {}): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body, authenticated = true } = options;
  const bytes = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const token = authenticated ? { authorization: `Bearer ${server.token}` } : {};
  const type =
    bytes === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(bytes)) };
  const settings = { method, agent: false as const, headers: { ...token, ...type, ...headers } };
  const url = new URL(path, server.url);
  return new Promise((resolve, reject) => {
    const req =
      server.authority === undefined
        ? httpRequest(url, settings, resolve)
        : httpsRequest(url, { ...settings, ca: server.authority }, resolve);
    req.on('error', reject);
    req.end(bytes);
  });
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Record<string, unknown>;
}

/** A JSON watch, read line by line. */
export interface OpenWatch {
  readonly res: IncomingMessage;
  /** The events so far. */
  readonly events: readonly WatchEvent[];
  /** Text after the last line end. */
  rest(): string;
  /** Resolves once `holds` does; rejects when the stream ends before. */
  until(holds: (events: readonly WatchEvent[]) => boolean): Promise<readonly WatchEvent[]>;
  /** Resolves when the stream is over: `end` cleanly, `cut` otherwise. */
  readonly over: Promise<'end' | 'cut'>;
}

export async function watch(server: ApiServer, path: string, options: CallOptions = {}): Promise<OpenWatch> {
  const res = await open(server, path, options);
  const events: WatchEvent[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  res.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.map((line): WatchEvent => JSON.parse(line)));
    for (const check of waiting) check();
  });
  const over = new Promise<'end' | 'cut'>((resolve) => {
    res.on('end', () => resolve('end'));
    res.on('error', () => resolve('cut'));
    res.on('close', () => resolve('cut'));
  });
  return {
    res,
    events,
    rest: () => rest,
    over,
    until: (holds) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!holds(events)) return;
          waiting.delete(check);
          resolve(events);
        };
        waiting.add(check);
        over.then(() => reject(new Error(`the watch is over after ${events.length} events`)));
        check();
      }),
  };
}

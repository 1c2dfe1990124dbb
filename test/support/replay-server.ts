import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type Recording, recordedBytes, recordings } from './wire.ts';

const FOLDER = new URL('../fixtures/wire/', import.meta.url);

export interface ReplayServer {
  readonly url: string;
  /** Method and path of each request, with its headers, in order. */
  readonly requests: readonly {
    readonly line: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[];
}

/**
 * A server that answers what a kube-apiserver was once asked, byte for byte: by method, path, query (in any
 * order), Accept and impersonated user. Anything else is 404 text/plain, as for an unknown API group.
 */
export async function startReplayServer(t: TestContext): Promise<ReplayServer> {
  const requests: { line: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const accepted = (request.headers.accept ?? '*/*').split(',').map(normal);
  for (const accept of accepted) {
    const recording = recordings.find((candidate) => matches(candidate, request, accept));
    if (recording === undefined) continue;
    const { status, headers, file } = recording.response;
    // Framing is node's; the audit id was blanked with a character that no header may hold.
    const { 'transfer-encoding': _framing, 'audit-id': _blanked, ...kept } = headers;
    response.writeHead(status, kept);
    response.end(recordedBytes(file));
    return;
  }
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('404 page not found\n');
}

/** Media type with its parameters in order, without those that only a server's choice of stream depends on. */
function normal(mediaType: string): string {
  const [type = '', ...parameters] = mediaType.split(';').map((part) => part.trim());
  return [type, ...parameters.filter((parameter) => parameter !== 'stream=watch').sort()].join(';');
}

function matches(recording: Recording, request: IncomingMessage, accept: string): boolean {
  const { method, path, headers } = recording.request;
  return (
    method === request.method &&
    existsSync(new URL(recording.response.file, FOLDER)) &&
    sameQuery(path, request.url ?? '') &&
    normal(headers.accept ?? '') === accept &&
    (headers['accept-encoding'] ?? '') === (request.headers['accept-encoding'] ?? '') &&
    (headers['impersonate-user'] ?? '') === (request.headers['impersonate-user'] ?? '')
  );
}

/** Query parameters that do not choose the answer. */
const IGNORED = new Set(['timeoutSeconds', 'allowWatchBookmarks']);

function sameQuery(recorded: string, asked: string): boolean {
  const [a, b] = [new URL(recorded, 'http://x'), new URL(asked, 'http://x')];
  const pairs = (url: URL) =>
    [...url.searchParams]
      .filter(([name]) => !IGNORED.has(name))
      .map(([name, value]) => `${name}=${name === 'watch' ? 'true' : value}`)
      .sort()
      .join('&');
  return a.pathname === b.pathname && pairs(a) === pairs(b);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { envelope, frame, message, meta } from '../../support/protobuf.ts';
import { type ScriptedServer, sendStatus, startServer } from '../../support/scripted-server.ts';

interface Stored {
  readonly name: string;
  readonly uid: string;
  readonly version: number;
}

interface Logged {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored;
}

/** Answers a request itself, and then returns true. */
export type Intercept = (
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
) => boolean;

/** Namespaces behind a real HTTP server: list, watch, versions and compaction, and whatever fault a test wants. */
export interface MiniCluster {
  readonly server: ScriptedServer;
  /** Consulted first for each request. */
  intercept: Intercept;
  /** `name uid version` of each object. */
  readonly state: readonly string[];
  readonly version: number;
  put(name: string): void;
  remove(name: string): void;
  /** Forgets the history: older watches are expired. */
  compact(): void;
  /** Watches that are open. */
  readonly watches: readonly ServerResponse[];
  /** Sends a bookmark on each open watch. */
  bookmark(): void;
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

function bytesOf({ name, uid, version }: Stored): Buffer {
  return message({ 1: meta(name, { 3: '', 5: uid, 6: String(version) }), 3: { 1: 'Active' } });
}

export async function startMiniCluster(t: TestContext): Promise<MiniCluster> {
  const objects = new Map<string, Stored>();
  let log: Logged[] = [];
  let compacted = 0;
  let version = 100;
  let uids = 0;
  const watches = new Set<ServerResponse>();

  const open = () => [...watches].filter((watch) => !watch.writableEnded && !watch.destroyed);

  const record = (type: Logged['type'], object: Stored) => {
    log.push({ type, object });
    for (const watch of open()) watch.write(frame(type, 'Namespace', bytesOf(object)));
  };

  const listAll = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': PROTOBUF });
    const items = [...objects.values()].map(bytesOf);
    response.end(envelope('NamespaceList', message({ 1: { 2: String(version) }, 2: items })));
  };

  const watch = (response: ServerResponse, from: number) => {
    response.writeHead(200, { 'content-type': `${PROTOBUF};stream=watch` });
    response.flushHeaders();
    if (from < compacted) {
      response.end(
        frame(
          'ERROR',
          'Status',
          message({ 2: 'Failure', 3: 'too old resource version', 4: 'Expired', 6: 410 }),
        ),
      );
      return;
    }
    for (const { type, object } of log) {
      if (object.version > from) response.write(frame(type, 'Namespace', bytesOf(object)));
    }
    watches.add(response);
    response.on('close', () => watches.delete(response));
  };

  let cluster: MiniCluster | undefined;
  const server = await startServer(t, (request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams;
    response.on('error', () => undefined);
    if (cluster?.intercept(request, response, query) === true) return;
    const asked = Number(query.get('resourceVersion') ?? '0');
    if (asked > version)
      return sendStatus(
        response,
        504,
        'Timeout',
        `Too large resource version: ${asked}, current: ${version}`,
      );
    if (query.get('watch') === 'true') watch(response, asked);
    else listAll(response);
  });
  cluster = {
    server,
    intercept: () => false,
    get state() {
      return [...objects.values()].map(({ name, uid, version: at }) => `${name} ${uid} ${at}`).sort();
    },
    get version() {
      return version;
    },
    put(name: string) {
      version++;
      const known = objects.get(name);
      const object = { name, uid: known?.uid ?? `uid-${++uids}`, version };
      objects.set(name, object);
      record(known === undefined ? 'ADDED' : 'MODIFIED', object);
    },
    remove(name: string) {
      const known = objects.get(name);
      if (known === undefined) return;
      version++;
      objects.delete(name);
      record('DELETED', { ...known, version });
    },
    compact() {
      compacted = version;
      log = [];
    },
    get watches() {
      return open();
    },
    bookmark() {
      for (const response of open())
        response.write(frame('BOOKMARK', 'Namespace', message({ 1: { 6: String(version) } })));
    },
  };
  return cluster;
}

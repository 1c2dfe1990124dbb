/** HTTP to one API server: pooled connections, credentials, compression, timeouts and errors in words. */

import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Clock } from '../clock.ts';
import type { ConnectionConfig } from '../config/connection.ts';
import type { Environment } from '../config/load.ts';
import type { Credential, Credentials } from '../credentials/credentials.ts';
import { PoolAgent } from './agents.ts';
import { answerOf } from './answer-stream.ts';
import { type Answer, DEFAULT_TIMEOUTS, type RequestOptions, type Timeouts } from './exchange.ts';
import { abortedFault, codeOf, type Fault, faultToError } from './fault.ts';
import { impersonationHeaders } from './impersonation.ts';
import { holdToLimits } from './limits.ts';
import { isLoopback, proxyFor } from './proxy.ts';
import { secureContext } from './secure-context.ts';

export interface TransportOptions {
  readonly connection: ConnectionConfig;
  readonly credentials: Credentials;
  readonly userAgent: string;
  readonly env: Environment;
  readonly clock: Clock;
  readonly timeouts?: Partial<Timeouts>;
}

export interface Transport {
  /** The answer, whatever its status. Throws a {@link KubeError} when there is none. */
  send(request: RequestOptions): Promise<Answer>;
  /** Closes all connections. */
  close(): void;
}

/** Times that a read is sent again because an idle connection had just been closed by the server. */
const MAX_STALE_CONNECTIONS = 3;

export function createTransport(options: TransportOptions): Transport {
  const { connection, credentials, clock, env } = options;
  const timeouts: Timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const server = new URL(connection.server);
  const proxy = proxyFor(server, connection.proxyUrl, env);
  const askGzip = !connection.disableCompression && !isLoopback(server.hostname);
  const pool = createPool();

  return { send, close: () => pool.close() };

  async function send(request: RequestOptions): Promise<Answer> {
    const { signal, operation } = request;
    try {
      throwIfAborted(signal);
      const used = await race(credentials.current(), signal);
      const answer = await attempt(request, used);
      if (answer.status !== 401) return answer;
      const next = await race(credentials.afterUnauthorized(used), signal);
      if (next === undefined) return answer;
      await answer.discard();
      return await attempt(request, next);
    } catch (error) {
      const failed = faultToError(error, operation, connection.server);
      // Certificates may have been replaced on disk: the next request reads them again.
      if (failed.kind === 'tls') pool.close();
      throw failed;
    }
  }

  async function attempt(request: RequestOptions, credential: Credential): Promise<Answer> {
    for (let stale = 0; ; stale++) {
      const agent = await pool.agentFor(credential);
      try {
        return await exchange(request, credential, agent);
      } catch (error) {
        const mayRepeat = request.method === 'GET' && stale < MAX_STALE_CONNECTIONS;
        if (!(error instanceof StaleConnection)) throw error;
        if (!mayRepeat) throw error.error;
      }
    }
  }

  function exchange(request: RequestOptions, credential: Credential, agent: PoolAgent): Promise<Answer> {
    const { method, path, body, signal, streaming = false } = request;
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({
        agent,
        method,
        host: server.hostname.replace(/^\[|\]$/g, ''),
        port: server.port || (server.protocol === 'https:' ? 443 : 80),
        path: `${server.pathname.replace(/\/$/, '')}${path}`,
        headers: headersFor(request, credential),
        // Sets the Host header; the connections themselves are made by the agent.
        setHost: true,
        defaultPort: server.protocol === 'https:' ? 443 : 80,
      });
      const limits = { ...timeouts, totalMs: connection.requestTimeoutMs, streaming };
      const end = (fault: Fault) => {
        outgoing.destroy(fault);
        // A request that still waits for its connection would tell its error only when it has one.
        reject(fault);
      };
      const watchers = holdToLimits(end, signal, limits, clock);
      outgoing.on('error', (error: Error) => {
        watchers.stop();
        const wasStale = outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
        reject(wasStale ? new StaleConnection(error) : error);
      });
      outgoing.on('response', (incoming: IncomingMessage) => {
        watchers.answered();
        resolve(
          answerOf(incoming, {
            request,
            streaming,
            clock,
            timeouts,
            server: connection.server,
            done: () => watchers.stop(),
          }),
        );
      });
      outgoing.end(body?.text);
    });
  }

  function headersFor(request: RequestOptions, credential: Credential): OutgoingHttpHeaders {
    return {
      ...impersonationHeaders(connection.impersonation),
      ...(credential.authorization === '' ? {} : { Authorization: credential.authorization }),
      ...(askGzip && request.streaming !== true ? { 'Accept-Encoding': 'gzip' } : {}),
      ...(request.body === undefined
        ? {}
        : {
            'Content-Type': request.body.contentType,
            'Content-Length': Buffer.byteLength(request.body.text),
          }),
      Accept: request.accept,
      'User-Agent': options.userAgent,
    };
  }

  /** One agent for the identity in use; another identity closes the connections of the one before. */
  function createPool() {
    let held: { identity: Credential['certificate']; agent: Promise<PoolAgent> } | undefined;
    const drop = () => {
      held?.agent.then(
        (agent) => agent.destroy(),
        () => undefined,
      );
      held = undefined;
    };
    return {
      agentFor(credential: Credential): Promise<PoolAgent> {
        if (held !== undefined && held.identity !== credential.certificate) drop();
        if (held === undefined) {
          const agent = createAgent(credential.certificate);
          const entry = { identity: credential.certificate, agent };
          held = entry;
          agent.catch(() => {
            if (held === entry) held = undefined;
          });
        }
        return held.agent;
      },
      close: drop,
    };
  }

  async function createAgent(identity: Credential['certificate']): Promise<PoolAgent> {
    return new PoolAgent({
      server,
      proxy,
      clock,
      timeoutMs: timeouts.connectMs,
      tls:
        server.protocol === 'https:'
          ? {
              context: await secureContext(connection, identity),
              serverName: connection.tlsServerName,
              verify: !connection.insecureSkipTlsVerify,
            }
          : undefined,
    });
  }
}

/** An idle connection that the server had closed before it saw the request. */
class StaleConnection extends Error {
  readonly error: Error;
  constructor(error: Error) {
    super(error.message);
    this.error = error;
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedFault();
}

/** `promise`, unless `signal` is aborted first. */
function race<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedFault());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

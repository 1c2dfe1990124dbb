/** Opens a connection to an API server, directly or through a proxy's CONNECT. */

import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { clean } from '../clean.ts';
import type { Clock } from '../clock.ts';
import { codeOf, Fault, faultOf } from './fault.ts';
import { portOf } from './proxy.ts';

export interface DialOptions {
  readonly server: URL;
  readonly proxy: URL | undefined;
  /** Undefined for an `http://` server. */
  readonly tls:
    | { readonly context: SecureContext; readonly serverName: string; readonly verify: boolean }
    | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** An open connection, TLS included. Throws a {@link Fault}. */
export async function dial(options: DialOptions): Promise<Socket> {
  const { server, proxy, tls, timeoutMs, clock } = options;
  let socket: Socket | undefined;
  let timeout: Fault | undefined;
  const cancel = clock.after(timeoutMs, () => {
    const via = proxy === undefined ? server.origin : `${server.origin} through proxy ${proxy.origin}`;
    timeout = new Fault('timeout', `no connection to ${via} within ${timeoutMs / 1000} s`, 'ETIMEDOUT');
    socket?.destroy(timeout);
  });
  try {
    if (proxy === undefined) {
      socket =
        tls === undefined
          ? connectTcp(address(server))
          : connectTls({ ...address(server), ...secure(server, tls) });
      await opened(socket, tls === undefined ? 'connect' : 'secureConnect');
      return socket;
    }
    socket = await openProxy(proxy, (opening) => {
      socket = opening;
    });
    await tunnel(socket, proxy, server);
    if (tls === undefined) return socket;
    socket = connectTls({ host: hostOf(server), socket, ...secure(server, tls) });
    await opened(socket, 'secureConnect');
    return socket;
  } catch (error) {
    socket?.destroy();
    throw timeout ?? faultOf(error, server.origin);
  } finally {
    cancel();
  }
}

function address(url: URL): { host: string; port: number } {
  return { host: hostOf(url), port: Number(portOf(url)) };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function secure(server: URL, tls: NonNullable<DialOptions['tls']>) {
  const host = hostOf(server);
  // SNI carries names only; for an address node checks the certificate against `host`.
  const servername = tls.serverName || (isIP(host) === 0 ? host : '');
  return {
    secureContext: tls.context,
    servername,
    rejectUnauthorized: tls.verify,
    ALPNProtocols: ['http/1.1'],
  };
}

function opened(socket: Socket | TLSSocket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      socket.off(event, onOpen);
      socket.off('error', onError);
      socket.off('close', onClose);
      then();
    };
    const onOpen = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    const onClose = () =>
      settle(() => reject(Object.assign(new Error('closed while connecting'), { code: 'ECONNRESET' })));
    socket.on(event, onOpen);
    socket.on('error', onError);
    socket.on('close', onClose);
  });
}

async function openProxy(proxy: URL, onSocket: (socket: Socket) => void): Promise<Socket> {
  const isSecure = proxy.protocol === 'https:';
  if (!isSecure && proxy.protocol !== 'http:') {
    throw new Fault(
      'proxy',
      `proxy ${proxy.origin === 'null' ? `${proxy.protocol}//${proxy.host}` : proxy.origin} is neither an http nor an https proxy, and others are not supported`,
    );
  }
  const host = hostOf(proxy);
  const socket = isSecure
    ? connectTls({ ...address(proxy), servername: isIP(host) === 0 ? host : '' })
    : connectTcp(address(proxy));
  onSocket(socket);
  try {
    await opened(socket, isSecure ? 'secureConnect' : 'connect');
    return socket;
  } catch (error) {
    if (error instanceof Fault) throw error;
    const fault = faultOf(error, `proxy ${proxy.origin}`);
    throw new Fault('proxy', fault.message, codeOf(error));
  }
}

const MAX_HEAD_BYTES = 16 * 1024;
const HEAD_END = '\r\n\r\n';

/** Asks an HTTP proxy for a tunnel (RFC 9110, 9.3.6). */
function tunnel(socket: Socket, proxy: URL, server: URL): Promise<void> {
  const authority = `${server.hostname}:${portOf(server)}`;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization =
    login === ':' ? '' : `Proxy-Authorization: Basic ${Buffer.from(login).toString('base64')}\r\n`;
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const settle = (then: () => void) => {
      socket.off('data', onData);
      socket.off('error', onError);
      socket.off('close', onClose);
      then();
    };
    const fail = (text: string) => settle(() => reject(new Fault('proxy', `proxy ${proxy.origin} ${text}`)));
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(HEAD_END);
      if (end < 0) {
        if (head.length > MAX_HEAD_BYTES) fail('did not answer as an HTTP proxy does');
        return;
      }
      const [statusLine = ''] = head.toString('latin1', 0, end).split('\r\n');
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1];
      if (status === undefined) {
        fail('did not answer as an HTTP proxy does');
      } else if (status === '407') {
        fail('wants a user and password (407). Put them into the proxy URL.');
      } else if (!status.startsWith('2')) {
        fail(`refused a connection to ${authority}: ${clean(statusLine)}`);
      } else {
        // Nothing is lost by not listening: both TLS and HTTP servers wait for the client to speak.
        settle(resolve);
      }
    };
    const onError = (error: Error) =>
      settle(() =>
        reject(
          error instanceof Fault
            ? error
            : new Fault('proxy', `proxy ${proxy.origin} cut the connection`, codeOf(error)),
        ),
      );
    const onClose = () => fail('closed the connection');
    socket.on('data', onData);
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
  });
}

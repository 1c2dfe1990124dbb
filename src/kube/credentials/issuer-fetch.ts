/**
 * The `fetch` that openid-client uses: our own transport, with its proxies, limits and faults, and certificate
 * authorities that hold in every runtime (Bun's undici passes over a dispatcher). Redirects are not followed.
 */

import type { CustomFetch } from 'openid-client';
import { readBody } from '../answer.ts';
import type { Clock } from '../clock.ts';
import type { ConnectionConfig, Pem } from '../config/connection.ts';
import type { Environment } from '../config/load.ts';
import { KubeError } from '../errors.ts';
import type { Timeouts } from '../transport/exchange.ts';
import { createTransport } from '../transport/transport.ts';
import { fixed } from './fixed.ts';

export interface IssuerFetchOptions {
  /** Of the identity provider; undefined trusts whom the runtime trusts. */
  readonly certificateAuthority: Pem | undefined;
  /** `--request-timeout`, 0 for none. */
  readonly requestTimeoutMs: number;
  readonly userAgent: string;
  readonly env: Environment;
  readonly clock: Clock;
}

/** Half a minute in all until an answer begins. */
const TIMEOUTS: Timeouts = { connectMs: 10_000, headersMs: 20_000, idleMs: 20_000 };
/** An answer holds a few tokens, and the longest discovery documents have some kilobytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const OPERATION = 'ask the identity provider';

/** Sends each request on a connection of its own. Throws a {@link KubeError} where there is no answer. */
export function issuerFetch(options: IssuerFetchOptions): CustomFetch {
  return async (address, { method, headers: given, body }) => {
    const url = new URL(address);
    const headers = new Headers(given);
    const transport = createTransport({
      connection: connectionTo(url, options),
      credentials: fixed(headers.get('authorization') ?? ''),
      userAgent: options.userAgent,
      env: options.env,
      clock: options.clock,
      timeouts: TIMEOUTS,
    });
    try {
      const answer = await transport.send({
        method,
        path: `${url.pathname}${url.search}`,
        accept: 'application/json',
        body:
          body === undefined || body === null
            ? undefined
            : { contentType: headers.get('content-type') ?? '', text: String(body) },
        operation: OPERATION,
      });
      const text = (await readBody(answer, OPERATION, MAX_ANSWER_BYTES)).toString('utf8');
      const { status, mediaType } = answer;
      // What a Response cannot be made of.
      if (status < 200 || status > 599) throw new KubeError('malformed', `it answered ${status}`);
      const challenge = answer.header('www-authenticate');
      return new Response(text === '' ? null : text, {
        status,
        headers: {
          'content-type': mediaType,
          ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
        },
      });
    } finally {
      transport.close();
    }
  };
}

/** As to a cluster, but with none of its settings: its `proxy-url` and certificates are not for others. */
function connectionTo(url: URL, options: IssuerFetchOptions): ConnectionConfig {
  return {
    context: '',
    cluster: url.host,
    user: '',
    server: url.origin,
    namespace: '',
    tlsServerName: '',
    insecureSkipTlsVerify: false,
    certificateAuthority: options.certificateAuthority,
    clientCertificate: undefined,
    authentication: { type: 'none' },
    impersonation: undefined,
    proxyUrl: '',
    disableCompression: true,
    requestTimeoutMs: options.requestTimeoutMs,
    execConfig: undefined,
    warnings: [],
  };
}

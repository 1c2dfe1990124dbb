import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { createAuthority } from '../../src/sim/server/certificate.ts';
import { type ScriptedServer, sendJson, startServer } from './scripted-server.ts';

/** One request at the token endpoint. */
export interface TokenRequest {
  /** The Authorization header, '' without one. */
  readonly authorization: string;
  readonly userAgent: string;
  /** The form that was sent. */
  readonly form: Readonly<Record<string, string>>;
}

export interface OidcIssuer {
  readonly url: string;
  /** PEM of the authority that signed its certificate, which nobody else trusts. */
  readonly authority: string;
  readonly server: ScriptedServer;
  readonly tokenRequests: readonly TokenRequest[];
}

export interface IssuerOptions {
  readonly hosts?: readonly string[];
  /** Name that it is known by, of its address by default. */
  readonly name?: string;
  /** Replaces fields of the discovery document. */
  readonly discovery?: (url: string) => Readonly<Record<string, unknown>>;
  /** Answers discovery by itself. */
  readonly onDiscovery?: (response: ServerResponse) => void;
  /** Answers a request at the token endpoint. `url` is the issuer's. */
  readonly onToken: (request: TokenRequest, response: ServerResponse, url: string) => void;
}

/** An OpenID Connect issuer on loopback with https and an authority of its own. Ends with the test. */
export async function startIssuer(t: TestContext, options: IssuerOptions): Promise<OidcIssuer> {
  const authority = createAuthority('authority of an issuer', Date.now());
  const { certificate, key } = authority.issue({ hosts: options.hosts ?? ['127.0.0.1'] });
  const tokenRequests: TokenRequest[] = [];
  const server = await startServer(
    t,
    async (request, response) => {
      const url = options.name ?? server.url;
      if (request.url?.endsWith('/.well-known/openid-configuration') === true) {
        if (options.onDiscovery !== undefined) options.onDiscovery(response);
        else {
          sendJson(response, 200, {
            issuer: url,
            token_endpoint: `${url}/token`,
            authorization_endpoint: `${url}/authorize`,
            ...options.discovery?.(url),
          });
        }
        return;
      }
      const one = await tokenRequestOf(request);
      tokenRequests.push(one);
      options.onToken(one, response, url);
    },
    { tls: { cert: certificate, key } },
  );
  return {
    url: options.name ?? server.url,
    authority: authority.certificate,
    server,
    tokenRequests,
  };
}

/**
 * An issuer that takes each refresh token once, `refresh-0` first, and the tokens that it has given.
 * @param expiryOf when a token that is given now runs out, in ms
 */
export async function rotatingIssuer(
  t: TestContext,
  expiryOf: () => number,
): Promise<{ issuer: OidcIssuer; tokens: readonly string[] }> {
  const tokens: string[] = [];
  const issuer = await startIssuer(t, {
    onToken({ form }, response, iss) {
      if (form.refresh_token !== `refresh-${tokens.length}`) {
        sendJson(response, 400, { error: 'invalid_grant' });
        return;
      }
      const token = idToken({ iss, expiresAt: expiryOf(), n: tokens.length });
      tokens.push(token);
      sendTokens(response, { id_token: token, refresh_token: `refresh-${tokens.length}` });
    },
  });
  return { issuer, tokens };
}

async function tokenRequestOf(request: IncomingMessage): Promise<TokenRequest> {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(request, 'end');
  return {
    authorization: request.headers.authorization ?? '',
    userAgent: request.headers['user-agent'] ?? '',
    form: Object.fromEntries(new URLSearchParams(text)),
  };
}

/** What a token endpoint answers when it is content. */
export function sendTokens(response: ServerResponse, tokens: Readonly<Record<string, unknown>>): void {
  sendJson(response, 200, { access_token: 'opaque', token_type: 'Bearer', expires_in: 300, ...tokens });
}

export interface Claims {
  readonly iss?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly [claim: string]: unknown;
}

/** An id_token; nobody but an API server would look at its signature. */
export function idToken({ expiresAt, ...claims }: Claims): string {
  const exp = Math.floor(expiresAt / 1000);
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const all = { iss: 'nobody', sub: 'jane', aud: 'kubernetes', iat: exp - 300, exp, ...claims };
  return `${encode({ alg: 'RS256' })}.${encode(all)}.c2ln`;
}

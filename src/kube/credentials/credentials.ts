/** The credentials of one connection, kept fresh and shared by all its requests. */

import { readFile } from 'node:fs/promises';
import { clean } from '../clean.ts';
import type { Clock } from '../clock.ts';
import type { ConnectionConfig } from '../config/connection.ts';
import type { Environment } from '../config/load.ts';
import type { PluginPolicy } from '../config/plugin-policy.ts';
import { KubeError } from '../errors.ts';
import { createAuthProvider } from './auth-provider.ts';
import type { ExecCredential } from './exec-credential.ts';
import { runExecPlugin, type TakeTerminal } from './exec-plugin.ts';
import { fixed } from './fixed.ts';
import { ID_TOKEN_LEEWAY_MS } from './id-token.ts';
import { readPem } from './material.ts';

/** What a request has to carry. A later one is another object. */
export interface Credential {
  /** Value of the Authorization header, '' for none. */
  readonly authorization: string;
  /** PEM of a client certificate that a plugin gave. */
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
}

export interface Credentials {
  /** The credential to use now. Throws a {@link KubeError} of kind `credentials`. */
  current(): Promise<Credential>;
  /**
   * Another credential after the server refused `used` with 401, or undefined when there is none to be
   * had. However many requests ask, the plugin runs once, and a token is renewed once.
   */
  afterUnauthorized(used: Credential): Promise<Credential | undefined>;
}

export interface CredentialOptions {
  readonly clock: Clock;
  readonly env: Environment;
  readonly policy: PluginPolicy;
  /** For requests to an identity provider. */
  readonly userAgent: string;
  readonly takeTerminal?: TakeTerminal | undefined;
  readonly onPluginOutput?: ((text: string) => void) | undefined;
  readonly pluginTimeoutMs?: number;
}

export function createCredentials(connection: ConnectionConfig, options: CredentialOptions): Credentials {
  const { authentication, user } = connection;
  switch (authentication.type) {
    case 'none':
      return fixed('');
    case 'token':
      return fixed(`Bearer ${authentication.token}`);
    case 'basic': {
      const pair = `${authentication.username}:${authentication.password}`;
      return fixed(`Basic ${Buffer.from(pair).toString('base64')}`);
    }
    case 'token-file':
      return cached(options.clock, () => readTokenFile(authentication.path, user, options.clock));
    case 'exec':
      return cached(options.clock, async () => {
        const { certificateAuthority } = connection;
        const authority =
          certificateAuthority === undefined
            ? ''
            : await readPem(certificateAuthority, 'certificate-authority', connection.cluster);
        const credential = await runExecPlugin({
          exec: authentication.exec,
          connection,
          env: options.env,
          policy: options.policy,
          authority,
          takeTerminal: options.takeTerminal,
          onOutput: options.onPluginOutput,
          clock: options.clock,
          ...(options.pluginTimeoutMs === undefined ? {} : { timeoutMs: options.pluginTimeoutMs }),
        });
        return lease(credential, options.clock.now());
      });
    case 'auth-provider': {
      const token = createAuthProvider(authentication, {
        user,
        requestTimeoutMs: connection.requestTimeoutMs,
        userAgent: options.userAgent,
        env: options.env,
        clock: options.clock,
      });
      return cached(options.clock, async (isRefused) => {
        const { idToken, expiresAt } = await token(isRefused);
        return {
          credential: { authorization: `Bearer ${idToken}`, certificate: undefined },
          freshUntil: Math.max(expiresAt - ID_TOKEN_LEEWAY_MS, options.clock.now() + MIN_FRESH_MS),
          usableUntil: expiresAt,
        };
      });
    }
  }
}

interface Lease {
  readonly credential: Credential;
  /** Milliseconds since the epoch; after it the credential is fetched again. */
  readonly freshUntil: number;
  /** Until then it may still be used when a fetch fails. */
  readonly usableUntil: number;
}

/** client-go reads token files each minute, ten seconds early (`transport/token_source.go`). */
const TOKEN_FILE_FRESH_MS = 50_000;
/** A plugin's credential is renewed this long before it expires, so that no request meets its end. */
const EXPIRY_LEEWAY_MS = 60_000;
/** What answers credentials at or past their end, by our clock, is still not asked for each single request. */
const MIN_FRESH_MS = 10_000;

function lease(credential: ExecCredential, now: number): Lease {
  const { token, certificate, expiresAt } = credential;
  return {
    credential: { authorization: token === '' ? '' : `Bearer ${token}`, certificate },
    freshUntil:
      expiresAt === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(expiresAt - Math.min(EXPIRY_LEEWAY_MS, (expiresAt - now) / 10), now + MIN_FRESH_MS),
    usableUntil: expiresAt ?? Number.POSITIVE_INFINITY,
  };
}

async function readTokenFile(path: string, user: string, clock: Clock): Promise<Lease> {
  let token: string;
  try {
    token = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const reason = clean(error instanceof Error ? error.message : String(error));
    throw new KubeError(
      'credentials',
      `unable to read token file ${clean(path)} for ${clean(user)}: ${reason}`,
      {
        cause: error,
      },
    );
  }
  if (token === '')
    throw new KubeError('credentials', `token file ${clean(path)} for ${clean(user)} is empty`);
  return {
    credential: { authorization: `Bearer ${token}`, certificate: undefined },
    freshUntil: clock.now() + TOKEN_FILE_FRESH_MS,
    // As client-go does: while a rotation is under way, the old token goes on being used.
    usableUntil: Number.POSITIVE_INFINITY,
  };
}

/**
 * Keeps what `fetch` gave until it is stale. One fetch at a time, for everyone who waits. `fetch` is told whether the
 * server refused what it gave last.
 */
function cached(clock: Clock, fetch: (isRefused: boolean) => Promise<Lease>): Credentials {
  let held: Lease | undefined;
  let fetching: Promise<Lease> | undefined;

  const refresh = (isRefused: boolean): Promise<Lease> => {
    fetching ??= fetch(isRefused)
      .then((lease) => {
        held = unchanged(held, lease);
        return held;
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };

  return {
    async current() {
      if (held !== undefined && clock.now() < held.freshUntil) return held.credential;
      try {
        return (await refresh(false)).credential;
      } catch (error) {
        if (held !== undefined && clock.now() < held.usableUntil) return held.credential;
        throw error;
      }
    },
    async afterUnauthorized(used) {
      if (held !== undefined && held.credential !== used && fetching === undefined) return held.credential;
      const { credential } = await refresh(true);
      return credential === used ? undefined : credential;
    },
  };
}

/** Keeps the old object when the new credential says the same, so that connections are not closed for it. */
function unchanged(old: Lease | undefined, lease: Lease): Lease {
  const same =
    old !== undefined &&
    old.credential.authorization === lease.credential.authorization &&
    old.credential.certificate?.cert === lease.credential.certificate?.cert &&
    old.credential.certificate?.key === lease.credential.certificate?.key;
  return same ? { ...lease, credential: old.credential } : lease;
}

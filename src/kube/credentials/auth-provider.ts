/**
 * `auth-provider` users. `oidc` alone is supported: the cloud providers left kubectl with 1.26 and are exec plugins
 * since. The id-token is used until it expires and renewed then, as client-go's `plugin/pkg/client/auth/oidc/oidc.go`
 * does it, and besides after a 401. New tokens stay in memory: the kubeconfig is never written.
 */

import { clean } from '../clean.ts';
import type { Clock } from '../clock.ts';
import type { Environment } from '../config/load.ts';
import { KubeError } from '../errors.ts';
import { expiryOf, ID_TOKEN_LEEWAY_MS } from './id-token.ts';
import { oidcSettings } from './oidc-settings.ts';

export interface AuthProviderOptions {
  /** Name of the user, for messages. */
  readonly user: string;
  /** `--request-timeout`, 0 for none. */
  readonly requestTimeoutMs: number;
  readonly userAgent: string;
  readonly env: Environment;
  readonly clock: Clock;
}

export interface LastingToken {
  readonly idToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Gives the token to use now, another one where the server refused the last and there is a way to get one. Not to be
 * asked again before it has answered: a refresh token may be good for one use. Throws a {@link KubeError} of kind
 * `credentials`.
 */
export type TokenSource = (isRefused: boolean) => Promise<LastingToken>;

/** A source that keeps the newest tokens between calls. */
export function createAuthProvider(
  { name, config }: { readonly name: string; readonly config: Readonly<Record<string, string>> },
  options: AuthProviderOptions,
): TokenSource {
  const { user, clock } = options;
  const who = `user "${clean(user)}"`;
  let idToken = (config['id-token'] ?? '').trim();
  let refreshToken = config['refresh-token'] ?? '';

  return async (isRefused) => {
    if (name !== 'oidc') {
      throw failure(
        `auth-provider ${clean(name)} of ${who} is not supported, oidc alone is: use an exec plugin.`,
      );
    }
    const expiresAt = expiryOf(idToken);
    const isGood = expiresAt !== undefined && clock.now() + ID_TOKEN_LEEWAY_MS < expiresAt;
    if (isGood && (!isRefused || refreshToken === '')) return { idToken, expiresAt };
    if (refreshToken === '') {
      throw failure(
        `the id-token of ${who} ${stateOf(idToken, expiresAt)}, and there is no refresh-token to renew it with. Log in again with the tool of your identity provider.`,
      );
    }
    const settings = oidcSettings(config);
    if ('problem' in settings) {
      throw failure(
        `could not renew the id-token of ${who}: ${settings.problem}. Correct it in the kubeconfig, or log in again.`,
      );
    }
    // Only now: most tokens are not renewed, and nobody else needs the library.
    const { renew } = await import('./oidc-renewal.ts');
    const renewed = await renew({ ...options, settings, idToken, refreshToken });
    idToken = renewed.idToken;
    // Some providers give a new one with each renewal, and take the old one no more.
    refreshToken = renewed.refreshToken || refreshToken;
    return renewed;
  };
}

function stateOf(idToken: string, expiresAt: number | undefined): string {
  if (idToken === '') return 'is missing';
  return expiresAt === undefined ? 'is no JSON Web Token with a time of expiry' : 'has expired';
}

function failure(message: string): KubeError {
  return new KubeError('credentials', message);
}

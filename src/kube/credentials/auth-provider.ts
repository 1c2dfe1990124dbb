/**
 * `auth-provider` users. `oidc` alone is supported: the cloud providers left kubectl with 1.26 and are exec
 * plugins since. The only place that loads a part of @kubernetes/client-node at run time, and late: refreshing
 * tokens is better left to it. A refreshed token is not written back to the kubeconfig.
 */

import type { RequestOptions } from 'node:https';
import { clean } from '../clean.ts';
import { KubeError } from '../errors.ts';
import { parseUrl } from '../parse-url.ts';
import { redact } from '../redact.ts';

/** Gives the Authorization header, refreshed by the library when it has to be. */
export type HeaderSource = () => Promise<string>;

/** A source that keeps the library's state between calls. */
export function createAuthProvider(name: string, config: Readonly<Record<string, string>>): HeaderSource {
  let loading: Promise<(options: RequestOptions) => Promise<void>> | undefined;
  return async () => {
    loading ??= load(name, config);
    const options: RequestOptions = { headers: {} };
    try {
      const apply = await loading;
      await apply(options);
    } catch (error) {
      loading = undefined;
      const reason = redact(clean(error instanceof Error ? error.message : String(error)));
      throw new KubeError(
        'credentials',
        `auth-provider ${clean(name)}: ${reason}. Log in again, or use an exec plugin.`,
        {
          cause: error,
        },
      );
    }
    const header = Object.entries(options.headers ?? {}).find(
      ([key]) => key.toLowerCase() === 'authorization',
    )?.[1];
    if (typeof header !== 'string') {
      throw new KubeError(
        'credentials',
        `auth-provider ${clean(name)} is not supported (oidc is), or gave no token: use an exec plugin.`,
      );
    }
    return header;
  };
}

async function load(
  name: string,
  config: Readonly<Record<string, string>>,
): Promise<(options: RequestOptions) => Promise<void>> {
  const { OpenIDConnectAuth } = await import('./client-node-oidc.ts');
  // Passed on as it stands to openid-client, which takes the issuer as a URL only.
  const issuer = parseUrl(config['idp-issuer-url'] ?? '');
  const user = {
    name: 'user',
    authProvider: {
      name,
      config: { ...config, ...(issuer === undefined ? {} : { 'idp-issuer-url': issuer }) },
    },
  };
  if (!new OpenIDConnectAuth().isAuthProvider(user)) return async () => undefined;
  // A new one each time reads from the token when it runs out; one that has renewed it takes the seconds that are left
  // for a point in time, and renews it for every request. The new tokens stay in `user`.
  return (options) => new OpenIDConnectAuth().applyAuthentication(user, options);
}

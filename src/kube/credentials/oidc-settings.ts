/** What an `auth-provider: oidc` entry says: keys of client-go `plugin/pkg/client/auth/oidc/oidc.go`. */

import { clean } from '../clean.ts';
import { pem } from '../config/authentication.ts';
import type { Pem } from '../config/connection.ts';
import { parseUrl } from '../parse-url.ts';

export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  /** '' for a public client. */
  readonly clientSecret: string;
  /** Whom to trust; undefined leaves it to the runtime's list. */
  readonly certificateAuthority: Pem | undefined;
}

export interface BadSettings {
  /** Which key is wrong, as the middle of a sentence. */
  readonly problem: string;
}

/** The settings that a renewal needs. `extra-scopes` is not read, as a renewal asks for the scopes of the login. */
export function oidcSettings(config: Readonly<Record<string, string>>): OidcSettings | BadSettings {
  const {
    'idp-issuer-url': address = '',
    'client-id': clientId = '',
    'client-secret': clientSecret = '',
    'idp-certificate-authority': path = '',
    'idp-certificate-authority-data': base64 = '',
  } = config;
  if (address === '') return { problem: 'idp-issuer-url is missing' };
  if (clientId === '') return { problem: 'client-id is missing' };
  const issuer = parseUrl(address);
  if (issuer === undefined) return { problem: 'idp-issuer-url is not a URL' };
  if (issuer.protocol !== 'https:') {
    return {
      problem: `idp-issuer-url begins with ${clean(issuer.protocol)}//, and secrets are sent by https:// only`,
    };
  }
  return { issuer, clientId, clientSecret, certificateAuthority: pem(base64, path) };
}

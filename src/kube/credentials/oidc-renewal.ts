/** Renews an OpenID Connect token by openid-client. Loaded when a token has to be renewed, and never before. */

import {
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  clockTolerance,
  customFetch,
  discovery,
  None,
  ResponseBodyError,
  refreshTokenGrant,
  type ServerMetadata,
  type TokenEndpointResponse,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { clean } from '../clean.ts';
import type { Pem } from '../config/connection.ts';
import { KubeError } from '../errors.ts';
import { parseUrl } from '../parse-url.ts';
import type { AuthProviderOptions, LastingToken } from './auth-provider.ts';
import { expiryOf } from './id-token.ts';
import { issuerFetch } from './issuer-fetch.ts';
import { readPem } from './material.ts';
import { LOG_IN_AGAIN, RenewalProblem, renewalProblem, toldIssuer } from './oidc-failure.ts';
import type { OidcSettings } from './oidc-settings.ts';

export interface RenewalOptions extends AuthProviderOptions {
  readonly settings: OidcSettings;
  /** The one that is replaced, so that no message repeats it. */
  readonly idToken: string;
  readonly refreshToken: string;
}

export interface RenewedToken extends LastingToken {
  /** '' when the old one stays in use. */
  readonly refreshToken: string;
}

/** Asks the issuer for new tokens. Throws a {@link KubeError} of kind `credentials` without any secret in it. */
export async function renew(options: RenewalOptions): Promise<RenewedToken> {
  const { settings, user, idToken, refreshToken } = options;
  const { issuer } = settings;
  const certificateAuthority = await authorityOf(settings, user);
  const client: Client = {
    id: settings.clientId,
    secret: settings.clientSecret,
    fetch: issuerFetch({ ...options, certificateAuthority }),
  };
  try {
    const server = await discover(issuer, client);
    const answer = await refreshed(server, client, refreshToken);
    return tokensOf(answer);
  } catch (error) {
    const { message, hint } = renewalProblem(error, [refreshToken, settings.clientSecret, idToken]);
    // Without its cause: the library keeps whole answers there, tokens included.
    throw new KubeError(
      'credentials',
      `could not renew the id-token of user "${clean(user)}" at ${clean(`${issuer.origin}${issuer.pathname}`)}: ${message}. ${hint}`,
    );
  }
}

interface Client {
  readonly id: string;
  readonly secret: string;
  readonly fetch: ReturnType<typeof issuerFetch>;
}

/** Read before anything is asked, and under its own name. */
async function authorityOf(settings: OidcSettings, user: string): Promise<Pem | undefined> {
  const { certificateAuthority } = settings;
  if (certificateAuthority === undefined) return undefined;
  const text = await readPem(certificateAuthority, 'idp-certificate-authority', user);
  if (!text.includes('-----BEGIN ')) {
    const key = `idp-certificate-authority${certificateAuthority.from === 'data' ? '-data' : ''}`;
    throw new KubeError(
      'credentials',
      `${key} of user "${clean(user)}" holds no certificate: it must be PEM${certificateAuthority.from === 'data' ? ', encoded as base64' : ''}.`,
    );
  }
  return { from: 'data', base64: Buffer.from(text).toString('base64') };
}

/**
 * What the issuer says of itself (OpenID Connect Discovery 1.0, section 4). It must be the issuer that was asked; with
 * or without a slash at its end, as kubectl takes either.
 */
async function discover(issuer: URL, client: Client): Promise<ServerMetadata> {
  const ask = async (address: URL) =>
    (
      await discovery(address, client.id, undefined, None(), { [customFetch]: client.fetch })
    ).serverMetadata();
  try {
    return await ask(issuer);
  } catch (error) {
    const other = error instanceof ClientError ? parseUrl(toldIssuer(error.cause)) : undefined;
    if (other === undefined || withoutSlash(other) !== withoutSlash(issuer)) throw error;
    return ask(other);
  }
}

function withoutSlash({ href }: URL): string {
  return href.replace(/\/$/, '');
}

/**
 * The token endpoint's answer. A client proves itself by HTTP Basic first, where the issuer does not exclude it, and by
 * the body else, as golang.org/x/oauth2 tries it for kubectl.
 */
async function refreshed(
  server: ServerMetadata,
  client: Client,
  refreshToken: string,
): Promise<TokenEndpointResponse> {
  const [first, second] = proofsOf(client.secret, server.token_endpoint_auth_methods_supported);
  const ask = (proof: ClientAuth) => {
    const configuration = new Configuration(
      server,
      client.id,
      { [clockTolerance]: ANY_CLOCK_SECONDS },
      proof,
    );
    configuration[customFetch] = client.fetch;
    return refreshTokenGrant(configuration, refreshToken);
  };
  try {
    return await ask(first);
  } catch (error) {
    if (second === undefined || !refusesClient(error)) throw error;
    return ask(second);
  }
}

/** The new token is for the API server to judge, by its own clock; one that is wrong here should not end a session. */
const ANY_CLOCK_SECONDS = 1e9;

function proofsOf(secret: string, supported: unknown): readonly [ClientAuth, ClientAuth?] {
  if (secret === '') return [None()];
  const basic = ClientSecretBasic(secret);
  const post = ClientSecretPost(secret);
  const wantsPost =
    Array.isArray(supported) &&
    supported.includes('client_secret_post') &&
    !supported.includes('client_secret_basic');
  return wantsPost ? [post, basic] : [basic, post];
}

/** Whether the other proof may do better. A refused refresh token means that the client was accepted. */
function refusesClient(error: unknown): boolean {
  if (error instanceof WWWAuthenticateChallengeError) return true;
  return error instanceof ResponseBodyError && error.error !== 'invalid_grant';
}

function tokensOf(answer: TokenEndpointResponse): RenewedToken {
  const { id_token: idToken } = answer;
  if (idToken === undefined) {
    throw new RenewalProblem(
      'it gave no id_token; either the login did not ask for the scope openid, or this provider never renews one',
      LOG_IN_AGAIN,
    );
  }
  const expiresAt = expiryOf(idToken);
  if (expiresAt === undefined)
    throw new RenewalProblem('its id_token is no JSON Web Token with a time of expiry', LOG_IN_AGAIN);
  return { idToken, expiresAt, refreshToken: answer.refresh_token ?? '' };
}

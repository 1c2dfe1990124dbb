/** Why a renewal failed, in words. What an identity provider says is cleaned and never trusted to hold no secret. */

import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { clean, cleanText } from '../clean.ts';
import { KubeError } from '../errors.ts';
import { isObject, objectAt, textAt } from '../json/value.ts';
import { redact } from '../redact.ts';

/** A reason that goes on `could not renew …: `, and what to do about it. */
export class RenewalProblem extends Error {
  override readonly name = 'RenewalProblem';
  readonly hint: string;

  constructor(reason: string, hint: string) {
    super(reason);
    this.hint = hint;
  }
}

export const LOG_IN_AGAIN =
  'Log in again with the tool of your identity provider, or use an exec plugin such as kubelogin.';
const CHECK_CLIENT = 'Check client-id and client-secret of the user in the kubeconfig.';
const CHECK_ISSUER = 'Check idp-issuer-url of the user in the kubeconfig.';
const CHECK_AUTHORITY =
  'Check idp-certificate-authority-data or idp-certificate-authority of the user in the kubeconfig.';
const TRY_AGAIN = 'Try again; if it stays so, tell those who run the identity provider.';

/** Longest description of a provider that is repeated. */
const MAX_DESCRIPTION = 300;

/** Whatever openid-client or the fetch below it threw. `secrets` are taken out of every word. */
export function renewalProblem(error: unknown, secrets: readonly string[]): RenewalProblem {
  const { message, hint } = problemOf(error);
  const reason = redact(without(message, secrets)).replace(/\.$/, '');
  return new RenewalProblem(reason, hint);
}

function problemOf(error: unknown): RenewalProblem {
  // What the fetch throws is wrapped by the library, since it is none of its own errors.
  if (error instanceof ClientError && error.cause instanceof KubeError) return faultProblem(error.cause);
  if (error instanceof RenewalProblem) return error;
  if (error instanceof ResponseBodyError) {
    const description = cleanText(error.error_description ?? '', MAX_DESCRIPTION);
    const said = `${cleanText(error.error, MAX_DESCRIPTION)}${description === '' ? '' : `: ${description}`}`;
    return refusal(error.error, `it answered ${error.status}, ${said}`);
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    const said = error.cause[0]?.parameters.error ?? '';
    return refusal(
      said,
      `it answered ${error.status}${said === '' ? '' : `, ${cleanText(said, MAX_DESCRIPTION)}`}`,
    );
  }
  if (error instanceof ClientError) return clientProblem(error);
  return new RenewalProblem(clean(error instanceof Error ? error.message : String(error)), LOG_IN_AGAIN);
}

function refusal(code: string, reason: string): RenewalProblem {
  const aboutClient = code === 'invalid_client' || code === 'unauthorized_client' || code === '';
  return new RenewalProblem(reason, aboutClient ? CHECK_CLIENT : LOG_IN_AGAIN);
}

/** The transport's own words are about API servers. */
function faultProblem({ kind, reason: code, message }: KubeError): RenewalProblem {
  const coded = code === '' ? '' : ` (${clean(code)})`;
  switch (kind) {
    case 'network':
      return new RenewalProblem(
        `it cannot be reached${coded}`,
        'Check idp-issuer-url of the user in the kubeconfig, the network and the VPN.',
      );
    case 'tls':
      return new RenewalProblem(`its certificate is not accepted${coded}`, CHECK_AUTHORITY);
    case 'timeout':
      return new RenewalProblem(
        'it did not answer in time',
        'Check the network and the VPN, then try again.',
      );
    case 'credentials':
      return new RenewalProblem(
        'the certificates of its authority could not be loaded; they must be PEM',
        CHECK_AUTHORITY,
      );
    default:
      return new RenewalProblem(message.replace(/^could not ask the identity provider: /, ''), TRY_AGAIN);
  }
}

function clientProblem({ code, message, cause }: ClientError): RenewalProblem {
  switch (code) {
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
      return cause instanceof Response && cause.status >= 500
        ? new RenewalProblem(`it answered ${cause.status}`, TRY_AGAIN)
        : new RenewalProblem(
            cause instanceof Response ? `it answered ${cause.status}` : 'its answer makes no sense',
            CHECK_ISSUER,
          );
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
      return new RenewalProblem(
        'its answer is not JSON; a login page or a proxy may stand in front of it',
        CHECK_ISSUER,
      );
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return new RenewalProblem(
        `it calls itself ${cleanText(toldIssuer(cause), MAX_DESCRIPTION)}`,
        CHECK_ISSUER,
      );
    case 'OAUTH_HTTP_REQUEST_FORBIDDEN':
      return new RenewalProblem(
        'its token_endpoint is not https://, and secrets are sent by no other way',
        TRY_AGAIN,
      );
    case 'OAUTH_MISSING_SERVER_METADATA':
    case 'OAUTH_INVALID_SERVER_METADATA':
      return new RenewalProblem('its discovery document names no token_endpoint', CHECK_ISSUER);
  }
  // The library's sentences name a property or a claim, and never its value.
  const detail = cause instanceof Error ? cause.message : message;
  return new RenewalProblem(
    `its answer is not what it should be: ${cleanText(detail, MAX_DESCRIPTION)}`,
    LOG_IN_AGAIN,
  );
}

/** The issuer of the discovery document that openid-client compared with another; '' for any other cause. */
export function toldIssuer(cause: unknown): string {
  return isObject(cause) ? textAt(objectAt(cause, 'body'), 'issuer') : '';
}

function without(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((kept, secret) => kept.replaceAll(secret, '[redacted]'), text);
}

import { isObject } from '../json/value.ts';

/** An OpenID Connect id_token counts as expired this long before it is, as for client-go. */
export const ID_TOKEN_LEEWAY_MS = 10_000;

/**
 * When a JSON Web Token expires, in milliseconds since the epoch, by its `exp` claim; undefined for what is no such
 * token or does not say. Its signature is the API server's to check.
 */
export function expiryOf(token: string): number | undefined {
  // Nothing else may stand in a header of ours.
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isObject(claims) && typeof claims.exp === 'number' ? claims.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

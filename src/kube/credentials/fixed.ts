import type { Credential, Credentials } from './credentials.ts';

/** A value of the Authorization header ('' for none) that never changes. */
export function fixed(authorization: string): Credentials {
  const credential: Credential = { authorization, certificate: undefined };
  return { current: async () => credential, afterUnauthorized: async () => undefined };
}

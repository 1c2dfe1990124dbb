import type { IncomingHttpHeaders } from 'node:http';
import { unauthorized } from '../api-error.ts';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** Who asks: the authenticated user, and the one it acts as. */
export interface Identity {
  readonly authenticated: User;
  /** The impersonated user, or the authenticated one. */
  readonly effective: User;
}

/** The users behind bearer tokens; asked at each request, so tokens may come and go. */
export type UsersByToken = Pick<ReadonlyMap<string, User>, 'get'>;

export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

const AUTHENTICATED = 'system:authenticated';

/**
 * Who sends a request, by bearer token and `Impersonate-` headers. A request without a token is `withoutToken`.
 * Throws a 401 ApiError on an unknown token.
 */
export function identify(headers: IncomingHttpHeaders, users: UsersByToken, withoutToken: User): Identity {
  const authenticated = authenticate(headers.authorization, users, withoutToken);
  const name = headers['impersonate-user'];
  if (typeof name !== 'string') return { authenticated, effective: authenticated };
  const groups = headerValues(headers['impersonate-group']);
  return { authenticated, effective: { name, groups: [...groups, AUTHENTICATED] } };
}

function authenticate(authorization: string | undefined, users: UsersByToken, withoutToken: User): User {
  const token = /^Bearer\s+(.+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return withoutToken;
  const user = users.get(token.trim());
  if (user === undefined) throw unauthorized();
  return { ...user, groups: [...new Set([...user.groups, AUTHENTICATED])] };
}

function headerValues(header: string | readonly string[] | undefined): readonly string[] {
  if (header === undefined) return [];
  return typeof header === 'string' ? header.split(',').map((value) => value.trim()) : header;
}

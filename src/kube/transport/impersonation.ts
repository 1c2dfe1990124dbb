import type { OutgoingHttpHeaders } from 'node:http';
import type { Impersonation } from '../config/connection.ts';

/** Headers of client-go `transport/round_trippers.go`: one line a group, keys escaped. */
export function impersonationHeaders(impersonation: Impersonation | undefined): OutgoingHttpHeaders {
  if (impersonation === undefined) return {};
  const headers: OutgoingHttpHeaders = { 'Impersonate-User': impersonation.user };
  if (impersonation.uid !== '') headers['Impersonate-Uid'] = impersonation.uid;
  if (impersonation.groups.length > 0) headers['Impersonate-Group'] = [...impersonation.groups];
  for (const [key, values] of Object.entries(impersonation.extra)) {
    headers[`Impersonate-Extra-${escapeHeaderKey(key)}`] = [...values];
  }
  return headers;
}

function escapeHeaderKey(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

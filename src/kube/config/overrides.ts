/** What kubectl's flags change of a kubeconfig's entries: client-go `tools/clientcmd/client_config.go`. */

import type { ConnectionFlags } from './connection.ts';
import type { ClusterEntry, UserEntry } from './kubeconfig.ts';
import { Refused } from './refused.ts';

/** A flag's text, '' when it was not given. */
export function given(flag: string | undefined): string {
  return flag ?? '';
}

/** The cluster with its flags: each also clears what it contradicts. */
export function withClusterFlags(entry: ClusterEntry, flags: ConnectionFlags): ClusterEntry {
  let cluster = entry;
  const server = given(flags.server);
  // A server name belongs to the server it was written for.
  if (server !== '') cluster = { ...cluster, server, tlsServerName: '' };
  if (given(flags.tlsServerName) !== '') cluster = { ...cluster, tlsServerName: given(flags.tlsServerName) };
  if (given(flags.certificateAuthority) !== '') {
    cluster = {
      ...cluster,
      certificateAuthority: given(flags.certificateAuthority),
      certificateAuthorityData: '',
      insecureSkipTlsVerify: false,
    };
  }
  if (flags.insecureSkipTlsVerify === true) {
    if (given(flags.certificateAuthority) !== '') {
      throw new Refused(
        'specifying a root certificates file with the insecure flag is not allowed: use one of them',
      );
    }
    cluster = {
      ...cluster,
      insecureSkipTlsVerify: true,
      certificateAuthority: '',
      certificateAuthorityData: '',
    };
  } else if (flags.insecureSkipTlsVerify === false) {
    cluster = { ...cluster, insecureSkipTlsVerify: false };
  }
  if (flags.disableCompression !== undefined) {
    cluster = { ...cluster, disableCompression: flags.disableCompression };
  }
  return cluster;
}

/** The user with its flags. */
export function withUserFlags(entry: UserEntry, flags: ConnectionFlags): UserEntry {
  let user = entry;
  if (given(flags.token) !== '') {
    // Takes the place of whatever else would make an Authorization header.
    user = {
      ...user,
      token: given(flags.token),
      tokenFile: '',
      username: '',
      password: '',
      exec: undefined,
      authProvider: undefined,
    };
  }
  if (given(flags.clientCertificate) !== '') {
    user = { ...user, clientCertificate: given(flags.clientCertificate), clientCertificateData: '' };
  }
  if (given(flags.clientKey) !== '') user = { ...user, clientKey: given(flags.clientKey), clientKeyData: '' };
  if (given(flags.username) !== '') {
    user = { ...user, username: given(flags.username), token: '', tokenFile: '' };
  }
  if (given(flags.password) !== '') user = { ...user, password: given(flags.password) };
  if (given(flags.as) !== '') user = { ...user, as: given(flags.as) };
  if (given(flags.asUid) !== '') user = { ...user, asUid: given(flags.asUid) };
  if (flags.asGroup !== undefined && flags.asGroup.length > 0) user = { ...user, asGroups: flags.asGroup };
  if (flags.asUserExtra !== undefined && flags.asUserExtra.length > 0) {
    user = { ...user, asUserExtra: extraOf(flags.asUserExtra) };
  }
  return user;
}

function extraOf(pairs: readonly string[]): Record<string, readonly string[]> {
  const extra: Record<string, readonly string[]> = {};
  for (const pair of pairs) {
    const split = pair.indexOf('=');
    if (split < 1) throw new Refused(`--as-user-extra "${pair}" is not of the form key=value`);
    const key = pair.slice(0, split);
    extra[key] = [...(extra[key] ?? []), pair.slice(split + 1)];
  }
  return extra;
}

/** The ExecCredential object: what a credential plugin is told and what it answers (client.authentication.k8s.io). */

import { clean } from '../clean.ts';
import type { ConnectionConfig } from '../config/connection.ts';
import type { ExecEntry } from '../config/kubeconfig.ts';
import { isObject, type JsonObject, rawAt } from '../json/value.ts';

export interface ExecCredential {
  /** '' when the plugin answers a certificate alone. */
  readonly token: string;
  /** PEM. */
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  /** Milliseconds since the epoch; undefined when it does not expire. */
  readonly expiresAt: number | undefined;
}

/** Content of `KUBERNETES_EXEC_INFO`. `authority` is the cluster's CA as PEM, '' when there is none. */
export function execInfo(
  exec: ExecEntry,
  connection: ConnectionConfig,
  authority: string,
  interactive: boolean,
): string {
  const cluster = {
    server: connection.server,
    ...(connection.tlsServerName === '' ? {} : { 'tls-server-name': connection.tlsServerName }),
    ...(connection.insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority === '' ? {} : { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
    ...(connection.proxyUrl === '' ? {} : { 'proxy-url': connection.proxyUrl }),
    ...(connection.disableCompression ? { 'disable-compression': true } : {}),
    ...(connection.execConfig === undefined ? {} : { config: connection.execConfig }),
  };
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { ...(exec.provideClusterInfo ? { cluster } : {}), interactive },
  });
}

/** The credential in a plugin's standard output. Throws an Error in client-go's words, without the output. */
export function parseExecCredential(output: string, apiVersion: string): ExecCredential {
  const answer = parseObject(output);
  if (answer.kind !== 'ExecCredential') throw new Error('it did not print an ExecCredential object');
  if (answer.apiVersion !== apiVersion) {
    const returned = clean(String(answer.apiVersion));
    throw new Error(
      `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${returned}`,
    );
  }
  const { status } = answer;
  if (!isObject(status)) throw new Error("exec plugin didn't return a status field");
  const token = rawAt(status, 'token');
  const cert = rawAt(status, 'clientCertificateData');
  const key = rawAt(status, 'clientKeyData');
  if (token === '' && cert === '' && key === '')
    throw new Error("exec plugin didn't return a token or cert/key pair");
  if ((cert === '') !== (key === ''))
    throw new Error('exec plugin returned only certificate or key, not both');
  if (/[\r\n\0]/.test(token)) throw new Error('exec plugin returned a token with line ends in it');
  return {
    token,
    certificate: cert === '' ? undefined : { cert, key },
    expiresAt: expiryOf(rawAt(status, 'expirationTimestamp')),
  };
}

function parseObject(output: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    throw new Error('it did not print JSON');
  }
  if (!isObject(value)) throw new Error('it did not print a JSON object');
  return value;
}

function expiryOf(text: string): number | undefined {
  if (text === '') return undefined;
  const expiry = Date.parse(text);
  if (Number.isNaN(expiry)) throw new Error('its expirationTimestamp is not an RFC 3339 time');
  return expiry;
}

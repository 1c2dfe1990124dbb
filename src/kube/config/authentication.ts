/** How a user entry authenticates, and what is wrong with one: client-go `tools/clientcmd/validation.go`. */

import type { Authentication, ConnectionConfig, Impersonation, Pem } from './connection.ts';
import type { ExecEntry, UserEntry } from './kubeconfig.ts';
import { Refused } from './refused.ts';

/** PEM of an entry: data beats file; undefined without either. */
export function pem(base64: string, path: string): Pem | undefined {
  if (base64 !== '') return { from: 'data', base64 };
  return path === '' ? undefined : { from: 'file', path };
}

export function clientCertificateOf(user: UserEntry, name: string): ConnectionConfig['clientCertificate'] {
  const certificate = pem(user.clientCertificateData, user.clientCertificate);
  const key = pem(user.clientKeyData, user.clientKey);
  if (certificate !== undefined && key === undefined) {
    throw new Refused(
      `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
    );
  }
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

/** `name` is the user's, for messages. With a client certificate no exec plugin is run. */
export function authenticationOf(user: UserEntry, name: string, hasCertificate: boolean): Authentication {
  if (user.exec !== undefined && user.authProvider !== undefined) {
    throw new Refused(`authProvider cannot be provided in combination with an exec plugin for ${name}`);
  }
  if (user.exec !== undefined) checkExec(user.exec, name);
  const hasBasic = user.username !== '' || user.password !== '';
  if (hasBasic && (user.token !== '' || user.tokenFile !== '')) {
    throw new Refused(
      `more than one authentication method found for ${name}; found [token basicAuth], only one is allowed`,
    );
  }
  // The file is re-read as it is rotated, so it is the better of the two.
  if (user.tokenFile !== '') return { type: 'token-file', path: user.tokenFile };
  if (user.token !== '') return { type: 'token', token: user.token };
  if (hasBasic) return { type: 'basic', username: user.username, password: user.password };
  if (user.exec !== undefined && !hasCertificate) return { type: 'exec', exec: user.exec };
  if (user.authProvider !== undefined) return { type: 'auth-provider', ...user.authProvider };
  return { type: 'none' };
}

const EXEC_V1 = 'client.authentication.k8s.io/v1';
const EXEC_VERSIONS: readonly string[] = [EXEC_V1, 'client.authentication.k8s.io/v1beta1'];
const INTERACTIVE_MODES: readonly string[] = ['Never', 'IfAvailable', 'Always'];

function checkExec(exec: ExecEntry, name: string): void {
  if (exec.command === '')
    throw new Refused(`command must be specified for ${name} to use exec authentication plugin`);
  if (exec.apiVersion === '') {
    throw new Refused(`apiVersion must be specified for ${name} to use exec authentication plugin`);
  }
  if (!EXEC_VERSIONS.includes(exec.apiVersion)) {
    throw new Refused(
      `exec plugin: invalid apiVersion "${exec.apiVersion}" for ${name}: use ${EXEC_VERSIONS.join(' or ')}`,
    );
  }
  if (exec.env.some((variable) => variable.name === '')) {
    throw new Refused(`env variable name must be specified for ${name} to use exec authentication plugin`);
  }
  if (exec.interactiveMode === '' && exec.apiVersion === EXEC_V1) {
    throw new Refused(`interactiveMode must be specified for ${name} to use exec authentication plugin`);
  }
  if (exec.interactiveMode !== '' && !INTERACTIVE_MODES.includes(exec.interactiveMode)) {
    throw new Refused(`invalid interactiveMode for ${name}: "${exec.interactiveMode}"`);
  }
}

export function impersonationOf(user: UserEntry): Impersonation | undefined {
  const extra = Object.keys(user.asUserExtra).length > 0;
  if (user.as !== '') {
    return { user: user.as, uid: user.asUid, groups: user.asGroups, extra: user.asUserExtra };
  }
  if (user.asUid !== '' || user.asGroups.length > 0 || extra) {
    throw new Refused('requesting uid, groups or user-extra without impersonating a user: add --as');
  }
  return undefined;
}

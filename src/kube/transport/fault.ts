/** What went wrong below HTTP, before it is told to anyone which request it hit. */

import { clean } from '../clean.ts';
import { KubeError, type KubeErrorKind } from '../errors.ts';
import { redact } from '../redact.ts';

/** A fault whose text goes on the sentence `could not list pods: `. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly kind: KubeErrorKind;
  readonly code: string;

  constructor(kind: KubeErrorKind, message: string, code = '') {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

/** The error of one request. `server` is the base URL. */
export function faultToError(error: unknown, operation: string, server: string): KubeError {
  if (error instanceof KubeError) return error;
  const fault = error instanceof Fault ? error : faultOf(error, server);
  return new KubeError(fault.kind, `could not ${operation}: ${fault.message}`, {
    reason: fault.code,
    cause: error,
  });
}

/** Kind and words for an error of node's sockets, TLS, HTTP parser or zlib. */
export function faultOf(error: unknown, server: string): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  const message = redact(clean(error instanceof Error ? error.message : String(error)));
  switch (code) {
    case 'ECONNREFUSED':
      return new Fault(
        'network',
        `connection to ${server} was refused. Is the API server running, and is this its address?`,
        code,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Fault(
        'network',
        `the host name of ${server} was not found. Check the server in the kubeconfig, the network and the VPN.`,
        code,
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new Fault('network', `there is no route to ${server}. Check the network and the VPN.`, code);
    case 'ECONNRESET':
    case 'EPIPE':
      return new Fault('network', `the connection to ${server} was cut`, code);
    case 'ETIMEDOUT':
      return new Fault('timeout', `${server} did not answer`, code);
    case 'CERT_HAS_EXPIRED':
      return new Fault(
        'tls',
        `the certificate of ${server} has expired. It has to be renewed; a wrong clock on this computer looks the same.`,
        code,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return new Fault(
        'tls',
        `the certificate of ${server} is for another name (${message}). Use --tls-server-name, or the server's right name.`,
        code,
      );
  }
  if (UNTRUSTED.has(code)) {
    return new Fault(
      'tls',
      `the certificate of ${server} is not signed by a trusted authority (${code}). Check certificate-authority-data of the cluster, or use --certificate-authority.`,
      code,
    );
  }
  if (
    code.startsWith('ERR_SSL') ||
    code.startsWith('ERR_TLS') ||
    code === 'EPROTO' ||
    code.startsWith('ERR_OSSL')
  ) {
    return new Fault('tls', `TLS with ${server} failed: ${message}`, code);
  }
  if (code.startsWith('HPE_'))
    return new Fault('not-kubernetes', `${server} does not speak HTTP (${code})`, code);
  if (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new Fault('malformed', `the answer of ${server} was cut or corrupt`, code);
  }
  return new Fault('network', `no connection to ${server}: ${message}`, code);
}

const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
]);

/** `code` of an error of node, also of the first of several connection attempts; '' without one. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The fault of a request that its caller gave up. */
export function abortedFault(): Fault {
  return new Fault('aborted', 'it was given up', 'ABORT_ERR');
}

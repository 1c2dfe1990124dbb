import type { ConnectionConfig } from '../../src/kube/config/connection.ts';

/** A connection to `server` without credentials, with what a test wants to differ. */
export function connectionTo(server: string, fields: Partial<ConnectionConfig> = {}): ConnectionConfig {
  return {
    context: 'test',
    cluster: 'test-cluster',
    user: 'test-user',
    server,
    namespace: 'default',
    tlsServerName: '',
    insecureSkipTlsVerify: false,
    certificateAuthority: undefined,
    clientCertificate: undefined,
    authentication: { type: 'none' },
    impersonation: undefined,
    proxyUrl: '',
    disableCompression: false,
    requestTimeoutMs: 0,
    execConfig: undefined,
    warnings: [],
    ...fields,
  };
}

import { createSecureContext, type SecureContext } from 'node:tls';
import { clean } from '../clean.ts';
import type { ConnectionConfig } from '../config/connection.ts';
import type { Credential } from '../credentials/credentials.ts';
import { readPem } from '../credentials/material.ts';
import { KubeError } from '../errors.ts';

/**
 * Reads the certificates of a connection. `identity` is one that a credential plugin gave; without it the
 * kubeconfig's client certificate is used. Throws a {@link KubeError} of kind `credentials`.
 */
export async function secureContext(
  connection: ConnectionConfig,
  identity: Credential['certificate'],
): Promise<SecureContext> {
  const { certificateAuthority, clientCertificate, cluster, user } = connection;
  const ca =
    certificateAuthority === undefined
      ? undefined
      : await readPem(certificateAuthority, 'certificate-authority', cluster);
  const own =
    identity ??
    (clientCertificate === undefined
      ? undefined
      : {
          cert: await readPem(clientCertificate.certificate, 'client-cert', user),
          key: await readPem(clientCertificate.key, 'client-key', user),
        });
  try {
    return createSecureContext({ ...(ca === undefined ? {} : { ca }), ...own, minVersion: 'TLSv1.2' });
  } catch (error) {
    // OpenSSL's words, such as "no start line"; they never repeat the key.
    const reason = clean(error instanceof Error ? error.message : String(error));
    throw new KubeError(
      'credentials',
      `the certificates for cluster "${clean(cluster)}" or user "${clean(user)}" could not be loaded: ${reason}. They must be PEM, and the key must belong to the certificate.`,
      { cause: error },
    );
  }
}

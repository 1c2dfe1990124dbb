/**
 * From kubeconfig and flags to one connection, as kubectl does it: client-go `tools/clientcmd/client_config.go`
 * and `validation.go`. Pure; reading files is the business of `load.ts` and of the credentials.
 */

import { parseUrl } from '../parse-url.ts';
import { authenticationOf, clientCertificateOf, impersonationOf, pem } from './authentication.ts';
import type { ConfigError, ConnectionConfig, ConnectionFlags, InCluster } from './connection.ts';
import { parseTimeout } from './duration.ts';
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from './kubeconfig.ts';
import { given, withClusterFlags, withUserFlags } from './overrides.ts';
import { Refused } from './refused.ts';

const NO_CLUSTER: ClusterEntry = {
  server: '',
  tlsServerName: '',
  insecureSkipTlsVerify: false,
  certificateAuthority: '',
  certificateAuthorityData: '',
  proxyUrl: '',
  disableCompression: false,
  execConfig: undefined,
};

const NO_USER: UserEntry = {
  clientCertificate: '',
  clientCertificateData: '',
  clientKey: '',
  clientKeyData: '',
  token: '',
  tokenFile: '',
  as: '',
  asUid: '',
  asGroups: [],
  asUserExtra: {},
  username: '',
  password: '',
  authProvider: undefined,
  exec: undefined,
};

const NO_CONTEXT: ContextEntry = { cluster: '', user: '', namespace: '' };

/** The connection that kubectl would use, or why there is none. */
export function resolveConnection(
  config: Kubeconfig,
  flags: ConnectionFlags,
  inCluster: InCluster | undefined,
): ConnectionConfig | ConfigError {
  try {
    return isEmpty(config) && inCluster !== undefined && given(flags.context) === ''
      ? resolveInCluster(inCluster, flags)
      : resolve(config, flags);
  } catch (error) {
    if (error instanceof Refused) return { error: error.message };
    throw error;
  }
}

function isEmpty(config: Kubeconfig): boolean {
  return (
    config.currentContext === '' &&
    config.clusters.size === 0 &&
    config.users.size === 0 &&
    config.contexts.size === 0
  );
}

function resolve(config: Kubeconfig, flags: ConnectionFlags): ConnectionConfig {
  const { name: contextName, context } = contextOf(config, flags);
  const { name: clusterName, cluster } = clusterOf(config, flags, contextName, context);
  const { name: userName, user } = userOf(config, flags, contextName, context);
  if (cluster.server === '') throw new Refused(noServer(config, contextName, clusterName));
  return connection({
    context: contextName,
    clusterName,
    userName,
    cluster,
    user,
    namespace: given(flags.namespace) || context.namespace || 'default',
    flags,
  });
}

function resolveInCluster(inCluster: InCluster, flags: ConnectionFlags): ConnectionConfig {
  const host = inCluster.host.includes(':') ? `[${inCluster.host}]` : inCluster.host;
  const cluster = withClusterFlags(
    {
      ...NO_CLUSTER,
      server: `https://${host}:${inCluster.port}`,
      certificateAuthority: inCluster.certificateAuthority,
    },
    flags,
  );
  return connection({
    context: '',
    clusterName: 'in-cluster',
    userName: 'service account',
    cluster,
    user: withUserFlags({ ...NO_USER, tokenFile: inCluster.tokenFile }, flags),
    namespace: given(flags.namespace) || inCluster.namespace || 'default',
    flags,
  });
}

function noServer(config: Kubeconfig, context: string, cluster: string): string {
  if (cluster !== '')
    return `no server found for cluster "${cluster}": add its server to the kubeconfig, or use --server`;
  const names = [...config.contexts.keys()];
  const choice =
    names.length === 0
      ? 'Give a kubeconfig with --kubeconfig or KUBECONFIG, or a server with --server; --demo brings a cluster of its own.'
      : `Choose one with --context: ${names.join(', ')}.`;
  const found = context === '' && names.length > 0 ? 'no current-context is set' : 'no cluster is configured';
  return `${found}, so kubectl would try http://localhost:8080. ${choice}`;
}

function contextOf(config: Kubeconfig, flags: ConnectionFlags): { name: string; context: ContextEntry } {
  const wanted = given(flags.context);
  if (wanted !== '') {
    const context = config.contexts.get(wanted);
    if (context === undefined)
      throw new Refused(`context "${wanted}" does not exist${known(config.contexts)}`);
    return { name: wanted, context };
  }
  if (config.currentContext === '') return { name: '', context: NO_CONTEXT };
  const context = config.contexts.get(config.currentContext);
  if (context === undefined) {
    throw new Refused(
      `Error in configuration: context was not found for specified context: ${config.currentContext}${known(config.contexts)}`,
    );
  }
  return { name: config.currentContext, context };
}

function clusterOf(
  config: Kubeconfig,
  flags: ConnectionFlags,
  contextName: string,
  context: ContextEntry,
): { name: string; cluster: ClusterEntry } {
  const wanted = given(flags.cluster);
  const name = wanted || context.cluster;
  const entry = config.clusters.get(name);
  if (entry === undefined && wanted !== '') {
    throw new Refused(`cluster "${wanted}" does not exist${known(config.clusters)}`);
  }
  if (entry === undefined && name !== '' && given(flags.server) === '') {
    throw new Refused(`cluster "${name}" was not found for context "${contextName}"`);
  }
  return { name, cluster: withClusterFlags(entry ?? NO_CLUSTER, flags) };
}

function userOf(
  config: Kubeconfig,
  flags: ConnectionFlags,
  contextName: string,
  context: ContextEntry,
): { name: string; user: UserEntry } {
  const wanted = given(flags.user);
  const name = wanted || context.user;
  const entry = config.users.get(name);
  if (entry === undefined && wanted !== '') {
    throw new Refused(`auth info "${wanted}" does not exist${known(config.users)}`);
  }
  if (entry === undefined && name !== '') {
    throw new Refused(`user "${name}" was not found for context "${contextName}"`);
  }
  return { name, user: withUserFlags(entry ?? NO_USER, flags) };
}

interface Parts {
  readonly context: string;
  readonly clusterName: string;
  readonly userName: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
  readonly namespace: string;
  readonly flags: ConnectionFlags;
}

function connection({
  context,
  clusterName,
  userName,
  cluster,
  user,
  namespace,
  flags,
}: Parts): ConnectionConfig {
  const warnings: string[] = [];
  if (cluster.certificateAuthority !== '' && cluster.certificateAuthorityData !== '') {
    warnings.push(
      `certificate-authority-data and certificate-authority are both specified for ${clusterName}. certificate-authority-data will override.`,
    );
  }
  checkProxyUrl(cluster.proxyUrl, clusterName);
  const server = serverUrl(cluster, user);
  // client-go reads authentication only for a secure connection; impersonation is sent either way.
  const secure = server.startsWith('https:');
  const clientCertificate = clientCertificateOf(user, userName);
  return {
    context,
    cluster: clusterName,
    user: userName,
    server,
    namespace,
    tlsServerName: cluster.tlsServerName,
    insecureSkipTlsVerify: cluster.insecureSkipTlsVerify,
    certificateAuthority: pem(cluster.certificateAuthorityData, cluster.certificateAuthority),
    clientCertificate: secure ? clientCertificate : undefined,
    authentication: secure
      ? authenticationOf(user, userName, clientCertificate !== undefined)
      : { type: 'none' },
    impersonation: impersonationOf(user),
    proxyUrl: cluster.proxyUrl,
    disableCompression: cluster.disableCompression,
    requestTimeoutMs: requestTimeout(flags.requestTimeout),
    execConfig: cluster.execConfig,
    warnings,
  };
}

/** Like client-go's DefaultServerURL: without a scheme, https where TLS is configured, else http. */
function serverUrl(cluster: ClusterEntry, user: UserEntry): string {
  const usesTls =
    cluster.insecureSkipTlsVerify ||
    cluster.certificateAuthority !== '' ||
    cluster.certificateAuthorityData !== '' ||
    user.clientCertificate !== '' ||
    user.clientCertificateData !== '';
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(cluster.server)
    ? cluster.server
    : `${usesTls ? 'https' : 'http'}://${cluster.server}`;
  const url = parseUrl(text);
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.host === '') {
    throw new Refused(`server "${cluster.server}" is not a URL of the form https://host:port`);
  }
  return `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, '');
}

function checkProxyUrl(proxyUrl: string, clusterName: string): void {
  if (proxyUrl === '') return;
  const scheme = parseUrl(proxyUrl)?.protocol;
  if (scheme === 'http:' || scheme === 'https:') return;
  if (scheme === 'socks5:') {
    throw new Refused(
      `proxy-url of cluster "${clusterName}" is a SOCKS5 proxy, which is not supported: use an http or https proxy, or an SSH tunnel with --server`,
    );
  }
  throw new Refused(
    `invalid 'proxy-url' for cluster "${clusterName}": the scheme must be http or https, as in http://proxy.example:3128`,
  );
}

function requestTimeout(text: string | undefined): number {
  const timeout = parseTimeout(text ?? '0');
  if (timeout === undefined) {
    throw new Refused(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    );
  }
  return timeout;
}

function known(entries: ReadonlyMap<string, unknown>): string {
  return entries.size === 0 ? '' : `; there are: ${[...entries.keys()].join(', ')}`;
}

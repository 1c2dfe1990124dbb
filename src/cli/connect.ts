import { createKubeClient, type KubeClient } from '../kube/client.ts';
import type { ConnectionConfig, ConnectionFlags } from '../kube/config/connection.ts';
import { loadConnection, loadPluginPolicy } from '../kube/config/load.ts';
import type { PluginPolicy } from '../kube/config/plugin-policy.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import { programVersion } from './version.ts';

/** Where the words of a command go. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** A client for the cluster that the command line and the kubeconfig name. Nothing has been asked of it yet. */
export function connect(args: Arguments, env: NodeJS.ProcessEnv, output: Output): KubeClient {
  const connection = loadConnection(connectionFlags(args), env);
  if ('error' in connection) {
    throw new CommandError(connection.error);
  }
  return clientFor(connection, args, env, output);
}

/** A client for a connection that is already resolved. */
export function clientFor(
  connection: ConnectionConfig,
  args: Arguments,
  env: NodeJS.ProcessEnv,
  output: Output,
): KubeClient {
  for (const warning of connection.warnings) {
    output.err(`Warning: ${warning}\n`);
  }
  const runsPlugin = connection.authentication.type === 'exec';
  return createKubeClient(connection, {
    userAgentVersion: programVersion,
    env,
    ...(runsPlugin ? { pluginPolicy: pluginPolicy(args, env), takeTerminal: lendTerminal } : {}),
    onPluginOutput: (text) => output.err(text),
  });
}

/** While a command runs nobody else uses the terminal; a screen that does takes the loan back. */
let terminalIsFree = true;

async function lendTerminal(): Promise<(() => void) | undefined> {
  return terminalIsFree && process.stdin.isTTY ? () => undefined : undefined;
}

/** Says that the terminal belongs to a screen from now on: credential plugins do without it. */
export function occupyTerminal(): void {
  terminalIsFree = false;
}

/** kubectl's policy on credential plugins. A file that cannot be understood allows none. */
export function pluginPolicy(args: Arguments, env: NodeJS.ProcessEnv): PluginPolicy {
  const policy = loadPluginPolicy({ kuberc: args.text('kuberc') }, env);
  if ('error' in policy) {
    throw new CommandError(policy.error);
  }
  return policy;
}

/** The flags of the connection, as they were typed. */
export function connectionFlags(args: Arguments): ConnectionFlags {
  return {
    kubeconfig: args.text('kubeconfig'),
    context: args.text('context'),
    cluster: args.text('cluster'),
    user: args.text('user'),
    namespace: args.text('namespace'),
    server: args.text('server'),
    tlsServerName: args.text('tls-server-name'),
    insecureSkipTlsVerify: args.on('insecure-skip-tls-verify') || undefined,
    certificateAuthority: args.text('certificate-authority'),
    clientCertificate: args.text('client-certificate'),
    clientKey: args.text('client-key'),
    token: args.text('token'),
    username: args.text('username'),
    password: args.text('password'),
    as: args.text('as'),
    asUid: args.text('as-uid'),
    asGroup: args.list('as-group'),
    asUserExtra: args.list('as-user-extra'),
    requestTimeout: args.text('request-timeout'),
    disableCompression: args.on('disable-compression') || undefined,
  };
}

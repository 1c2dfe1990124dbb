/** Finds and reads kubeconfig files: client-go `tools/clientcmd/loader.go`. */

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { clean } from '../clean.ts';
import type { ConfigError, ConnectionConfig, ConnectionFlags, InCluster } from './connection.ts';
import { EMPTY_KUBECONFIG, type Kubeconfig, mergeKubeconfigs, parseKubeconfig } from './kubeconfig.ts';
import { type PluginPolicy, parsePluginPolicy } from './plugin-policy.ts';
import { resolveConnection } from './resolve.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadedConfig {
  readonly config: Kubeconfig;
  /** Files that were read, in order of precedence. */
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Reads the kubeconfig and resolves the connection that kubectl would use. Errors name the file and what
 * is wrong with it.
 */
export function loadConnection(
  flags: ConnectionFlags,
  env: Environment,
  home: string = homedir(),
): ConnectionConfig | ConfigError {
  const loaded = loadKubeconfig(flags, env, home);
  if ('error' in loaded) return loaded;
  const connection = resolveConnection(loaded.config, flags, findInCluster(env));
  if ('error' in connection) return { error: clean(connection.error) };
  return {
    ...connection,
    // From here on the name is only shown.
    context: clean(connection.context),
    warnings: [...loaded.warnings, ...connection.warnings].map((text) => clean(text)),
  };
}

/** The merged kubeconfig of `--kubeconfig`, `KUBECONFIG` or `~/.kube/config`. Missing files are skipped. */
export function loadKubeconfig(
  flags: Pick<ConnectionFlags, 'kubeconfig'>,
  env: Environment,
  home: string = homedir(),
): LoadedConfig | ConfigError {
  const explicit = flags.kubeconfig ?? '';
  if (explicit !== '') {
    const file = readConfig(explicit);
    if (file === undefined)
      return { error: `stat ${clean(explicit)}: no such file or directory (--kubeconfig)` };
    return 'error' in file ? file : { config: file, files: [explicit], warnings: [] };
  }
  const listed = env.KUBECONFIG ?? '';
  const paths =
    listed === ''
      ? [join(home, '.kube', 'config')]
      : [...new Set(listed.split(delimiter))].filter((path) => path !== '');
  const files: string[] = [];
  const configs: Kubeconfig[] = [];
  for (const path of paths) {
    const file = readConfig(path);
    if (file === undefined) continue;
    if ('error' in file) return file;
    files.push(path);
    configs.push(file);
  }
  const missing = listed !== '' && paths.length > 0 && files.length === 0;
  return {
    config: mergeKubeconfigs(configs),
    files,
    warnings: missing ? [`Config not found: ${paths.join(', ')}`] : [],
  };
}

/**
 * The policy on credential plugins of `--kuberc`, `KUBERC` (`off`: none) or `~/.kube/kuberc`. A file that
 * cannot be understood is an error: it may forbid what would be run.
 */
export function loadPluginPolicy(
  flags: { readonly kuberc?: string | undefined },
  env: Environment,
  home: string = homedir(),
): PluginPolicy | ConfigError {
  const named = flags.kuberc || env.KUBERC || '';
  if (named === 'off') return { policy: 'AllowAll' };
  const path = named || join(home, '.kube', 'kuberc');
  try {
    return parsePluginPolicy(readFileSync(path, 'utf8'));
  } catch (error) {
    if (named === '' && isMissing(error)) return { policy: 'AllowAll' };
    return { error: `could not read kuberc file ${clean(path)}: ${reasonOf(error)}` };
  }
}

function readConfig(path: string): Kubeconfig | ConfigError | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    return { error: `could not read kubeconfig ${clean(path)}: ${reasonOf(error)}` };
  }
  if (text.trim() === '') return EMPTY_KUBECONFIG;
  const folder = dirname(resolve(path));
  try {
    return parseKubeconfig(text, (relative) => resolve(folder, relative));
  } catch (error) {
    return { error: `error loading config file "${clean(path)}": ${reasonOf(error)}` };
  }
}

/** The service account of the pod that this runs in, if it runs in one. */
function findInCluster(env: Environment): InCluster | undefined {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const port = env.KUBERNETES_SERVICE_PORT ?? '';
  const tokenFile = join(SERVICE_ACCOUNT, 'token');
  if (host === '' || port === '' || tryRead(tokenFile) === undefined) return undefined;
  const certificateAuthority = join(SERVICE_ACCOUNT, 'ca.crt');
  return {
    host,
    port,
    tokenFile,
    certificateAuthority: tryRead(certificateAuthority) === undefined ? '' : certificateAuthority,
    namespace: env.POD_NAMESPACE || tryRead(join(SERVICE_ACCOUNT, 'namespace'))?.trim() || '',
  };
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function reasonOf(error: unknown): string {
  return clean(error instanceof Error ? error.message : String(error));
}

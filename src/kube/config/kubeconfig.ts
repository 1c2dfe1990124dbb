/** A kubeconfig file as data: the fields of client-go's `tools/clientcmd/api/v1/types.go` that matter here. */

import { parseDocument } from 'yaml';
import { isObject, type JsonObject } from '../json/value.ts';

export interface ClusterEntry {
  readonly server: string;
  readonly tlsServerName: string;
  readonly insecureSkipTlsVerify: boolean;
  /** Path, absolute or resolved against the folder of its file. */
  readonly certificateAuthority: string;
  /** Base64. */
  readonly certificateAuthorityData: string;
  readonly proxyUrl: string;
  readonly disableCompression: boolean;
  /** Extension `client.authentication.k8s.io/exec`, handed to exec plugins. */
  readonly execConfig: unknown;
}

export interface ExecEntry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion: string;
  readonly installHint: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: string;
}

export interface UserEntry {
  readonly clientCertificate: string;
  readonly clientCertificateData: string;
  readonly clientKey: string;
  readonly clientKeyData: string;
  readonly token: string;
  readonly tokenFile: string;
  readonly as: string;
  readonly asUid: string;
  readonly asGroups: readonly string[];
  readonly asUserExtra: Readonly<Record<string, readonly string[]>>;
  readonly username: string;
  readonly password: string;
  readonly authProvider:
    | { readonly name: string; readonly config: Readonly<Record<string, string>> }
    | undefined;
  readonly exec: ExecEntry | undefined;
}

export interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
}

/** One file, or several merged. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}

export const EMPTY_KUBECONFIG: Kubeconfig = {
  currentContext: '',
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
};

/** Makes a path of a kubeconfig absolute; given by the caller, who knows the file's folder. */
export type ResolvePath = (path: string) => string;

/**
 * Reads a kubeconfig. Throws an Error that says where the YAML is broken; unknown fields are ignored.
 * An empty file is an empty configuration.
 */
export function parseKubeconfig(text: string, resolvePath: ResolvePath): Kubeconfig {
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem !== undefined) throw new Error(problem.message.split('\n')[0] ?? 'broken YAML');
  const value: unknown = document.toJS();
  if (value === null || value === undefined) return EMPTY_KUBECONFIG;
  if (!isObject(value)) throw new Error('not a kubeconfig: the file holds no mapping');
  return {
    currentContext: string(value, 'current-context'),
    clusters: entries(value, 'clusters', 'cluster', (entry) => clusterOf(entry, resolvePath)),
    users: entries(value, 'users', 'user', (entry) => userOf(entry, resolvePath)),
    contexts: entries(value, 'contexts', 'context', contextOf),
  };
}

/** Merges files in their order: the first to name an entry, or a current-context, wins as a whole. */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): Kubeconfig {
  return {
    currentContext: files.find((file) => file.currentContext !== '')?.currentContext ?? '',
    clusters: mergeMaps(files.map((file) => file.clusters)),
    users: mergeMaps(files.map((file) => file.users)),
    contexts: mergeMaps(files.map((file) => file.contexts)),
  };
}

function mergeMaps<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  const merged = new Map<string, T>();
  for (const map of maps) {
    for (const [name, entry] of map) {
      if (!merged.has(name)) merged.set(name, entry);
    }
  }
  return merged;
}

function entries<T>(
  config: JsonObject,
  list: string,
  field: string,
  read: (entry: JsonObject) => T,
): ReadonlyMap<string, T> {
  const named = new Map<string, T>();
  const items = config[list];
  if (!Array.isArray(items)) return named;
  for (const item of items) {
    if (!isObject(item) || typeof item.name !== 'string' || named.has(item.name)) continue;
    const entry = item[field];
    named.set(item.name, read(isObject(entry) ? entry : {}));
  }
  return named;
}

function clusterOf(entry: JsonObject, resolvePath: ResolvePath): ClusterEntry {
  return {
    server: string(entry, 'server'),
    tlsServerName: string(entry, 'tls-server-name'),
    insecureSkipTlsVerify: entry['insecure-skip-tls-verify'] === true,
    certificateAuthority: path(entry, 'certificate-authority', resolvePath),
    certificateAuthorityData: string(entry, 'certificate-authority-data'),
    proxyUrl: string(entry, 'proxy-url'),
    disableCompression: entry['disable-compression'] === true,
    execConfig: execConfigOf(entry),
  };
}

const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';

function execConfigOf(cluster: JsonObject): unknown {
  const { extensions } = cluster;
  if (!Array.isArray(extensions)) return undefined;
  const found = extensions.find((item) => isObject(item) && item.name === EXEC_EXTENSION);
  return isObject(found) ? found.extension : undefined;
}

function userOf(entry: JsonObject, resolvePath: ResolvePath): UserEntry {
  const provider = entry['auth-provider'];
  return {
    clientCertificate: path(entry, 'client-certificate', resolvePath),
    clientCertificateData: string(entry, 'client-certificate-data'),
    clientKey: path(entry, 'client-key', resolvePath),
    clientKeyData: string(entry, 'client-key-data'),
    token: string(entry, 'token'),
    tokenFile: path(entry, 'tokenFile', resolvePath),
    as: string(entry, 'as'),
    asUid: string(entry, 'as-uid'),
    asGroups: strings(entry, 'as-groups'),
    asUserExtra: stringLists(entry, 'as-user-extra'),
    username: string(entry, 'username'),
    password: string(entry, 'password'),
    authProvider: isObject(provider)
      ? { name: string(provider, 'name'), config: providerConfigOf(provider, resolvePath) }
      : undefined,
    exec: isObject(entry.exec) ? execOf(entry.exec, resolvePath) : undefined,
  };
}

/** Paths are the kubeconfig's, as its others are; kubectl takes this one from the current folder. */
function providerConfigOf(provider: JsonObject, resolvePath: ResolvePath): Readonly<Record<string, string>> {
  const config = stringMap(provider, 'config');
  const key = 'idp-certificate-authority';
  return config[key] ? { ...config, [key]: resolvePath(config[key]) } : config;
}

function execOf(exec: JsonObject, resolvePath: ResolvePath): ExecEntry {
  const command = string(exec, 'command');
  const env = Array.isArray(exec.env) ? exec.env.filter(isObject) : [];
  return {
    // A bare name is looked up in PATH; only a command with a separator is a path.
    command: /[/\\]/.test(command) ? resolvePath(command) : command,
    args: strings(exec, 'args'),
    env: env.map((item) => ({ name: string(item, 'name'), value: string(item, 'value') })),
    apiVersion: string(exec, 'apiVersion'),
    installHint: string(exec, 'installHint'),
    provideClusterInfo: exec.provideClusterInfo === true,
    interactiveMode: string(exec, 'interactiveMode'),
  };
}

function contextOf(entry: JsonObject): ContextEntry {
  return {
    cluster: string(entry, 'cluster'),
    user: string(entry, 'user'),
    namespace: string(entry, 'namespace'),
  };
}

function string(entry: JsonObject, key: string): string {
  const value = entry[key];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function path(entry: JsonObject, key: string, resolvePath: ResolvePath): string {
  const value = string(entry, key);
  return value === '' ? '' : resolvePath(value);
}

function strings(entry: JsonObject, key: string): readonly string[] {
  const value = entry[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function stringMap(entry: JsonObject, key: string): Readonly<Record<string, string>> {
  const value = entry[key];
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]));
}

function stringLists(entry: JsonObject, key: string): Readonly<Record<string, readonly string[]>> {
  const value = entry[key];
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.keys(value).map((name) => [name, strings(value, name)]));
}

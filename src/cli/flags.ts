/**
 * The one table of flags: it feeds the parser, `--help` and the docs. Names and meanings of the connection
 * flags are kubectl's (`kubectl options`; kubernetes/cli-runtime `config_flags.go`).
 */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly type: 'string' | 'boolean';
  /** May be given several times. */
  readonly many?: boolean;
  /** What stands for the value in the help, for example `NAME`. */
  readonly value?: string;
  readonly help: string;
}

export const connectionFlags = [
  { name: 'kubeconfig', type: 'string', value: 'FILE', help: 'kubeconfig file to use, and no other' },
  { name: 'context', type: 'string', value: 'NAME', help: 'kubeconfig context' },
  { name: 'cluster', type: 'string', value: 'NAME', help: 'kubeconfig cluster' },
  { name: 'user', type: 'string', value: 'NAME', help: 'kubeconfig user' },
  { name: 'server', short: 's', type: 'string', value: 'URL', help: 'address of the API server' },
  { name: 'tls-server-name', type: 'string', value: 'NAME', help: 'name to expect in its certificate' },
  { name: 'insecure-skip-tls-verify', type: 'boolean', help: 'do not verify its certificate' },
  { name: 'certificate-authority', type: 'string', value: 'FILE', help: 'CA that signed its certificate' },
  { name: 'client-certificate', type: 'string', value: 'FILE', help: 'client certificate' },
  { name: 'client-key', type: 'string', value: 'FILE', help: 'key of the client certificate' },
  { name: 'token', type: 'string', value: 'TOKEN', help: 'bearer token' },
  { name: 'username', type: 'string', value: 'NAME', help: 'user name for basic authentication' },
  { name: 'password', type: 'string', value: 'TEXT', help: 'password for basic authentication' },
  { name: 'as', type: 'string', value: 'USER', help: 'user to impersonate' },
  { name: 'as-group', type: 'string', many: true, value: 'GROUP', help: 'group to impersonate, repeatable' },
  { name: 'as-uid', type: 'string', value: 'UID', help: 'UID to impersonate' },
  {
    name: 'as-user-extra',
    type: 'string',
    many: true,
    value: 'KEY=VALUE',
    help: 'extra to impersonate, repeatable',
  },
  { name: 'request-timeout', type: 'string', value: '30s', help: 'limit for one request; 0 means none' },
  { name: 'disable-compression', type: 'boolean', help: 'do not ask for compressed answers' },
] as const satisfies readonly Flag[];

export const scopeFlags = [
  { name: 'namespace', short: 'n', type: 'string', value: 'NAME', help: 'only this namespace' },
  { name: 'all-namespaces', short: 'A', type: 'boolean', help: 'all namespaces (the default)' },
  { name: 'selector', short: 'l', type: 'string', value: 'QUERY', help: 'only pods with these labels' },
  {
    name: 'linkerd-namespace',
    short: 'L',
    type: 'string',
    value: 'NAME',
    help: 'namespace of the control plane, if it cannot be found',
  },
] as const satisfies readonly Flag[];

export const outputFlags = [
  { name: 'output', short: 'o', type: 'string', value: 'FORM', help: 'table, wide, json, yaml or name' },
  { name: 'no-headers', type: 'boolean', help: 'print rows only: no headers and no summary' },
] as const satisfies readonly Flag[];

export const restartFlags = [
  {
    name: 'only',
    type: 'string',
    value: 'WHICH',
    help: 'only workloads with violations, behind or stale-trust',
  },
  { name: 'yes', type: 'boolean', help: 'restart without asking; needed without a terminal' },
] as const satisfies readonly Flag[];

export const verifyFlags = [
  {
    name: 'excuse',
    type: 'string',
    many: true,
    value: 'NAMESPACE[/KIND/NAME]',
    help: 'do not count its proxies as a failure, repeatable',
  },
] as const satisfies readonly Flag[];

export const otherFlags = [
  { name: 'demo', type: 'boolean', help: 'use a simulated cluster inside this program' },
  { name: 'read-only', type: 'boolean', help: 'never write to the cluster' },
  { name: 'help', short: 'h', type: 'boolean', help: 'show this help' },
  { name: 'version', type: 'boolean', help: 'show the version of this program' },
] as const satisfies readonly Flag[];

/** Accepted because kubectl has them, without effect here. */
export const ignoredFlags = [
  { name: 'cache-dir', type: 'string', value: 'DIR', help: '' },
  { name: 'kuberc', type: 'string', value: 'FILE', help: '' },
  { name: 'v', short: 'v', type: 'string', value: 'LEVEL', help: '' },
  { name: 'verbose', type: 'boolean', help: '' },
] as const satisfies readonly Flag[];

export const allFlags: readonly Flag[] = [
  ...connectionFlags,
  ...scopeFlags,
  ...outputFlags,
  ...restartFlags,
  ...verifyFlags,
  ...otherFlags,
  ...ignoredFlags,
];

import { DEFAULT_LIMITS } from '../rollout/run/limits.ts';

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
  /** What it says when it stands alone: its value then has to follow `=` (NoOptDefVal of spf13/pflag). */
  readonly alone?: string;
  /** Commands that it is for, '' being the live screen; every command when undefined. */
  readonly commands?: readonly string[];
  readonly help: string;
}

export const connectionFlags = [
  { name: 'kubeconfig', type: 'string', value: 'FILE', help: 'kubeconfig file to use, and no other' },
  {
    name: 'kuberc',
    type: 'string',
    value: 'FILE',
    help: 'file of preferences; only its policy on credential plugins is heeded',
  },
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
  {
    name: 'all-namespaces',
    short: 'A',
    type: 'boolean',
    help: 'all namespaces (the default of what only looks)',
  },
  {
    name: 'selector',
    short: 'l',
    type: 'string',
    value: 'QUERY',
    help: 'only pods with these labels; for plan and restart: workloads',
  },
  {
    name: 'linkerd-namespace',
    short: 'L',
    type: 'string',
    value: 'NAME',
    help: 'namespace of the control plane, if it cannot be found',
  },
] as const satisfies readonly Flag[];

export const outputFlags = [
  {
    name: 'output',
    short: 'o',
    type: 'string',
    value: 'FORM',
    help: 'table, json, yaml; status: wide, name; restart: json; report: markdown, html',
  },
  { name: 'no-headers', type: 'boolean', help: 'print rows only: no headers and no summary' },
] as const satisfies readonly Flag[];

const planned = ['plan', 'restart'] as const;
const asking = ['restart', 'pin', 'unpin'] as const;
/** What concerns the run itself, on the command line and on the live screen. */
const running = ['restart', ''] as const;
/** A plan's estimate goes by the limits. */
const limited = ['plan', ...running] as const;

export const planFlags = [
  {
    name: 'only',
    type: 'string',
    value: 'WHICH',
    commands: planned,
    help: 'only workloads with violations, behind or stale-trust',
  },
  {
    name: 'include',
    type: 'string',
    many: true,
    value: 'WHAT',
    commands: [...planned, ''],
    help: 'also what is left out by default: meshes, downgrades, on-delete; repeatable',
  },
  {
    name: 'no-probe',
    type: 'boolean',
    commands: [...planned, ''],
    help: 'do not ask the injector by dry-run pods',
  },
  {
    name: 'out',
    type: 'string',
    value: 'FILE',
    commands: ['plan', 'report'],
    help: 'write the plan for restart --plan (or the report) to a file',
  },
  {
    name: 'force',
    type: 'boolean',
    commands: ['plan', 'report'],
    help: 'let --out replace a file that is there',
  },
] as const satisfies readonly Flag[];

export const restartFlags = [
  {
    name: 'plan',
    type: 'string',
    value: 'FILE',
    commands: ['restart'],
    help: 'apply a plan that plan --out has written',
  },
  {
    name: 'resume',
    type: 'boolean',
    commands: ['restart'],
    help: 'go on with an unfinished run of this cluster',
  },
  {
    name: 'retry',
    type: 'string',
    many: true,
    value: 'NAMESPACE/KIND/NAME',
    commands: ['restart'],
    help: 'with --resume: queue a failed workload again, repeatable',
  },
  {
    name: 'skip',
    type: 'string',
    many: true,
    value: 'NAMESPACE/KIND/NAME',
    commands: ['restart'],
    help: 'with --resume: leave a workload out, repeatable',
  },
  {
    name: 'yes',
    type: 'boolean',
    commands: asking,
    help: 'write without asking; needed without a terminal',
  },
  {
    name: 'dry-run',
    type: 'string',
    value: 'client|server',
    alone: '',
    commands: asking,
    help: 'client prints what would be done, server checks every patch',
  },
  { name: 'reason', type: 'string', value: 'TEXT', commands: running, help: 'why, for whoever looks later' },
  { name: 'take-over', type: 'boolean', commands: ['restart'], help: 'take the lock of a run that is gone' },
  { name: 'without-lock', type: 'boolean', commands: ['restart'], help: 'go on where no lock can be had' },
] as const satisfies readonly Flag[];

export const limitFlags = [
  {
    name: 'max-parallel',
    type: 'string',
    value: 'N',
    commands: limited,
    help: `workloads in progress at a time (${DEFAULT_LIMITS.maxParallel}), ${DEFAULT_LIMITS.perNamespace} a namespace`,
  },
  {
    name: 'starts-per-minute',
    type: 'string',
    value: 'N',
    commands: limited,
    help: `pod starts in any minute (${DEFAULT_LIMITS.startsPerMinute}); begins at a quarter`,
  },
  {
    name: 'soak',
    type: 'string',
    value: 'DURATION',
    commands: limited,
    help: `time between two waves (${DEFAULT_LIMITS.soakSeconds}s)`,
  },
  {
    name: 'workload-soak',
    type: 'string',
    value: 'DURATION',
    commands: limited,
    help: `time that a proven workload is watched on (${DEFAULT_LIMITS.workloadSoakSeconds}s)`,
  },
  {
    name: 'timeout',
    type: 'string',
    value: 'DURATION',
    commands: limited,
    help: 'time without progress that fails a workload (its own deadline)',
  },
  {
    name: 'failure-budget',
    type: 'string',
    value: 'N',
    commands: limited,
    help: `failed workloads that do not halt the run (${DEFAULT_LIMITS.failureBudget})`,
  },
] as const satisfies readonly Flag[];

export const pinFlags = [
  {
    name: 'proxy-version',
    type: 'string',
    value: 'VERSION',
    commands: ['pin'],
    help: 'version to pin proxies to',
  },
] as const satisfies readonly Flag[];

export const checkFlags = [
  {
    name: 'pre',
    type: 'boolean',
    commands: ['check'],
    help: 'also what must hold before the control plane is upgraded',
  },
  {
    name: 'to',
    type: 'string',
    value: 'VERSION',
    commands: ['check', 'plan'],
    help: '2.20, edge-26.6.3, latest-known; check --pre takes the next step without it',
  },
  {
    name: 'wait',
    type: 'string',
    value: 'DURATION',
    commands: ['check'],
    help: 'time for rollouts under way to pass a failed check (5m)',
  },
  {
    name: 'proxy',
    type: 'boolean',
    commands: ['check'],
    help: "as linkerd's; the data plane is checked in any case",
  },
] as const satisfies readonly Flag[];

export const verifyFlags = [
  {
    name: 'excuse',
    type: 'string',
    many: true,
    value: 'NAMESPACE[/KIND/NAME]',
    commands: ['verify'],
    help: 'do not count its proxies as a failure, repeatable',
  },
] as const satisfies readonly Flag[];

export const rbacFlags = [
  {
    name: 'for',
    type: 'string',
    many: true,
    value: 'COMMAND',
    commands: ['rbac'],
    help: 'all that this command uses: status, screen, restart, repeatable',
  },
  {
    name: 'subject',
    type: 'string',
    many: true,
    value: 'WHO',
    commands: ['rbac'],
    help: 'User:ann, Group:sre, ServiceAccount:ci/restarter, repeatable',
  },
  { name: 'name', type: 'string', value: 'NAME', commands: ['rbac'], help: 'of the roles and bindings' },
  {
    name: 'admission-policy',
    type: 'boolean',
    commands: ['rbac'],
    help: 'also a policy that allows no more than our annotations',
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
  { name: 'v', short: 'v', type: 'string', value: 'LEVEL', help: '' },
  { name: 'verbose', type: 'boolean', help: '' },
] as const satisfies readonly Flag[];

export const allFlags: readonly Flag[] = [
  ...connectionFlags,
  ...scopeFlags,
  ...outputFlags,
  ...planFlags,
  ...restartFlags,
  ...limitFlags,
  ...pinFlags,
  ...checkFlags,
  ...verifyFlags,
  ...rbacFlags,
  ...otherFlags,
  ...ignoredFlags,
];

import type { Labels } from '../kube/records.ts';
import type { LiveView } from '../live/view.ts';
import { parseSelector, SelectorError } from '../mesh/selector-text.ts';
import { selects } from '../mesh/selectors.ts';
import type { WorkloadKey, WorkloadView } from '../mesh/view.ts';
import type { Scope } from '../rollout/plan/plan.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import { namesKind } from './kinds.ts';
import { nearest } from './nearest.ts';
import { UsageError } from './pflag.ts';

/** What `plan` and `restart` were asked for: whole namespaces, or single workloads with the kind as it was typed. */
export interface Target {
  readonly namespace: string;
  readonly workload?: { readonly kind: string; readonly name: string };
}

const choices: Readonly<Record<string, (workload: WorkloadView) => boolean>> = {
  violations: ({ byClass }) => byClass.violation > 0,
  behind: ({ proxies, byClass }) => proxies > byClass.current,
  'stale-trust': ({ staleTrust }) => staleTrust > 0,
};

/**
 * The targets of a command line in the order named, each once; undefined means all, which has to be said with -A.
 * `KIND/NAME` stands in the namespace that -n names, as for kubectl.
 * @throws UsageError
 */
export function wantedTargets(args: Arguments): readonly Target[] | undefined {
  const spaces = args.list('namespace');
  const operands = args.operands.map((operand) => targetOf(operand, spaces));
  // A namespace that only says where KIND/NAME stands is not asked for as a whole.
  const isPlace = args.operands.some((operand) => operand.split('/').length === 2);
  const targets = [...(isPlace ? [] : spaces.map((namespace) => ({ namespace }))), ...operands];
  const all = args.on('all-namespaces');
  if (all && targets.length > 0) {
    throw new UsageError('name namespaces or say -A, not both');
  }
  if (!all && targets.length === 0) {
    throw new UsageError(`name the namespaces to look at, or say -A for all: ${args.command} NAMESPACE...`);
  }
  return all ? undefined : distinct(targets);
}

/** The namespaces of the targets, each once; undefined means all. @throws UsageError */
export function wantedNamespaces(args: Arguments): readonly string[] | undefined {
  const targets = wantedTargets(args);
  return targets && [...new Set(targets.map(({ namespace }) => namespace))];
}

/**
 * Checks what narrows the targets, before the cluster is asked anything.
 * @throws UsageError for a choice that does not exist, or a selector that is none
 */
export function checkOnly(args: Arguments): void {
  const only = args.text('only');
  if (only !== undefined && !Object.hasOwn(choices, only)) {
    throw new UsageError(`--only takes ${Object.keys(choices).join(', ')}, not "${only}"`);
  }
  selectorOf(args);
}

/**
 * The workloads that a command line asks for, as scopes of a plan: its targets, narrowed by --only and by -l, which
 * goes by the workloads' own labels. With -A the control plane's and the system's namespaces are left out.
 * @param labelsOf labels of a workload, undefined where it cannot be read
 * @throws UsageError, or CommandError for a target that does not exist
 */
export function scopesIn(
  live: LiveView,
  args: Arguments,
  labelsOf: (key: WorkloadKey) => Labels | undefined,
): readonly Scope[] {
  const { mesh } = live;
  const targets = wantedTargets(args);
  const only = args.text('only');
  const selector = selectorOf(args);
  const scopes = targets ? existing(live, targets, args.command) : everywhere(live);
  const isChosen = only === undefined ? () => true : choices[only];
  if (!isChosen) {
    throw new UsageError(`--only takes ${Object.keys(choices).join(', ')}, not "${only}"`);
  }
  if (only === undefined && !selector) {
    return scopes;
  }
  const chosen = scopes.flatMap((scope) =>
    mesh
      .workloads(scope.namespace)
      .filter(({ kind, name }) => !scope.workload || isSame(scope.workload, { kind, name }))
      .filter(isChosen)
      .filter((workload) => !selector || selects(selector, labelsOf(workload) ?? {}))
      .map(({ kind, name }) => ({ namespace: scope.namespace, workload: { kind, name } })),
  );
  return distinct(chosen);
}

function selectorOf(args: Arguments): ReturnType<typeof parseSelector> | undefined {
  const text = args.text('selector');
  if (text === undefined || text.trim() === '') {
    return undefined;
  }
  try {
    return parseSelector(text);
  } catch (error) {
    if (error instanceof SelectorError) {
      throw new UsageError(
        `-l takes labels as kubectl does, for example -l 'app=web,tier in (a,b)': ${error.message}`,
      );
    }
    throw error;
  }
}

function targetOf(operand: string, spaces: readonly string[]): Target {
  const parts = operand.split('/');
  const [first = '', second = '', third = ''] = parts;
  if (parts.includes('') || parts.length > 3) {
    throw new UsageError(
      `"${operand}" names nothing to look at: say NAMESPACE or NAMESPACE/KIND/NAME, for example books/deployment/web`,
    );
  }
  if (parts.length === 1) {
    return { namespace: first };
  }
  if (parts.length === 3) {
    return { namespace: first, workload: { kind: second, name: third } };
  }
  const [namespace, another] = spaces;
  if (namespace === undefined || another !== undefined) {
    throw new UsageError(
      `"${operand}" does not say in which namespace: say NAMESPACE/${operand}, or add -n NAMESPACE`,
    );
  }
  return { namespace, workload: { kind: first, name: second } };
}

/** What a misspelt namespace may have been meant to be; `plan` has one word of its own in its place. */
function meant([first = '', ...more]: readonly string[], known: readonly string[], command: string): string {
  if (more.length > 0) return '';
  const near = nearest(first, command === 'plan' ? [...known, 'upgrade'] : known);
  if (near === undefined) return '';
  return `; did you mean ${near === 'upgrade' ? 'plan upgrade' : near}?`;
}

/** Targets with the kinds that the cluster has for them. */
function existing({ mesh }: LiveView, targets: readonly Target[], command: string): readonly Scope[] {
  const known = new Set(mesh.namespaces.map(({ name }) => name));
  const missing = [...new Set(targets.map(({ namespace }) => namespace))].filter((name) => !known.has(name));
  if (missing.length > 0) {
    throw new CommandError(
      `there is no namespace ${missing.join(', ')}, or it may not be read${meant(missing, [...known], command)}`,
    );
  }
  return targets.map(({ namespace, workload }) => {
    if (!workload) {
      return { namespace };
    }
    const found = mesh
      .workloads(namespace)
      .find(({ kind, name }) => name === workload.name && namesKind(workload.kind, kind));
    if (!found) {
      throw new CommandError(
        `there is no ${workload.kind} ${workload.name} in namespace ${namespace}, or it may not be read`,
      );
    }
    return { namespace, workload: { kind: found.kind, name: found.name } };
  });
}

function everywhere({ mesh }: LiveView): readonly Scope[] {
  return mesh.namespaces
    .filter(({ role }) => role === 'application' || role === 'extension')
    .map(({ name }) => ({ namespace: name }));
}

function isSame(
  a: { readonly kind: string; readonly name: string },
  b: { readonly kind: string; readonly name: string },
): boolean {
  return a.kind === b.kind && a.name === b.name;
}

function distinct<T extends Target>(targets: readonly T[]): readonly T[] {
  const seen = new Map<string, T>();
  for (const target of targets) {
    const { namespace, workload } = target;
    const id = workload ? `${namespace}/${workload.kind}/${workload.name}` : namespace;
    if (!seen.has(id)) {
      seen.set(id, target);
    }
  }
  return [...seen.values()];
}

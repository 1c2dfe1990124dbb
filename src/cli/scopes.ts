import type { LiveView } from '../live/view.ts';
import type { WorkloadView } from '../mesh/view.ts';
import type { Scope } from '../rollout/plan/plan.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import { UsageError } from './pflag.ts';

const choices: Readonly<Record<string, (workload: WorkloadView) => boolean>> = {
  violations: ({ byClass }) => byClass.violation > 0,
  behind: ({ proxies, byClass }) => proxies > byClass.current,
  'stale-trust': ({ staleTrust }) => staleTrust > 0,
};

/** Namespaces that `plan` and `restart` are asked for; undefined means all, which has to be said with -A. */
export function wantedNamespaces(args: Arguments): readonly string[] | undefined {
  const named = [...new Set([...args.list('namespace'), ...args.operands])];
  const all = args.on('all-namespaces');
  if (all && named.length > 0) {
    throw new UsageError('name namespaces or say -A, not both');
  }
  if (!all && named.length === 0) {
    throw new UsageError(`name the namespaces to look at, or say -A for all: ${args.command} NAMESPACE...`);
  }
  return all ? undefined : named;
}

/** @throws UsageError for a choice that does not exist */
export function checkOnly(args: Arguments): void {
  const only = args.text('only');
  if (only !== undefined && !Object.hasOwn(choices, only)) {
    throw new UsageError(`--only takes ${Object.keys(choices).join(', ')}, not "${only}"`);
  }
}

/** The workloads asked for, as scopes of a plan; the control plane's and the system's namespaces only when named. */
export function scopesIn(
  live: LiveView,
  namespaces: readonly string[] | undefined,
  only: string | undefined,
): readonly Scope[] {
  const { mesh } = live;
  const known = new Set(mesh.namespaces.map(({ name }) => name));
  const missing = namespaces?.filter((name) => !known.has(name)) ?? [];
  if (missing.length > 0) {
    throw new CommandError(`there is no namespace ${missing.join(', ')}, or it may not be read`);
  }
  const names =
    namespaces ??
    mesh.namespaces
      .filter(({ role }) => role === 'application' || role === 'extension')
      .map(({ name }) => name);
  const isChosen = only === undefined ? undefined : choices[only];
  if (!isChosen) {
    return names.map((namespace) => ({ namespace }));
  }
  return names.flatMap((namespace) =>
    mesh
      .workloads(namespace)
      .filter(isChosen)
      .map(({ kind, name }) => ({ namespace, workload: { kind, name } })),
  );
}

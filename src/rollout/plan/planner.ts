/** Makes plans: the front of this folder for the engine. */
import type { WorkloadView } from '../../mesh/view.ts';
import { blockedBy } from './blocked.ts';
import { consider } from './consider.ts';
import { byKey, idOf } from './names.ts';
import type { Exclusion, Plan, PlanOptions, Scope } from './plan.ts';
import type { PlanningInput } from './planning-input.ts';
import { isInScope } from './scope.ts';
import { arrange, type Candidate } from './waves.ts';

export { blockedBy } from './blocked.ts';
export { decide } from './decide.ts';
export type { PlanningInput } from './planning-input.ts';

/**
 * The plan for `scopes`: what would be restarted in which waves and order, what stays and why, and what forbids all of
 * it. Its order is derived (violations first) unless `options` say that it was asked for. Exclusions stand in order of
 * namespace, kind and name.
 */
export function planRestart(input: PlanningInput, scopes: readonly Scope[], options: PlanOptions = {}): Plan {
  const candidates: Candidate[] = [];
  const exclusions: Exclusion[] = [];
  for (const [view, asked] of workloadsIn(input, scopes)) {
    const verdict = consider(input, view, options);
    if (verdict.verdict === 'exclude') exclusions.push(verdict.exclusion);
    else candidates.push({ ...verdict, asked });
  }
  const { mesh } = input;
  return {
    scopes,
    options,
    ...arrange(candidates, mesh.namespaces, options.order ?? 'derived'),
    exclusions: exclusions.sort((a, b) => byKey(a.key, b.key)),
    blocked: blockedBy(mesh.controlPlane),
    controlPlaneVersion: mesh.controlPlane.version,
  };
}

/** The workloads of `scopes`, each once, with the index of the first scope that names it. */
function workloadsIn({ mesh }: PlanningInput, scopes: readonly Scope[]): ReadonlyMap<WorkloadView, number> {
  const found = new Map<string, readonly [WorkloadView, number]>();
  for (const [index, scope] of scopes.entries()) {
    for (const view of mesh.workloads(scope.namespace)) {
      const id = idOf(view);
      if (isInScope(view, scope) && !found.has(id)) found.set(id, [view, index]);
    }
  }
  return new Map(found.values());
}

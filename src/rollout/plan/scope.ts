import type { WorkloadKey } from '../../mesh/view.ts';
import type { Scope } from './plan.ts';

/** Whether a scope takes a workload in. */
export function isInScope(key: WorkloadKey, { namespace, workload }: Scope): boolean {
  if (key.namespace !== namespace) return false;
  return workload === undefined || (workload.kind === key.kind && workload.name === key.name);
}

import type { WorkloadKind } from '../../kube/records.ts';
import { workloadResources } from '../../kube/resources.ts';
import type { WorkloadKey, WorkloadView } from '../../mesh/view.ts';
import { byText } from '../../mesh/words.ts';
import type { PlanItem } from '../plan/plan.ts';
import type { PlanningInput } from '../plan/planner.ts';

export function isWorkloadKind(kind: string): kind is WorkloadKind {
  return Object.hasOwn(workloadResources, kind);
}

/** Namespaces of some items, each once, in order. */
export function namespacesOf(items: readonly PlanItem[]): readonly string[] {
  return [...new Set(items.map(({ key }) => key.namespace))].sort(byText);
}

/** A workload as it is seen now; undefined when it is gone. */
export function viewOf({ mesh }: PlanningInput, key: WorkloadKey): WorkloadView | undefined {
  return mesh.workloads(key.namespace).find(({ kind, name }) => kind === key.kind && name === key.name);
}

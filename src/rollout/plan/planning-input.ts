import type { WorkloadRecord } from '../../kube/records.ts';
import type { MeshView, WorkloadKey } from '../../mesh/view.ts';

/** What a plan is made from: one picture of the mesh and the records behind it. */
export interface PlanningInput {
  readonly mesh: MeshView;
  workload(key: WorkloadKey): WorkloadRecord | undefined;
}

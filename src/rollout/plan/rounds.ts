import type { WorkloadRecord } from '../../kube/records.ts';
import { surgeOf } from '../../mesh/surge.ts';

/** In how many rounds the controller of a workload replaces `pods` pods: as many at once as surge and maxUnavailable let it. */
export function roundsOf(workload: WorkloadRecord, pods: number): number {
  const { above, below } = surgeOf(workload);
  return Math.ceil(pods / Math.max(1, above + below));
}

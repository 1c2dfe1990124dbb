import type { PlanItem } from './plan.ts';

/** What of a workload was looked at when a plan was reviewed. */
export type Reviewed = Pick<PlanItem, 'uid' | 'templateHash' | 'method' | 'effect' | 'expected' | 'kept'>;

/**
 * In words, what of a restart as it would be made now is not what was reviewed, so that it must not be made; '' when
 * it is. A mere change of status, of the number of pods, or of the pod template says nothing here.
 */
export function contradiction(reviewed: Reviewed, now: Reviewed): string {
  if (now.expected.version !== reviewed.expected.version) {
    return `a restart would now give ${now.expected.version}, not ${reviewed.expected.version} as reviewed`;
  }
  if (now.expected.trustRootSha256 !== reviewed.expected.trustRootSha256) {
    return 'the trust root of the control plane changed after the review';
  }
  if (now.method !== reviewed.method) {
    return 'its update strategy changed after the review, so that its pods would be replaced in another way';
  }
  if (now.kept !== reviewed.kept) {
    return `its partition changed after the review: it would now keep ${now.kept} pods as they are, not ${reviewed.kept}`;
  }
  return '';
}

/** Says that a new deployment came between review and restart; '' when none did. */
export function templateChange(reviewed: Reviewed, now: Reviewed): string {
  return now.templateHash === reviewed.templateHash
    ? ''
    : 'its pod template changed after the review; effect and target are the same';
}

import { annotation } from '../../data/linkerd.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import type { WorkloadKey, WorkloadView } from '../../mesh/view.ts';
import type { Decision } from '../run/events.ts';
import { restartedAtValue } from '../run/restarted-at.ts';
import { consider } from './consider.ts';
import type { PlanItem, PlanOptions } from './plan.ts';
import type { PlanningInput } from './planning-input.ts';
import { contradiction, templateChange } from './review.ts';

/**
 * Decides anew on a planned workload when its turn comes: restart it as it is now if the outcome is still the one
 * that was reviewed, drop it if nothing is left to do, wait while it is in motion, refuse it if anything else has
 * changed. A new deployment that changes neither effect nor target is restarted, and the item's reasons tell of it.
 * @param now seconds since the epoch
 */
export function decide(
  input: PlanningInput,
  planned: PlanItem,
  now: number,
  utcOffsetMinutes: number,
): Decision {
  const view = findWorkload(input, planned.key);
  const record = input.workload(planned.key);
  if (!record || record.uid !== planned.uid || record.deletedAt !== 0) {
    return { decision: 'drop', reason: 'the workload was deleted, or replaced by another of its name' };
  }
  if (!view || record.replicas === 0) {
    return { decision: 'drop', reason: 'it was scaled to zero before its turn came' };
  }
  if (view.effect.kind === 'nothing') {
    return { decision: 'drop', reason: 'its proxies became current in the meantime' };
  }
  const verdict = consider(input, view, reviewedOptions(planned));
  if (verdict.verdict === 'exclude') {
    const { reason } = verdict.exclusion;
    return verdict.passing
      ? { decision: 'wait', reason }
      : { decision: 'refuse', reason: `it changed after it was reviewed: ${reason}` };
  }
  const problem = contradiction(planned, verdict.item);
  if (problem !== '') return { decision: 'refuse', reason: problem };

  const change = templateChange(planned, verdict.item);
  const reasons = verdict.item.reasons;
  return {
    decision: 'restart',
    item: {
      ...verdict.item,
      wave: planned.wave,
      reasons: change === '' ? reasons : [...reasons, { kind: 'other', text: change }],
    },
    restartedAt: restartedAtValue(now, utcOffsetMinutes, previousRestart(record)),
  };
}

/** The workload as the mesh shows it; undefined where it has neither pods nor replicas. */
export function findWorkload({ mesh }: PlanningInput, key: WorkloadKey): WorkloadView | undefined {
  return mesh.workloads(key.namespace).find(({ kind, name }) => kind === key.kind && name === key.name);
}

/** What was agreed to by reviewing this item, and no more. */
function reviewedOptions({
  method,
  effect,
  from,
}: Pick<PlanItem, 'method' | 'effect' | 'from'>): PlanOptions {
  return {
    meshes: effect.kind === 'meshes' && Object.keys(from).length === 0,
    downgrades: effect.kind === 'downgrades',
    onDelete: method === 'evict',
  };
}

function previousRestart({ template, restartAt }: WorkloadRecord): string {
  return restartAt ?? template.annotations[annotation.restartedAt] ?? '';
}

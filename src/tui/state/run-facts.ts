import type { Plan } from '../../rollout/plan/plan.ts';
import type { Run, StepState } from '../../rollout/run/run.ts';
import { count, duration, workloadName } from '../text/words.ts';

/** A run that still does or watches something. */
export type ActiveRun = Run & { readonly phase: { readonly phase: 'running' | 'stopping' } };

export function isActive(run: Run | undefined): run is ActiveRun {
  return run?.phase.phase === 'running' || run?.phase.phase === 'stopping';
}

/** Steps of a run by state. */
export function stepCounts(run: Run): Readonly<Record<StepState['state'], number>> {
  const counts = { queued: 0, patching: 0, rolling: 0, done: 0, dropped: 0, failed: 0 };
  for (const { status } of run.steps) counts[status.state] += 1;
  return counts;
}

const ended: readonly StepState['state'][] = ['done', 'dropped', 'failed'];

/** Index of the first step that has not ended, else of the last one. */
export function currentStep(run: Run): number {
  const open = run.steps.findIndex(({ status }) => !ended.includes(status.state));
  return open >= 0 ? open : Math.max(0, run.steps.length - 1);
}

/** When the run ended, in seconds since the epoch; undefined while it goes on. */
export function endOf({ phase }: Run): number | undefined {
  switch (phase.phase) {
    case 'done':
    case 'stopped':
      return phase.at;
    case 'halted':
      return phase.halt.at;
    default:
      return undefined;
  }
}

/** The result of a run in one sentence; of a run that still goes on, where it stands. */
export function runSentence(run: Run, now: number): string {
  const { done, dropped } = stepCounts(run);
  const total = run.steps.length;
  const took = duration((endOf(run) ?? now) - run.startedAt);
  const needless = dropped === 0 ? '' : `, ${dropped} no longer needed it`;
  const progress = `${done} of ${count(total, 'workload')} restarted${needless}`;
  switch (run.phase.phase) {
    case 'done':
      return `Run done in ${took}: ${progress}.`;
    case 'stopped':
      return `Run stopped as asked after ${took}: ${progress}; the others were not touched.`;
    case 'halted': {
      const { workload, reason } = run.phase.halt;
      const where = workload === undefined ? '' : ` at ${workload.namespace} ${workloadName(workload)}`;
      return `Run halted${where} after ${took}: ${reason} (${progress}).`;
    }
    case 'stopping':
      return `Run stopping: ${progress} so far.`;
    case 'running':
      return `Run active: ${progress} so far.`;
  }
}

/**
 * Whether two plans say the same to whoever reads them: same workloads in the same order, same effects, versions
 * and risks, nothing newly blocked. Resource versions and pod counts may move on: they are not what was agreed to.
 */
export function sameInSubstance(read: Plan, fresh: Plan): boolean {
  const substance = (plan: Plan) =>
    JSON.stringify([
      plan.controlPlaneVersion,
      plan.blocked,
      plan.items.map(({ key, uid, effect, expected, risks }) => [
        [key.namespace, key.kind, key.name],
        uid,
        effect.kind,
        [expected.version, expected.trustRootSha256],
        risks.map(({ kind }) => kind).sort(),
      ]),
    ]);
  return substance(read) === substance(fresh);
}

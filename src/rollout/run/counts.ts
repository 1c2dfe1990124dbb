import type { Step, StepState } from './run.ts';

/** Steps of a run by state. */
export type StateCounts = Readonly<Record<StepState['state'], number>>;

/** Counts the steps of a run. */
export function countStates(steps: readonly Pick<Step, 'status'>[]): StateCounts {
  const counts = {
    queued: 0,
    patching: 0,
    rolling: 0,
    soaking: 0,
    done: 0,
    partial: 0,
    dropped: 0,
    skipped: 0,
    failed: 0,
  };
  for (const { status } of steps) {
    counts[status.state] += 1;
  }
  return counts;
}

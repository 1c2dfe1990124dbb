import { count } from '../mesh/words.ts';
import { countStates, type StateCounts } from '../rollout/run/counts.ts';
import type { Step } from '../rollout/run/run.ts';

/** Steps of a run by what became of them; `inProgress` were patched and are not proven yet. */
export interface RunCounts {
  readonly done: number;
  readonly partial: number;
  readonly dropped: number;
  readonly skipped: number;
  readonly failed: number;
  readonly inProgress: number;
  readonly queued: number;
}

/** Counts the steps of a run. */
export function countSteps(steps: readonly Pick<Step, 'status'>[]): RunCounts {
  return runCounts(countStates(steps));
}

/** Figures by state as they are told. */
export function runCounts(states: StateCounts): RunCounts {
  const { patching, rolling, soaking, ...rest } = states;
  return { ...rest, inProgress: patching + rolling + soaking };
}

/** `3 of 5 workloads restarted, 1 failed, 1 not started`. */
export function countsInWords(counts: RunCounts): string {
  const { done, partial, dropped, skipped, failed, inProgress, queued } = counts;
  const all = done + partial + dropped + skipped + failed + inProgress + queued;
  const others = [
    [partial, 'of them only in part'],
    [failed, 'failed'],
    [dropped, 'left alone'],
    [skipped, 'skipped'],
    [inProgress, 'not proven yet'],
    [queued, 'not started'],
  ] as const;
  const rest = others.flatMap(([n, what]) => (n === 0 ? [] : [`${n} ${what}`]));
  return [`${done + partial} of ${count(all, 'workload')} restarted`, ...rest].join(', ');
}

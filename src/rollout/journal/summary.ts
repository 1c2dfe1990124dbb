import { countStates, type StateCounts } from '../run/counts.ts';
import type { PhaseName } from '../run/run.ts';
import type { RecordedRun, RunRecord } from './record.ts';

/** One recorded run in a list of them. Times are seconds since the epoch. */
export interface RunSummary {
  readonly id: string;
  readonly startedAt: number;
  /** Of the last record. */
  readonly lastAt: number;
  readonly by: string;
  readonly reason: string;
  readonly cluster: RunRecord['cluster'];
  readonly phase: PhaseName;
  /** Steps by state. */
  readonly counts: StateCounts;
  readonly steps: number;
  /** Neither done nor aborted: it can be resumed. */
  readonly unfinished: boolean;
}

/** What a list shows of a recorded run. */
export function summarize({ header, steps, phase, history }: RecordedRun): RunSummary {
  return {
    id: header.id,
    startedAt: header.at,
    lastAt: history.at(-1)?.at ?? header.at,
    by: header.by,
    reason: header.reason,
    cluster: header.cluster,
    phase: phase.phase,
    counts: countStates(steps),
    steps: steps.length,
    unfinished: phase.phase !== 'done' && phase.phase !== 'aborted',
  };
}

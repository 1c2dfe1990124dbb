import type { PhaseName, StepState } from '../run/run.ts';
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
  readonly counts: Readonly<Record<StepState['state'], number>>;
  readonly steps: number;
  /** Neither done nor aborted: it can be resumed. */
  readonly unfinished: boolean;
}

/** What a list shows of a recorded run. */
export function summarize({ header, steps, phase, history }: RecordedRun): RunSummary {
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
  for (const { status } of steps) counts[status.state] += 1;
  return {
    id: header.id,
    startedAt: header.at,
    lastAt: history.at(-1)?.at ?? header.at,
    by: header.by,
    reason: header.reason,
    cluster: header.cluster,
    phase: phase.phase,
    counts,
    steps: steps.length,
    unfinished: phase.phase !== 'done' && phase.phase !== 'aborted',
  };
}

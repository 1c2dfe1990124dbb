import type { RunSummary } from '../rollout/journal/summary.ts';
import type { PhaseName } from '../rollout/run/run.ts';
import { layOut } from './columns.ts';
import { type RunCounts, runCounts } from './run-counts.ts';
import { timestamp } from './spans.ts';

export const RUNS_SCHEMA = 'kubectl-linkerd-upgrade/runs/v1';

/** The document behind `runs -o json`; its form is published in docs/schema/runs.v1.json. Times are RFC 3339. */
export interface RunsDocument {
  readonly schema: typeof RUNS_SCHEMA;
  /** Newest first. */
  readonly runs: readonly {
    readonly run: string;
    readonly startedAt: string;
    readonly lastAt: string;
    readonly by: string;
    readonly reason: string;
    readonly cluster: RunSummary['cluster'];
    readonly phase: PhaseName;
    readonly unfinished: boolean;
    readonly counts: RunCounts;
  }[];
  /** Journals that cannot be read, and why. */
  readonly unreadable: readonly string[];
}

export function runsDocument(runs: readonly RunSummary[], unreadable: readonly string[]): RunsDocument {
  return {
    schema: RUNS_SCHEMA,
    runs: runs.map((run) => ({
      run: run.id,
      startedAt: timestamp(run.startedAt),
      lastAt: timestamp(run.lastAt),
      by: run.by,
      reason: run.reason,
      cluster: run.cluster,
      phase: run.phase,
      unfinished: run.unfinished,
      counts: runCounts(run.counts),
    })),
    unreadable,
  };
}

/** Recorded runs as a table, newest first. */
export function runsTable(runs: readonly RunSummary[], headers: boolean): readonly string[] {
  if (runs.length === 0) {
    return ['No runs are recorded.'];
  }
  return layOut(
    headers ? ['RUN', 'STARTED', 'BY', 'CONTEXT', 'STATE', 'RESTARTED', 'FAILED', 'REASON'] : undefined,
    runs.map((run) => {
      const { done, partial, failed } = runCounts(run.counts);
      return [
        run.id,
        `${timestamp(run.startedAt).slice(0, 16)}Z`,
        run.by,
        run.cluster.context || run.cluster.server,
        stateOf(run),
        `${done + partial}/${run.steps}`,
        String(failed),
        run.reason,
      ];
    }),
  );
}

/** What its last record says; a run whose program is gone stands where that record left it. */
function stateOf({ phase, unfinished }: RunSummary): string {
  if (!unfinished || phase === 'halted' || phase === 'paused') {
    return phase;
  }
  return 'unfinished';
}

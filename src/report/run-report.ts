import type { Effect, Risk, WorkloadKey } from '../mesh/view.ts';
import type { RecordedRun } from '../rollout/journal/record.ts';
import type { Exclusion, PlanItem, PlanOptions, Reason, Scope, WaveKind } from '../rollout/plan/plan.ts';
import type { RunLimits } from '../rollout/run/limits.ts';
import type { FailureCause, PhaseName, StepState } from '../rollout/run/run.ts';
import { countSteps, type RunCounts } from './run-counts.ts';
import {
  type Failure,
  type HaltSpan,
  type PhaseSpan,
  type ProcessSpan,
  runHistory,
  type Span,
  type StepHistory,
  type Wait,
} from './run-history.ts';

/** What became of a workload. `unfinished`: it was patched, and the journal ends before its proof. */
export type WorkloadOutcome =
  | 'done'
  | 'partial'
  | 'dropped'
  | 'skipped'
  | 'failed'
  | 'unfinished'
  | 'not-started';

/** Pods that were proven to run a version, and those that a partition kept as they were. */
export interface Proven {
  readonly version: string;
  readonly pods: number;
  readonly kept: number;
}

/** One workload of a run: before, what happened, after. Times are seconds since the epoch. */
export interface WorkloadReport {
  readonly key: WorkloadKey;
  readonly wave: number;
  readonly method: PlanItem['method'];
  readonly effect: Effect;
  readonly reasons: readonly Reason[];
  readonly risks: readonly Risk[];
  /** Proxies by version when its turn came. */
  readonly before: Readonly<Record<string, number>>;
  /** undefined where nothing was proven. */
  readonly after: Proven | undefined;
  readonly target: string;
  readonly outcome: WorkloadOutcome;
  /** Why it ended so, in words; '' where that needs no words. */
  readonly note: string;
  readonly cause: FailureCause | undefined;
  /** The operator went on in spite of its failure. */
  readonly acknowledged: boolean;
  readonly history: StepHistory;
  /** Seconds that it was in progress, all attempts together; undefined when it was never patched. */
  readonly seconds: number | undefined;
}

export interface WaveReport extends Span {
  readonly kind: WaveKind;
  readonly title: string;
  /** False for a wave that was never looked at; then its span is empty. */
  readonly begun: boolean;
  readonly counts: RunCounts;
}

/** All that a journal tells of a run, ready to be laid out. Times are seconds since the epoch. */
export interface RunReport {
  readonly id: string;
  readonly by: string;
  readonly reason: string;
  /** Version of the program that started it. */
  readonly program: string;
  readonly cluster: RecordedRun['header']['cluster'];
  readonly controlPlaneVersion: string;
  readonly scopes: readonly Scope[];
  readonly options: PlanOptions;
  readonly startedAt: number;
  readonly lastAt: number;
  /** As of the last record. */
  readonly phase: PhaseName;
  readonly finished: boolean;
  /** The journal ends in the middle of a line. */
  readonly truncated: boolean;
  readonly limits: RunLimits;
  readonly processes: readonly ProcessSpan[];
  readonly phases: readonly PhaseSpan[];
  readonly halts: readonly HaltSpan[];
  readonly waves: readonly WaveReport[];
  /** In the order of the plan. */
  readonly workloads: readonly WorkloadReport[];
  readonly exclusions: readonly Exclusion[];
  /** What preflights and the run itself warned of, oldest first. */
  readonly warnings: readonly string[];
  readonly counts: RunCounts;
  /** Pods that were proven to run what was planned. */
  readonly provenPods: number;
}

export type { Failure, Wait };

/** The report of a recorded run. Needs no cluster: the journal holds all of it. */
export function runReport(recorded: RecordedRun): RunReport {
  const { header, steps, phase, limits, truncated, warnings } = recorded;
  const { plan } = header;
  const history = runHistory(recorded);
  const workloads = steps.flatMap(({ item, status }, index) => {
    const past = history.steps[index];
    return past ? [workloadReport(item, status, past)] : [];
  });
  return {
    id: header.id,
    by: header.by,
    reason: header.reason,
    program: header.program,
    cluster: header.cluster,
    controlPlaneVersion: plan.controlPlaneVersion,
    scopes: plan.scopes,
    options: plan.options,
    startedAt: header.at,
    lastAt: history.lastAt,
    phase: phase.phase,
    finished: phase.phase === 'done' || phase.phase === 'aborted',
    truncated,
    limits,
    processes: history.processes,
    phases: history.phases,
    halts: history.halts,
    waves: plan.waves.map(({ kind, title }, wave) => ({
      kind,
      title,
      ...waveSpan(wave, history.phases, header.at),
      counts: countSteps(steps.filter(({ item }) => item.wave === wave)),
    })),
    workloads,
    exclusions: plan.exclusions,
    warnings,
    counts: countSteps(steps),
    provenPods: steps.reduce((sum, { status }) => sum + ('pods' in status ? status.pods : 0), 0),
  };
}

function waveSpan(
  wave: number,
  phases: readonly PhaseSpan[],
  startedAt: number,
): Span & { readonly begun: boolean } {
  const own = phases.filter((span) => span.wave === wave);
  const [first] = own;
  return first
    ? { begun: true, from: first.from, to: own.at(-1)?.to ?? first.to }
    : { begun: false, from: startedAt, to: startedAt };
}

function workloadReport(item: PlanItem, status: StepState, history: StepHistory): WorkloadReport {
  const { key, wave, method, effect, reasons, risks, from, expected } = item;
  const { attempts } = history;
  return {
    key,
    wave,
    method,
    effect,
    reasons,
    risks,
    before: from,
    after: afterwards(item, status),
    target: expected.version,
    outcome: outcomeOf(status),
    note: noteOf(status),
    cause: status.state === 'failed' ? status.cause : undefined,
    acknowledged: status.state === 'failed' && status.acknowledged,
    history,
    seconds: attempts.length === 0 ? undefined : attempts.reduce((sum, { from: a, to: b }) => sum + b - a, 0),
  };
}

function outcomeOf(status: StepState): WorkloadOutcome {
  switch (status.state) {
    case 'queued':
      return 'not-started';
    case 'patching':
    case 'rolling':
    case 'soaking':
      return 'unfinished';
    default:
      return status.state;
  }
}

function noteOf(status: StepState): string {
  switch (status.state) {
    case 'queued':
      return status.waitingFor ?? '';
    case 'rolling':
      return status.progress.waitingFor;
    case 'dropped':
    case 'skipped':
    case 'failed':
      return status.reason;
    case 'partial':
      return `${status.kept} kept their proxy because of the partition`;
    default:
      return '';
  }
}

/** Proof is what makes these figures: of a failed workload nobody has counted them. */
function afterwards({ expected }: PlanItem, status: StepState): Proven | undefined {
  switch (status.state) {
    case 'done':
      return { version: expected.version, pods: status.pods, kept: 0 };
    case 'partial':
      return { version: expected.version, pods: status.pods, kept: status.kept };
    default:
      return undefined;
  }
}

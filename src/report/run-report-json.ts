import { clean } from '../kube/clean.ts';
import type { WorkloadKey } from '../mesh/view.ts';
import type { Exclusion, PlanOptions, Scope } from '../rollout/plan/plan.ts';
import type { RunLimits } from '../rollout/run/limits.ts';
import type { PhaseName } from '../rollout/run/run.ts';
import type { RunCounts } from './run-counts.ts';
import type { Attempt, HaltSpan, PhaseSpan, ProcessSpan, Span } from './run-history.ts';
import type { Proven, RunReport, WaveReport, WorkloadOutcome, WorkloadReport } from './run-report.ts';
import { timestamp } from './spans.ts';

export const RUN_REPORT_SCHEMA = 'kubectl-linkerd-upgrade/run-report/v1';

/** When, in RFC 3339, and for how long. */
interface When {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
}

/** The document behind `report -o json`; its form is published in docs/schema/run-report.v1.json. */
export interface RunReportDocument extends When {
  readonly schema: typeof RUN_REPORT_SCHEMA;
  readonly run: string;
  readonly by: string;
  readonly reason: string;
  readonly program: string;
  readonly cluster: RunReport['cluster'];
  readonly controlPlane: { readonly version: string };
  readonly phase: PhaseName;
  readonly finished: boolean;
  readonly truncated: boolean;
  readonly scopes: readonly Scope[];
  readonly options: PlanOptions;
  readonly limits: LimitsDocument;
  readonly counts: RunCounts;
  readonly provenPods: number;
  readonly processes: readonly (When & {
    readonly by: string;
    readonly locked: boolean;
    readonly limits: LimitsDocument;
  })[];
  readonly phases: readonly (When & {
    readonly phase: PhaseSpan['phase'];
    readonly wave: number | null;
    readonly waitingFor: string;
  })[];
  readonly halts: readonly (When & {
    readonly wave: number;
    readonly scope: 'run' | 'wave';
    readonly cause: string;
    readonly workload: WorkloadKey | null;
    readonly pod: string;
    readonly container: string;
    readonly reason: string;
    readonly details: readonly string[];
    readonly serving: string;
    readonly nextSteps: readonly string[];
  })[];
  readonly waves: readonly (Partial<When> & {
    readonly kind: string;
    readonly title: string;
    readonly begun: boolean;
    readonly counts: RunCounts;
  })[];
  readonly workloads: readonly WorkloadDocument[];
  readonly exclusions: readonly (WorkloadKey & Pick<Exclusion, 'effect' | 'reason' | 'command'>)[];
  readonly warnings: readonly string[];
}

type LimitsDocument = Omit<RunLimits, 'deadlineSeconds'> & { readonly deadlineSeconds: number | null };

interface WorkloadDocument extends WorkloadKey {
  readonly wave: number;
  readonly method: string;
  readonly effect: WorkloadReport['effect'];
  readonly reasons: WorkloadReport['reasons'];
  readonly risks: WorkloadReport['risks'];
  readonly before: Readonly<Record<string, number>>;
  readonly after: Proven | null;
  readonly target: string;
  readonly outcome: WorkloadOutcome;
  readonly note: string;
  readonly cause: string | null;
  readonly acknowledged: boolean;
  readonly seconds: number | null;
  readonly attempts: readonly (When & { readonly end: Attempt['end']; readonly soak: When | null })[];
  readonly waits: readonly (When & { readonly reason: string })[];
  readonly failures: readonly { readonly at: string; readonly cause: string; readonly reason: string }[];
}

/** A report as JSON. A journal is a file, which others than this program may have written: its strings are cleaned. */
export function runReportJson(report: RunReport): string {
  return `${JSON.stringify(runReportDocument(report), (_, value) => (typeof value === 'string' ? clean(value) : value), 2)}\n`;
}

/** A report as data, its strings as they stand in the journal. */
function runReportDocument(report: RunReport): RunReportDocument {
  return {
    schema: RUN_REPORT_SCHEMA,
    run: report.id,
    by: report.by,
    reason: report.reason,
    program: report.program,
    cluster: report.cluster,
    controlPlane: { version: report.controlPlaneVersion },
    ...when({ from: report.startedAt, to: report.lastAt }),
    phase: report.phase,
    finished: report.finished,
    truncated: report.truncated,
    scopes: report.scopes,
    options: report.options,
    limits: limitsDocument(report.limits),
    counts: report.counts,
    provenPods: report.provenPods,
    processes: report.processes.map(processDocument),
    phases: report.phases.map(({ phase, wave, note, ...span }) => ({
      ...when(span),
      phase,
      wave: wave ?? null,
      waitingFor: note,
    })),
    halts: report.halts.map(haltDocument),
    waves: report.waves.map(waveDocument),
    workloads: report.workloads.map(workloadDocument),
    exclusions: report.exclusions.map(({ key, effect, reason, command }) => ({
      ...key,
      effect,
      reason,
      command,
    })),
    warnings: report.warnings,
  };
}

function when({ from, to }: Span): When {
  return { from: timestamp(from), to: timestamp(to), seconds: Math.round((to - from) * 1000) / 1000 };
}

function limitsDocument({ deadlineSeconds, ...limits }: RunLimits): LimitsDocument {
  return { ...limits, deadlineSeconds: deadlineSeconds ?? null };
}

function processDocument({ by, locked, limits, ...span }: ProcessSpan) {
  return { ...when(span), by, locked, limits: limitsDocument(limits) };
}

function haltDocument({ wave, halt, ...span }: HaltSpan) {
  const { at: _at, workload, ...rest } = halt;
  return { ...when(span), wave, workload: workload ?? null, ...rest };
}

function waveDocument({ kind, title, begun, counts, from, to }: WaveReport) {
  return { kind, title, begun, counts, ...(begun ? when({ from, to }) : {}) };
}

function workloadDocument(workload: WorkloadReport): WorkloadDocument {
  const { key, history, cause, before, after, seconds, ...rest } = workload;
  const { attempts, waits, failures } = history;
  return {
    ...key,
    ...rest,
    // Keys of an object are no values, so they are cleaned apart.
    before: Object.fromEntries(Object.entries(before).map(([version, pods]) => [clean(version), pods])),
    after: after ?? null,
    cause: cause ?? null,
    seconds: seconds ?? null,
    attempts: attempts.map(({ end, soak, ...span }) => ({
      ...when(span),
      end,
      soak: soak ? when(soak) : null,
    })),
    waits: waits.map(({ reason, ...span }) => ({ ...when(span), reason })),
    failures: failures.map(({ at, ...failure }) => ({ at: timestamp(at), ...failure })),
  };
}

import type { WorkloadKey } from '../mesh/view.ts';
import type { LockHolder } from '../rollout/lock/lock.ts';
import type { PlanChange } from '../rollout/plan/bind.ts';
import type { Estimate, Exclusion, Method, Plan } from '../rollout/plan/plan.ts';
import type { Finding, PreflightReport, ProbeResult } from '../rollout/preflight/report.ts';
import type { RunLimits } from '../rollout/run/limits.ts';
import type { LockState, Run } from '../rollout/run/run.ts';
import type { RunCounts } from './run-counts.ts';
import type { RunNews } from './run-news.ts';
import { timestamp } from './spans.ts';

export const RUN_EVENT_SCHEMA = 'kubectl-linkerd-upgrade/run-event/v1';

/** What is about to be restarted. `wave` and `step` count from 1. */
export interface PlanEvent {
  readonly type: 'plan';
  readonly waves: readonly string[];
  readonly workloads: readonly (WorkloadKey & {
    readonly step: number;
    readonly wave: number;
    readonly method: Method;
    readonly from: Readonly<Record<string, number>>;
    readonly to: string;
    readonly pods: number;
  })[];
  readonly exclusions: readonly (WorkloadKey & Pick<Exclusion, 'reason' | 'command'>)[];
  /** Reasons why nothing may be restarted now. */
  readonly blocked: readonly string[];
  /** What changed since the plan file was written. */
  readonly changes: readonly (WorkloadKey & Omit<PlanChange, 'key'>)[];
  readonly estimate: Estimate;
}

export interface PreflightEvent {
  readonly type: 'preflight';
  readonly findings: readonly Finding[];
  readonly exclusions: readonly (WorkloadKey & { readonly reason: string })[];
  readonly probes: readonly (WorkloadKey & Omit<ProbeResult, 'key'>)[];
}

/** A run begins, or goes on after its program had ended. */
export interface BeginEvent {
  readonly type: 'started' | 'resumed';
  readonly run: string;
  readonly by: string;
  readonly reason: string;
  readonly startedAt: string;
  readonly workloads: number;
  readonly waves: number;
  /** `deadlineSeconds` is null where each workload has its own. */
  readonly limits: Omit<RunLimits, 'deadlineSeconds'> & { readonly deadlineSeconds: number | null };
  readonly lock: LockState;
}

/** What the server said of a patch that it did not store. */
export type DryRunEvent = WorkloadKey & {
  readonly type: 'dry-run';
  readonly accepted: boolean;
  /** Its words; '' when it accepted the patch. */
  readonly message: string;
};

/**
 * Contact with the API server is lost for longer than a moment, and nothing new is started; or it is back, and
 * `reason` is ''.
 */
export interface ContactEvent {
  readonly type: 'contact';
  readonly run: string;
  readonly contact: 'lost' | 'back';
  readonly reason: string;
}

/** The run was not begun. `holder` is null unless another run holds the lock. */
export interface RefusedEvent {
  readonly type: 'refused';
  readonly reason: string;
  readonly holder: {
    readonly holder: string;
    readonly run: string;
    readonly since: string;
    readonly stale: boolean;
  } | null;
}

/** The last line. `run` is '' where none began, `resume` the command that goes on with it, '' where nothing is left. */
export interface EndEvent {
  readonly type: 'end';
  readonly run: string;
  readonly result: 'done' | 'halted' | 'paused' | 'aborted' | 'left' | 'nothing' | 'refused' | 'dry-run';
  readonly exitCode: number;
  readonly counts: RunCounts;
  readonly resume: string;
}

export type RunEventBody =
  | PlanEvent
  | PreflightEvent
  | BeginEvent
  | RunNews
  | ContactEvent
  | DryRunEvent
  | RefusedEvent
  | EndEvent;

/** A line of `restart -o json`; its form is published in docs/schema/run-event.v1.json. `time` is RFC 3339. */
export type RunEventDocument = RunEventBody & {
  readonly schema: typeof RUN_EVENT_SCHEMA;
  readonly time: string;
};

/** @param now seconds since the epoch */
export function runEventDocument(event: RunEventBody, now: number): RunEventDocument {
  return { schema: RUN_EVENT_SCHEMA, time: timestamp(now), ...event };
}

export function planEvent(plan: Plan, estimate: Estimate, changes: readonly PlanChange[]): PlanEvent {
  return {
    type: 'plan',
    waves: plan.waves.map(({ title }) => title),
    workloads: plan.items.map(({ key, wave, method, from, expected, pods }, index) => ({
      step: index + 1,
      ...nameOnly(key),
      wave: wave + 1,
      method,
      from,
      to: expected.version,
      pods,
    })),
    exclusions: plan.exclusions.map(({ key, reason, command }) => ({ ...nameOnly(key), reason, command })),
    blocked: plan.blocked,
    changes: changes.map(({ key, change, text }) => ({ ...nameOnly(key), change, text })),
    estimate: { pods: estimate.pods, seconds: estimate.seconds },
  };
}

export function preflightEvent({ findings, exclusions, probes }: PreflightReport): PreflightEvent {
  return {
    type: 'preflight',
    findings: findings.map(({ check, severity, text }) => ({ check, severity, text })),
    exclusions: exclusions.map(({ key, reason }) => ({ ...nameOnly(key), reason })),
    probes: probes.map(({ key, version, native, trustRootSha256, refusal }) => ({
      ...nameOnly(key),
      version,
      native,
      trustRootSha256,
      refusal,
    })),
  };
}

export function beginEvent(type: BeginEvent['type'], run: Run): BeginEvent {
  const { deadlineSeconds = null, ...limits } = run.limits;
  return {
    type,
    run: run.id,
    by: run.by,
    reason: run.reason,
    startedAt: timestamp(run.startedAt),
    workloads: run.steps.length,
    waves: run.plan.waves.length,
    limits: { ...limits, deadlineSeconds },
    lock: run.lock,
  };
}

export function dryRunEvent(key: WorkloadKey, message: string): DryRunEvent {
  return { type: 'dry-run', ...nameOnly(key), accepted: message === '', message };
}

export function refusedEvent(reason: string, by?: LockHolder): RefusedEvent {
  const holder = by && {
    holder: by.holder,
    run: by.run,
    since: timestamp(by.acquiredAt),
    stale: by.stale,
  };
  return { type: 'refused', reason, holder: holder ?? null };
}

/** A key without what else its object may carry. */
function nameOnly({ namespace, kind, name }: WorkloadKey): WorkloadKey {
  return { namespace, kind, name };
}

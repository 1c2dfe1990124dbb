/** What the forms of a report have in common: its facts in words. */
import type { PlanOptions, Scope } from '../rollout/plan/plan.ts';
import type { RunLimits } from '../rollout/run/limits.ts';
import type { FailureCause, PhaseName } from '../rollout/run/run.ts';
import type { RunReport, WorkloadOutcome, WorkloadReport } from './run-report.ts';
import { spanText } from './spans.ts';

/** How a run stands, as a report says it: the program that worked on it may be gone. */
export function stateText({
  phase,
  finished,
  counts,
}: Pick<RunReport, 'phase' | 'finished' | 'counts'>): string {
  const failed = counts.failed > 0 ? ` with ${counts.failed} failed` : '';
  if (finished) {
    return `${phase === 'done' ? 'finished' : 'aborted'}${failed}`;
  }
  return phase === 'halted' || phase === 'paused' ? phase : `unfinished (${phases[phase]})`;
}

export const phases: Readonly<Record<PhaseName | 'away', string>> = {
  preflight: 'preflight',
  running: 'running',
  soaking: 'watching after a wave',
  paused: 'paused',
  halted: 'halted',
  aborting: 'aborting',
  aborted: 'aborted',
  done: 'finished',
  away: 'nobody at work',
};

export const outcomes: Readonly<Record<WorkloadOutcome, string>> = {
  done: 'done',
  partial: 'done in part',
  dropped: 'left alone',
  skipped: 'skipped',
  failed: 'failed',
  unfinished: 'not proven',
  'not-started': 'not started',
};

const causes: Readonly<Record<FailureCause, string>> = {
  'no-proxy': 'a pod without a proxy',
  'wrong-proxy': 'a pod with another proxy than predicted',
  injector: 'the injector',
  'image-pull': 'an image that could not be pulled',
  'control-plane': 'the control plane',
  lock: 'the lock was lost',
  journal: 'the journal could not be written',
  preflight: 'the preflight',
  'crash-loop': 'a container that crashes',
  rejected: 'pods were rejected',
  unschedulable: 'pods could not be scheduled',
  deadline: 'no progress until the deadline',
  interference: 'somebody else changed it',
  changed: 'it changed after the review',
  refused: 'the server refused the patch',
  namespace: 'its namespace got worse',
};

export function causeText(cause: FailureCause): string {
  return causes[cause];
}

/** What was asked for: `books, shop (deployment/cart)`. */
export function scopesText(scopes: readonly Scope[]): string {
  return scopes
    .map(({ namespace, workload }) =>
      workload ? `${namespace} (${workload.kind.toLowerCase()}/${workload.name})` : namespace,
    )
    .join(', ');
}

/** What was restarted beside the plain case; '' for nothing. */
export function optionsText({ meshes, downgrades, onDelete }: PlanOptions): string {
  return [
    ...(meshes ? ['workloads that get their first proxy'] : []),
    ...(downgrades ? ['downgrades'] : []),
    ...(onDelete ? ['OnDelete by eviction'] : []),
  ].join(', ');
}

export function limitsText(limits: RunLimits): string {
  const { maxParallel, perNamespace, startsPerMinute, soakSeconds, workloadSoakSeconds } = limits;
  const deadline =
    limits.deadlineSeconds === undefined
      ? "each workload's own deadline"
      : `${spanText(limits.deadlineSeconds)} without progress`;
  return [
    `${maxParallel} at a time (${perNamespace} a namespace)`,
    `${startsPerMinute} pod starts a minute`,
    `${spanText(soakSeconds)} after a wave, ${spanText(workloadSoakSeconds)} after a workload`,
    deadline,
    `failure budget ${limits.failureBudget}`,
  ].join(' · ');
}

/** `edge-25.10.7 (3)`, several in order of their figures. */
export function versionsText(versions: Readonly<Record<string, number>>): string {
  const all = Object.entries(versions).sort(([, a], [, b]) => b - a);
  return all.map(([version, proxies]) => (all.length === 1 ? version : `${version} (${proxies})`)).join(', ');
}

/** What was proven: `edge-25.11.3`, with what a partition kept. */
export function afterText({ after }: WorkloadReport): string {
  if (!after) {
    return '';
  }
  return after.kept === 0 ? after.version : `${after.version} (${after.pods}), ${after.kept} kept`;
}

/** Everything worth saying of how a workload fared: its note, waits, earlier failures, a second attempt. */
export function remarks({ note, outcome, cause, acknowledged, history }: WorkloadReport): readonly string[] {
  const restarts = history.attempts.filter(({ end }) => end !== 'queued').length;
  const earlier = history.failures.filter(({ reason }) => outcome !== 'failed' || reason !== note);
  return [
    ...(note === '' ? [] : [cause === undefined ? note : `${causeText(cause)}: ${note}`]),
    ...(acknowledged ? ['the operator went on all the same'] : []),
    ...earlier.map(({ cause: why, reason }) => `failed before (${causeText(why)}): ${reason}`),
    ...(restarts > 1 ? [`restarted ${restarts} times`] : []),
    ...longWaits(history.waits),
  ];
}

function longWaits(waits: WorkloadReport['history']['waits']): readonly string[] {
  const seconds = new Map<string, number>();
  for (const { reason, from, to } of waits) {
    seconds.set(reason, (seconds.get(reason) ?? 0) + to - from);
  }
  return [...seconds].map(([reason, waited]) => `waited ${spanText(waited)}: ${reason}`);
}

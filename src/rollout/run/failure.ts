import type { PlanItem } from '../plan/plan.ts';
import { alsoFailed, budgetText, runHalt, workloadHalt } from './halt.ts';
import type { WorkloadObservation } from './observe.ts';
import { slower } from './pace.ts';
import type { Failure } from './proof.ts';
import { type FailureCause, type Halt, type Run, runWide } from './run.ts';
import { command, isSameWorkload, type RunState, waveOf, withEnd, withPhase } from './state.ts';

/** What went wrong with a workload before it had pods to blame. */
export function failureFor(cause: FailureCause, reason: string): Failure {
  return { cause, reason, pod: '', container: '' };
}

/**
 * A step has failed. The run halts when the cause concerns every workload, or when the failure budget is exceeded.
 * @param since what happened after this time may explain it
 */
export function failStep(
  state: RunState,
  index: number,
  failure: Failure,
  seen: WorkloadObservation | undefined,
  since: number,
  now: number,
): RunState {
  const step = state.run.steps[index];
  if (!step) {
    return state;
  }
  const { cause, reason } = failure;
  const failed = slower(
    withEnd(state, index, { state: 'failed', at: now, cause, reason, acknowledged: false }),
  );
  const known = withKnownPods(failed, step.item.key.namespace, seen);
  const asked = command(known, { type: 'explain', index, item: step.item, since });
  return haltIfDue(asked, step.item, failure, seen, now);
}

/** The pods of a workload that failed count as its failure, and not once more as trouble of its namespace. */
function withKnownPods(state: RunState, namespace: string, seen: WorkloadObservation | undefined): RunState {
  const baseline = state.baselines.get(namespace);
  if (!baseline || !seen) {
    return state;
  }
  const known = new Set([...baseline, ...seen.pods.map(({ name }) => name)]);
  return { ...state, baselines: new Map(state.baselines).set(namespace, known) };
}

function haltIfDue(
  state: RunState,
  item: PlanItem,
  failure: Failure,
  seen: WorkloadObservation | undefined,
  now: number,
): RunState {
  const { run } = state;
  if (runWide.has(failure.cause)) {
    return haltRun(state, workloadHalt(run, 'run', item, failure, seen, now), item);
  }
  const failed = run.steps.filter(({ status }) => status.state === 'failed' && !status.acknowledged).length;
  const budget = budgetOf(run);
  if (failed <= budget) {
    return state;
  }
  const card = workloadHalt(run, 'wave', item, failure, seen, now);
  const details = budget > 0 ? [...card.details, budgetText(failed, budget)] : card.details;
  return haltRun(state, { ...card, details }, item);
}

/** Failed workloads that do not halt a run now: none in the canary wave. */
function budgetOf({ plan, limits, phase }: Run): number {
  const wave = waveOf(phase);
  return wave !== undefined && plan.waves[wave]?.kind === 'canary' ? 0 : limits.failureBudget;
}

/** Stops a run with a diagnosis. A run that is ending anyway ends; a run that has halted keeps its graver diagnosis. */
function haltRun(state: RunState, halt: Halt, item?: PlanItem): RunState {
  const { phase } = state.run;
  switch (phase.phase) {
    case 'aborting':
    case 'aborted':
    case 'done':
      return state;
    case 'halted': {
      if (isGraver(halt, phase.halt)) {
        return withPhase(state, { ...phase, halt });
      }
      const told = item ? alsoFailed(item, halt.reason) : halt.reason;
      return withDetails(state, [told]);
    }
    default:
      return withPhase(state, { phase: 'halted', wave: phase.wave, halt });
  }
}

/** A run whose lock or journal is gone cannot go on, whatever else is wrong. */
const final: ReadonlySet<FailureCause> = new Set<FailureCause>(['lock', 'journal']);

function isGraver(halt: Halt, than: Halt): boolean {
  if (final.has(than.cause)) {
    return false;
  }
  return final.has(halt.cause) || (halt.scope === 'run' && than.scope === 'wave');
}

/** Adds what explains a failure to the diagnosis, if the run has halted on it. */
export function explainHalt(state: RunState, item: PlanItem, details: readonly string[]): RunState {
  const { phase } = state.run;
  const halted = phase.phase === 'halted' ? phase.halt.workload : undefined;
  return halted && isSameWorkload(halted, item.key) ? withDetails(state, details) : state;
}

/** Adds to the diagnosis of a halted run what it does not say yet. */
function withDetails(state: RunState, details: readonly string[]): RunState {
  const { phase } = state.run;
  if (phase.phase !== 'halted') {
    return state;
  }
  const { halt } = phase;
  const news = details.filter((detail) => detail !== halt.reason && !halt.details.includes(detail));
  return news.length === 0
    ? state
    : withPhase(state, { ...phase, halt: { ...halt, details: [...halt.details, ...news] } });
}

/** Stops a run for a reason outside its workloads. */
export function haltFor(
  state: RunState,
  cause: FailureCause,
  reasons: readonly string[],
  now: number,
): RunState {
  return haltRun(state, runHalt(state.run, 'run', cause, reasons, now));
}

/** Stops a run because its wave left namespaces worse than they were. */
export function haltOnNamespaces(state: RunState, reasons: readonly string[], now: number): RunState {
  return haltRun(slower(state), runHalt(state.run, 'wave', 'namespace', reasons, now));
}

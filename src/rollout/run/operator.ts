import type { OperatorAction, RunPhase } from './run.ts';
import { isInProgress, isQuiet, type RunState, withEnd, withPhase } from './state.ts';
import { enterWave } from './waves.ts';

/** What the operator says to a run. What makes no sense now changes nothing. */
export function onAction(state: RunState, action: OperatorAction, now: number): RunState {
  switch (action.type) {
    case 'pause':
      return pause(state, now);
    case 'proceed':
      return proceed(state, now);
    case 'abort':
      return abort(state, now);
    case 'retry':
      return retry(state, action.index);
    case 'skip':
      return skip(state, action.index, now);
  }
}

const underWay: ReadonlySet<RunPhase['phase']> = new Set(['preflight', 'running', 'soaking']);

function pause(state: RunState, now: number): RunState {
  const { phase } = state.run;
  return underWay.has(phase.phase) && 'wave' in phase
    ? withPhase(state, { phase: 'paused', wave: phase.wave, since: now })
    : state;
}

/** A run without its lock or its journal is never revived in place: another process takes it up anew. */
function proceed(state: RunState, now: number): RunState {
  if (state.run.lock === 'lost' || state.journalFailed) {
    return state;
  }
  switch (state.run.phase.phase) {
    case 'paused':
    case 'soaking':
      return enterWave(state, now);
    case 'halted':
      return enterWave({ ...acknowledged(state), controlPlane: new Map() }, now);
    default:
      return state;
  }
}

/** The operator has seen the failures: they count no longer against the budget. */
export function acknowledged(state: RunState): RunState {
  const steps = state.run.steps.map((step) =>
    step.status.state === 'failed' && !step.status.acknowledged
      ? { ...step, status: { ...step.status, acknowledged: true } }
      : step,
  );
  return { ...state, run: { ...state.run, steps } };
}

function abort(state: RunState, now: number): RunState {
  const { phase } = state.run;
  if (!('wave' in phase) || phase.phase === 'aborting') {
    return state;
  }
  return settleAbort(withPhase(state, { phase: 'aborting', wave: phase.wave, since: now }), now);
}

/** Ends a run that is being aborted once nothing of it moves any more. */
export function settleAbort(state: RunState, now: number): RunState {
  if (state.run.phase.phase !== 'aborting' || !isQuiet(state.run)) {
    return state;
  }
  let next = state;
  for (const [index, { status }] of state.run.steps.entries()) {
    if (isInProgress(status) && status.state === 'rolling') {
      const { proven, old } = status.progress;
      const reason = `the run was aborted when ${proven} of its ${proven + old} pods were replaced`;
      next = withEnd(next, index, { state: 'skipped', at: now, reason });
    }
  }
  return withPhase(next, { phase: 'aborted', at: now });
}

/** A step that failed or was left out is queued again, as if it had never had its turn. */
function retry(state: RunState, index: number): RunState {
  const status = state.run.steps[index]?.status;
  const isOver = status?.state === 'failed' || status?.state === 'skipped';
  return isOver && isOpen(state) ? withEnd(state, index, { state: 'queued' }) : state;
}

function skip(state: RunState, index: number, now: number): RunState {
  const status = state.run.steps[index]?.status;
  const isWaiting = status?.state === 'queued' || status?.state === 'failed';
  const reason =
    status?.state === 'failed' ? `left out by the operator: ${status.reason}` : 'left out by the operator';
  return isWaiting && isOpen(state) ? withEnd(state, index, { state: 'skipped', at: now, reason }) : state;
}

/** True while steps may still be queued or left out. */
function isOpen({ run: { phase } }: RunState): boolean {
  return 'wave' in phase && phase.phase !== 'aborting';
}

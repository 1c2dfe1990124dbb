import type { Gate } from './events.ts';
import { haltFor } from './failure.ts';
import { slower } from './pace.ts';
import type { FailureCause } from './run.ts';
import type { RunState } from './state.ts';

/** So many restarts of one pod of the control plane during a run are trouble; fewer are a wobble. */
const RESTARTS_OF_TROUBLE = 2;

/** Halts when the control plane is in trouble, slows down when it wobbles. */
export function watchControlPlane(state: RunState, gate: Gate, now: number): RunState {
  const [blocked] = gate.blocked;
  if (blocked !== undefined) {
    return haltFor(slower(state), causeOf(blocked), gate.blocked, now);
  }
  let next = state;
  for (const [pod, restarts] of gate.controlPlaneRestarts) {
    next = watchPod(next, pod, restarts, now);
  }
  return next;
}

function watchPod(state: RunState, pod: string, restarts: number, now: number): RunState {
  const before = state.controlPlane.get(pod);
  if (before === undefined) {
    return { ...state, controlPlane: new Map(state.controlPlane).set(pod, restarts) };
  }
  const grown = restarts - before;
  if (grown >= RESTARTS_OF_TROUBLE) {
    const reason = `pod ${pod} of the control plane restarted ${grown} times during this run`;
    return haltFor(slower(state), 'control-plane', [reason], now);
  }
  const warning = `pod ${pod} of the control plane restarted during this run; the pace was halved`;
  return grown === 1 && !state.run.warnings.includes(warning)
    ? slower(withWarnings(state, [warning]))
    : state;
}

/** Adds warnings that the run does not hold yet. */
export function withWarnings(state: RunState, warnings: readonly string[]): RunState {
  const news = new Set(warnings.filter((warning) => !state.run.warnings.includes(warning)));
  return news.size === 0
    ? state
    : { ...state, run: { ...state.run, warnings: [...state.run.warnings, ...news] } };
}

function causeOf(reason: string): FailureCause {
  return reason.includes('proxy injector') ? 'injector' : 'control-plane';
}

import { idOf } from '../plan/names.ts';
import type { RunEvent } from './events.ts';
import { haltFor } from './failure.ts';
import { withWarnings } from './gates.ts';
import { command, type RunState, withEnd, withPhase } from './state.ts';

/** Pauses before a preflight that could not be made is tried again: 2, 4, 8 … seconds, at most this many. */
const MAX_PAUSE_SECONDS = 30;

/** What a preflight found: blockers halt, exclusions drop their workloads, everything else is kept for people. */
export function onPreflighted(
  state: RunState,
  { wave, report }: RunEvent & { type: 'preflighted' },
  now: number,
): RunState {
  const { phase } = state.run;
  if (phase.phase !== 'preflight' || phase.wave !== wave) {
    return state;
  }
  const told = report.findings.filter(({ severity }) => severity !== 'blocker').map(({ text }) => text);
  const warned = withWarnings({ ...state, failedPreflights: 0 }, told);
  const blockers = report.findings.filter(({ severity }) => severity === 'blocker').map(({ text }) => text);
  if (blockers.length > 0) {
    return haltFor(warned, 'preflight', blockers, now);
  }
  const reasons = new Map(report.exclusions.map(({ key, reason }) => [idOf(key), reason]));
  let next = warned;
  for (const [index, { item, status }] of warned.run.steps.entries()) {
    const reason = reasons.get(idOf(item.key));
    if (reason !== undefined && status.state === 'queued' && item.wave <= wave) {
      next = withEnd(next, index, { state: 'dropped', at: now, reason });
    }
  }
  return withPhase(next, { phase: 'running', wave });
}

/** A preflight that could not be made is tried again after a pause that grows. */
export function onPreflightFailed(
  state: RunState,
  { wave, message }: RunEvent & { type: 'preflight-failed' },
  now: number,
): RunState {
  const { phase } = state.run;
  if (phase.phase !== 'preflight' || phase.wave !== wave) {
    return state;
  }
  const failedPreflights = state.failedPreflights + 1;
  const pause = Math.min(2 ** failedPreflights, MAX_PAUSE_SECONDS);
  return withPhase({ ...state, failedPreflights }, { ...phase, retryAt: now + pause, waitingFor: message });
}

/** Asks for a preflight again once its pause is over. `retryAt` 0 means that one is under way. */
export function retryPreflight(state: RunState, now: number): RunState {
  const { phase } = state.run;
  if (phase.phase !== 'preflight' || phase.retryAt === 0 || now < phase.retryAt) {
    return state;
  }
  return command(withPhase(state, { ...phase, retryAt: 0 }), { type: 'preflight', wave: phase.wave });
}

import { count } from '../../mesh/words.ts';
import type { RunLimits } from './limits.ts';
import type { Run } from './run.ts';
import type { RunState } from './state.ts';

/** Pod starts are counted over any span of this length. */
export const WINDOW_SECONDS = 60;

/** Pod starts a minute that a run begins with: a quarter of its limit, at least one. */
export function firstPace({ startsPerMinute }: Pick<RunLimits, 'startsPerMinute'>): number {
  return Math.max(1, Math.floor(startsPerMinute / 4));
}

/** Twice the pace, up to the limit: after a wave without trouble. */
export function faster(state: RunState): RunState {
  const { startsPerMinute, limits } = state.run;
  return withPace(state, Math.min(startsPerMinute * 2, limits.startsPerMinute));
}

/** Half the pace, at least one: something wobbles. The wave counts as troubled from then on. */
export function slower(state: RunState): RunState {
  const { startsPerMinute } = state.run;
  return { ...withPace(state, Math.max(1, Math.floor(startsPerMinute / 2))), troubled: true };
}

function withPace(state: RunState, startsPerMinute: number): RunState {
  return startsPerMinute === state.run.startsPerMinute
    ? state
    : { ...state, run: { ...state.run, startsPerMinute } };
}

/** Notes that new pods have been seen, and forgets those that no window holds any more. */
export function noteStarts(state: RunState, pods: number, now: number): RunState {
  const recent = state.starts.filter(({ at }) => now - at <= WINDOW_SECONDS);
  if (pods === 0) {
    return recent.length === state.starts.length ? state : { ...state, starts: recent };
  }
  return { ...state, starts: [...recent, { at: now, pods }] };
}

/**
 * Pods that count against the pace: those that started within the last minute, and those that workloads in progress
 * still have to start. A pod counts as pending until it is seen, so any window of a minute holds no more starts than
 * this sum was when its last workload was patched.
 */
export function paceLoad({ active, starts }: RunState, now: number): number {
  let load = 0;
  for (const { pending } of active.values()) {
    load += pending;
  }
  for (const { at, pods } of starts) {
    load += now - at <= WINDOW_SECONDS ? pods : 0;
  }
  return load;
}

/** True when a workload of so many pods may start now. One that is larger than the whole window goes alone. */
export function fitsPace({ startsPerMinute }: Run, load: number, pods: number): boolean {
  return load === 0 || load + pods <= startsPerMinute;
}

const PACE = 'the pace: ';

/** `the pace: 15 pod starts a minute`. */
export function paceText(startsPerMinute: number): string {
  return `${PACE}${count(startsPerMinute, 'pod start')} a minute`;
}

export function isPaceText(waitingFor: string | undefined): boolean {
  return waitingFor?.startsWith(PACE) ?? false;
}

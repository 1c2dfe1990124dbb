import type { RunState } from './state.ts';

/** Takes time out of all clocks in which nothing could be seen. */
export function letTimePass(state: RunState, now: number): RunState {
  const blind = Math.max(0, now - state.seenAt);
  if (blind === 0) {
    return state;
  }
  const later = (time: number) => Math.min(time + blind, now);
  const active = new Map(
    [...state.active].map(([index, one]) => [index, { ...one, movedAt: later(one.movedAt) }]),
  );
  const turns = new Map(
    [...state.turns].map(([index, turn]) => [
      index,
      { ...turn, waitingSince: turn.waitingSince === undefined ? undefined : later(turn.waitingSince) },
    ]),
  );
  const steps = state.run.steps.some(({ status }) => status.state === 'soaking')
    ? state.run.steps.map((step) =>
        step.status.state === 'soaking'
          ? { ...step, status: { ...step.status, until: step.status.until + blind } }
          : step,
      )
    : state.run.steps;
  const { phase } = state.run;
  const run = {
    ...state.run,
    steps,
    phase: phase.phase === 'soaking' ? { ...phase, until: phase.until + blind } : phase,
  };
  const isShown = steps !== state.run.steps || phase.phase === 'soaking';
  return {
    ...state,
    run: isShown ? run : state.run,
    active,
    turns,
    worseSince: state.worseSince === undefined ? undefined : later(state.worseSince),
  };
}

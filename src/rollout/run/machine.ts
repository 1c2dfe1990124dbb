import type { RecordedRun } from '../journal/record.ts';
import type { Plan } from '../plan/plan.ts';
import { letTimePass } from './blind-time.ts';
import type { Reduction, RunEvent } from './events.ts';
import { onEvicted } from './evictions.ts';
import { explainHalt, haltFor } from './failure.ts';
import { watchControlPlane, withWarnings } from './gates.ts';
import type { RunLimits } from './limits.ts';
import { acknowledged, onAction, settleAbort } from './operator.ts';
import { firstPace } from './pace.ts';
import { onPatched, onRefused, readBack } from './patches.ts';
import { onPreflighted, onPreflightFailed, retryPreflight } from './preflights.ts';
import { followSteps, onStandstillExplained } from './progress.ts';
import type { Run, Step } from './run.ts';
import {
  isQuiet,
  newActive,
  type RunState,
  stateOf,
  withActive,
  withoutCommands,
  withPhase,
} from './state.ts';
import { takeTurns } from './turns.ts';
import { endWave, enterWave } from './waves.ts';

/**
 * The run as a pure state machine: `reduce(state, event, now)` returns the next state and the commands that the
 * executor has to carry out. It does no I/O and reads no clock; times are seconds since the epoch. Which phase may
 * follow which is written down in `transitions.ts`.
 */
export type { RunState } from './state.ts';
export { candidates, namespacesInPlay } from './turns.ts';

const NO_LOCK = 'this run holds no lock: nothing keeps another run from restarting the same workloads';

/** What a run is made from. */
export interface RunStart {
  readonly id: string;
  readonly plan: Plan;
  readonly limits: RunLimits;
  /** `user@host`. */
  readonly by: string;
  readonly reason: string;
  readonly lock: 'held' | 'none';
}

/** A run that has been confirmed, and the preflight that it begins with. */
export function newRun(start: RunStart, now: number): Reduction<RunState> {
  const steps = start.plan.items.map((item): Step => ({ item, status: { state: 'queued' } }));
  return reduced(enterWave(stateOf(runOf(start, steps, now, now), now), now));
}

/**
 * A run that a journal tells of, taken up again: what was patched goes on rolling, a patch that was on its way is
 * asked about, failures count as acknowledged, and a preflight comes before anything new. A run that was being aborted
 * only watches what it patched.
 */
export function resumedRun(
  { header, steps: recorded, phase, warnings }: RecordedRun,
  start: Pick<RunStart, 'limits' | 'by' | 'lock'>,
  now: number,
): Reduction<RunState> {
  const { id, plan, reason, at } = header;
  const steps = recorded.map((step): Step => takenUp(step));
  const run = runOf({ ...start, id, plan, reason }, steps, at, now);
  let state = withWarnings(acknowledged(stateOf({ ...run, warnings }, now)), run.warnings);
  for (const [index, { item, status }] of steps.entries()) {
    if (status.state === 'rolling') {
      state = withActive(state, index, newActive(item.pods, now));
    }
    state = readBack(state, index, now);
  }
  return reduced(
    phase.phase === 'aborting' ? settleAbort(withPhase(state, phase), now) : enterWave(state, now),
  );
}

function takenUp({ item, status }: Step): Step {
  switch (status.state) {
    case 'queued':
      return { item, status: { state: 'queued' } };
    case 'rolling':
    case 'soaking': {
      const { since, mark } = status;
      const waitingFor = 'a look at its pods';
      const progress = { proven: 0, wanted: item.pods, old: item.pods, waitingFor };
      return { item, status: { state: 'rolling', since, mark, progress } };
    }
    default:
      return { item, status };
  }
}

function runOf({ lock, ...start }: RunStart, steps: readonly Step[], startedAt: number, now: number): Run {
  return {
    ...start,
    startedAt,
    // The preflight of the first wave takes its place at once.
    phase: { phase: 'paused', wave: 0, since: now },
    steps,
    startsPerMinute: firstPace(start.limits),
    lock,
    warnings: lock === 'none' ? [NO_LOCK] : [],
  };
}

/** Applies one event. */
export function reduce(state: RunState, event: RunEvent, now: number): Reduction<RunState> {
  return reduced(settleAbort(apply(withoutCommands(state), event, now), now));
}

function reduced(state: RunState): Reduction<RunState> {
  return { state: withoutCommands(state), commands: state.commands };
}

function apply(state: RunState, event: RunEvent, now: number): RunState {
  if (ended(state.run)) {
    return state;
  }
  switch (event.type) {
    case 'observed':
      return { ...onObserved(state, event, now), seenAt: now };
    case 'preflighted':
      return onPreflighted(state, event, now);
    case 'preflight-failed':
      return onPreflightFailed(state, event, now);
    case 'patched':
      return onPatched(state, event.index, event.mark, now);
    case 'refused':
      return onRefused(state, event, now);
    case 'evicted':
      return onEvicted(state, event, now);
    case 'explained':
      return onExplained(state, event, now);
    case 'lock-lost': {
      const lost: RunState = { ...state, run: { ...state.run, lock: 'lost' } };
      return haltFor(lost, 'lock', [event.reason], now);
    }
    case 'journal-failed':
      return haltFor({ ...state, journalFailed: true }, 'journal', [event.message], now);
    default:
      return onAction(state, event, now);
  }
}

function onObserved(state: RunState, event: RunEvent & { type: 'observed' }, now: number): RunState {
  if (!event.gate.fresh) {
    return retryPreflight(letTimePass(state, now), now);
  }
  const followed = followSteps(state, event, now);
  switch (followed.run.phase.phase) {
    case 'preflight':
    case 'running':
    case 'soaking': {
      const watched = watchControlPlane(followed, event.gate, now);
      return retryPreflight(endWave(takeTurns(watched, event, now), event, now), now);
    }
    case 'paused':
      // Whoever pauses to mend the control plane is not disturbed; pods that start meanwhile need it.
      return isQuiet(followed.run) ? followed : watchControlPlane(followed, event.gate, now);
    default:
      return followed;
  }
}

function onExplained(
  state: RunState,
  { index, details }: RunEvent & { type: 'explained' },
  now: number,
): RunState {
  const step = state.run.steps[index];
  return step?.status.state === 'failed'
    ? explainHalt(state, step.item, details)
    : onStandstillExplained(state, index, details, now);
}

/** True once nothing can happen to a run any more. */
export function ended({ phase: { phase } }: Run): boolean {
  return phase === 'done' || phase === 'aborted';
}

/** True while nothing happens to a run by itself: it has ended, or it is halted or paused and nothing moves. */
export function atRest(run: Run): boolean {
  const { phase } = run.phase;
  if (phase !== 'halted' && phase !== 'paused') {
    return ended(run);
  }
  return isQuiet(run);
}

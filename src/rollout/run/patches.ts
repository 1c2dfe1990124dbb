import type { RefusalKind, RunEvent } from './events.ts';
import { failStep, failureFor } from './failure.ts';
import { slower } from './pace.ts';
import type { FailureCause, PatchMark, Progress } from './run.ts';
import {
  command,
  newActive,
  type RunState,
  turnOf,
  withActive,
  withEnd,
  withStatus,
  withTurn,
} from './state.ts';

/** A patch that was not taken is decided on and tried again, but not for ever. */
const MAX_RETRIES = 5;
const passing: ReadonlySet<RefusalKind> = new Set<RefusalKind>(['conflict', 'busy', 'unanswered']);
/** So long the watch has time to tell of the newer object that a conflict was about. */
const CONFLICT_SECONDS = 10;

/** The server has taken the patch: the workload rolls. */
export function onPatched(state: RunState, index: number, mark: PatchMark, now: number): RunState {
  const step = state.run.steps[index];
  if (step?.status.state !== 'patching') {
    return state;
  }
  const wanted = step.item.pods;
  const progress: Progress = {
    proven: 0,
    wanted,
    old: wanted,
    waitingFor: 'the controller to see the new template',
  };
  const active = state.active.get(index) ?? newActive(wanted, now);
  const rolling = withStatus(state, index, { state: 'rolling', since: step.status.since, mark, progress });
  const remembered = withTurn(rolling, index, { retries: 0, unanswered: undefined, notBefore: 0 });
  return withActive(remembered, index, { ...active, movedAt: now });
}

/** The server has not taken the patch: the workload has its turn again, is dropped, or fails. */
export function onRefused(state: RunState, event: RunEvent & { type: 'refused' }, now: number): RunState {
  const { index, kind, message } = event;
  const step = state.run.steps[index];
  if (step?.status.state !== 'patching') {
    return state;
  }
  const { restartedAt, since } = step.status;
  if (kind === 'gone') {
    const reason = 'the workload was deleted before its turn came';
    return withEnd(state, index, { state: 'dropped', at: now, reason });
  }
  const turn = turnOf(state, index);
  if (!passing.has(kind) || turn.retries >= MAX_RETRIES) {
    return failStep(state, index, failureFor(causeOf(kind, message), message), undefined, since, now);
  }
  const queued = withEnd(state, index, { state: 'queued', waitingFor: message });
  const next = kind === 'busy' ? slower(queued) : queued;
  const pause = Math.max(event.retryAfterSeconds, 2 ** turn.retries);
  return withTurn(next, index, {
    retries: turn.retries + 1,
    notBefore: now + (kind === 'conflict' ? CONFLICT_SECONDS : pause),
    refusedVersion: kind === 'conflict' ? step.item.resourceVersion : '',
    unanswered: kind === 'unanswered' ? { uid: step.item.uid, restartedAt } : turn.unanswered,
  });
}

/** Asks what became of a patch that was on its way when the program ended. */
export function readBack(state: RunState, index: number, now: number): RunState {
  const step = state.run.steps[index];
  if (step?.status.state !== 'patching') {
    return state;
  }
  const { restartedAt } = step.status;
  const active = withActive(state, index, newActive(step.item.pods, now));
  return command(active, { type: 'read-back', index, item: step.item, restartedAt });
}

function causeOf(kind: RefusalKind, message: string): FailureCause {
  if (kind === 'conflict') {
    return 'changed';
  }
  return kind === 'webhook' && message.includes('linkerd') ? 'injector' : 'refused';
}

import type { Plan, PlanItem } from '../plan/plan.ts';
import { haltOf, haltWithoutWorkload } from './halt.ts';
import type { WorkloadObservation } from './observe.ts';
import { judge, type PatchMark } from './proof.ts';
import type { Halt, Progress, Run, Step, StepState } from './run.ts';

/**
 * The run as a pure state machine: `reduce(state, event, now)` returns the next state and the commands that the
 * executor has to carry out. It does no I/O and reads no clock; times are seconds since the epoch.
 *
 * | phase    | event                          | next                                                        |
 * |----------|--------------------------------|-------------------------------------------------------------|
 * | running  | observed, nothing active       | patch the next step; halt when blocked; done when none left |
 * | running  | patched                        | the step rolls                                              |
 * | running  | refused                        | the step is tried again, dropped (gone) or fails            |
 * | running  | observed, a step rolls         | done, dropped, failed (halt), or still rolling              |
 * | any      | stop                           | stopping: no new patch; stopped once nothing is active      |
 * | halted   | explained                      | the halt has more details                                   |
 * | halted, stopped, done | anything else     | unchanged: nothing is ever patched after the end            |
 */
export interface RunState {
  readonly run: Run;
  readonly active: ActiveStep | undefined;
  /** How often the workload whose turn it is has been tried again. */
  readonly retries: number;
  /** Since when the workload whose turn it is has to settle first; undefined while none has. */
  readonly waitingSince: number | undefined;
}

interface ActiveStep {
  readonly index: number;
  readonly patch: PatchMark;
  /** Changes whenever the workload moves; the deadline runs from `movedAt`. */
  readonly fingerprint: string;
  readonly movedAt: number;
  /** Of the last look; what passes between it and a look that is not live does not count towards the deadline. */
  readonly seenAt: number;
}

/** What becomes of a queued workload when its turn comes, judged on the cluster as it is then. */
export type Decision =
  | { readonly decision: 'restart'; readonly item: PlanItem; readonly restartedAt: string }
  | { readonly decision: 'drop'; readonly reason: string }
  /** It is in motion, which usually passes. */
  | { readonly decision: 'wait'; readonly reason: string }
  | { readonly decision: 'refuse'; readonly reason: string };

/** What must hold before anything is patched. */
export interface Gate {
  /** The picture is live. While it is not, nothing is patched and no deadline runs. */
  readonly fresh: boolean;
  /** Reasons why nothing may be restarted now. */
  readonly blocked: readonly string[];
}

/**
 * Why a workload was not patched. Tried again: `conflict` (there is a newer object), `busy` (the server takes no
 * requests now), `unanswered` (no answer came, and the server says that nothing was written).
 */
export type RefusalKind = 'conflict' | 'busy' | 'unanswered' | 'gone' | 'refused';

export type RunEvent =
  | {
      readonly type: 'observed';
      readonly gate: Gate;
      /** The active step's workload; undefined while nothing is active. */
      readonly active: WorkloadObservation | undefined;
      /** The decision on the next queued step, taken now. */
      readonly next: Decision | undefined;
    }
  /** `generation`: the object's, as the server answered it. */
  | { readonly type: 'patched'; readonly generation: number }
  | { readonly type: 'refused'; readonly kind: RefusalKind; readonly message: string }
  | { readonly type: 'stop' }
  /** What the cluster's events say about the workload that failed. */
  | { readonly type: 'explained'; readonly details: readonly string[] };

export type Command = {
  readonly type: 'patch';
  readonly item: PlanItem;
  readonly restartedAt: string;
};

export interface Reduction {
  readonly state: RunState;
  readonly commands: readonly Command[];
}

/** A patch that was not taken is decided on and tried again, but not for ever. */
const MAX_RETRIES = 5;
const passing: ReadonlySet<RefusalKind> = new Set<RefusalKind>(['conflict', 'busy', 'unanswered']);

/** The state of a run that has been confirmed and has not begun. */
export function newRun(id: string, plan: Plan, now: number): RunState {
  const steps = plan.items.map((item): Step => ({ item, status: { state: 'queued' } }));
  return {
    run: { id, plan, startedAt: now, phase: { phase: 'running' }, steps },
    active: undefined,
    retries: 0,
    waitingSince: undefined,
  };
}

/** Applies one event. */
export function reduce(state: RunState, event: RunEvent, now: number): Reduction {
  if (ended(state.run)) {
    return only(event.type === 'explained' ? explained(state, event.details) : state);
  }
  switch (event.type) {
    case 'explained':
      return only(state);
    case 'stop':
      return only(settle({ ...state, run: { ...state.run, phase: { phase: 'stopping' } } }, now));
    case 'patched':
      return only(onPatched(state, event.generation, now));
    case 'refused':
      return only(onRefused(state, event.kind, event.message, now));
    case 'observed':
      return state.active ? only(onProgress(state, state.active, event, now)) : onTurn(state, event, now);
  }
}

/** True once nothing can happen to a run any more. */
export function ended(run: Run): boolean {
  return run.phase.phase === 'done' || run.phase.phase === 'stopped' || run.phase.phase === 'halted';
}

/** The next step that has not been started; undefined when there is none. */
export function nextQueued(run: Run): { readonly index: number; readonly item: PlanItem } | undefined {
  const index = run.steps.findIndex((step) => step.status.state === 'queued');
  const step = run.steps[index];
  return step && { index, item: step.item };
}

function onTurn(state: RunState, event: RunEvent & { type: 'observed' }, now: number): Reduction {
  const turn = nextQueued(state.run);
  if (!turn) {
    return only(settle(state, now));
  }
  if (!event.gate.fresh || !event.next) {
    return only(state);
  }
  const [blocked] = event.gate.blocked;
  if (blocked !== undefined) {
    return only(halt(state, haltWithoutWorkload(event.gate.blocked, now)));
  }
  const { next } = event;
  switch (next.decision) {
    case 'drop':
      return only(
        settle(
          nextTurn(withStatus(state, turn.index, { state: 'dropped', at: now, reason: next.reason })),
          now,
        ),
      );
    case 'wait':
      return only(waitFor(state, turn, next.reason, now));
    case 'refuse':
      return only(fail(state, turn.index, next.reason, undefined, now));
    case 'restart': {
      const { item, restartedAt } = next;
      const steps = state.run.steps.map((step, index) =>
        index === turn.index ? { item, status: { state: 'patching', since: now } as const } : step,
      );
      const patch = { restartedAt, generation: Number.POSITIVE_INFINITY };
      const active = { index: turn.index, patch, fingerprint: '', movedAt: now, seenAt: now };
      return {
        state: { ...state, run: { ...state.run, steps }, active, waitingSince: undefined },
        commands: [{ type: 'patch', item, restartedAt }],
      };
    }
  }
}

/** A workload in motion keeps its turn until it has settled, for as long as its own deadline allows. */
function waitFor(
  state: RunState,
  { index, item }: { readonly index: number; readonly item: PlanItem },
  reason: string,
  now: number,
): RunState {
  const { waitingSince = now } = state;
  if (now - waitingSince > item.deadlineSeconds) {
    return fail(state, index, `it did not settle for ${item.deadlineSeconds} s: ${reason}`, undefined, now);
  }
  return { ...withStatus(state, index, { state: 'queued', waitingFor: reason }), waitingSince };
}

function onPatched(state: RunState, generation: number, now: number): RunState {
  const { active } = state;
  const step = active && state.run.steps[active.index];
  if (!active || !step) {
    return state;
  }
  const wanted = step.item.pods;
  const progress: Progress = {
    proven: 0,
    wanted,
    old: wanted,
    waitingFor: 'the controller to see the new template',
  };
  const rolling = withStatus(state, active.index, { state: 'rolling', since: now, progress });
  return {
    ...rolling,
    active: { ...active, patch: { ...active.patch, generation }, movedAt: now, seenAt: now },
    retries: 0,
  };
}

function onRefused(state: RunState, kind: RefusalKind, message: string, now: number): RunState {
  const { active } = state;
  if (!active) {
    return state;
  }
  if (kind === 'gone') {
    const dropped: StepState = {
      state: 'dropped',
      at: now,
      reason: 'the workload was deleted before its turn came',
    };
    return settle({ ...nextTurn(withStatus(state, active.index, dropped)), active: undefined }, now);
  }
  if (passing.has(kind) && state.retries < MAX_RETRIES) {
    const queued = withStatus(state, active.index, { state: 'queued', waitingFor: message });
    return settle({ ...queued, active: undefined, retries: state.retries + 1 }, now);
  }
  return fail(state, active.index, message, undefined, now);
}

function onProgress(
  state: RunState,
  active: ActiveStep,
  event: RunEvent & { type: 'observed' },
  now: number,
): RunState {
  const step = state.run.steps[active.index];
  if (step?.status.state !== 'rolling' || !event.active) {
    return state;
  }
  if (!event.gate.fresh) {
    const blind = now - active.seenAt;
    return { ...state, active: { ...active, movedAt: active.movedAt + blind, seenAt: now } };
  }
  const { item } = step;
  const { since } = step.status;
  const verdict = judge(item, active.patch, event.active);
  switch (verdict.verdict) {
    case 'proven':
      return finish({ state: 'done', since, at: now, pods: verdict.pods });
    case 'dropped':
      return finish({ state: 'dropped', at: now, reason: verdict.reason });
    case 'failed':
      return fail(state, active.index, verdict.reason, event.active, now);
    case 'rolling':
      return stillRolling(verdict.progress, event.active);
  }

  function finish(status: StepState): RunState {
    return settle({ ...withStatus(state, active.index, status), active: undefined }, now);
  }

  function stillRolling(progress: Progress, seen: WorkloadObservation): RunState {
    const fingerprint = fingerprintOf(progress, seen);
    const movedAt = fingerprint === active.fingerprint ? active.movedAt : now;
    const deadline = item.deadlineSeconds;
    if (now - movedAt > deadline) {
      const waited = `no progress for ${deadline} s, waiting for ${progress.waitingFor}`;
      return fail(state, active.index, waited, seen, now);
    }
    const [blocked] = event.gate.blocked;
    if (blocked !== undefined) {
      return fail(state, active.index, blocked, seen, now);
    }
    const rolling = withStatus(state, active.index, { state: 'rolling', since, progress });
    return { ...rolling, active: { ...active, fingerprint, movedAt, seenAt: now } };
  }
}

/** Everything whose change means that the workload moves. */
function fingerprintOf(progress: Progress, seen: WorkloadObservation): string {
  const pods = seen.pods.map((pod) => `${pod.name} ${pod.live} ${pod.ready} ${pod.waitingFor}`).sort();
  return [progress.proven, progress.old, progress.wanted, ...pods].join('\n');
}

/** Ends the run when nothing is active and nothing may or can be started. */
function settle(state: RunState, now: number): RunState {
  if (state.active) {
    return state;
  }
  if (state.run.phase.phase === 'stopping') {
    const left = nextQueued(state.run) !== undefined;
    return { ...state, run: { ...state.run, phase: { phase: left ? 'stopped' : 'done', at: now } } };
  }
  return nextQueued(state.run)
    ? state
    : { ...state, run: { ...state.run, phase: { phase: 'done', at: now } } };
}

function fail(
  state: RunState,
  index: number,
  reason: string,
  seen: WorkloadObservation | undefined,
  now: number,
): RunState {
  const step = state.run.steps[index];
  const failed = withStatus(state, index, { state: 'failed', at: now, reason });
  return step ? halt(failed, haltOf(step.item, reason, seen, now)) : failed;
}

/** What was counted for one workload does not count for the next. */
function nextTurn(state: RunState): RunState {
  return { ...state, retries: 0, waitingSince: undefined };
}

function explained(state: RunState, details: readonly string[]): RunState {
  const { phase } = state.run;
  if (phase.phase !== 'halted') {
    return state;
  }
  const halt = { ...phase.halt, details: [...phase.halt.details, ...details] };
  return { ...state, run: { ...state.run, phase: { phase: 'halted', halt } } };
}

function halt(state: RunState, because: Halt): RunState {
  return { ...state, run: { ...state.run, phase: { phase: 'halted', halt: because } }, active: undefined };
}

function withStatus(state: RunState, index: number, status: StepState): RunState {
  const steps = state.run.steps.map((step, at) => (at === index ? { ...step, status } : step));
  return { ...state, run: { ...state.run, steps } };
}

function only(state: RunState): Reduction {
  return { state, commands: [] };
}

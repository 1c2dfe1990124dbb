import type { WorkloadKey } from '../../mesh/view.ts';
import type { PlanItem } from '../plan/plan.ts';
import type { Command } from './events.ts';
import type { WorkloadObservation } from './observe.ts';
import type { PatchMark, Run, RunPhase, Step, StepState } from './run.ts';

/** What the machine remembers of a workload that is in progress. Times are seconds since the epoch. */
export interface Active {
  /** Changes whenever the workload moves; the deadline runs from `movedAt`. */
  readonly fingerprint: string;
  readonly movedAt: number;
  /** New pods that have been seen. */
  readonly started: ReadonlySet<string>;
  /** New pods that are still to come. */
  readonly pending: number;
  /** Pods wanted when last seen: more of them later is an autoscaler's answer. */
  readonly wanted: number;
  /** The pod that is being evicted, '' when none is. */
  readonly evicting: string;
  /** No eviction before this time. */
  readonly evictAfter: number;
  /** What the last eviction waits for, in words. */
  readonly evictionHeld: string;
  /** `movedAt` of the standstill that the cluster's events were asked about. */
  readonly askedAbout: number;
  /** What was seen last, for a diagnosis. */
  readonly seen: WorkloadObservation | undefined;
}

/** What the machine remembers of a workload whose turn has not come, or has to come again. */
export interface Turn {
  /** How often its patch was not taken. */
  readonly retries: number;
  /** Since when it has to settle first, or its namespace. */
  readonly waitingSince: number | undefined;
  /** No attempt before this time … */
  readonly notBefore: number;
  /** … unless the object has another version than this one, which met a conflict; '' for no exception. */
  readonly refusedVersion: string;
  /** Token of an attempt that brought no answer. A repeat carries the same one, so that a late success is known again. */
  readonly unanswered: { readonly uid: string; readonly restartedAt: string } | undefined;
}

export interface PodStarts {
  readonly at: number;
  readonly pods: number;
}

/** A run and what the machine needs to remember of it. Plain data: nothing in it knows a clock or a cluster. */
export interface RunState {
  readonly run: Run;
  /** One entry for each step that is patching, rolling or soaking. */
  readonly active: ReadonlyMap<number, Active>;
  readonly turns: ReadonlyMap<number, Turn>;
  /** Pods in trouble in a namespace when the first step of this wave began in it. */
  readonly baselines: ReadonlyMap<string, ReadonlySet<string>>;
  /** New pods seen in the last minute. */
  readonly starts: readonly PodStarts[];
  /** Restarts of the control plane's pods when they were first seen. */
  readonly controlPlane: ReadonlyMap<string, number>;
  /** Something went wrong in this wave, so that the pace is not raised after it. */
  readonly troubled: boolean;
  /** Since when namespaces keep a finished wave from ending. */
  readonly worseSince: number | undefined;
  /** Preflights in a row that could not be made. */
  readonly failedPreflights: number;
  /** Time of the last look. What passes before a look that is not live counts towards no deadline. */
  readonly seenAt: number;
  /** The journal could not be written: nothing may be patched any more. */
  readonly journalFailed: boolean;
  /** To be carried out; emptied by each reduction. */
  readonly commands: readonly Command[];
}

const NO_COMMANDS: readonly Command[] = [];
const FIRST_TURN: Turn = {
  retries: 0,
  waitingSince: undefined,
  notBefore: 0,
  refusedVersion: '',
  unanswered: undefined,
};

export function stateOf(run: Run, now: number): RunState {
  return {
    run,
    active: new Map(),
    turns: new Map(),
    baselines: new Map(),
    starts: [],
    controlPlane: new Map(),
    troubled: false,
    worseSince: undefined,
    failedPreflights: 0,
    seenAt: now,
    journalFailed: false,
    commands: NO_COMMANDS,
  };
}

export function withoutCommands(state: RunState): RunState {
  return state.commands === NO_COMMANDS ? state : { ...state, commands: NO_COMMANDS };
}

export function command(state: RunState, ...commands: readonly Command[]): RunState {
  return commands.length === 0 ? state : { ...state, commands: [...state.commands, ...commands] };
}

export function withPhase(state: RunState, phase: RunPhase): RunState {
  return { ...state, run: { ...state.run, phase } };
}

/** The state with a step at `status`; the very same state when it is there already. */
export function withStatus(state: RunState, index: number, status: StepState): RunState {
  const step = state.run.steps[index];
  return step && !isSame(step.status, status) ? withStep(state, index, { ...step, status }) : state;
}

export function withStep(state: RunState, index: number, step: Step): RunState {
  const steps = state.run.steps.with(index, step);
  return { ...state, run: { ...state.run, steps } };
}

/** Statuses are flat but for mark and progress, which are flat themselves. */
function isSame(a: object, b: object): boolean {
  const [before, after] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    before.length === after.size &&
    before.every(([key, value]) => {
      const other: unknown = after.get(key);
      const nested = typeof value === 'object' && value !== null && typeof other === 'object' && other;
      return nested ? isSame(value, nested) : value === other;
    })
  );
}

export function withActive(state: RunState, index: number, active: Active): RunState {
  return { ...state, active: new Map(state.active).set(index, active) };
}

/** The state after a step has come to its end, whatever that was. */
export function withEnd(state: RunState, index: number, status: StepState): RunState {
  const active = new Map(state.active);
  active.delete(index);
  const turns = new Map(state.turns);
  turns.delete(index);
  return withStatus({ ...state, active, turns }, index, status);
}

export function turnOf(state: RunState, index: number): Turn {
  return state.turns.get(index) ?? FIRST_TURN;
}

export function withTurn(state: RunState, index: number, changes: Partial<Turn>): RunState {
  return { ...state, turns: new Map(state.turns).set(index, { ...turnOf(state, index), ...changes }) };
}

/** Memory of a workload that has just been patched, or taken up again. `pods`: new pods to come. */
export function newActive(pods: number, now: number): Active {
  return {
    fingerprint: '',
    movedAt: now,
    started: new Set(),
    pending: pods,
    wanted: 0,
    evicting: '',
    evictAfter: 0,
    evictionHeld: '',
    askedAbout: Number.NEGATIVE_INFINITY,
    seen: undefined,
  };
}

/** Seconds without progress after which a workload counts as failed. */
export function deadlineOf({ limits }: Run, item: PlanItem): number {
  return limits.deadlineSeconds ?? item.deadlineSeconds;
}

/** How the patch of a step is known; undefined before it has been answered. */
export function markOf(status: StepState): PatchMark | undefined {
  return status.state === 'rolling' || status.state === 'soaking' ? status.mark : undefined;
}

export function isInProgress({ state }: StepState): boolean {
  return state === 'patching' || state === 'rolling' || state === 'soaking';
}

/** A workload in progress that does not move because nothing evicts its next pod. */
export function isHeldBack({ item, status }: Step): boolean {
  if (item.method !== 'evict' || status.state !== 'rolling') {
    return false;
  }
  const { proven, old, wanted } = status.progress;
  return old > 0 && proven + old >= wanted;
}

/** The wave that a run is at; undefined once it has ended. */
export function waveOf(phase: RunPhase): number | undefined {
  return 'wave' in phase ? phase.wave : undefined;
}

export function isSameWorkload(a: WorkloadKey, b: WorkloadKey): boolean {
  return a.namespace === b.namespace && a.kind === b.kind && a.name === b.name;
}

/** True when nothing that moves is in progress any more. */
export function isQuiet({ steps }: Run): boolean {
  return steps.every((step) => !isInProgress(step.status) || isHeldBack(step));
}

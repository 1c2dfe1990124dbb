import type { WorkloadRecord } from '../kube/records.ts';
import type { Store } from '../live/view.ts';
import type { WorkloadKey } from '../mesh/view.ts';
import type { Plan, PlanItem } from './plan/plan.ts';
import { blockedBy, decide, type PlanningInput, planRestart } from './plan/planner.ts';
import {
  type Command,
  type Decision,
  ended,
  newRun,
  nextQueued,
  type RefusalKind,
  type RunEvent,
  type RunState,
  reduce,
} from './run/machine.ts';
import type { WorkloadObservation } from './run/observe.ts';
import type { PatchMark } from './run/proof.ts';
import type { Rollout, Run } from './run/run.ts';

/** How a patch ended. `lost`: no answer came, so the server may or may not have applied it. */
export type PatchOutcome =
  /** `generation`: the object's after the patch. */
  | { readonly outcome: 'patched'; readonly generation: number }
  | {
      readonly outcome: 'refused';
      readonly kind: RefusalKind;
      readonly message: string;
      /** What a busy server asks for. */
      readonly retryAfterSeconds?: number;
    }
  /** `kind`: what to take it for when the server says that nothing was written. */
  | { readonly outcome: 'lost'; readonly kind: 'unanswered' | 'refused'; readonly message: string };

/** What the server says of a workload whose patch brought no answer. */
export type ReadBack =
  | { readonly found: 'mark'; readonly mark: PatchMark }
  | { readonly found: 'gone' }
  /** It does not answer now. */
  | { readonly found: 'silence' }
  | { readonly found: 'refusal'; readonly message: string };

/** What the executor needs of the world. */
export interface RolloutPorts {
  /** The cluster as it is seen now. */
  planning(): PlanningInput;
  observe(key: WorkloadKey): WorkloadObservation;
  /** False while the picture may be out of date. */
  fresh(): boolean;
  /** Calls `listener` after each change of the picture. */
  subscribe(listener: () => void): () => void;
  /** Writes `restartedAt` into the template, if the object is still at the item's resourceVersion. */
  patch(item: PlanItem, restartedAt: string): Promise<PatchOutcome>;
  /** Asks the server, not a cache, what stands in the template. */
  readPatchMark(item: PlanItem): Promise<ReadBack>;
  /** What the cluster's events since a time (seconds since the epoch) warn of about a workload; never fails. */
  warnings(item: PlanItem, since: number): Promise<readonly string[]>;
  /** Seconds since the epoch. */
  now(): number;
  /** Minutes east of UTC. */
  utcOffsetMinutes(): number;
  newRunId(): string;
  /** Calls `action` again and again; returns the way to stop. */
  every(milliseconds: number, action: () => void): () => void;
  sleep(milliseconds: number): Promise<void>;
  /** Aborted when nobody is interested any more. */
  readonly closed: AbortSignal;
}

/** What holds back the next attempt on the workload whose turn it is. */
interface Pause {
  /** Seconds since the epoch. */
  readonly until: number;
  /** Met by a conflict: a newer version ends the pause before its time. */
  readonly conflict: PlanItem | undefined;
}

/** Deadlines have to be noticed even when the cluster is silent. */
const TICK_MILLISECONDS = 1000;
const READ_BACK_PAUSE_MILLISECONDS = 1000;
/** A halt is not kept back longer for want of an explanation. */
const EXPLANATION_MILLISECONDS = 3000;
/** So long the watch has time to tell of the newer object that a conflict was about. */
const CONFLICT_SECONDS = 10;
/** Ticks further apart than this: the computer slept. */
const SLEPT_SECONDS = 15;
/** By then the reflectors have noticed that their watches died while the computer slept. */
const WAKING_SECONDS = 30;

/** Performs runs: feeds the state machine with what is seen, and carries out its commands, one after another. */
export function createRollout(ports: RolloutPorts): Rollout {
  const listeners = new Set<() => void>();
  let state: RunState | undefined;
  /** What listeners see: `state`, but for a halt that is still being explained. */
  let shown: Run | undefined;
  let stopWatching: (() => void) | undefined;
  let pause: Pause | undefined;
  /** The patch that brought no answer. It is repeated with the same mark, so that a late success is known again. */
  let unanswered: { readonly uid: string; readonly restartedAt: string } | undefined;
  let lookedAt = 0;
  let trustedFrom = 0;

  const run: Store<Run | undefined> = {
    get: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return {
    plan: (scopes) => planRestart(ports.planning(), scopes),
    start,
    stop: () => dispatch({ type: 'stop' }),
    run,
  };

  function start(plan: Plan): string | undefined {
    if (state && !ended(state.run)) {
      return 'a run is already active; stop it, or wait until it has ended';
    }
    const [blocked] = plan.blocked;
    if (blocked !== undefined) {
      return `nothing may be restarted now: ${blocked}`;
    }
    if (plan.items.length === 0) {
      return 'the plan restarts nothing';
    }
    pause = undefined;
    unanswered = undefined;
    lookedAt = ports.now();
    trustedFrom = 0;
    publish(newRun(ports.newRunId(), plan, lookedAt));
    const unsubscribe = ports.subscribe(look);
    const untick = ports.every(TICK_MILLISECONDS, look);
    stopWatching = () => {
      unsubscribe();
      untick();
    };
    look();
    return undefined;
  }

  function look(): void {
    if (!state) {
      return;
    }
    const { active, run: current } = state;
    const step = active && current.steps[active.index];
    const gate = {
      fresh: isAwake() && ports.fresh(),
      blocked: blockedBy(ports.planning().mesh.controlPlane),
    };
    dispatch({
      type: 'observed',
      gate,
      active: step && ports.observe(step.item.key),
      next: step ? undefined : decideNext(current),
    });
  }

  /** False for a while after a sleep, whose picture is as old as the sleep was long, though nothing says so yet. */
  function isAwake(): boolean {
    const now = ports.now();
    if (now - lookedAt > SLEPT_SECONDS) {
      trustedFrom = now + WAKING_SECONDS;
    }
    lookedAt = now;
    return now >= trustedFrom;
  }

  function decideNext(current: Run): Decision | undefined {
    const turn = nextQueued(current);
    if (!turn) {
      return undefined;
    }
    const planning = ports.planning();
    if (pause && ports.now() < pause.until && !isNewer(planning.workload(turn.item.key), pause.conflict)) {
      return undefined;
    }
    const decision = decide(planning, turn.item, ports.now(), ports.utcOffsetMinutes());
    return decision.decision === 'restart' && decision.item.uid === unanswered?.uid
      ? { ...decision, restartedAt: unanswered.restartedAt }
      : decision;
  }

  function dispatch(event: RunEvent): void {
    if (!state) {
      return;
    }
    const { state: next, commands } = reduce(state, event, ports.now());
    if (next === state) {
      return;
    }
    publish(next);
    for (const command of commands) {
      void perform(command);
    }
    if (!next.active && !ended(next.run)) {
      // Whoever has just ended makes room for the next workload at once.
      queueMicrotask(look);
    }
  }

  async function perform({ item, restartedAt }: Command): Promise<void> {
    const outcome = await tryPatch(item, restartedAt);
    if (outcome.outcome === 'patched') {
      pause = undefined;
      unanswered = undefined;
      dispatch({ type: 'patched', generation: outcome.generation });
      look();
      return;
    }
    const { kind, message } = outcome;
    if (kind === 'unanswered') {
      unanswered = { uid: item.uid, restartedAt };
    }
    pause = pauseAfter(outcome, item);
    dispatch({ type: 'refused', kind, message });
  }

  async function tryPatch(
    item: PlanItem,
    restartedAt: string,
  ): Promise<Exclude<PatchOutcome, { outcome: 'lost' }>> {
    const outcome = await ports.patch(item, restartedAt);
    if (outcome.outcome === 'lost') {
      return readBack(item, restartedAt, outcome);
    }
    // The newer object may be the work of an earlier attempt that brought no answer.
    const isOurs =
      outcome.outcome === 'refused' && outcome.kind === 'conflict' && unanswered?.uid === item.uid;
    return isOurs ? readBack(item, restartedAt, outcome) : outcome;
  }

  /** Only the server knows what became of a patch without an answer: it is never repeated blindly. */
  async function readBack(
    item: PlanItem,
    restartedAt: string,
    { kind, message }: { readonly kind: RefusalKind; readonly message: string },
  ): Promise<Exclude<PatchOutcome, { outcome: 'lost' }>> {
    while (!ports.closed.aborted) {
      const answer = await ports.readPatchMark(item);
      switch (answer.found) {
        case 'mark':
          return answer.mark.restartedAt === restartedAt
            ? { outcome: 'patched', generation: answer.mark.generation }
            : { outcome: 'refused', kind, message };
        case 'gone':
          return { outcome: 'refused', kind: 'gone', message };
        case 'refusal': {
          const unknown = `whether it was restarted is not known: ${message}; ${answer.message}`;
          return { outcome: 'refused', kind: 'refused', message: unknown };
        }
        case 'silence':
          await ports.sleep(READ_BACK_PAUSE_MILLISECONDS);
      }
    }
    return { outcome: 'refused', kind: 'refused', message };
  }

  function pauseAfter(refusal: PatchOutcome & { outcome: 'refused' }, item: PlanItem): Pause | undefined {
    const now = ports.now();
    switch (refusal.kind) {
      case 'conflict':
        return { until: now + CONFLICT_SECONDS, conflict: item };
      case 'busy':
      case 'unanswered': {
        const seconds = Math.max(refusal.retryAfterSeconds ?? 0, 2 ** (state?.retries ?? 0));
        return { until: now + seconds, conflict: undefined };
      }
      default:
        return undefined;
    }
  }

  /** Shows a halt with what the cluster's events say: controllers tell there what they tell nowhere else. */
  async function explain({ id, startedAt }: Run, item: PlanItem): Promise<void> {
    const nothing = ports.sleep(EXPLANATION_MILLISECONDS).then(() => []);
    const details = await Promise.race([ports.warnings(item, startedAt), nothing]);
    if (state?.run.id === id) {
      state = reduce(state, { type: 'explained', details }, ports.now()).state;
      show(state.run);
    }
  }

  function publish(next: RunState): void {
    state = next;
    if (ended(next.run)) {
      stopWatching?.();
      stopWatching = undefined;
    }
    const failed = failedItem(next.run);
    if (failed) {
      void explain(next.run, failed);
    } else {
      show(next.run);
    }
  }

  function show(current: Run): void {
    shown = current;
    for (const listener of listeners) {
      listener();
    }
  }
}

/** The workload that halted a run. */
function failedItem({ phase, steps }: Run): PlanItem | undefined {
  return phase.phase === 'halted' ? steps.find(({ status }) => status.state === 'failed')?.item : undefined;
}

/** True when a workload is another one than the patch was meant for, or has changed since. */
function isNewer(seen: WorkloadRecord | undefined, met: PlanItem | undefined): boolean {
  return met !== undefined && (seen?.uid !== met.uid || seen.resourceVersion !== met.resourceVersion);
}

import type { Store } from '../live/view.ts';
import type { WorkloadKey } from '../mesh/view.ts';
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
} from './machine.ts';
import type { WorkloadObservation } from './observe.ts';
import type { Plan, PlanItem } from './plan.ts';
import { blockedBy, decide, type PlanningInput, planRestart } from './planner.ts';
import type { PatchMark } from './proof.ts';
import type { Rollout, Run } from './run.ts';

/** How a patch ended. `lost`: no answer came, so the server may or may not have applied it. */
export type PatchOutcome =
  /** `generation`: the object's after the patch. */
  | { readonly outcome: 'patched'; readonly generation: number }
  | { readonly outcome: 'refused'; readonly kind: RefusalKind; readonly message: string }
  | { readonly outcome: 'lost'; readonly message: string };

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
  /** Asks the server, not a cache, what stands in the template; `undefined` when the workload is gone. */
  readPatchMark(item: PlanItem): Promise<PatchMark | undefined>;
  /** Seconds since the epoch. */
  now(): number;
  /** Minutes east of UTC. */
  utcOffsetMinutes(): number;
  newRunId(): string;
  /** Calls `action` again and again; returns the way to stop. */
  every(milliseconds: number, action: () => void): () => void;
  sleep(milliseconds: number): Promise<void>;
}

interface ObjectVersion {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Deadlines have to be noticed even when the cluster is silent. */
const TICK_MILLISECONDS = 1000;
const READ_BACK_PAUSE_MILLISECONDS = 1000;

/** Performs runs: feeds the state machine with what is seen, and carries out its commands, one after another. */
export function createRollout(ports: RolloutPorts): Rollout {
  const listeners = new Set<() => void>();
  let state: RunState | undefined;
  let stopWatching: (() => void) | undefined;
  /** The version of a workload that met a conflict: it is not tried again before a newer one has been seen. */
  let conflicted: ObjectVersion | undefined;

  const run: Store<Run | undefined> = {
    get: () => state?.run,
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
    publish(newRun(ports.newRunId(), plan, ports.now()));
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
    const gate = { fresh: ports.fresh(), blocked: blockedBy(ports.planning().mesh.controlPlane) };
    dispatch({
      type: 'observed',
      gate,
      active: step && ports.observe(step.item.key),
      next: step ? undefined : decideNext(current),
    });
  }

  function decideNext(current: Run): Decision | undefined {
    const turn = nextQueued(current);
    if (!turn) {
      return undefined;
    }
    const planning = ports.planning();
    if (conflicted && isSameVersion(planning.workload(turn.item.key), conflicted)) {
      return undefined;
    }
    return decide(planning, turn.item, ports.now(), ports.utcOffsetMinutes());
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

  async function perform(command: Command): Promise<void> {
    const { item, restartedAt } = command;
    let outcome = await ports.patch(item, restartedAt);
    if (outcome.outcome === 'lost') {
      outcome = await readBack(item, restartedAt, outcome.message);
    }
    if (outcome.outcome === 'patched') {
      conflicted = undefined;
      dispatch({ type: 'patched', generation: outcome.generation });
      look();
      return;
    }
    if (outcome.outcome === 'refused') {
      conflicted = outcome.kind === 'conflict' ? item : undefined;
      dispatch({ type: 'refused', kind: outcome.kind, message: outcome.message });
    }
  }

  /** After a lost answer only the server knows: the patch is never repeated blindly. */
  async function readBack(item: PlanItem, restartedAt: string, lost: string): Promise<PatchOutcome> {
    for (;;) {
      try {
        const found = await ports.readPatchMark(item);
        if (!found) {
          return { outcome: 'refused', kind: 'gone', message: lost };
        }
        return found.restartedAt === restartedAt
          ? { outcome: 'patched', generation: found.generation }
          : { outcome: 'refused', kind: 'refused', message: `the patch was not applied: ${lost}` };
      } catch {
        await ports.sleep(READ_BACK_PAUSE_MILLISECONDS);
      }
    }
  }

  function publish(next: RunState): void {
    state = next;
    if (ended(next.run)) {
      stopWatching?.();
      stopWatching = undefined;
    }
    for (const listener of listeners) {
      listener();
    }
  }
}

function isSameVersion(a: ObjectVersion | undefined, b: ObjectVersion): boolean {
  return a?.uid === b.uid && a.resourceVersion === b.resourceVersion;
}

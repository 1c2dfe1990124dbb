import type { Store } from '../../live/view.ts';
import type { WorkloadKey } from '../../mesh/view.ts';
import type { Plan, PlanItem, Scope } from '../plan/plan.ts';

/** Pods of a workload on their way to proof. */
export interface Progress {
  /** Live pods newer than the patch, ready, of the predicted version. */
  readonly proven: number;
  readonly wanted: number;
  /** Live pods older than the patch. */
  readonly old: number;
  /** What is being waited for, in words. */
  readonly waitingFor: string;
}

/** Times are seconds since the epoch, by the API server's clock where it matters. */
export type StepState =
  /** `waitingFor`: why it has not been patched although it is its turn, in words. */
  | { readonly state: 'queued'; readonly waitingFor?: string }
  | { readonly state: 'patching'; readonly since: number }
  | { readonly state: 'rolling'; readonly since: number; readonly progress: Progress }
  | { readonly state: 'done'; readonly since: number; readonly at: number; readonly pods: number }
  /** Nothing left to do: deleted, scaled to zero, or already at its target when its turn came. */
  | { readonly state: 'dropped'; readonly at: number; readonly reason: string }
  | { readonly state: 'failed'; readonly at: number; readonly reason: string };

export interface Step {
  readonly item: PlanItem;
  readonly status: StepState;
}

/** Why a run stopped by itself: what failed, on what, what still serves, and what to do next. */
export interface Halt {
  readonly at: number;
  readonly workload: WorkloadKey | undefined;
  readonly reason: string;
  readonly details: readonly string[];
  readonly nextSteps: readonly string[];
}

export type RunPhase =
  | { readonly phase: 'running' }
  /** Nothing new is started; what was patched is still watched. */
  | { readonly phase: 'stopping' }
  | { readonly phase: 'stopped'; readonly at: number }
  | { readonly phase: 'done'; readonly at: number }
  | { readonly phase: 'halted'; readonly halt: Halt };

export interface Run {
  readonly id: string;
  readonly plan: Plan;
  readonly startedAt: number;
  readonly phase: RunPhase;
  readonly steps: readonly Step[];
}

/** What a front end (TUI or command line) can do with the engine. */
export interface Rollout {
  /** The plan for `scopes` on the cluster as it is seen now. Computes only; nothing is written. */
  plan(scopes: readonly Scope[]): Plan;
  /** Starts a reviewed plan. An error in words when it cannot (a run is active, the plan is blocked or empty). */
  start(plan: Plan): string | undefined;
  /** Starts nothing new; the workload in progress is still watched to its end. */
  stop(): void;
  /** The current or last run; undefined before the first. */
  readonly run: Store<Run | undefined>;
}

import type { WorkloadKey } from '../../mesh/view.ts';
import type { Plan, PlanItem } from '../plan/plan.ts';
import type { RunLimits } from './limits.ts';

/** How a patch of this run is known again. */
export interface PatchMark {
  /** The token that this run wrote into the template; pods copy it. For Argo Rollouts the value of `spec.restartAt`. */
  readonly restartedAt: string;
  /** Generation of the object after the patch: an older one has been seen before the patch was. */
  readonly generation: number;
}

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

/**
 * What made a workload, or the run itself, fail. Those of `runWide` stop everything whatever the failure budget says,
 * since the next workload would meet them too.
 */
export type FailureCause =
  // run-wide
  | 'no-proxy'
  | 'wrong-proxy'
  | 'injector'
  | 'image-pull'
  | 'control-plane'
  | 'lock'
  | 'journal'
  | 'preflight'
  // of one workload or namespace
  | 'crash-loop'
  | 'rejected'
  | 'unschedulable'
  | 'deadline'
  | 'interference'
  | 'changed'
  | 'refused'
  | 'namespace';

export const runWide: ReadonlySet<FailureCause> = new Set<FailureCause>([
  'no-proxy',
  'wrong-proxy',
  'injector',
  'image-pull',
  'control-plane',
  'lock',
  'journal',
  'preflight',
]);

/** Times are seconds since the epoch. */
export type StepState =
  /** `waitingFor`: why it has not been patched although its wave runs, in words. */
  | { readonly state: 'queued'; readonly waitingFor?: string }
  /** The patch is on its way; after a crash it is not known whether it arrived. */
  | { readonly state: 'patching'; readonly since: number; readonly restartedAt: string }
  | {
      readonly state: 'rolling';
      readonly since: number;
      readonly mark: PatchMark;
      readonly progress: Progress;
    }
  /** Proven, and watched for a while longer. */
  | {
      readonly state: 'soaking';
      readonly since: number;
      readonly until: number;
      readonly mark: PatchMark;
      readonly pods: number;
    }
  | { readonly state: 'done'; readonly since: number; readonly at: number; readonly pods: number }
  /** All that a StatefulSet's partition lets through is proven; `kept` pods keep their old proxy. */
  | {
      readonly state: 'partial';
      readonly since: number;
      readonly at: number;
      readonly pods: number;
      readonly kept: number;
    }
  /** Nothing left to do: deleted, scaled to zero, or already at its target when its turn came. */
  | { readonly state: 'dropped'; readonly at: number; readonly reason: string }
  /** The operator left it out. */
  | { readonly state: 'skipped'; readonly at: number; readonly reason: string }
  /** `acknowledged`: the operator went on all the same, so it counts no longer against the budget. */
  | {
      readonly state: 'failed';
      readonly at: number;
      readonly cause: FailureCause;
      readonly reason: string;
      readonly acknowledged: boolean;
    };

export interface Step {
  readonly item: PlanItem;
  readonly status: StepState;
}

/** The diagnosis: what failed, on what, what still serves, and what to do next. */
export interface Halt {
  readonly at: number;
  /** `wave`: the other waves are not concerned; the operator may go on once he has looked. */
  readonly scope: 'run' | 'wave';
  readonly cause: FailureCause;
  readonly workload: WorkloadKey | undefined;
  /** '' where no single pod or container is to blame. */
  readonly pod: string;
  readonly container: string;
  readonly reason: string;
  /** Last messages and events, in words. */
  readonly details: readonly string[];
  /** `2 of 3 wanted pods are ready and serving`; '' without a workload. */
  readonly serving: string;
  /** Commands to type, the most useful first. */
  readonly nextSteps: readonly string[];
}

export type RunPhase =
  /** What must hold before the wave is looked at; `waitingFor` says why that takes time. */
  | {
      readonly phase: 'preflight';
      readonly wave: number;
      readonly since: number;
      readonly retryAt: number;
      readonly waitingFor: string;
    }
  /** `waitingFor`: why the wave is not over although all its workloads are, in words. */
  | { readonly phase: 'running'; readonly wave: number; readonly waitingFor?: string }
  /** The wave is over and watched before the next one. */
  | { readonly phase: 'soaking'; readonly wave: number; readonly since: number; readonly until: number }
  /** Nothing new is started until the operator says so; what was patched is watched. */
  | { readonly phase: 'paused'; readonly wave: number; readonly since: number }
  /** Stopped by itself. Nothing is patched until the operator has looked and says so; what was patched is watched. */
  | { readonly phase: 'halted'; readonly wave: number; readonly halt: Halt }
  /** Nothing new is started any more; what was patched is watched to its end. */
  | { readonly phase: 'aborting'; readonly wave: number; readonly since: number }
  | { readonly phase: 'aborted'; readonly at: number }
  | { readonly phase: 'done'; readonly at: number };

export type PhaseName = RunPhase['phase'];

/** `none`: the operator agreed to go on without. */
export type LockState = 'held' | 'none' | 'lost';

export interface Run {
  readonly id: string;
  readonly plan: Plan;
  readonly limits: RunLimits;
  /** Who started it: `user@host`. */
  readonly by: string;
  /** Why, in the operator's words; '' when none were given. */
  readonly reason: string;
  readonly startedAt: number;
  readonly phase: RunPhase;
  /** In the order of the plan; the index of a step is its identity. */
  readonly steps: readonly Step[];
  /** Pod starts a minute that are allowed now: doubles after a clean wave, halves on trouble. */
  readonly startsPerMinute: number;
  readonly lock: LockState;
  /** What preflights warned of, newest last, each once. */
  readonly warnings: readonly string[];
}

/** What the operator can say to a run. */
export type OperatorAction =
  /** Start nothing new. */
  | { readonly type: 'pause' }
  /** Go on: from a pause, after a halt, or before a soak is over. */
  | { readonly type: 'proceed' }
  /** End the run: start nothing new and watch what was patched to its end. */
  | { readonly type: 'abort' }
  /** Queue a failed or skipped step again. */
  | { readonly type: 'retry'; readonly index: number }
  /** Leave a queued or failed step out. */
  | { readonly type: 'skip'; readonly index: number };

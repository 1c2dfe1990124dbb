import type { Store } from '../live/view.ts';
import type { RecordedRun } from './journal/record.ts';
import type { LockHolder } from './lock/lock.ts';
import type { Plan, PlanOptions, Scope } from './plan/plan.ts';
import type { PreflightReport } from './preflight/report.ts';
import type { RunLimits } from './run/limits.ts';
import type { OperatorAction, Run } from './run/run.ts';

/** How a reviewed plan is to be carried out. */
export interface StartOptions {
  readonly limits: RunLimits;
  /** `user@host`. */
  readonly by: string;
  /** Why, in the operator's words; '' for none. */
  readonly reason: string;
  /** `without`: go on where the right to the lock is missing. `take-over`: take it from a holder that is gone. */
  readonly lock: 'required' | 'without' | 'take-over';
  /** Ask the injector by dry-run pods, where pods may be created. */
  readonly probe: boolean;
}

export type StartOutcome =
  | { readonly outcome: 'started' }
  /** In words: a run is active, the plan is empty or blocked, the journal cannot be written, another cluster. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Another run holds the lock. */
  | { readonly outcome: 'locked'; readonly by: LockHolder }
  /** There is no lock to be had; `lock: 'without'` goes on all the same. */
  | { readonly outcome: 'no-lock'; readonly reason: string };

/** What a front end (TUI or command line) can do with the engine. */
export interface Rollout {
  /** The plan for `scopes` on the cluster as it is seen now. Computes only; nothing is written. */
  plan(scopes: readonly Scope[], options?: PlanOptions): Plan;
  /** What stands against a plan now. Nothing is stored in the cluster. @throws KubeError when it cannot be looked at */
  preflight(plan: Plan, options: { readonly probe: boolean }): Promise<PreflightReport>;
  /** Starts a reviewed plan: takes the lock, opens the journal, and begins with the preflight of the first wave. */
  start(plan: Plan, options: StartOptions): Promise<StartOutcome>;
  /**
   * Takes up a run that a journal tells of. What was under way is looked up in the cluster; nothing is patched twice.
   * Failed steps count as acknowledged.
   */
  resume(recorded: RecordedRun, options: Omit<StartOptions, 'reason'>): Promise<StartOutcome>;
  /** Hands the operator's wish to the run. What makes no sense now changes nothing. */
  act(action: OperatorAction): void;
  /** Leaves the run where it is: nothing new is started, the lock is given back and the journal closed. */
  leave(): Promise<void>;
  /** The current or last run; undefined before the first. */
  readonly run: Store<Run | undefined>;
}

import type { PlanItem } from '../plan/plan.ts';
import type { PreflightReport } from '../preflight/report.ts';
import type { WorkloadObservation } from './observe.ts';
import type { OperatorAction, PatchMark } from './run.ts';

/** What becomes of a queued workload when its turn comes, judged on the cluster as it is then. */
export type Decision =
  | { readonly decision: 'restart'; readonly item: PlanItem; readonly restartedAt: string }
  | { readonly decision: 'drop'; readonly reason: string }
  /** It is in motion, which usually passes. */
  | { readonly decision: 'wait'; readonly reason: string }
  /** It is no longer what was reviewed. */
  | { readonly decision: 'refuse'; readonly reason: string };

/** Pods of a namespace that are in trouble: name of the pod to what is wrong with it, in words. */
export type SickPods = ReadonlyMap<string, string>;

/** What must hold before anything is patched. */
export interface Gate {
  /** The picture is live. While it is not, nothing is patched and no deadline runs. */
  readonly fresh: boolean;
  /** Reasons why nothing may be restarted now. */
  readonly blocked: readonly string[];
  /** Restarts of the control plane's containers, by pod name; a pod whose figure grows is in trouble. */
  readonly controlPlaneRestarts: ReadonlyMap<string, number>;
}

/**
 * Why a workload was not patched. Tried again: `conflict` (there is a newer object), `busy` (the server takes no
 * requests now), `unanswered` (no answer came, and the server says that nothing was written). `webhook`: an
 * admission webhook did not answer.
 */
export type RefusalKind = 'conflict' | 'busy' | 'unanswered' | 'gone' | 'webhook' | 'refused';

/** How an eviction ended. `budget`: a PodDisruptionBudget does not allow it now. */
export type EvictionKind = 'evicted' | 'budget' | 'busy' | 'gone' | 'refused';

/** Everything that can happen to a run. Steps are named by their index. */
export type RunEvent =
  | {
      readonly type: 'observed';
      readonly gate: Gate;
      /** Of every step in progress. */
      readonly active: ReadonlyMap<number, WorkloadObservation>;
      /** Decisions, taken now, on steps that `candidates` names. */
      readonly next: ReadonlyMap<number, Decision>;
      /** Of the namespaces of steps that are in progress or next. */
      readonly sick: ReadonlyMap<string, SickPods>;
    }
  | { readonly type: 'preflighted'; readonly wave: number; readonly report: PreflightReport }
  /** The preflight could not be made, for instance because the server does not answer: it is tried again. */
  | { readonly type: 'preflight-failed'; readonly wave: number; readonly message: string }
  | { readonly type: 'patched'; readonly index: number; readonly mark: PatchMark }
  | {
      readonly type: 'refused';
      readonly index: number;
      readonly kind: RefusalKind;
      readonly message: string;
      readonly retryAfterSeconds: number;
    }
  | {
      readonly type: 'evicted';
      readonly index: number;
      readonly pod: string;
      readonly kind: EvictionKind;
      readonly message: string;
    }
  /** What the cluster's events and the object's managers say about a step that failed. */
  | { readonly type: 'explained'; readonly index: number; readonly details: readonly string[] }
  | { readonly type: 'lock-lost'; readonly reason: string }
  | { readonly type: 'journal-failed'; readonly message: string }
  | OperatorAction;

export type EventType = RunEvent['type'];

/** What the executor has to do. A command is carried out only after the journal holds the state it belongs to. */
export type Command =
  | { readonly type: 'preflight'; readonly wave: number }
  | {
      readonly type: 'patch';
      readonly index: number;
      readonly item: PlanItem;
      readonly restartedAt: string;
    }
  /** Asks the server what became of a patch that was on its way when the program ended. */
  | {
      readonly type: 'read-back';
      readonly index: number;
      readonly item: PlanItem;
      readonly restartedAt: string;
    }
  | { readonly type: 'evict'; readonly index: number; readonly item: PlanItem; readonly pod: string }
  | { readonly type: 'explain'; readonly index: number; readonly item: PlanItem; readonly since: number };

export interface Reduction<S> {
  readonly state: S;
  readonly commands: readonly Command[];
}

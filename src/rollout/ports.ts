import type { Journal, RunRecord } from './journal/record.ts';
import type { RunLock } from './lock/lock.ts';
import type { PlanItem } from './plan/plan.ts';
import type { PlanningInput } from './plan/planner.ts';
import type { PreflightReport } from './preflight/report.ts';
import type { EvictionKind, Gate, RefusalKind, SickPods } from './run/events.ts';
import type { WorkloadObservation } from './run/observe.ts';
import type { PatchMark } from './run/run.ts';

/** What a restart writes. */
export interface PatchRequest {
  readonly item: PlanItem;
  readonly restartedAt: string;
  readonly run: { readonly id: string; readonly by: string; readonly reason: string };
}

/** How a patch ended. `lost`: no answer came, so the server may or may not have applied it. */
export type PatchOutcome =
  /** `generation`: the object's after the patch. */
  | { readonly outcome: 'patched'; readonly generation: number }
  | {
      readonly outcome: 'refused';
      readonly kind: RefusalKind;
      readonly message: string;
      /** What a busy server asks for; 0 when it does not say. */
      readonly retryAfterSeconds: number;
    }
  /** `kind`: what to take it for when the server says that nothing was written. */
  | {
      readonly outcome: 'lost';
      readonly kind: 'unanswered' | 'webhook' | 'refused';
      readonly message: string;
    };

/** What the server says of a workload whose patch brought no answer. */
export type ReadBack =
  /** `run`: id of the run that restarted it last, '' when none of ours did. */
  | { readonly found: 'mark'; readonly mark: PatchMark; readonly run: string }
  | { readonly found: 'gone' }
  /** It does not answer now. */
  | { readonly found: 'silence' }
  | { readonly found: 'refusal'; readonly message: string };

/** What is told of a workload by a Kubernetes Event. */
export interface Announcement {
  readonly item: PlanItem;
  readonly type: 'Normal' | 'Warning';
  /** In CamelCase: `ProxyRestarted`. */
  readonly reason: string;
  readonly message: string;
  readonly run: string;
}

/** What the executor needs of the world. */
export interface RolloutPorts {
  /** The cluster as it is seen now. */
  planning(): PlanningInput;
  observe(item: PlanItem): WorkloadObservation;
  /** Pods in trouble in a namespace, as it is seen now. */
  sickPods(namespace: string): SickPods;
  gate(): Gate;
  /** The server has asked to be left alone for a while: what is sent now would wait here, and be sent when it is over. */
  isServerBusy(): boolean;
  /** Calls `listener` after each change of the picture. */
  subscribe(listener: () => void): () => void;
  /** Looks at everything that must hold before `items` are restarted. @throws KubeError when it cannot be looked at */
  preflight(items: readonly PlanItem[], options: { readonly probe: boolean }): Promise<PreflightReport>;
  /** Writes the restart, if the object is still at the item's resourceVersion. Never repeated by itself. */
  patch(request: PatchRequest): Promise<PatchOutcome>;
  /** Asks the server, not a cache, what stands in the template. */
  readPatchMark(item: PlanItem): Promise<ReadBack>;
  evict(item: PlanItem, pod: string): Promise<{ readonly kind: EvictionKind; readonly message: string }>;
  /**
   * What the cluster's events since a time (seconds since the epoch) warn of about a workload, and who else wrote to
   * it since then; never fails.
   */
  explain(item: PlanItem, since: number): Promise<readonly string[]>;
  /** Records a Kubernetes Event where that is allowed; never fails. */
  announce(announcement: Announcement): Promise<void>;
  /** What tells this cluster from all others, and where it is. @throws KubeError */
  cluster(): Promise<RunRecord['cluster']>;
  readonly lock: RunLock;
  /**
   * Makes the journal of a new run, or takes up that of an old one, which nobody else may write meanwhile.
   * @param records how many it held when it was read: it is not taken up if it holds others by now
   * @throws Error in words when it cannot be written
   */
  openJournal(run: string, records?: number): Journal;
  /** Version of this program. */
  readonly program: string;
  /** Seconds since the epoch. */
  now(): number;
  /** The same by the server's clock, as far as its answers tell it: for what is written into the cluster. */
  serverNow(): number;
  /** Minutes east of UTC. */
  utcOffsetMinutes(): number;
  newRunId(): string;
  /** Calls `action` again and again; returns the way to stop. */
  every(milliseconds: number, action: () => void): () => void;
  sleep(milliseconds: number): Promise<void>;
  /** Aborted when nobody is interested any more. */
  readonly closed: AbortSignal;
}

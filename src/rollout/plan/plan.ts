import type { Effect, Risk, WorkloadKey } from '../../mesh/view.ts';

/** A workload that will be restarted, bound to what was seen when it was planned. */
export interface PlanItem {
  readonly key: WorkloadKey;
  readonly uid: string;
  readonly apiVersion: string;
  /** Precondition of the patch. */
  readonly resourceVersion: string;
  readonly effect: Effect;
  readonly risks: readonly Risk[];
  /** Versions that its live proxies run now, with counts. */
  readonly from: Readonly<Record<string, number>>;
  /** What the new pods must run to count as proof. */
  readonly expected: { readonly version: string; readonly trustRootSha256: string };
  /** Pods that the restart will start. */
  readonly pods: number;
  /** Seconds without progress after which the workload counts as failed. */
  readonly deadlineSeconds: number;
}

/** A workload that stays as it is, and why. */
export interface Exclusion {
  readonly key: WorkloadKey;
  readonly effect: Effect;
  readonly reason: string;
}

/** What was asked for: whole namespaces, or single workloads. */
export type Scope = {
  readonly namespace: string;
  readonly workload?: { readonly kind: string; readonly name: string };
};

export interface Plan {
  readonly scopes: readonly Scope[];
  /** Restarted in this order. */
  readonly items: readonly PlanItem[];
  readonly exclusions: readonly Exclusion[];
  /** Reasons why nothing may be restarted now (injector down, control plane half rolled, …). */
  readonly blocked: readonly string[];
  /** Versions before the run are compared with this one. */
  readonly controlPlaneVersion: string;
}

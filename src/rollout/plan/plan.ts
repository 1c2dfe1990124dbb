import type { Effect, Risk, WorkloadKey } from '../../mesh/view.ts';

/** Why a workload is restarted. */
export type ReasonKind =
  | 'violation'
  | 'lag'
  | 'stale-trust'
  | 'missing-proxy'
  | 'sidecar-mode'
  | 'downgrade'
  | 'other';

export interface Reason {
  readonly kind: ReasonKind;
  /** In words, with figures: `3 of 4 proxies violate the version skew`. */
  readonly text: string;
}

/**
 * How the pods of a workload are replaced. `restart`: the template is annotated and its controller rolls. `evict`:
 * the template is annotated and old pods are evicted one by one (update strategy OnDelete). `restart-at`: Argo
 * Rollouts replaces pods older than `spec.restartAt` by itself.
 */
export type Method = 'restart' | 'evict' | 'restart-at';

/** A workload that will be restarted, bound to what was seen when it was planned. */
export interface PlanItem {
  readonly key: WorkloadKey;
  readonly uid: string;
  readonly apiVersion: string;
  /** Precondition of the patch. */
  readonly resourceVersion: string;
  /** Hash (hex) of what is known of the pod template: tells a new deployment from a mere change of status. */
  readonly templateHash: string;
  readonly method: Method;
  readonly effect: Effect;
  /** Never empty; the gravest first. */
  readonly reasons: readonly Reason[];
  readonly risks: readonly Risk[];
  /** Versions that its live proxies run now, with counts. */
  readonly from: Readonly<Record<string, number>>;
  /** What the new pods must run to count as proof. */
  readonly expected: { readonly version: string; readonly trustRootSha256: string };
  /** Pods that the restart will start. */
  readonly pods: number;
  /** How many pods keep their old proxy because of a StatefulSet's partition; 0 without one. */
  readonly kept: number;
  /** Rounds in which its controller replaces them: pods divided by what it may replace at once. */
  readonly rounds: number;
  /** Index of its wave in the plan. */
  readonly wave: number;
  /** Seconds without progress after which the workload counts as failed. */
  readonly deadlineSeconds: number;
}

/** A workload that stays as it is, and why. */
export interface Exclusion {
  readonly key: WorkloadKey;
  readonly effect: Effect;
  readonly reason: string;
  /** What to type where something can be done about it, '' where nothing can. */
  readonly command: string;
}

/** What was asked for: whole namespaces, or single workloads. */
export type Scope = {
  readonly namespace: string;
  readonly workload?: { readonly kind: string; readonly name: string };
};

/** `delicate`: single replicas, StatefulSets and what stops before it starts again. */
export type WaveKind = 'canary' | 'namespaces' | 'delicate' | 'extensions' | 'gateways';

/** Workloads that are restarted before the next wave is looked at. Their items carry the wave's index. */
export interface Wave {
  readonly kind: WaveKind;
  /** For people: `canary`, `namespaces 2 to 5`. */
  readonly title: string;
}

/** Time that a plan takes, by pods, rounds, pace and soaks. An estimate and no promise. */
export interface Estimate {
  readonly pods: number;
  readonly seconds: number;
}

/** What may be restarted beside the plain case, each only when it was asked for. */
export interface PlanOptions {
  /** Workloads without any proxy that a restart would mesh. */
  readonly meshes?: boolean;
  /** Workloads whose proxies would get an older version. */
  readonly downgrades?: boolean;
  /** OnDelete workloads, by evicting their pods one by one. */
  readonly onDelete?: boolean;
  /** `derived`: violations first; `asked`: the order of the scopes. */
  readonly order?: 'asked' | 'derived';
}

export interface Plan {
  readonly scopes: readonly Scope[];
  readonly options: PlanOptions;
  /** In the order of the restarts; waves ascend. */
  readonly items: readonly PlanItem[];
  /** None is empty. */
  readonly waves: readonly Wave[];
  readonly exclusions: readonly Exclusion[];
  /** Reasons why nothing may be restarted now (injector down, control plane half rolled, …). */
  readonly blocked: readonly string[];
  /** Versions before the run are compared with this one. */
  readonly controlPlaneVersion: string;
}

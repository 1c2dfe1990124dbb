import type { WorkloadKey } from '../../mesh/view.ts';

export type CheckName =
  | 'control-plane'
  | 'injector'
  | 'webhook'
  | 'target'
  | 'kubernetes'
  | 'trust-roots'
  | 'certificates'
  | 'access'
  | 'quota'
  | 'budget'
  | 'health'
  | 'autoscaler'
  | 'nodes'
  | 'gitops'
  | 'operator'
  | 'lock'
  | 'probe';

export interface Finding {
  readonly check: CheckName;
  /** `blocker`: nothing may be restarted. `unknown`: it could not be looked at, and why. */
  readonly severity: 'blocker' | 'warning' | 'unknown';
  /** What is wrong, on what, and what to do about it. */
  readonly text: string;
}

/** What a server-side dry run of a pod from a workload's template showed. */
export interface ProbeResult {
  readonly key: WorkloadKey;
  /** Version that the injector would give; '' when the pod came back without a proxy or was refused. */
  readonly version: string;
  readonly native: boolean;
  readonly trustRootSha256: string;
  /** The admission error in its own words, '' when the pod was accepted. */
  readonly refusal: string;
}

/** What was found before the first patch, and before each wave. */
export interface PreflightReport {
  readonly findings: readonly Finding[];
  /** Workloads that may not or should not be patched, each with the reason. They are dropped from the wave. */
  readonly exclusions: readonly { readonly key: WorkloadKey; readonly reason: string }[];
  readonly probes: readonly ProbeResult[];
}

/** How fast a run may go, and how long it looks before it goes on. */
export interface RunLimits {
  /** Workloads in progress at a time, in all. */
  readonly maxParallel: number;
  /** Workloads in progress at a time in one namespace. */
  readonly perNamespace: number;
  /** Upper bound of pod starts in any minute; the run begins at a quarter of it. */
  readonly startsPerMinute: number;
  /** Seconds between two waves. */
  readonly soakSeconds: number;
  /** Seconds that a workload is watched after its proof before it counts as done. */
  readonly workloadSoakSeconds: number;
  /** Replaces each workload's own deadline; undefined leaves it. */
  readonly deadlineSeconds: number | undefined;
  /** Failed workloads that do not halt the run. In the canary wave it is 0 whatever is said here. */
  readonly failureBudget: number;
}

/**
 * 200 pod starts in about a minute have broken destination for a whole cluster (linkerd2 issue 5629); the default
 * stays well below.
 */
export const DEFAULT_LIMITS: RunLimits = {
  maxParallel: 3,
  perNamespace: 1,
  startsPerMinute: 60,
  soakSeconds: 60,
  workloadSoakSeconds: 5,
  deadlineSeconds: undefined,
  failureBudget: 0,
};

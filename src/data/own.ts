/** Names that this program gives to what it writes into a cluster. */

/** Prefix of the annotations that say which run restarted a workload. */
export const OWN_DOMAIN = 'kubectl-linkerd-upgrade';

/** Written into the pod template beside `kubectl.kubernetes.io/restartedAt`, so that pods carry them too. */
export const ownAnnotation = {
  /** Id of the run. */
  run: `${OWN_DOMAIN}/run`,
  /** Who started it: `user@host`. */
  by: `${OWN_DOMAIN}/by`,
  /** Why, in the operator's words; absent when none were given. */
  reason: `${OWN_DOMAIN}/reason`,
} as const;

/** The Lease in the control plane's namespace that keeps two runs apart. */
export const RUN_LEASE = 'kubectl-linkerd-upgrade';

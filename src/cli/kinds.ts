/** Kinds of workloads under the names that kubectl knows them by (`kubectl api-resources`). */
const kinds: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['deployment', 'deployments', 'deploy'],
  StatefulSet: ['statefulset', 'statefulsets', 'sts'],
  DaemonSet: ['daemonset', 'daemonsets', 'ds'],
  Rollout: ['rollout', 'rollouts', 'ro'],
  ReplicaSet: ['replicaset', 'replicasets', 'rs'],
  ReplicationController: ['replicationcontroller', 'replicationcontrollers', 'rc'],
  Job: ['job', 'jobs'],
  CronJob: ['cronjob', 'cronjobs', 'cj'],
  Pod: ['pod', 'pods', 'po'],
};

const names: ReadonlyMap<string, string> = new Map(
  Object.entries(kinds).flatMap(([kind, known]) => known.map((name) => [name, kind] as const)),
);

/** Groups that kubectl lets stand behind a name: `deployments.apps`. */
const GROUP = /\.(?:v\d\w*\.)?(?:apps|batch|argoproj\.io)$/;

/**
 * Whether a kind as typed, in any case and as kubectl takes it, means the kind of a workload. A custom kind is known by
 * its own name, with its group or without.
 */
export function namesKind(typed: string, kind: string): boolean {
  const wanted = typed.toLowerCase();
  const known = names.get(wanted.replace(GROUP, ''));
  if (known !== undefined) return known === kind;
  const own = kind.toLowerCase();
  return wanted === own || wanted === own.split('.', 1)[0];
}

/** How a kind may be typed, the full name first. */
export function spellingsOf(kind: string): readonly string[] {
  return kinds[kind] ?? [kind.toLowerCase()];
}

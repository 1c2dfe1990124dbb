import type { WorkloadRecord } from '../kube/records.ts';

/**
 * Where a rollout stands by the controller's counters, '' when it rests. The conditions and their order are
 * kubectl's (`pkg/polymorphichelpers/rollout_status.go`), except that pods which fail after a finished rollout do
 * not start it again here. The counters say nothing about pods that came up without a proxy, and a partition or
 * OnDelete reads as rest.
 */
export function rolloutText(workload: WorkloadRecord): string {
  if (workload.generation > workload.status.observedGeneration) return 'waiting for its controller';
  switch (workload.kind) {
    case 'Deployment':
      return deploymentRollout(workload);
    case 'StatefulSet':
      return statefulSetRollout(workload);
    case 'DaemonSet':
      return daemonSetRollout(workload);
    case 'Rollout':
      return argoRollout(workload);
  }
}

function deploymentRollout({ replicas, paused, status }: WorkloadRecord): string {
  const progressing = status.conditions.find((condition) => condition.type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return 'exceeded its progress deadline';
  if (status.updated < replicas) {
    return `${status.updated} of ${replicas} updated${paused ? ', paused' : ''}`;
  }
  if (status.replicas > status.updated) return `${status.replicas - status.updated} old pending termination`;
  const finished = progressing?.reason === 'NewReplicaSetAvailable';
  if (!finished && status.available < status.updated) {
    return `${status.available} of ${status.updated} available`;
  }
  return '';
}

function statefulSetRollout({ replicas, strategy, status }: WorkloadRecord): string {
  // While the revisions agree all pods come from one template, and whatever is not ready is no rollout.
  if (strategy.type === 'OnDelete' || status.currentRevision === status.updateRevision) return '';
  const wanted = Math.max(replicas - strategy.partition, 0);
  if (status.updated < wanted) return `${status.updated} of ${wanted} updated`;
  return status.ready < replicas ? `${status.ready} of ${replicas} ready` : '';
}

function daemonSetRollout({ replicas, strategy, status }: WorkloadRecord): string {
  if (strategy.type === 'OnDelete') return '';
  if (status.updated < replicas) return `${status.updated} of ${replicas} updated`;
  if (status.available < replicas) return `${status.available} of ${replicas} available`;
  return '';
}

/** An Argo Rollout; one that waits between the steps of a canary counts as rolling, as long as it takes. */
function argoRollout({ replicas, paused, status }: WorkloadRecord): string {
  if (status.updated < replicas) return `${status.updated} of ${replicas} updated${paused ? ', paused' : ''}`;
  return status.available < replicas ? `${status.available} of ${replicas} available` : '';
}

import type { WorkloadRecord } from '../kube/records.ts';
import { groupOf } from './owners.ts';
import type { WorkloadKey } from './view.ts';

/**
 * Why `kubectl rollout restart` cannot renew the pods of an owner of this kind, and what can; undefined for the
 * three kinds that it restarts. An Argo Rollout that can be read is restarted by this program all the same.
 */
export function unrestartableKind(key: WorkloadKey, apiVersion: string): string | undefined {
  const group = groupOf(apiVersion);
  switch (key.kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
      return undefined;
    case 'Job':
      return 'a Job cannot be restarted; it ends with the proxy it has';
    case 'CronJob':
      return "a CronJob is not restarted: its next run gets the injector's proxy";
    case 'Pod':
      return 'a bare pod cannot be restarted: delete it and create it again';
    case 'Node':
      return 'a static pod of a node is made by the kubelet, which no webhook sees';
    case 'ReplicaSet':
    case 'ReplicationController':
      return `a ${key.kind} without a Deployment cannot be restarted: delete its pods one by one`;
  }
  return customOwner(key, group);
}

/** Custom controllers undo a restart of what they own, so each is restarted its own way. */
function customOwner({ namespace, kind, name }: WorkloadKey, group: string): string {
  if (group === 'argoproj.io' && kind === 'Rollout') {
    return `an Argo Rollout restarts through its own controller: kubectl argo rollouts restart ${name} -n ${namespace}`;
  }
  if (group === 'postgresql.cnpg.io') {
    return `its operator restarts it: kubectl cnpg restart ${name} -n ${namespace}`;
  }
  if (group === 'core.strimzi.io') {
    return `its operator restarts it: kubectl annotate ${kind.toLowerCase()} ${name} -n ${namespace} strimzi.io/manual-rolling-update=true`;
  }
  return `it is controlled by ${kind} ${name}${group ? ` (${group})` : ''}: restart it through that controller`;
}

/** Why a restart of this workload has no effect or is refused as it stands now; undefined when it would work. */
export function restartObstacle(workload: WorkloadRecord): string | undefined {
  if (workload.deletedAt > 0) return 'it is being deleted';
  if (workload.replicas === 0) {
    return workload.kind === 'DaemonSet' ? 'no node matches it' : 'it is scaled to zero, so nothing runs';
  }
  if (workload.paused) {
    return workload.kind === 'Rollout'
      ? `it is paused: kubectl argo rollouts promote ${workload.name} -n ${workload.namespace}`
      : `it is paused, and paused Deployments cannot be restarted: kubectl rollout resume deployment/${workload.name} -n ${workload.namespace}`;
  }
  if (workload.strategy.type === 'OnDelete') {
    return 'its update strategy is OnDelete: pods keep their proxy until they are deleted by hand';
  }
  if (workload.strategy.partition >= workload.replicas) {
    return `its partition ${workload.strategy.partition} keeps all ${workload.replicas} pods as they are`;
  }
  return undefined;
}

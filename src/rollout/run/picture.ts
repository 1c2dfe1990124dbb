import type { PodRecord } from '../../kube/records.ts';
import type { MeshModel } from '../../mesh/model.ts';
import { podStatus } from '../../mesh/pod-status.ts';
import { podLife } from '../../mesh/proxy.ts';
import type { WorkloadKey } from '../../mesh/view.ts';
import type { SickPods } from './events.ts';
import { observePod, type WorkloadObservation } from './observe.ts';

/** A pod that is not ready although it is older than this is in trouble; a younger one may just be starting. */
const STARTING_SECONDS = 120;

/** A workload and its pods as a model knows them now. */
export function observeIn(model: MeshModel, key: WorkloadKey): WorkloadObservation {
  return { workload: model.workload(key), pods: model.pods(key).map(observePod) };
}

/**
 * Pods of a namespace in trouble as a model knows them now: those whose containers do not start, those that no node
 * takes, and those that are not ready long after their creation. Pods of Jobs are left out: they come and go.
 * @param now seconds since the epoch, by the server's clock
 */
export function sickPodsIn(model: MeshModel, namespace: string, now: number): SickPods {
  const sick = new Map<string, string>();
  for (const workload of model.view().workloads(namespace)) {
    for (const pod of model.pods(workload)) {
      const what = sicknessOf(pod, now);
      if (what !== '') {
        sick.set(pod.name, what);
      }
    }
  }
  return sick;
}

function sicknessOf(pod: PodRecord, now: number): string {
  // The condition Ready holds only while all containers are: most pods need no closer look.
  if (pod.ready || podLife(pod) !== 'live' || pod.owner?.kind === 'Job') {
    return '';
  }
  const { trouble, waitingFor } = observePod(pod);
  if (trouble) {
    return trouble.text;
  }
  const late = now - pod.createdAt > STARTING_SECONDS;
  return pod.unschedulable !== '' || late ? `${waitingFor} (${podStatus(pod)})` : '';
}

/** Restarts of the control plane's containers by pod, as a model knows them now. */
export function controlPlaneRestartsIn(model: MeshModel): ReadonlyMap<string, number> {
  const restarts = new Map<string, number>();
  const view = model.view();
  for (const workload of view.workloads(view.controlPlane.namespace)) {
    for (const pod of model.pods(workload)) {
      if (pod.controlPlaneComponent !== '' && podLife(pod) === 'live') {
        restarts.set(
          pod.name,
          pod.containers.reduce((sum, container) => sum + container.restarts, 0),
        );
      }
    }
  }
  return restarts;
}

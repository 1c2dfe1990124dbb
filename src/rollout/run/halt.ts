import type { PlanItem } from '../plan/plan.ts';
import type { WorkloadObservation } from './observe.ts';
import type { Halt } from './run.ts';

/** The card shown when a workload failed: what happened, what still serves, what to type next. */
export function haltOf(
  item: PlanItem,
  reason: string,
  seen: WorkloadObservation | undefined,
  at: number,
): Halt {
  const { kind, namespace, name } = item.key;
  const workload = `${kind.toLowerCase()}/${name}`;
  const sick =
    seen?.pods.find((pod) => pod.live && !pod.ready) ?? seen?.pods.find((pod) => pod.trouble !== '');
  const nextSteps = [
    `kubectl -n ${namespace} get pods`,
    `kubectl -n ${namespace} describe ${sick ? `pod/${sick.name}` : workload}`,
  ];
  if (sick) {
    nextSteps.push(`kubectl -n ${namespace} logs ${sick.name} --all-containers --previous`);
  }
  return { at, workload: item.key, reason, details: seen ? whatServes(seen) : [], nextSteps };
}

/** The card shown when the control plane itself forbids going on. */
export function haltWithoutWorkload(reasons: readonly string[], at: number): Halt {
  const [reason = 'the control plane is not in a state to inject proxies', ...details] = reasons;
  return { at, workload: undefined, reason, details, nextSteps: ['linkerd check'] };
}

function whatServes({ workload, pods }: WorkloadObservation): readonly string[] {
  const live = pods.filter((pod) => pod.live);
  const ready = live.filter((pod) => pod.ready).length;
  const wanted = workload?.replicas ?? live.length;
  const waiting = live.filter((pod) => pod.waitingFor !== '').map((pod) => pod.waitingFor);
  return [
    `${ready} of ${wanted} wanted ${wanted === 1 ? 'pod is' : 'pods are'} ready and serving`,
    ...waiting.slice(0, 5),
    'kubectl rollout undo would not bring the old proxy back: the injector adds the proxy when a pod is created',
  ];
}

import type { Cluster } from './cluster.ts';
import type { Pod } from './objects.ts';

const TICK_MILLISECONDS = 20;
/** Coprime with any number of replicas in use, so that neighbours in time are not neighbours in a workload. */
const STRIDE = 7_919;

/** Changes pods without end, so that whoever watches has something to do. */
export interface Churn {
  /** Events a second from now on; 0 lets the cluster rest. */
  setRate(perSecond: number): void;
}

/** A churn at rest. Each event is one restart more of a pod's first container; pods take turns in a fixed order. */
export function createChurn(cluster: Cluster): Churn {
  let timer: NodeJS.Timeout | undefined;
  let names: readonly { readonly namespace: string; readonly name: string }[] = [];
  let turn = 0;
  const change = (): void => {
    const chosen = names[turn % names.length];
    turn += STRIDE;
    const pod = chosen && cluster.get('Pod', chosen.namespace, chosen.name);
    if (pod) cluster.update('Pod', restarted(pod));
  };
  return {
    setRate(perSecond) {
      clearInterval(timer);
      if (perSecond === 0) return;
      names = cluster.list('Pod').map(({ metadata: { namespace = '', name } }) => ({ namespace, name }));
      let owed = 0;
      let before = performance.now();
      timer = setInterval(() => {
        const now = performance.now();
        owed += ((now - before) * perSecond) / 1000;
        before = now;
        for (; owed >= 1; owed -= 1) change();
      }, TICK_MILLISECONDS).unref();
    },
  };
}

function restarted(pod: Pod): Pod {
  const [first, ...others] = pod.status?.containerStatuses ?? [];
  if (!pod.status || !first) return pod;
  const once = { ...first, restartCount: first.restartCount + 1 };
  return { ...pod, status: { ...pod.status, containerStatuses: [once, ...others] } };
}

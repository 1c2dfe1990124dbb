import { equal } from '../../json.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import { controllerOf, isKind, type Pod, type PodDisruptionBudget } from '../objects.ts';
import { isActive, isReady, transition } from '../pods.ts';
import { scaled } from '../quantity.ts';
import { selects } from '../selector.ts';
import { type Controller, type Key, keyOf } from './manager.ts';

/** Says how many pods a budget lets go. Source: kubernetes `pkg/controller/disruption/disruption.go`. */
export class DisruptionBudgetController implements Controller {
  readonly name = 'disruption-controller';
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, previous, type }: StoreEvent): readonly Key[] {
    if (isKind(object, 'PodDisruptionBudget')) return type === 'DELETED' ? [] : [keyOf(object)];
    if (!isKind(object, 'Pod')) return [];
    const before = isKind(previous, 'Pod') ? previous.metadata.labels : undefined;
    return this.#cluster
      .list('PodDisruptionBudget', object.metadata.namespace)
      .filter(({ spec }) => [object.metadata.labels, before].some((labels) => selects(spec.selector, labels)))
      .map(keyOf);
  }

  sync(namespace: string, name: string): number | undefined {
    const budget = this.#cluster.get('PodDisruptionBudget', namespace, name);
    if (budget === undefined) return undefined;
    const pods = this.#cluster
      .list('Pod', namespace)
      .filter((pod) => isActive(pod) && selects(budget.spec.selector, pod.metadata.labels));
    const status = budgetStatus(budget, pods, this.#expected(pods), this.#cluster.clock.now());
    if (!equal(status, budget.status)) this.#cluster.update('PodDisruptionBudget', { ...budget, status });
    return undefined;
  }

  /** The number of pods that their controllers want. */
  #expected(pods: readonly Pod[]): number {
    const wanted = new Map<string, number>();
    let bare = 0;
    for (const pod of pods) {
      const owner = controllerOf(pod);
      const replicas = owner === undefined ? undefined : this.#replicas(pod.metadata.namespace ?? '', owner);
      if (replicas === undefined) bare += 1;
      else wanted.set(replicas.uid, replicas.count);
    }
    return bare + [...wanted.values()].reduce((total, count) => total + count, 0);
  }

  #replicas(namespace: string, { kind, name, uid }: { kind: string; name: string; uid: string }) {
    if (kind === 'StatefulSet') {
      return { uid, count: this.#cluster.get('StatefulSet', namespace, name)?.spec.replicas ?? 1 };
    }
    if (kind !== 'ReplicaSet') return undefined;
    const set = this.#cluster.get('ReplicaSet', namespace, name);
    const owner = set === undefined ? undefined : controllerOf(set);
    if (owner?.kind !== 'Deployment') return { uid, count: set?.spec.replicas ?? 1 };
    return {
      uid: owner.uid,
      count: this.#cluster.get('Deployment', namespace, owner.name)?.spec.replicas ?? 1,
    };
  }
}

function budgetStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  expectedPods: number,
  now: number,
): NonNullable<PodDisruptionBudget['status']> {
  const observedGeneration = budget.metadata.generation ?? 1;
  const currentHealthy = pods.filter(isReady).length;
  const desiredHealthy = desired(budget, expectedPods);
  const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const allowed = disruptionsAllowed > 0;
  const condition = {
    type: 'DisruptionAllowed',
    status: allowed ? 'True' : 'False',
    observedGeneration,
    reason: allowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  };
  return {
    observedGeneration,
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: [transition(budget.status?.conditions, condition, now)],
  };
}

function desired({ spec }: PodDisruptionBudget, expected: number): number {
  if (spec.minAvailable !== undefined) return scaled(spec.minAvailable, expected, 'up');
  return Math.max(0, expected - scaled(spec.maxUnavailable ?? 1, expected, 'up'));
}

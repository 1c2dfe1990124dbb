import { at, equal } from '../../json.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import { controllerOf, isKind, type Pod, type ReplicaSet, type Rollout } from '../objects.ts';
import { isActive, isAvailable, isReady } from '../pods.ts';
import { scaled } from '../quantity.ts';
import { type Controller, type Key, keyOf } from './manager.ts';

/** Time between two looks while pods are being replaced. */
const RECHECK_MS = 1_000;

/**
 * What Argo Rollouts does for `spec.restartAt`: pods made before that time go, as many at a time as maxUnavailable
 * allows and one at least, and the ReplicaSet makes new ones. Updates of the template are not played here.
 * Source: argo-rollouts `rollout/restart.go`.
 */
export class ArgoRolloutController implements Controller {
  readonly name = 'rollouts-controller';
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, type }: StoreEvent): readonly Key[] {
    if (isKind(object, 'Rollout')) return type === 'DELETED' ? [] : [keyOf(object)];
    const set = isKind(object, 'Pod') ? this.#setOf(object) : object;
    if (!isKind(set, 'ReplicaSet')) return [];
    const owner = controllerOf(set);
    return owner?.kind === 'Rollout' ? [`${set.metadata.namespace ?? ''}/${owner.name}`] : [];
  }

  sync(namespace: string, name: string): number | undefined {
    const rollout = this.#cluster.get('Rollout', namespace, name);
    if (rollout === undefined || rollout.metadata.deletionTimestamp !== undefined) return undefined;
    const pods = this.#cluster
      .owned(rollout.metadata.uid, 'ReplicaSet')
      .flatMap((set) => this.#cluster.owned(set.metadata.uid, 'Pod'))
      .filter(isActive);
    const wait = this.#restart(rollout, pods);
    const status = this.#status(rollout, pods, wait === undefined);
    if (!equal(status, rollout.status)) this.#cluster.update('Rollout', { ...rollout, status });
    return wait;
  }

  #setOf(pod: Pod): ReplicaSet | undefined {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'ReplicaSet') return undefined;
    return this.#cluster.get('ReplicaSet', pod.metadata.namespace ?? '', owner.name);
  }

  /** Takes pods away. Returns when to look again, undefined when there is nothing to restart. */
  #restart({ spec }: Rollout, pods: readonly Pod[]): number | undefined {
    const restartAt = Date.parse(spec.restartAt ?? '');
    if (Number.isNaN(restartAt)) return undefined;
    const now = this.#cluster.clock.now();
    if (restartAt > now) return restartAt - now;
    const old = pods.filter(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') < restartAt);
    if (old.length === 0) return undefined;
    const wanted = spec.replicas ?? 1;
    const available = pods.filter((pod) => isAvailable(pod, 0, now)).length;
    const allowed = Math.max(1, scaled(maxUnavailable(spec), wanted, 'down'));
    for (const pod of old.slice(0, Math.max(0, allowed - (wanted - available)))) {
      this.#cluster.deletePod(pod);
    }
    return RECHECK_MS;
  }

  #status(
    { spec, metadata, status }: Rollout,
    pods: readonly Pod[],
    rests: boolean,
  ): NonNullable<Rollout['status']> {
    const now = this.#cluster.clock.now();
    const restartedAt = rests && spec.restartAt !== undefined ? { restartedAt: spec.restartAt } : {};
    return {
      ...status,
      ...restartedAt,
      replicas: pods.length,
      updatedReplicas: pods.length,
      readyReplicas: pods.filter(isReady).length,
      availableReplicas: pods.filter((pod) => isAvailable(pod, 0, now)).length,
      observedGeneration: String(metadata.generation ?? 1),
    };
  }
}

function maxUnavailable({ strategy }: Rollout['spec']): string | number {
  const given = at(strategy, 'canary', 'maxUnavailable');
  return typeof given === 'string' || typeof given === 'number' ? given : '25%';
}

import { equal } from '../../json.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import {
  type Condition,
  controllerOf,
  isKind,
  nonZero,
  type Pod,
  type ReplicaSet,
  type ReplicaSetStatus,
} from '../objects.ts';
import { conditionOf, isActive, isReady, podFrom, transition, untilAvailable } from '../pods.ts';
import { type Controller, type Key, keyOf } from './manager.ts';
import { createFor, plainWords } from './pod-creation.ts';

const COMPONENT = 'replicaset-controller';
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Keeps as many pods as a ReplicaSet wants, and counts them.
 * Source: kubernetes `pkg/controller/replicaset/replica_set.go`, `replica_set_utils.go`.
 */
export class ReplicaSetController implements Controller {
  readonly name = COMPONENT;
  readonly #cluster: Cluster;
  /** Failed attempts in a row, by uid, for the wait before the next one. */
  readonly #failures = new Map<string, number>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, type }: StoreEvent): readonly Key[] {
    if (isKind(object, 'ReplicaSet')) {
      if (type === 'DELETED') this.#failures.delete(object.metadata.uid ?? '');
      return type === 'DELETED' ? [] : [keyOf(object)];
    }
    return isKind(object, 'Pod') ? keysOfController(object, 'ReplicaSet') : [];
  }

  sync(namespace: string, name: string): number | undefined {
    const set = this.#cluster.get('ReplicaSet', namespace, name);
    if (set === undefined) return undefined;
    const pods = this.#cluster.owned(set.metadata.uid, 'Pod').filter(isActive);
    const failure = set.metadata.deletionTimestamp === undefined ? this.#manage(set, pods) : undefined;
    const now = this.#cluster.clock.now();
    const status = replicaSetStatus(set, pods, failure, now);
    if (!equal(status, set.status)) this.#cluster.update('ReplicaSet', { ...set, status });
    return soonest([
      this.#retryAfter(set, failure),
      untilNextAvailable(pods, set.spec.minReadySeconds ?? 0, now),
    ]);
  }

  /** Creates or deletes pods. Returns the message of whoever refused a new pod. */
  #manage(set: ReplicaSet, pods: readonly Pod[]): Refusal | undefined {
    const wanted = set.spec.replicas ?? 1;
    if (pods.length > wanted) {
      for (const pod of byReadinessToGo(pods).slice(0, pods.length - wanted)) {
        this.#cluster.deletePod(pod);
        this.#cluster.events.record(
          COMPONENT,
          set,
          'Normal',
          'SuccessfulDelete',
          `Deleted pod: ${pod.metadata.name}`,
        );
      }
      return undefined;
    }
    for (let missing = wanted - pods.length; missing > 0; missing -= 1) {
      const refusal = this.#createPod(set);
      if (refusal !== undefined) return { reason: 'FailedCreate', message: refusal };
    }
    return undefined;
  }

  #createPod(set: ReplicaSet): string | undefined {
    const generateName = `${set.metadata.name}-`;
    const name = generateName + this.#cluster.random.suffix();
    const pod = podFrom(set, set.spec.template, { name, generateName }, this.#cluster.clock.now());
    return createFor(this.#cluster, COMPONENT, set, pod, plainWords(name));
  }

  #retryAfter(set: ReplicaSet, failure: Refusal | undefined): number | undefined {
    const uid = set.metadata.uid ?? '';
    if (failure === undefined) {
      this.#failures.delete(uid);
      return undefined;
    }
    const failures = this.#failures.get(uid) ?? 0;
    this.#failures.set(uid, failures + 1);
    return Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
  }
}

export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** What a ReplicaSet says of the active pods it has. */
export function replicaSetStatus(
  set: ReplicaSet,
  active: readonly Pod[],
  failure: Refusal | undefined,
  now: number,
): ReplicaSetStatus {
  const labels = Object.entries(set.spec.template.metadata?.labels ?? {});
  const minReady = set.spec.minReadySeconds ?? 0;
  const labelled = active.filter((pod) =>
    labels.every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  const conditions = conditionsAfter(set, failure, now);
  return {
    replicas: active.length,
    ...nonZero({
      fullyLabeledReplicas: labelled.length,
      readyReplicas: active.filter(isReady).length,
      availableReplicas: active.filter((pod) => untilAvailable(pod, minReady, now) === 0).length,
      observedGeneration: set.metadata.generation ?? 0,
    }),
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

function conditionsAfter(set: ReplicaSet, failure: Refusal | undefined, now: number): readonly Condition[] {
  const before = set.status?.conditions ?? [];
  const others = before.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure === undefined) return others;
  const known = before.find(({ type, reason }) => type === 'ReplicaFailure' && reason === failure.reason);
  return [
    ...others,
    known ?? transition(before, { type: 'ReplicaFailure', status: 'True', ...failure }, now),
  ];
}

/** Milliseconds until the next of these pods has been ready long enough, undefined when none is on its way. */
export function untilNextAvailable(
  pods: readonly Pod[],
  minReadySeconds: number,
  now: number,
): number | undefined {
  return soonest(pods.map((pod) => untilAvailable(pod, minReadySeconds, now)).filter((ms) => ms !== 0));
}

/** The smallest of the delays that are given. */
export function soonest(delays: readonly (number | undefined)[]): number | undefined {
  const known = delays.filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The key of the pod's controller when that is of the kind. */
export function keysOfController(pod: Pod, kind: string): readonly Key[] {
  const owner = controllerOf(pod);
  return owner?.kind === kind ? [`${pod.metadata.namespace ?? ''}/${owner.name}`] : [];
}

const PHASES = ['Pending', 'Unknown', 'Running'];
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** Those that a scale-down takes first. Source: kubernetes `pkg/controller/controller_utils.go`, `ActivePodsWithRanks`. */
function byReadinessToGo(pods: readonly Pod[]): readonly Pod[] {
  const rank = (pod: Pod): readonly number[] => [
    pod.spec.nodeName === undefined ? 0 : 1,
    PHASES.indexOf(pod.status?.phase ?? ''),
    isReady(pod) ? 1 : 0,
    Number(pod.metadata.annotations?.[DELETION_COST] ?? 0),
    -Date.parse(conditionOf(pod, 'Ready')?.lastTransitionTime ?? '1970-01-01T00:00:00Z'),
    -restarts(pod),
    -Date.parse(pod.metadata.creationTimestamp ?? ''),
  ];
  const ranked = pods.map((pod) => ({ pod, rank: rank(pod) }));
  return ranked.sort((a, b) => compareRanks(a.rank, b.rank)).map(({ pod }) => pod);
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

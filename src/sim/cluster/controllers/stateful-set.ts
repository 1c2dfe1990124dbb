import { equal } from '../../json.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import {
  type ControllerRevision,
  isKind,
  nonZero,
  type Pod,
  type StatefulSet,
  type StatefulSetStatus,
} from '../objects.ts';
import { isAvailable, isFinished, isReady, isTerminating, podFrom } from '../pods.ts';
import { type Controller, type Key, keyOf } from './manager.ts';
import { createFor } from './pod-creation.ts';
import { keysOfController, soonest, untilNextAvailable } from './replica-set.ts';
import { currentRevision, dropHistory, REVISION_HASH, revisionsOf } from './revisions.ts';

const COMPONENT = 'statefulset-controller';
const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';
const RETRY_MS = 5_000;

/** What one look at a StatefulSet works with. */
interface View {
  readonly set: StatefulSet;
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  /** By ordinal, undefined where a pod is missing. */
  readonly pods: readonly (Pod | undefined)[];
  /** Pods whose ordinal is beyond `replicas`, highest first. */
  readonly condemned: readonly Pod[];
}

/**
 * Keeps a StatefulSet's pods by ordinal and replaces them from the highest down.
 * Source: kubernetes `pkg/controller/statefulset/stateful_set_control.go`.
 */
export class StatefulSetController implements Controller {
  readonly name = COMPONENT;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, type }: StoreEvent): readonly Key[] {
    if (isKind(object, 'StatefulSet')) return type === 'DELETED' ? [] : [keyOf(object)];
    return isKind(object, 'Pod') ? keysOfController(object, 'StatefulSet') : [];
  }

  sync(namespace: string, name: string): number | undefined {
    const set = this.#cluster.get('StatefulSet', namespace, name);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
    const owned = this.#cluster.owned(set.metadata.uid, 'Pod');
    const view = this.#view(set, owned);
    const now = this.#cluster.clock.now();
    // Counted before anything is done, so a pod created here shows at the next look only.
    const counted = countedStatus(view, owned, now);
    const { retryMs, deletedCurrent } = this.#step(view);
    const status = completed(view.set, {
      ...counted,
      currentReplicas: (counted.currentReplicas ?? 0) - deletedCurrent,
    });
    if (!equal(status, set.status)) this.#cluster.update('StatefulSet', { ...set, status });
    dropHistory(this.#cluster, set, revisionsInUse(status, owned));
    return soonest([retryMs, untilNextAvailable(owned, set.spec.minReadySeconds ?? 0, now)]);
  }

  #view(set: StatefulSet, owned: readonly Pod[]): View {
    const update = currentRevision(this.#cluster, set);
    const known = revisionsOf(this.#cluster, set);
    const current = known.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
    const pods: (Pod | undefined)[] = Array.from({ length: set.spec.replicas ?? 1 });
    const condemned: Pod[] = [];
    for (const pod of owned) {
      const ordinal = ordinalOf(pod);
      if (ordinal < pods.length) pods[ordinal] = pod;
      else condemned.push(pod);
    }
    condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a));
    return { set, current, update, pods, condemned };
  }

  /** Does what may be done now, which is one thing at a time unless the pods are managed in parallel. */
  #step(view: View): { readonly retryMs?: number; readonly deletedCurrent: number } {
    const oneByOne = view.set.spec.podManagementPolicy !== 'Parallel';
    for (const [ordinal, pod] of view.pods.entries()) {
      if (pod === undefined || (isFinished(pod) && !isTerminating(pod))) {
        if (pod !== undefined) this.#delete(view.set, pod);
        else if (!this.#create(view, ordinal)) return { retryMs: RETRY_MS, deletedCurrent: 0 };
        if (oneByOne) return { deletedCurrent: 0 };
      } else if (
        oneByOne &&
        (isTerminating(pod) || !isRunningAndAvailable(view.set, pod, this.#cluster.clock.now()))
      ) {
        return { deletedCurrent: 0 };
      }
    }
    for (const pod of view.condemned) {
      if (!isTerminating(pod)) this.#delete(view.set, pod);
      if (oneByOne) return { deletedCurrent: 0 };
    }
    return { deletedCurrent: this.#replaceOne(view) };
  }

  /** Deletes the highest pod that is not of the update revision, unless one above it is not healthy yet. */
  #replaceOne({ set, current, update, pods }: View): number {
    if (set.spec.updateStrategy?.type === 'OnDelete') return 0;
    for (let ordinal = pods.length - 1; ordinal >= partitionOf(set); ordinal -= 1) {
      const pod = pods[ordinal];
      if (pod === undefined) return 0;
      if (revisionOf(pod) !== update.metadata.name && !isTerminating(pod)) {
        this.#delete(set, pod);
        return revisionOf(pod) === current.metadata.name ? 1 : 0;
      }
      const healthy = !isTerminating(pod) && isRunningAndAvailable(set, pod, this.#cluster.clock.now());
      if (!healthy) return 0;
    }
    return 0;
  }

  #create({ set, current, update }: View, ordinal: number): boolean {
    const name = `${set.metadata.name}-${ordinal}`;
    const revision = isOfCurrentRevision(set, ordinal) ? current : update;
    const identity = {
      name,
      generateName: `${set.metadata.name}-`,
      labels: { [REVISION_HASH]: revision.metadata.name, [POD_NAME]: name, [POD_INDEX]: String(ordinal) },
      spec: {
        hostname: name,
        ...(set.spec.serviceName === undefined ? {} : { subdomain: set.spec.serviceName }),
      },
    };
    const about = `create Pod ${name} in StatefulSet ${set.metadata.name}`;
    const pod = podFrom(set, revision.data.spec.template, identity, this.#cluster.clock.now());
    const words = {
      created: `${about} successful`,
      refused: (why: string) => `${about} failed error: ${why}`,
    };
    return createFor(this.#cluster, COMPONENT, set, pod, words) === undefined;
  }

  #delete(set: StatefulSet, pod: Pod): void {
    this.#cluster.deletePod(pod);
    const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
    this.#cluster.events.record(COMPONENT, set, 'Normal', 'SuccessfulDelete', message);
  }
}

function countedStatus(
  { set, current, update }: View,
  owned: readonly Pod[],
  now: number,
): StatefulSetStatus {
  const staying = owned.filter((pod) => !isTerminating(pod));
  const running = owned.filter((pod) => pod.status?.phase === 'Running' && isReady(pod));
  const minReady = set.spec.minReadySeconds ?? 0;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: owned.length,
    ...nonZero({
      readyReplicas: running.length,
      currentReplicas: staying.filter((pod) => revisionOf(pod) === current.metadata.name).length,
      updatedReplicas: staying.filter((pod) => revisionOf(pod) === update.metadata.name).length,
    }),
    currentRevision: current.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: 0,
    availableReplicas: running.filter((pod) => isAvailable(pod, minReady, now)).length,
  };
}

/**
 * The status once a rolling update is through: the revision that was updated to is the current one. That is when
 * all pods that exist are new and ready, even while the last one is missing.
 */
function completed(set: StatefulSet, counted: StatefulSetStatus): StatefulSetStatus {
  const {
    updatedReplicas = 0,
    updateRevision = '',
    replicas,
    readyReplicas = 0,
    currentReplicas = 0,
    ...rest
  } = counted;
  const done =
    set.spec.updateStrategy?.type !== 'OnDelete' &&
    updatedReplicas === replicas &&
    readyReplicas === replicas;
  return {
    ...rest,
    replicas,
    ...nonZero({ readyReplicas, currentReplicas: done ? updatedReplicas : currentReplicas, updatedReplicas }),
    updateRevision,
    ...(done ? { currentRevision: updateRevision } : {}),
  };
}

function revisionsInUse(status: StatefulSetStatus, pods: readonly Pod[]): ReadonlySet<string> {
  return new Set([status.currentRevision ?? '', status.updateRevision ?? '', ...pods.map(revisionOf)]);
}

/** A missing pod below the partition comes back with the template it had. */
function isOfCurrentRevision(set: StatefulSet, ordinal: number): boolean {
  const { currentReplicas = 0, currentRevision: current, updateRevision: update } = set.status ?? {};
  if (current === undefined || current === update) return false;
  if (set.spec.updateStrategy?.type === 'OnDelete') return false;
  return set.spec.updateStrategy?.rollingUpdate === undefined
    ? ordinal < currentReplicas
    : ordinal < partitionOf(set);
}

function partitionOf(set: StatefulSet): number {
  return set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
}

function isRunningAndAvailable(set: StatefulSet, pod: Pod, now: number): boolean {
  return pod.status?.phase === 'Running' && isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
}

function revisionOf(pod: Pod): string {
  return pod.metadata.labels?.[REVISION_HASH] ?? '';
}

function ordinalOf(pod: Pod): number {
  return Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf('-') + 1));
}

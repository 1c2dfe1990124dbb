import { resourceTypes } from '../resources.ts';
import type { KubeObject, ObjectStore, PodAdmission, SimClock } from '../types.ts';
import { EventRecorder } from './event-recorder.ts';
import { isKind, type Kind, type KindMap, type Pod, resourceFor, timestamp } from './objects.ts';
import { OwnerIndex } from './owner-index.ts';
import type { Random } from './random.ts';

export interface ClusterParts {
  readonly store: ObjectStore;
  readonly clock: SimClock;
  readonly random: Random;
}

const DEFAULT_GRACE_SECONDS = 30;

/** The cluster as controllers, kubelets and the injector see it: typed access to the store, time and chance. */
export class Cluster {
  readonly store: ObjectStore;
  readonly clock: SimClock;
  readonly random: Random;
  readonly events: EventRecorder;
  /** What every pod passes before it is stored; without an injector that is nothing. */
  admission: PodAdmission = (pod) => pod;
  readonly #owners: OwnerIndex;

  constructor({ store, clock, random }: ClusterParts) {
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.events = new EventRecorder(store, clock);
    this.#owners = new OwnerIndex(
      store,
      resourceTypes.flatMap((type) => store.list(type, '')),
    );
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): KindMap[K] | undefined {
    const found = this.store.get(resourceFor(kind), namespace, name);
    return isKind(found, kind) ? found : undefined;
  }

  /** Sorted by name; namespace '' means all. */
  list<K extends Kind>(kind: K, namespace = ''): KindMap[K][] {
    const found: KindMap[K][] = [];
    for (const object of this.store.list(resourceFor(kind), namespace)) {
      if (isKind(object, kind)) found.push(object);
    }
    return found;
  }

  /** Objects of a kind that this uid owns, oldest first. */
  owned<K extends Kind>(uid: string | undefined, kind: K): KindMap[K][] {
    return this.#owners.owned(uid, kind);
  }

  /** Everything that this uid owns. */
  dependants(uid: string | undefined): ReturnType<OwnerIndex['all']> {
    return this.#owners.all(uid);
  }

  create<K extends Kind>(kind: K, object: KindMap[K]): KindMap[K] {
    return expectKind(this.store.create(resourceFor(kind), object), kind);
  }

  update<K extends Kind>(kind: K, object: KindMap[K]): KindMap[K] {
    return expectKind(this.store.update(resourceFor(kind), object), kind);
  }

  remove(kind: Kind, namespace: string, name: string): void {
    this.store.delete(resourceFor(kind), namespace, name);
  }

  /** Stores a pod as admission returns it. Throws the AdmissionError of whoever refuses it. */
  createPod(pod: Pod): Pod {
    const namespace = this.get('Namespace', '', pod.metadata.namespace ?? '');
    const admitted = this.admission(pod, namespace, false);
    return expectKind(this.store.create(resourceFor('Pod'), admitted), 'Pod');
  }

  /**
   * Deletes a pod as the API server does: one that runs somewhere is marked, and the kubelet ends it; one without a
   * node, or finished, goes at once. Source: kubernetes `pkg/registry/core/pod/strategy.go`, `CheckGracefulDelete`.
   */
  deletePod(pod: Pod, graceSeconds = pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS): void {
    const { namespace = '', name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined) return;
    const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (pod.spec.nodeName === undefined || finished) {
      this.remove('Pod', namespace, name);
      return;
    }
    this.update('Pod', {
      ...pod,
      metadata: {
        ...pod.metadata,
        deletionTimestamp: timestamp(this.clock.now() + graceSeconds * 1000),
        deletionGracePeriodSeconds: graceSeconds,
      },
    });
  }
}

function expectKind<K extends Kind>(object: KubeObject, kind: K): KindMap[K] {
  if (isKind(object, kind)) return object;
  throw new TypeError(`expected an object of kind ${kind}, got ${object.kind}`);
}

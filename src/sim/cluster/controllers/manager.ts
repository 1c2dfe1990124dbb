import { resourceTypes } from '../../resources.ts';
import type { ObjectStore, SimClock, StoreEvent } from '../../types.ts';

/** Names an object of the controller's kind: `namespace/name`. */
export type Key = string;

/** A control loop: says which of its objects a change concerns, and brings one of them nearer to what is wanted. */
export interface Controller {
  readonly name: string;
  affected(event: StoreEvent): readonly Key[];
  /** Returns the milliseconds after which to look again even if nothing changes, if that is needed. */
  sync(namespace: string, name: string): number | undefined;
}

/** Time from a change to the controllers' reaction. */
const REACTION_MS = 20;

/**
 * Runs controllers as kube-controller-manager does, one queue for all: a change names the objects to look at, each
 * stands in the queue once, and they are worked off in order.
 */
export class ControllerManager {
  readonly #store: ObjectStore;
  readonly #clock: SimClock;
  readonly #controllers: readonly Controller[];
  /** In order of arrival; the key is unique over all controllers. */
  readonly #queue = new Map<string, () => void>();
  readonly #alarms = new Map<string, () => void>();
  #draining = false;
  #stop: () => void = () => {};

  constructor(store: ObjectStore, clock: SimClock, controllers: readonly Controller[]) {
    this.#store = store;
    this.#clock = clock;
    this.#controllers = controllers;
  }

  /** Follows the store from here on, and looks at everything in it once. */
  start(): void {
    this.#stop = this.#store.subscribe((event) => this.#observe(event));
    const revision = this.#store.revision;
    for (const resource of resourceTypes) {
      for (const object of this.#store.list(resource, '')) {
        this.#observe({ type: 'ADDED', resource, object, previous: undefined, revision });
      }
    }
  }

  stop(): void {
    this.#stop();
    this.#queue.clear();
    for (const cancel of this.#alarms.values()) cancel();
    this.#alarms.clear();
  }

  #observe(event: StoreEvent): void {
    for (const controller of this.#controllers) {
      for (const key of controller.affected(event)) this.#enqueue(controller, key);
    }
  }

  #enqueue(controller: Controller, key: Key): void {
    const id = `${controller.name} ${key}`;
    if (!this.#queue.has(id)) this.#queue.set(id, () => this.#sync(controller, key, id));
    if (this.#draining) return;
    this.#draining = true;
    this.#clock.after(REACTION_MS, () => this.#drain());
  }

  /** Works off what stands in the queue now; what comes of it waits for the next time. */
  #drain(): void {
    for (let left = this.#queue.size; left > 0; left -= 1) {
      const [first] = this.#queue;
      if (first === undefined) break;
      this.#queue.delete(first[0]);
      first[1]();
    }
    this.#draining = this.#queue.size > 0;
    if (this.#draining) this.#clock.after(REACTION_MS, () => this.#drain());
  }

  #sync(controller: Controller, key: Key, id: string): void {
    this.#alarms.get(id)?.();
    this.#alarms.delete(id);
    const slash = key.indexOf('/');
    const again = controller.sync(key.slice(0, slash), key.slice(slash + 1));
    if (again === undefined) return;
    const cancel = this.#clock.after(again, () => this.#enqueue(controller, key));
    this.#alarms.set(id, cancel);
  }
}

/** The key of an object. */
export function keyOf(object: {
  readonly metadata: { readonly namespace?: string; readonly name: string };
}): Key {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

import { randomUUID } from 'node:crypto';
import { createEventLog, type EventLog } from './event-log.ts';
import { equal } from './json.ts';
import { withServerFields } from './metadata.ts';
import { hasGeneration } from './resources.ts';
import type { KubeObject, ObjectStore, ResourceType, StoreEvent } from './types.ts';

export interface MemoryStoreOptions {
  /** Milliseconds since the epoch, for creationTimestamp. */
  readonly now?: () => number;
  readonly uid?: () => string;
  /** How many events of each resource a watch may reach back. */
  readonly historyLimit?: number;
}

/** Thrown by `create` when the name is taken. */
export class AlreadyExistsError extends Error {
  override readonly name = 'AlreadyExistsError';
}

/** Thrown by `update` when there is nothing to update. */
export class MissingObjectError extends Error {
  override readonly name = 'MissingObjectError';
}

const DEFAULT_HISTORY_LIMIT = 10_000;

/** Objects of one resource in one namespace; `sorted` is made when asked for and dropped at each change. */
interface Bucket {
  readonly objects: Map<string, KubeObject>;
  sorted: readonly KubeObject[] | undefined;
}

/** Everything of one resource. */
interface Shelf {
  readonly buckets: Map<string, Bucket>;
  sorted: readonly KubeObject[] | undefined;
  readonly log: EventLog;
}

/**
 * The state of the simulated cluster. A change costs the same however many objects there are; sorted lists are
 * computed when somebody asks, and then kept until the next change.
 */
export class MemoryStore implements ObjectStore {
  readonly #now: () => number;
  readonly #uid: () => string;
  readonly #historyLimit: number;
  readonly #shelves = new Map<ResourceType, Shelf>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #undelivered: StoreEvent[] = [];
  #delivering = false;
  #revision = 1;
  /** No watch may start before this revision: earlier history was never recorded here, or was dropped. */
  #compacted = 0;

  constructor(options: MemoryStoreOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#uid = options.uid ?? randomUUID;
    this.#historyLimit = options.historyLimit ?? DEFAULT_HISTORY_LIMIT;
  }

  get revision(): number {
    return this.#revision;
  }

  get(resource: ResourceType, namespace: string, name: string): KubeObject | undefined {
    return this.#shelf(resource).buckets.get(namespace)?.objects.get(name);
  }

  list(resource: ResourceType, namespace: string): readonly KubeObject[] {
    const shelf = this.#shelf(resource);
    if (namespace !== '') {
      const bucket = shelf.buckets.get(namespace);
      return bucket === undefined ? [] : sortedObjects(bucket);
    }
    shelf.sorted ??= sortedBuckets(shelf).flatMap(sortedObjects);
    return shelf.sorted;
  }

  /**
   * The list as it was at an earlier revision, rebuilt by undoing the events since; undefined when the history no
   * longer reaches back so far or the revision lies in the future.
   */
  listAt(resource: ResourceType, namespace: string, revision: number): readonly KubeObject[] | undefined {
    if (revision > this.#revision) return undefined;
    const since = this.eventsSince(resource, revision);
    if (since === undefined) return undefined;
    const now = this.list(resource, namespace);
    const before = new Map<string, KubeObject | undefined>();
    for (const { object, previous } of since) {
      if (namespace !== '' && object.metadata.namespace !== namespace) continue;
      const key = objectKey(object);
      if (!before.has(key)) before.set(key, previous);
    }
    if (before.size === 0) return now;
    const unchanged = now.filter((object) => !before.has(objectKey(object)));
    const restored = [...before.values()].filter((object) => object !== undefined);
    return [...unchanged, ...restored].sort((a, b) => compare(objectKey(a), objectKey(b)));
  }

  create(resource: ResourceType, object: KubeObject): KubeObject {
    const { namespace = '', name } = object.metadata;
    if (this.get(resource, namespace, name) !== undefined) {
      throw new AlreadyExistsError(`${resource.plural} "${name}" already exists in namespace "${namespace}"`);
    }
    const revision = this.#advance();
    const stored: KubeObject = {
      ...object,
      metadata: withServerFields(object.metadata, {
        uid: object.metadata.uid ?? this.#uid(),
        resourceVersion: String(revision),
        generation: hasGeneration(resource) ? 1 : undefined,
        creationTimestamp: object.metadata.creationTimestamp ?? timestamp(this.#now()),
      }),
    };
    this.#put(resource, stored);
    this.#publish({ type: 'ADDED', resource, object: stored, previous: undefined, revision });
    return stored;
  }

  update(resource: ResourceType, object: KubeObject): KubeObject {
    const { namespace = '', name } = object.metadata;
    const previous = this.get(resource, namespace, name);
    if (previous === undefined) {
      throw new MissingObjectError(`${resource.plural} "${name}" not found in namespace "${namespace}"`);
    }
    const next = keepServerFields(resource, object, previous);
    if (equal(next, previous)) return previous;
    const revision = this.#advance();
    const stored = { ...next, metadata: { ...next.metadata, resourceVersion: String(revision) } };
    this.#put(resource, stored);
    this.#publish({ type: 'MODIFIED', resource, object: stored, previous, revision });
    return stored;
  }

  /** What `update` would store, under the version that stands: the answer to a dry run. */
  preview(resource: ResourceType, object: KubeObject): KubeObject {
    const { namespace = '', name } = object.metadata;
    const previous = this.get(resource, namespace, name);
    return previous === undefined ? object : keepServerFields(resource, object, previous);
  }

  delete(resource: ResourceType, namespace: string, name: string): KubeObject | undefined {
    const shelf = this.#shelf(resource);
    const bucket = shelf.buckets.get(namespace);
    const previous = bucket?.objects.get(name);
    if (bucket === undefined || previous === undefined) return undefined;
    bucket.objects.delete(name);
    bucket.sorted = undefined;
    shelf.sorted = undefined;
    if (bucket.objects.size === 0) shelf.buckets.delete(namespace);
    const revision = this.#advance();
    const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } };
    this.#publish({ type: 'DELETED', resource, object, previous, revision });
    return object;
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  eventsSince(resource: ResourceType, revision: number): readonly StoreEvent[] | undefined {
    if (revision < this.#compacted) return undefined;
    return this.#shelf(resource).log.since(revision);
  }

  /**
   * Puts an object in as it stands, its uid, version and times included, without an event: how a recorded cluster
   * comes back to life. Watches cannot reach back before the newest version loaded so.
   */
  restore(resource: ResourceType, object: KubeObject): void {
    this.#put(resource, object);
    this.advanceTo(Number(object.metadata.resourceVersion ?? 0));
    this.#compacted = this.#revision;
  }

  /** Raises the revision to that of a recorded list; never lowers it. */
  advanceTo(revision: number): void {
    if (Number.isSafeInteger(revision)) this.#revision = Math.max(this.#revision, revision);
  }

  /** Forgets all history, as etcd's compaction does: older continue tokens and watches get 410. */
  compact(): void {
    this.#compacted = this.#revision;
    for (const shelf of this.#shelves.values()) shelf.log.clear();
  }

  #shelf(resource: ResourceType): Shelf {
    const known = this.#shelves.get(resource);
    if (known !== undefined) return known;
    const shelf = { buckets: new Map(), sorted: undefined, log: createEventLog(this.#historyLimit) };
    this.#shelves.set(resource, shelf);
    return shelf;
  }

  #advance(): number {
    this.#revision += 1;
    return this.#revision;
  }

  #put(resource: ResourceType, object: KubeObject): void {
    const { namespace = '', name } = object.metadata;
    const shelf = this.#shelf(resource);
    let bucket = shelf.buckets.get(namespace);
    if (bucket === undefined) {
      bucket = { objects: new Map(), sorted: undefined };
      shelf.buckets.set(namespace, bucket);
    }
    bucket.objects.set(name, object);
    bucket.sorted = undefined;
    shelf.sorted = undefined;
  }

  /** A listener may change the store: its events wait until everybody has seen the present one. */
  #publish(event: StoreEvent): void {
    this.#shelf(event.resource).log.append(event);
    this.#undelivered.push(event);
    if (this.#delivering) return;
    this.#delivering = true;
    const failures: unknown[] = [];
    for (let next = this.#undelivered.shift(); next !== undefined; next = this.#undelivered.shift()) {
      for (const listener of this.#listeners) {
        try {
          listener(next);
        } catch (error) {
          failures.push(error);
        }
      }
    }
    this.#delivering = false;
    if (failures.length > 0) throw failures[0];
  }
}

/** Keeps what only the server sets, and counts the generation when the desired state differs. */
function keepServerFields(resource: ResourceType, object: KubeObject, previous: KubeObject): KubeObject {
  const { uid, resourceVersion, generation, creationTimestamp } = previous.metadata;
  const changed = hasGeneration(resource) && !equal(desiredState(object), desiredState(previous));
  const counted = changed ? Number(generation ?? 0) + 1 : generation;
  const fields = { uid, resourceVersion, generation: counted, creationTimestamp };
  return { ...object, metadata: withServerFields(object.metadata, fields) };
}

function desiredState(object: KubeObject): Record<string, unknown> {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, status: _status, ...desired } = object;
  return desired;
}

/** The key by which lists are sorted: `namespace/name`, or the name alone for cluster-scoped objects. */
export function objectKey(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function sortedObjects(bucket: Bucket): readonly KubeObject[] {
  bucket.sorted ??= [...bucket.objects].sort(([a], [b]) => compare(a, b)).map(([, object]) => object);
  return bucket.sorted;
}

/** By `namespace/`, the slash included: `linkerd-viz/` stands before `linkerd/`, as in etcd. */
function sortedBuckets(shelf: Shelf): Bucket[] {
  return [...shelf.buckets].sort(([a], [b]) => compare(`${a}/`, `${b}/`)).map(([, bucket]) => bucket);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RFC 3339 in whole seconds, as the API server writes times. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

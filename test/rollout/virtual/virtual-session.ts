import assert from 'node:assert/strict';
import { configMap, INJECTOR_WEBHOOK_CONFIGURATION } from '../../../src/data/linkerd.ts';
import { isObject } from '../../../src/kube/json/value.ts';
import type { Change } from '../../../src/kube/records.ts';
import {
  configMaps,
  daemonSets,
  deployments,
  jobs,
  mutatingWebhookConfigurations,
  namespaces,
  podDisruptionBudgets,
  pods,
  type Resource,
  replicaSets,
  rollouts,
  statefulSets,
} from '../../../src/kube/resources.ts';
import type { LiveSession } from '../../../src/live/follow.ts';
import type { Freshness, LiveView } from '../../../src/live/view.ts';
import { ViewStore } from '../../../src/live/view-store.ts';
import { createMeshModel, type MeshModel } from '../../../src/mesh/model.ts';
import { findResource } from '../../../src/sim/resources.ts';
import type { KubeObject, ObjectStore, ResourceType, SimClock, StoreEvent } from '../../../src/sim/types.ts';
import type { ComputerClock } from './virtual-clock.ts';

const followed: readonly Resource[] = [
  namespaces,
  pods,
  deployments,
  statefulSets,
  daemonSets,
  replicaSets,
  jobs,
  podDisruptionBudgets,
  rollouts,
];
/** Read by name and again every few seconds, so seen later than the rest. */
const byName: readonly Resource[] = [configMaps, mutatingWebhookConfigurations];
const names: ReadonlySet<string> = new Set([
  configMap.config,
  configMap.trustRoots,
  INJECTOR_WEBHOOK_CONFIGURATION,
]);

const resources = new Map(
  [...followed, ...byName].map((resource): [ResourceType, Resource] => {
    const type = findResource(resource.group, resource.version, resource.plural);
    assert.ok(type, resource.plural);
    return [type, resource];
  }),
);

/** How the news of a change travels. */
export interface Delays {
  /** Milliseconds until a watch tells of a change; changes of one kind keep their order. */
  watch(): number;
  /** As `watch`, for what is read by name again and again. */
  poll(): number;
}

/** A change on its way to the program. */
interface News {
  readonly at: number;
  readonly event: StoreEvent;
  readonly resource: Resource;
}

/** What the program sees of a store: a model that is behind it, and that may break off and catch up. */
export interface VirtualSession extends LiveSession {
  /** Loses contact: nothing is told any more, though for `unnoticedMs` everything looks fresh. */
  breakOff(unnoticedMs: number): void;
  /**
   * Contact is there again. `replay` tells of every change that was missed, `relist` only what came of them, as a
   * list after an expired watch does.
   */
  catchUp(how: 'replay' | 'relist'): void;
  /** Changes that have not been told yet. */
  readonly behind: number;
  /** Milliseconds since the epoch (of the cluster): everything that happened before has been told. */
  readonly toldUpTo: number;
  /** As when the process is killed: nothing is told any more, not even that it is over. */
  vanish(): void;
}

/** Follows a store from its present state on. */
export function followVirtually(
  store: ObjectStore,
  world: SimClock,
  computer: ComputerClock,
  delays: Delays,
): VirtualSession {
  return new Session(store, world, computer, delays);
}

/** The model of somebody who has just read everything. */
export function readVirtually(store: ObjectStore): MeshModel {
  const model = createMeshModel();
  for (const [type, resource] of resources) {
    for (const object of store.list(type, '')) {
      if (isFollowed(resource, object)) model.apply(changeOf(resource, { type: 'ADDED', object }));
    }
    if (resource !== configMaps) model.markListed(resource.kind);
  }
  return model;
}

class Session implements VirtualSession {
  readonly model: MeshModel;
  readonly store: ViewStore<LiveView>;
  readonly #world: SimClock;
  readonly #computer: ComputerClock;
  readonly #delays: Delays;
  readonly #closing = new AbortController();
  readonly #unsubscribe: () => void;
  /** When the last news of a kind arrives, in time awake. */
  readonly #lastDue = new Map<Resource, number>();
  readonly #travelling = new Map<Resource, News[]>();
  readonly #missed: News[] = [];
  #brokenSince: number | undefined;
  #noticedAt = 0;

  constructor(objects: ObjectStore, world: SimClock, computer: ComputerClock, delays: Delays) {
    this.#world = world;
    this.#computer = computer;
    this.#delays = delays;
    this.model = readVirtually(objects);
    this.store = new ViewStore(() => this.#view(), computer);
    this.#unsubscribe = objects.subscribe((event) => this.#hear(event));
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  get behind(): number {
    return this.#untold().length;
  }

  get toldUpTo(): number {
    return Math.min(this.#world.now(), ...this.#untold().map(({ at }) => at));
  }

  isFresh(): boolean {
    return this.#freshness().state === 'live';
  }

  loaded(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#closing.abort();
    this.vanish();
  }

  vanish(): void {
    this.#unsubscribe();
    this.store.close();
  }

  breakOff(unnoticedMs: number): void {
    const now = this.#computer.now();
    if (this.#brokenSince !== undefined) return;
    this.#brokenSince = now;
    this.#noticedAt = now + unnoticedMs;
    this.#computer.after(unnoticedMs, () => this.store.invalidate());
  }

  catchUp(how: 'replay' | 'relist'): void {
    if (this.#brokenSince === undefined) return;
    this.#brokenSince = undefined;
    const missed = this.#missed.splice(0);
    for (const news of how === 'replay' ? missed : outcomes(missed)) this.#tell(news);
    this.store.invalidate();
  }

  #untold(): readonly News[] {
    return [...this.#travelling.values(), this.#missed].flat();
  }

  #hear(event: StoreEvent): void {
    const resource = resources.get(event.resource);
    if (resource === undefined || !isFollowed(resource, event.object)) return;
    // The order must hold over a sleep, too: all that happens meanwhile arrives after it.
    const now = this.#computer.awake();
    const delay = byName.includes(resource) ? this.#delays.poll() : this.#delays.watch();
    const due = Math.max(this.#lastDue.get(resource) ?? 0, now + delay);
    this.#lastDue.set(resource, due);
    const queue = this.#queueOf(resource);
    queue.push({ at: this.#world.now(), event, resource });
    this.#computer.after(due - now, () => {
      // The first in the queue, whosever bell it was: changes of one kind never overtake each other.
      const news = queue.shift();
      if (news === undefined) return;
      if (this.#brokenSince === undefined) this.#tell(news);
      else this.#missed.push(news);
    });
  }

  #queueOf(resource: Resource): News[] {
    const known = this.#travelling.get(resource) ?? [];
    this.#travelling.set(resource, known);
    return known;
  }

  #tell({ event, resource }: News): void {
    this.model.apply(changeOf(resource, event));
    this.store.invalidate();
  }

  #freshness(): Freshness {
    const now = this.#computer.now();
    if (this.#brokenSince === undefined || now < this.#noticedAt) return { state: 'live' };
    return { state: 'reconnecting', retryAt: now / 1000, reason: 'the connection was cut' };
  }

  #view(): LiveView {
    return {
      cluster: { context: 'virtual', server: 'https://virtual', kubernetesVersion: 'v1.31.4' },
      mesh: this.model.view(),
      freshness: this.#freshness(),
      unreadable: [],
    };
  }
}

function isFollowed(resource: Resource, { metadata }: KubeObject): boolean {
  return !byName.includes(resource) || names.has(metadata.name);
}

function changeOf(resource: Resource, { type, object }: Pick<StoreEvent, 'type' | 'object'>): Change {
  const { namespace = '', name, uid = '' } = object.metadata;
  if (type === 'DELETED') return { type: 'delete', kind: resource.kind, namespace, name, uid };
  const value: unknown = object;
  assert.ok(isObject(value));
  return { type: 'upsert', record: resource.fromJson(value) };
}

/** Of each object only the last change. */
function outcomes(missed: readonly News[]): readonly News[] {
  const last = new Map(missed.map((news) => [news.event.object.metadata.uid, news]));
  return missed.filter((news) => last.get(news.event.object.metadata.uid) === news);
}

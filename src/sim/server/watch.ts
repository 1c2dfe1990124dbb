import type { ServerResponse } from 'node:http';
import { zeroObject } from '../encode/zero-object.ts';
import type { MemoryStore } from '../store.ts';
import type { KubeObject, ResourceType, SimClock, StoreEvent } from '../types.ts';
import { createEventStream } from './event-stream.ts';
import type { WatchFilter } from './faults.ts';
import { contentType } from './negotiation.ts';
import type { WatchRequest } from './watch-request.ts';

const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/** A running watch, as the server and its faults handle it. */
export interface Watch {
  deliver(event: StoreEvent): void;
  end(): void;
  cut(): void;
  silence(): void;
  inject(bytes: Uint8Array): void;
}

const BOOKMARK_INTERVAL_MS = 60_000;
const BOOKMARK_BEFORE_END_MS = 2_000;

/** Begins to answer a watch; `onClose` runs once when it is over. */
export function startWatch(
  request: WatchRequest,
  res: ServerResponse,
  store: MemoryStore,
  clock: SimClock,
  onClose: () => void,
): Watch {
  const { view, resource } = request;
  const stream = createEventStream(view, res);
  const timers: (() => void)[] = [];
  let stopBookmarks = () => {};

  res.writeHead(200, { 'Content-Type': contentType(view.representation.format, true) });
  // Clients wait for the headers before they trust the watch, even when no event is due.
  res.flushHeaders();
  res.on('close', () => {
    for (const stop of timers) stop();
    stopBookmarks();
    stream.stop();
    onClose();
  });

  function bookmark(annotations?: Readonly<Record<string, string>>): void {
    const object = zeroObject(resource, store.revision, annotations);
    stream.push('BOOKMARK', () => object);
  }
  function scheduleBookmark(): void {
    stopBookmarks = clock.after(BOOKMARK_INTERVAL_MS, () => {
      bookmark();
      scheduleBookmark();
    });
  }

  if (request.error !== undefined) {
    stream.fail(request.error);
    stream.end();
  } else {
    stream.pushAll(request.initial);
    if (request.marksEnd) bookmark(INITIAL_EVENTS_END);
    for (const event of request.missed) deliver(event);
    const timeout = request.timeoutSeconds * 1000;
    timers.push(clock.after(timeout, () => stream.end()));
    if (request.bookmarks) {
      scheduleBookmark();
      if (timeout > BOOKMARK_BEFORE_END_MS) {
        timers.push(clock.after(timeout - BOOKMARK_BEFORE_END_MS, () => bookmark()));
      }
    }
  }

  function deliver(event: StoreEvent): void {
    if (event.revision <= request.from) return;
    const selected = (object: KubeObject | undefined) =>
      object !== undefined && isInNamespace(object, request.namespace) && request.matches(object);
    const was = event.type !== 'ADDED' && selected(event.previous);
    const is = event.type !== 'DELETED' && selected(event.object);
    if (is) stream.push(was ? 'MODIFIED' : 'ADDED', () => event.object);
    else if (was) stream.push('DELETED', () => lastState(event));
  }

  const { end, silence, inject } = stream;
  return { deliver, end, silence, inject, cut: () => stream.cut(zeroObject(resource, store.revision)) };
}

function isInNamespace(object: KubeObject, namespace: string): boolean {
  return namespace === '' || object.metadata.namespace === namespace;
}

/** What a DELETED event shows: the state before, under the version of the event. */
function lastState({ type, object, previous }: StoreEvent): KubeObject {
  if (type === 'DELETED' || previous === undefined) return object;
  const { resourceVersion = '' } = object.metadata;
  return { ...previous, metadata: { ...previous.metadata, resourceVersion } };
}

/** The running watches: they share one subscription to the store. */
export interface Watches {
  start(request: WatchRequest, res: ServerResponse): void;
  /** Does something to each chosen watch. */
  each(filter: WatchFilter | undefined, action: (watch: Watch) => void): void;
  readonly size: number;
  close(): void;
}

/** No watches yet; `close` ends those that come. */
export function createWatches(store: MemoryStore, clock: SimClock): Watches {
  const running = new Map<Watch, WatchRequest>();
  const byResource = new Map<ResourceType, Set<Watch>>();
  const unsubscribe = store.subscribe((event) => {
    for (const watch of byResource.get(event.resource) ?? []) watch.deliver(event);
  });

  return {
    start(request, res) {
      const ofResource = byResource.get(request.resource) ?? new Set();
      byResource.set(request.resource, ofResource);
      const watch = startWatch(request, res, store, clock, () => {
        running.delete(watch);
        ofResource.delete(watch);
      });
      running.set(watch, request);
      ofResource.add(watch);
    },
    each(filter, action) {
      for (const [watch, { resource, namespace }] of [...running]) {
        if (filter === undefined || filter({ resource: resource.plural, namespace })) action(watch);
      }
    },
    get size() {
      return running.size;
    },
    close() {
      unsubscribe();
      for (const watch of [...running.keys()]) watch.end();
    },
  };
}

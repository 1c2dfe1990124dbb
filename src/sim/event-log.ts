import type { StoreEvent } from './types.ts';

/** The last events of one resource, oldest first. */
export interface EventLog {
  append(event: StoreEvent): void;
  /** Events after `revision`; undefined when some of them have been dropped. */
  since(revision: number): readonly StoreEvent[] | undefined;
  clear(): void;
}

/** A log that keeps at least `limit` events and at most twice as many, so that dropping costs O(1) an event. */
export function createEventLog(limit: number): EventLog {
  let events: StoreEvent[] = [];
  let dropped = 0;

  return {
    append(event) {
      events.push(event);
      if (events.length < limit * 2) return;
      dropped = events[events.length - limit - 1]?.revision ?? dropped;
      events = events.slice(-limit);
    },
    since(revision) {
      if (revision < dropped) return undefined;
      return events.slice(firstAfter(events, revision));
    },
    clear() {
      dropped = events.at(-1)?.revision ?? dropped;
      events = [];
    },
  };
}

/** Index of the first event after `revision`; revisions rise within a log. */
function firstAfter(events: readonly StoreEvent[], revision: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const event = events[middle];
    if (event !== undefined && event.revision <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
}

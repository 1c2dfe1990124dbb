import * as resources from '../resources.ts';
import type { KubeObject, ObjectStore, SimClock } from '../types.ts';
import { timestamp } from './objects.ts';

/** How long an API server keeps events (`--event-ttl`). */
const LIFETIME_MS = 3_600_000;

type EventType = 'Normal' | 'Warning';

/** Records Events on objects, counting repetitions, and forgets them after an hour. */
export class EventRecorder {
  readonly #store: ObjectStore;
  readonly #clock: SimClock;
  readonly #known = new Map<string, string>();
  #count = 0n;

  constructor(store: ObjectStore, clock: SimClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** `component` is who says it, for example `deployment-controller`. */
  record(component: string, about: KubeObject, type: EventType, reason: string, message: string): void {
    const { namespace = 'default', uid = '' } = about.metadata;
    if (this.#isGoing(namespace)) return;
    const identity = [component, uid, type, reason, message].join('\n');
    const known = this.#store.get(resources.events, namespace, this.#known.get(identity) ?? '');
    const now = timestamp(this.#clock.now());
    if (known !== undefined) {
      this.#store.update(resources.events, { ...known, count: Number(known.count) + 1, lastTimestamp: now });
      return;
    }
    const event = this.#event(component, about, { type, reason, message, now });
    this.#known.set(identity, event.metadata.name);
    this.#store.create(resources.events, event);
    this.#forgetLater(identity, namespace, event.metadata.name, LIFETIME_MS);
  }

  /** Nothing is written any more into a namespace that is being deleted. */
  #isGoing(namespace: string): boolean {
    const found = this.#store.get(resources.namespaces, '', namespace);
    return found === undefined || found.metadata.deletionTimestamp !== undefined;
  }

  #event(
    component: string,
    about: KubeObject,
    { type, reason, message, now }: { type: EventType; reason: string; message: string; now: string },
  ): KubeObject {
    const { namespace, name, uid = '', resourceVersion = '' } = about.metadata;
    this.#count += 1n;
    const nanoseconds = BigInt(Math.floor(this.#clock.now())) * 1_000_000n + this.#count;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${nanoseconds.toString(16)}`, namespace: namespace ?? 'default' },
      involvedObject: {
        kind: about.kind,
        ...(namespace === undefined ? {} : { namespace }),
        name,
        uid,
        apiVersion: about.apiVersion,
        resourceVersion,
      },
      reason,
      message,
      source: { component },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: '',
    };
  }

  #forgetLater(identity: string, namespace: string, name: string, ms: number): void {
    this.#clock.after(ms, () => {
      const event = this.#store.get(resources.events, namespace, name);
      const last = Date.parse(String(event?.lastTimestamp));
      const left = last + LIFETIME_MS - this.#clock.now();
      if (left > 0) return this.#forgetLater(identity, namespace, name, left);
      this.#known.delete(identity);
      this.#store.delete(resources.events, namespace, name);
    });
  }
}

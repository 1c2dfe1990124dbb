import { OWN_DOMAIN } from '../../data/own.ts';
import { FIELD_MANAGER, type KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import type { Announcement } from '../ports.ts';

/** Longest name of an object (kubernetes/apimachinery `pkg/util/validation`: a DNS subdomain). */
const MAX_NAME = 253;
/** events.k8s.io/v1 refuses a longer note, and serves core/v1 Events as its own. */
const MAX_MESSAGE_BYTES = 1024;
/** Announcements remembered against repetition; a run of ten thousand workloads makes three each. */
const MAX_REMEMBERED = 50_000;

/**
 * Records core/v1 Events on workloads, as controllers do, so that `kubectl describe` and `kubectl events` show what
 * happened. Each announcement is made once; where the right is missing the namespace is not asked again. The promise
 * never rejects: an Event is a courtesy, no run depends on it.
 */
export function announcer(client: KubeClient): (announcement: Announcement) => Promise<void> {
  const known = new Set<string>();
  const forbidden = new Set<string>();
  const nameOf = eventNames();

  return async (announcement) => {
    const { namespace } = announcement.item.key;
    const identity = identityOf(announcement);
    if (forbidden.has(namespace) || known.has(identity)) {
      return;
    }
    if (known.size >= MAX_REMEMBERED) {
      known.clear();
    }
    known.add(identity);
    const now = client.clock.now() + client.clockOffset * 1000;
    try {
      await client.json({
        method: 'POST',
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`,
        query: { fieldManager: FIELD_MANAGER },
        body: eventOf(announcement, nameOf(announcement.item.key.name, now), now),
        operation: `record an event in namespace ${namespace}`,
      });
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'forbidden') {
        forbidden.add(namespace);
      }
      known.delete(identity);
    }
  };
}

/** The same words of the same run on the same object are one announcement. */
function identityOf({ item, type, reason, message, run }: Announcement): string {
  return JSON.stringify([item.uid, type, reason, message, run]);
}

/**
 * Names as client-go makes them, the object's name and a time in hexadecimal nanoseconds (client-go
 * `tools/internal/events`). The clock has milliseconds only, so a counter tells events of one moment apart.
 */
function eventNames(): (object: string, milliseconds: number) => string {
  let last = 0n;
  return (object, milliseconds) => {
    const time = BigInt(Math.floor(milliseconds)) * 1_000_000n;
    last = time > last ? time : last + 1n;
    const suffix = `.${last.toString(16)}`;
    // What is cut off in the middle must not leave a name that ends in a dot or dash before the suffix.
    const prefix = object.slice(0, MAX_NAME - suffix.length).replace(/[.-]+$/, '');
    return `${prefix}${suffix}`;
  };
}

function eventOf({ item, type, reason, message }: Announcement, name: string, now: number): object {
  const { key, uid, apiVersion, resourceVersion } = item;
  const time = `${new Date(now).toISOString().slice(0, 19)}Z`;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: key.namespace },
    involvedObject: {
      apiVersion,
      kind: key.kind,
      namespace: key.namespace,
      name: key.name,
      uid,
      resourceVersion,
    },
    type,
    reason,
    message: shorten(message),
    source: { component: OWN_DOMAIN },
    reportingComponent: OWN_DOMAIN,
    reportingInstance: '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

/** At most as many bytes of UTF-8 as a note may have; a shortened text ends in `…`. */
function shorten(message: string): string {
  if (Buffer.byteLength(message) <= MAX_MESSAGE_BYTES) {
    return message;
  }
  const ellipsis = '…';
  let bytes = Buffer.byteLength(ellipsis);
  let kept = '';
  for (const character of message) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_MESSAGE_BYTES) {
      break;
    }
    kept += character;
  }
  return `${kept}${ellipsis}`;
}

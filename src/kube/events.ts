import { type JsonObject, messageAt, numberAt, objectAt, objectsAt, textAt, timeAt } from './json/value.ts';

/** What happened to an object, in the words of a controller. */
export interface EventRecord {
  /** `Normal` or `Warning`. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** Seconds since the epoch. */
  readonly lastSeen: number;
  readonly component: string;
}

/** The events of an EventList, newest first. */
export function eventsOf(list: JsonObject): readonly EventRecord[] {
  return objectsAt(list, 'items')
    .map(eventOf)
    .sort((a, b) => b.lastSeen - a.lastSeen);
}

function eventOf(event: JsonObject): EventRecord {
  const series = objectAt(event, 'series');
  const times = [
    timeAt(series, 'lastObservedTime'),
    timeAt(event, 'lastTimestamp'),
    timeAt(event, 'eventTime'),
  ];
  return {
    type: textAt(event, 'type'),
    reason: textAt(event, 'reason'),
    message: messageAt(event, 'message'),
    count: Math.max(1, numberAt(event, 'count'), numberAt(series, 'count')),
    lastSeen: Math.max(...times),
    component: textAt(event, 'reportingComponent') || textAt(objectAt(event, 'source'), 'component'),
  };
}

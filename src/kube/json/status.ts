import type { ListMeta } from '../list-meta.ts';
import type { Status } from '../status.ts';
import {
  isObject,
  type JsonObject,
  messageAt,
  numberAt,
  objectAt,
  objectsAt,
  rawAt,
  textAt,
} from './value.ts';

/** A Status; of any other object, one without a word in it. */
export function statusOf(object: JsonObject): Status {
  const details = objectAt(object, 'details');
  return {
    message: messageAt(object, 'message'),
    reason: textAt(object, 'reason'),
    code: numberAt(object, 'code'),
    details: {
      name: textAt(details, 'name'),
      group: textAt(details, 'group'),
      kind: textAt(details, 'kind'),
      retryAfterSeconds: numberAt(details, 'retryAfterSeconds'),
      causes: objectsAt(details, 'causes').map((cause) => ({
        reason: textAt(cause, 'reason'),
        message: messageAt(cause, 'message'),
        field: textAt(cause, 'field'),
      })),
    },
    continueToken: rawAt(objectAt(object, 'metadata'), 'continue'),
  };
}

/** `metadata` of a list. */
export function listMetaOf(list: JsonObject): ListMeta {
  const meta = objectAt(list, 'metadata');
  const remaining = meta.remainingItemCount;
  return {
    resourceVersion: textAt(meta, 'resourceVersion'),
    continueToken: rawAt(meta, 'continue'),
    remaining: typeof remaining === 'number' ? remaining : undefined,
  };
}

/** True for a Status object. */
export function isStatus(value: unknown): value is JsonObject {
  return isObject(value) && value.kind === 'Status';
}

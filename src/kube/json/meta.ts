import { DecodeError } from '../decode-error.ts';
import type { NamespaceRecord, Owner } from '../records.ts';
import { isObject, type JsonObject, objectsAt, textAt, timeAt } from './value.ts';

/** The part that all records have in common. */
export type Identity = Pick<
  NamespaceRecord,
  'namespace' | 'name' | 'uid' | 'resourceVersion' | 'createdAt' | 'deletedAt'
>;

/** `metadata` of an object. Throws a {@link DecodeError} when there is none, or none with a name. */
export function metaOf(object: JsonObject, kind: string): JsonObject {
  const meta = object.metadata;
  if (!isObject(meta)) throw new DecodeError(`${kind} without metadata`);
  if (textAt(meta, 'name') === '') throw new DecodeError(`${kind} without a name`);
  return meta;
}

export function identityOf(meta: JsonObject): Identity {
  return {
    namespace: textAt(meta, 'namespace'),
    name: textAt(meta, 'name'),
    uid: textAt(meta, 'uid'),
    resourceVersion: textAt(meta, 'resourceVersion'),
    createdAt: timeAt(meta, 'creationTimestamp'),
    deletedAt: timeAt(meta, 'deletionTimestamp'),
  };
}

/** The owner whose reference is the controller's. */
export function ownerOf(meta: JsonObject): Owner | undefined {
  const reference = objectsAt(meta, 'ownerReferences').findLast((owner) => owner.controller === true);
  if (reference === undefined) return undefined;
  return {
    apiVersion: textAt(reference, 'apiVersion'),
    kind: textAt(reference, 'kind'),
    name: textAt(reference, 'name'),
    uid: textAt(reference, 'uid'),
  };
}

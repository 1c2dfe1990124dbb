import type { Json, ObjectMeta } from './types.ts';

/** The order in which the API server writes the fields of metadata. */
const ORDER = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** The fields that only the server sets. */
export interface ServerFields {
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly generation: Json | undefined;
  readonly creationTimestamp: Json | undefined;
}

/** The metadata with these server fields and no others, in the API server's order. */
export function withServerFields(metadata: ObjectMeta, fields: ServerFields): ObjectMeta {
  const all: Record<string, Json | undefined> = { ...metadata, ...fields };
  const ordered: Record<string, Json> = {};
  for (const field of [...ORDER, ...Object.keys(metadata)]) {
    const value = all[field];
    if (value !== undefined) ordered[field] = value;
  }
  return { ...ordered, name: metadata.name };
}

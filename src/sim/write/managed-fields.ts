import { isObject, stringAt } from '../json.ts';
import { apiVersionOf } from '../resources.ts';
import { timestamp } from '../store.ts';
import type { Json, JsonObject, KubeObject, ObjectMeta, ResourceType } from '../types.ts';
import { diffFields } from './field-diff.ts';
import { isWithin, readFieldsV1, writeFieldsV1 } from './field-set.ts';

/** Who writes, and through which door. */
export interface Writer {
  readonly manager: string;
  /** '' for the object itself, else `status` or `scale`. */
  readonly subresource: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly time: string;
  readonly subresource: string;
  readonly fields: ReadonlySet<string>;
  /** How it stands in the object, where nothing of it has changed since. */
  readonly written?: JsonObject;
}

/** The manager's name: `fieldManager`, else the User-Agent up to its first slash, else `unknown`. */
export function managerName(query: URLSearchParams, userAgent: string | undefined): string {
  const named = query.get('fieldManager') ?? '';
  if (named !== '') return named;
  const agent = (userAgent ?? '').split('/')[0] ?? '';
  return agent === '' ? 'unknown' : agent;
}

/**
 * The object with its ownership brought up to date: the writer owns what it changed, nobody else does any more, and
 * nobody owns what is gone. `before` is undefined for a creation.
 */
export function withOwnership(
  resource: ResourceType,
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Writer,
): KubeObject {
  const { changed, removed } = diffFields(resource.kind, resource.custom, before ?? {}, after);
  const apiVersion = apiVersionOf(resource);
  const own = (entry: Entry) =>
    entry.manager === writer.manager &&
    entry.operation === 'Update' &&
    entry.apiVersion === apiVersion &&
    entry.subresource === writer.subresource;
  const gone = (path: string) => removed.some((prefix) => isWithin(path, prefix));

  const entries = readEntries(before);
  const kept = entries
    .filter((entry) => !own(entry))
    .map((entry) =>
      withFields(
        entry,
        difference(entry.fields, (path) => changed.has(path) || gone(path)),
      ),
    );
  const former = entries.find(own);
  const fields = difference(new Set([...(former?.fields ?? []), ...changed]), gone);
  const time = changed.size === 0 && former !== undefined ? former.time : timestamp(writer.now);
  const mine: Entry = {
    manager: writer.manager,
    operation: 'Update',
    apiVersion,
    time,
    subresource: writer.subresource,
    fields,
  };
  const all = [...kept, mine].filter((entry) => entry.fields.size > 0).sort(compareEntries);
  return { ...after, metadata: withEntries(after.metadata, all) };
}

/** The set itself where nothing is to be left out. */
function difference(set: ReadonlySet<string>, without: (path: string) => boolean): ReadonlySet<string> {
  const rest = [...set].filter((path) => !without(path));
  return rest.length === set.size ? set : new Set(rest);
}

function withFields(entry: Entry, fields: ReadonlySet<string>): Entry {
  if (fields === entry.fields) return entry;
  const { written: _written, ...rest } = entry;
  return { ...rest, fields };
}

function readEntries(object: KubeObject | undefined): readonly Entry[] {
  const written = object?.metadata.managedFields;
  return Array.isArray(written) ? written.filter(isJsonObject).map(readEntry) : [];
}

function isJsonObject(value: Json): value is JsonObject {
  return isObject(value);
}

/** Entries as they were read before: an object is written many times, and most of its entries stay. */
const known = new WeakMap<object, Entry>();

function readEntry(written: JsonObject): Entry {
  const before = known.get(written);
  if (before !== undefined) return before;
  const entry: Entry = {
    manager: stringAt(written, 'manager'),
    operation: stringAt(written, 'operation'),
    apiVersion: stringAt(written, 'apiVersion'),
    time: stringAt(written, 'time'),
    subresource: stringAt(written, 'subresource'),
    fields: readFieldsV1(written.fieldsV1),
    written,
  };
  known.set(written, entry);
  return entry;
}

function withEntries(metadata: ObjectMeta, entries: readonly Entry[]): ObjectMeta {
  const { managedFields: _former, ...rest } = metadata;
  return entries.length === 0 ? rest : { ...rest, managedFields: entries.map(writeEntry) };
}

function writeEntry(entry: Entry): JsonObject {
  if (entry.written !== undefined) return entry.written;
  const { manager, operation, apiVersion, time, subresource, fields } = entry;
  const written: JsonObject = {
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: writeFieldsV1(fields),
    ...(subresource === '' ? {} : { subresource }),
  };
  known.set(written, { ...entry, written });
  return written;
}

/** Apply before Update, then by time, then by name: the order in which the API server writes them. */
function compareEntries(a: Entry, b: Entry): number {
  return (
    compare(a.operation, b.operation) ||
    compare(a.time, b.time) ||
    compare(a.manager, b.manager) ||
    compare(a.apiVersion, b.apiVersion) ||
    compare(a.subresource, b.subresource)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

import { isObject } from '../json.ts';

/** RFC 7386: objects are merged, null deletes, everything else replaces. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = applyMergePatch(merged[key], value);
  }
  return merged;
}

/**
 * The fields by which a strategic merge patch recognises the items of a list; lists without one are replaced.
 * Source: the `patchMergeKey` tags in kubernetes/api.
 */
const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  webhooks: ['name'],
  // Of a container, or of a Service.
  ports: ['containerPort', 'port'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  conditions: ['type'],
  addresses: ['type'],
  ownerReferences: ['uid'],
  hostAliases: ['ip'],
  podIPs: ['ip'],
  taints: ['key'],
  topologySpreadConstraints: ['topologyKey'],
};

const MERGED_SETS = new Set(['finalizers']);
const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';

/**
 * Strategic merge patch: a merge patch that also merges lists by the keys of their items, with the directives
 * `$patch: delete|replace`, `$retainKeys` and `$deleteFromPrimitiveList`; `$setElementOrder` is accepted and the
 * order left as it is. Source: kubernetes/apimachinery `pkg/util/strategicpatch/patch.go`.
 */
export function applyStrategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  if (patch.$patch === 'replace') return withoutDirectives(patch);
  if (patch.$patch === 'delete') return {};
  const merged = retained(isObject(target) ? target : {}, patch.$retainKeys);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM_LIST)) removeItems(merged, key.slice(DELETE_FROM_LIST.length), value);
    else if (key.startsWith('$')) continue;
    else if (value === null) delete merged[key];
    else merged[key] = mergeField(key, merged[key], value);
  }
  return merged;
}

function mergeField(key: string, current: unknown, value: unknown): unknown {
  if (!Array.isArray(value)) return applyStrategicMergePatch(current, value);
  const list = Array.isArray(current) ? current : [];
  if (MERGED_SETS.has(key)) return [...new Set([...list, ...value])];
  const mergeKey = MERGE_KEYS[key]?.find((candidate) =>
    [...value, ...list].every((item) => hasKey(item, candidate)),
  );
  const replaces = value.some(
    (item) => isObject(item) && item.$patch === 'replace' && Object.keys(item).length === 1,
  );
  if (mergeKey === undefined || replaces)
    return value.filter((item) => !isReplaceMarker(item)).map(withoutDirectives);
  return mergeItems(list, value.filter(isObject), mergeKey);
}

function mergeItems(
  list: readonly unknown[],
  patches: readonly Record<string, unknown>[],
  key: string,
): readonly unknown[] {
  let items = list;
  for (const patch of patches) {
    const index = items.findIndex((item) => isObject(item) && item[key] === patch[key]);
    if (patch.$patch === 'delete') items = items.filter((_item, position) => position !== index);
    else if (index < 0) items = [...items, applyStrategicMergePatch({}, patch)];
    else items = items.with(index, applyStrategicMergePatch(items[index], patch));
  }
  return items;
}

function hasKey(item: unknown, key: string): boolean {
  return isObject(item) && (item[key] !== undefined || isReplaceMarker(item));
}

function isReplaceMarker(item: unknown): boolean {
  return isObject(item) && item.$patch === 'replace' && Object.keys(item).length === 1;
}

function retained(target: Record<string, unknown>, keys: unknown): Record<string, unknown> {
  if (!Array.isArray(keys)) return { ...target };
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)));
}

function removeItems(target: Record<string, unknown>, field: string, values: unknown): void {
  const list = target[field];
  if (Array.isArray(list) && Array.isArray(values))
    target[field] = list.filter((item) => !values.includes(item));
}

function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key, inner]) => !key.startsWith('$') && inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutDirectives(inner)]));
}

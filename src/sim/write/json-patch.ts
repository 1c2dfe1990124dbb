import { equal, isObject } from '../json.ts';

/** A JSON patch that cannot be applied; the API server answers 422 for it. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/** Applies RFC 6902 operations in order and returns the result; the document itself stays as it was. */
export function applyJsonPatch(document: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw new PatchError('a JSON patch is an array of operations');
  return operations.reduce(applyOperation, document);
}

function applyOperation(document: unknown, operation: unknown): unknown {
  if (!isObject(operation) || typeof operation.op !== 'string' || typeof operation.path !== 'string') {
    throw new PatchError('each operation of a JSON patch needs op and path');
  }
  const path = parsePointer(operation.path);
  switch (operation.op) {
    case 'add':
      return change(document, path, () => operation.value, 'add');
    case 'replace':
      read(document, path);
      return change(document, path, () => operation.value, 'replace');
    case 'remove':
      read(document, path);
      return change(document, path, undefined, 'remove');
    case 'test': {
      if (!equal(read(document, path), operation.value)) {
        throw new PatchError(`testing path ${operation.path} value failed`);
      }
      return document;
    }
    case 'copy':
    case 'move': {
      const from = parsePointer(typeof operation.from === 'string' ? operation.from : '');
      const value = read(document, from);
      const source = operation.op === 'move' ? change(document, from, undefined, 'remove') : document;
      return change(source, path, () => value, 'add');
    }
    default:
      throw new PatchError(`unexpected operation "${operation.op}"`);
  }
}

function parsePointer(pointer: string): readonly string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PatchError(`"${pointer}" is no JSON pointer`);
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((here, key) => {
    if (Array.isArray(here) && indexIn(here, key) < here.length) return here[indexIn(here, key)];
    if (isObject(here) && key in here) return here[key];
    throw new PatchError(`the path /${path.join('/')} does not exist`);
  }, document);
}

type Change = 'add' | 'replace' | 'remove';

/** A copy of the document with the place at `path` changed; only what lies on the way is copied. */
function change(
  here: unknown,
  path: readonly string[],
  value: (() => unknown) | undefined,
  kind: Change,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value?.();
  if (Array.isArray(here)) {
    const index = key === '-' ? here.length : indexIn(here, key);
    if (rest.length > 0) return here.with(index, change(here[index], rest, value, kind));
    if (kind === 'add') return here.toSpliced(index, 0, value?.());
    return kind === 'remove' ? here.toSpliced(index, 1) : here.with(index, value?.());
  }
  if (!isObject(here)) throw new PatchError(`there is no object or array to hold "${key}"`);
  if (rest.length > 0) {
    if (!(key in here)) throw new PatchError(`the path element "${key}" does not exist`);
    return { ...here, [key]: change(here[key], rest, value, kind) };
  }
  if (kind !== 'remove') return { ...here, [key]: value?.() };
  const { [key]: _removed, ...kept } = here;
  return kept;
}

function indexIn(list: readonly unknown[], key: string): number {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  if (!(index <= list.length)) throw new PatchError(`"${key}" is no index of an array of ${list.length}`);
  return index;
}

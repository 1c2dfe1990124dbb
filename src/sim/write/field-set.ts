import { isObject } from '../json.ts';
import type { JsonObject } from '../types.ts';

/**
 * A set of field paths, as managedFields record ownership. A path is its elements (`f:spec`, `k:{"name":"web"}`,
 * `v:"x"`) joined by line ends, which no element contains.
 */
export type FieldSet = ReadonlySet<string>;

const SEPARATOR = '\n';

export function childPath(parent: string, element: string): string {
  return parent === '' ? element : `${parent}${SEPARATOR}${element}`;
}

/** Whether a path is the prefix itself or lies below it. */
export function isWithin(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === SEPARATOR);
}

/** Reads FieldsV1: an empty object is a member, `.` makes its parent one. */
export function readFieldsV1(fields: unknown): Set<string> {
  const set = new Set<string>();
  const visit = (node: unknown, path: string): void => {
    if (!isObject(node)) return;
    const keys = Object.keys(node);
    if (keys.length === 0 && path !== '') set.add(path);
    for (const key of keys) {
      if (key === '.') set.add(path);
      else visit(node[key], childPath(path, key));
    }
  };
  visit(fields, '');
  return set;
}

interface Node {
  member: boolean;
  readonly children: Map<string, Node>;
}

/** What was written for a set, by its paths: pods of one shape are owned alike. */
const written = new Map<string, JsonObject>();
const MOST_WRITTEN = 1_000;

/** Writes FieldsV1, elements in the API server's order. */
export function writeFieldsV1(set: FieldSet): JsonObject {
  const paths = [...set].sort();
  const key = paths.join(SEPARATOR + SEPARATOR);
  const before = written.get(key);
  if (before !== undefined) return before;
  if (written.size === MOST_WRITTEN) written.clear();
  const fields = treeOf(paths);
  written.set(key, fields);
  return fields;
}

function treeOf(paths: readonly string[]): JsonObject {
  const root: Node = { member: false, children: new Map() };
  for (const path of paths) {
    let node = root;
    for (const element of path.split(SEPARATOR)) {
      const child: Node = node.children.get(element) ?? { member: false, children: new Map() };
      node.children.set(element, child);
      node = child;
    }
    node.member = true;
  }
  return writeNode(root);
}

function writeNode({ member, children }: Node): JsonObject {
  const written = [...children].map(([element, child]): [string, JsonObject] => [element, writeNode(child)]);
  const marked: [string, JsonObject][] = member && written.length > 0 ? [['.', {}]] : [];
  return Object.fromEntries([...marked, ...written]);
}

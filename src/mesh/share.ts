/**
 * Returns `previous` where it says the same as `next`, so that `===` tells whether anything changed; where they
 * differ, a copy of `next` in which the equal parts are those of `previous`. Neither argument is changed. For
 * plain data only: objects, arrays and primitives.
 */
export function reuse<T>(previous: T | undefined, next: T): T {
  // Sound because `share` answers one of its arguments or a copy of the second with parts equal in value.
  return previous === undefined ? next : (share(previous, next) as T);
}

function share(previous: unknown, next: unknown): unknown {
  if (isEqual(previous, next)) return previous;
  if (Array.isArray(previous) && Array.isArray(next)) {
    return next.map((item, index) => share(previous[index], item));
  }
  if (isRecord(previous) && isRecord(next)) {
    return Object.fromEntries(Object.entries(next).map(([key, value]) => [key, share(previous[key], value)]));
  }
  return next;
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  let left = Object.keys(a).length;
  for (const key in b) {
    if (!Object.hasOwn(a, key) || !isEqual(a[key], b[key])) return false;
    left -= 1;
  }
  return left === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

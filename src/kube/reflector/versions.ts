/**
 * Order of two resourceVersions: negative when `a` is older. Undefined when one of them is not a decimal
 * number, as versions of a Kubernetes API server are.
 */
export function compareVersions(a: string, b: string): number | undefined {
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return undefined;
  // Without leading zeros the longer number is the larger; versions may exceed what a number can hold.
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

const DECIMAL = /^(?:0|[1-9]\d*)$/;

/** True when both are numbers and `a` is the smaller. */
export function isOlder(a: string, b: string): boolean {
  const order = compareVersions(a, b);
  return order !== undefined && order < 0;
}

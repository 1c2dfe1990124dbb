/** What an injector can do depends on its own version, compared by edge release. */

type Edge = readonly [year: number, month: number, number: number];

/** First edge of each release, for versions of other channels. Source: linkerd website `data/versions.yaml`. */
const FIRST_EDGE: Readonly<Record<string, Edge>> = {
  '2.15': [24, 2, 4],
  '2.16': [24, 8, 2],
  '2.17': [24, 11, 8],
  '2.18': [25, 4, 4],
  '2.19': [25, 10, 7],
  '2.20': [26, 6, 3],
};
const BEFORE_EDGES_COUNT: Edge = [0, 0, 0];
const AFTER_ALL: Edge = [99, 0, 0];

/** Since when an injector reads each annotation for native sidecars, newest key first. */
export const NATIVE_SIDECAR_SINCE = {
  stable: [26, 5, 2],
  beta: [25, 10, 2],
  alpha: [23, 11, 4],
} as const satisfies Record<string, Edge>;

/** From this edge on a drain delay is ignored with a native sidecar, before it was an error. */
const WAIT_IGNORED_SINCE: Edge = [26, 5, 2];

export function isAtLeast(version: string, since: Edge): boolean {
  const edge = edgeOf(version);
  for (const [index, part] of since.entries()) {
    const own = edge[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

/** Whether a native sidecar with a drain delay makes this injector fail. */
export function failsOnWaitingSidecar(version: string): boolean {
  return isAtLeast(version, NATIVE_SIDECAR_SINCE.alpha) && !isAtLeast(version, WAIT_IGNORED_SINCE);
}

function edgeOf(version: string): Edge {
  const edge = /^(?:edge|preview)-(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (edge !== null) return [Number(edge[1]), Number(edge[2]), Number(edge[3])];
  const release = /^(?:stable|enterprise)-(2)\.(\d+)/.exec(version);
  if (release === null) return AFTER_ALL;
  const known = FIRST_EDGE[`${release[1]}.${release[2]}`];
  return known ?? (Number(release[2]) < 15 ? BEFORE_EDGES_COUNT : AFTER_ALL);
}

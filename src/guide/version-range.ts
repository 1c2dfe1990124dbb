import { releases } from '../data/releases.ts';
import { compareEdges, type EdgeNumber, edgeNumber } from '../mesh/edge.ts';
import { releaseOf } from '../mesh/release.ts';
import type { Version } from '../mesh/version.ts';

/** A version as notices write it: `2.17`, `2.9.3` or `edge-25.1.1`. */
export type Bound =
  | { readonly kind: 'release'; readonly minor: number; readonly patch: number | undefined }
  | { readonly kind: 'edge'; readonly number: EdgeNumber };

export interface VersionRange {
  /** Undefined where the range is open below. */
  readonly low: Bound | undefined;
  readonly high: Bound;
  /** False for `< 2.18`. */
  readonly includesHigh: boolean;
}

/** Reads `2.17`, `2.9.3` or `edge-25.1.1`; undefined for any other text. */
export function parseBound(text: string): Bound | undefined {
  const release = /^2\.(\d+)(?:\.(\d+))?$/.exec(text);
  if (release) {
    const patch = release[2] === undefined ? undefined : Number(release[2]);
    return { kind: 'release', minor: Number(release[1]), patch };
  }
  const number = text.startsWith('edge-') ? edgeNumber(text) : undefined;
  return number && { kind: 'edge', number };
}

/** Reads the `from` of a notice: `<= A`, `< A`, `A - B` or `A` alone; undefined for any other text. */
export function parseRange(text: string): VersionRange | undefined {
  const open = /^(<=?) (\S+)$/.exec(text);
  if (open) {
    const high = parseBound(open[2] ?? '');
    return high && { low: undefined, high, includesHigh: open[1] === '<=' };
  }
  const [from = '', to = from, ...rest] = text.split(' - ');
  const low = parseBound(from);
  const high = parseBound(to);
  if (!low || !high || rest.length > 0) return undefined;
  return { low, high, includesHigh: true };
}

/** Whether a version lies in a range; false for one that belongs to no known release. */
export function isInRange(range: VersionRange, version: Version): boolean {
  if (range.low && compareToBound(version, range.low) !== 0 && compareToBound(version, range.low) !== 1) {
    return false;
  }
  const high = compareToBound(version, range.high);
  return high === -1 || (high === 0 && range.includesHigh);
}

/**
 * -1 when `version` comes before `bound`, 0 when `bound` covers it, 1 when it comes after; undefined when its release
 * is not known. A bound without patch covers its whole release. What is compared across channels counts as the build
 * that its release began with: an edge as patch 0, a numbered version as the first edge of its release.
 */
export function compareToBound(version: Version, bound: Bound): -1 | 0 | 1 | undefined {
  const release = releaseOf(version);
  if (!release) return undefined;
  if (bound.kind === 'edge') {
    return sign(
      compareEdges(version.kind === 'dated' ? version.number : firstEdge(release.minor), bound.number),
    );
  }
  if (release.minor !== bound.minor || bound.patch === undefined) return sign(release.minor - bound.minor);
  if (version.kind !== 'numbered') return sign(-bound.patch);
  return sign(version.patch - bound.patch);
}

/** Before all edges for a release from before the table, after all for one that comes after it. */
function firstEdge(minor: number): EdgeNumber {
  const row = releases.find((candidate) => candidate.minor === minor);
  const end = minor < (releases[0]?.minor ?? 0) ? 0 : Number.POSITIVE_INFINITY;
  return (row && edgeNumber(row.edge)) ?? [end, 0, 0];
}

function sign(difference: number): -1 | 0 | 1 {
  if (difference === 0) return 0;
  return difference < 0 ? -1 : 1;
}

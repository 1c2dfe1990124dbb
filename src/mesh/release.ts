import { behaviourSince, releases } from '../data/releases.ts';
import { compareEdges, type EdgeNumber, edgeNumber } from './edge.ts';
import type { Version } from './version.ts';

/** The release `2.N` that a version belongs to, as far as it can be known. */
export interface Release {
  /** The N of `2.N`; a lower bound with `orLater`, an upper bound with `beforeTable`. */
  readonly minor: number;
  /** An edge after the newest release of the table: it may already belong to a later release. */
  readonly orLater: boolean;
  /** An edge from before the oldest release of the table. */
  readonly beforeTable: boolean;
}

interface Row {
  readonly minor: number;
  readonly edge: EdgeNumber;
}

const rows: readonly Row[] = releases.flatMap((release) => {
  const edge = edgeNumber(release.edge);
  return edge ? [{ minor: release.minor, edge }] : [];
});

/**
 * The release of a version; undefined where nobody can say (`dev-…`, `git-…`, not a version).
 *
 * An edge belongs to the newest 2.N whose edge is not newer than it. A preview counts as the edge of the same
 * number, which its publisher does not promise.
 */
export function releaseOf(version: Version): Release | undefined {
  if (version.kind === 'numbered') return { minor: version.minor, orLater: false, beforeTable: false };
  if (version.kind === 'dated') return releaseOfEdge(version.number);
  return undefined;
}

function releaseOfEdge(number: EdgeNumber): Release | undefined {
  const oldest = rows[0];
  if (!oldest) return undefined;
  const row = rows.findLast((candidate) => compareEdges(candidate.edge, number) <= 0);
  if (!row) return { minor: oldest.minor - 1, orLater: false, beforeTable: true };
  const orLater = row === rows.at(-1) && compareEdges(number, row.edge) > 0;
  return { minor: row.minor, orLater, beforeTable: false };
}

/** `2.19`, `2.20 or later`, `before 2.9`; '' for an unknown release. */
export function releaseText(release: Release | undefined): string {
  if (!release) return '';
  if (release.beforeTable) return `before 2.${release.minor + 1}`;
  return `2.${release.minor}${release.orLater ? ' or later' : ''}`;
}

/** How many releases `ahead` is ahead of `behind`, at least and at most; infinite where the table ends. */
export function distance(ahead: Release, behind: Release): { readonly min: number; readonly max: number } {
  return { min: lowest(ahead) - highest(behind), max: highest(ahead) - lowest(behind) };
}

function lowest(release: Release): number {
  return release.beforeTable ? Number.NEGATIVE_INFINITY : release.minor;
}

function highest(release: Release): number {
  return release.orLater ? Number.POSITIVE_INFINITY : release.minor;
}

/** -1 when `a` is certainly an older release than `b`, 1 when newer, undefined when equal or not certain. */
export function compareReleases(a: Release | undefined, b: Release | undefined): -1 | 1 | undefined {
  if (!a || !b) return undefined;
  const { min, max } = distance(a, b);
  if (min > 0) return 1;
  if (max < 0) return -1;
  return undefined;
}

/** A change of behaviour that came with a certain edge. */
export type Behaviour = keyof typeof behaviourSince;

/**
 * Whether `version` has a behaviour; undefined where nobody can say. Edges are compared by number, because late
 * edges of a cycle already behave like the next release. Other channels have it from the first release on whose
 * edge has it.
 */
export function hasBehaviour(version: Version, behaviour: Behaviour): boolean | undefined {
  const since = edgeNumber(behaviourSince[behaviour]);
  if (!since) return undefined;
  if (version.kind === 'dated') return compareEdges(version.number, since) >= 0;
  if (version.kind !== 'numbered') return undefined;
  const first = rows.find((row) => compareEdges(row.edge, since) >= 0);
  const newest = rows.at(-1);
  if (first) return version.minor >= first.minor;
  return newest !== undefined && version.minor <= newest.minor ? false : undefined;
}

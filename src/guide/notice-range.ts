import { type Notice, notices } from '../data/notices.ts';
import { compareEdges, edgeNumber } from '../mesh/edge.ts';
import { parseVersion, type Version } from '../mesh/version.ts';
import { pathTo } from './path.ts';
import { compareToBound, isInRange, parseBound, parseRange } from './version-range.ts';

/**
 * The notices on the supported path between two versions, in the order of the data: those of each of its steps, since
 * what a notice asks of `from` is asked of the version that runs before that step. Whether they apply to a cluster is
 * another question. Empty where there is no path.
 */
export function noticesBetween(from: string, to: string): readonly Notice[] {
  const steps = pathTo(from, to).steps.map(
    (step) => [parseVersion(step.from), parseVersion(step.to)] as const,
  );
  return withoutRepeats(notices.filter((notice) => steps.some((step) => isOnTheWay(notice, ...step))));
}

/** Whether one step of the control plane passes the point at which a notice begins to matter. */
function isOnTheWay(notice: Notice, from: Version, to: Version): boolean {
  if (notice.from !== '') {
    const range = parseRange(notice.from);
    if (range && !isInRange(range, from)) return false;
  }
  if (notice.to === 'any') return true;
  return !hasReached(notice, from, 'fully') && hasReached(notice, to, 'nearly');
}

/**
 * Whether a version is at or past the point of a notice. A release candidate has the changes of its release, but may
 * lack the last of them: `nearly` counts it as its release, `fully` does not.
 */
function hasReached(notice: Notice, version: Version, candidates: 'nearly' | 'fully'): boolean {
  const since = version.kind === 'dated' ? edgeNumber(notice.sinceEdge) : undefined;
  if (since && version.kind === 'dated') return compareEdges(version.number, since) >= 0;
  const bound = parseBound(notice.to);
  if (bound?.kind !== 'release') return false;
  const order = compareToBound(version, { ...bound, patch: bound.patch ?? 0 });
  if (order !== 0) return order === 1;
  return candidates === 'nearly' || version.kind !== 'numbered' || version.candidate === undefined;
}

/** The guide says some things under two releases; they are said once, where they come first. */
function withoutRepeats(found: readonly Notice[]): readonly Notice[] {
  const said = new Set<string>();
  return found.filter(({ title, from, action }) => {
    const words = `${title}\n${from}\n${action}`;
    const isNew = !said.has(words);
    said.add(words);
    return isNew;
  });
}

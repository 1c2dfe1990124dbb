import { releases } from '../data/releases.ts';
import { edgeNumber } from './edge.ts';
import { releaseOf } from './release.ts';
import type { Version } from './version.ts';

/**
 * Why a version belongs to its release, in words: by its name, or by the edges that begin this release and the next.
 * Source of the boundaries: the table of releases.
 */
export function membershipText(version: Version): string {
  const { text } = version;
  if (version.kind === 'unparsed') return `"${text}" is not a Linkerd version`;
  if (version.kind === 'build') return `nobody can say which release ${text} belongs to`;
  if (version.kind === 'numbered') return `release 2.${version.minor}, as its name says`;

  const release = releaseOf(version);
  const row = releases.find(({ minor }) => minor === release?.minor);
  const next = releases.find(({ minor }) => minor === (release?.minor ?? 0) + 1);
  const counted = version.channel === 'preview' ? ', counted as the edge of the same number' : '';
  if (!release || release.beforeTable || !row) {
    return `older than ${next?.edge ?? 'every edge known'}, the first edge of 2.${next?.minor ?? ''}${counted}`;
  }
  const first = edgeNumber(row.edge);
  if (first?.every((part, index) => part === version.number[index])) {
    return `the first edge of 2.${row.minor}${counted}`;
  }
  if (release.orLater) {
    return `newer than ${row.edge}, the first edge of 2.${row.minor}, the newest release known: 2.${row.minor} or later${counted}`;
  }
  return next
    ? `${row.edge} begins 2.${row.minor} and ${next.edge} begins 2.${next.minor}, so it is of 2.${row.minor}${counted}`
    : `not older than ${row.edge}, the first edge of 2.${row.minor}${counted}`;
}

import { knownNewestEdge, knownNewestEnterprise, releases } from '../data/releases.ts';
import { releaseOf } from '../mesh/release.ts';
import { compareVersions, parseVersion, type Version } from '../mesh/version.ts';
import type { Destination } from './advice.ts';
import { type Channel, isPublished, lastStableMinor, newestOf } from './newest.ts';

/** What `--to` may say besides a version or a release: the newest one known in the channel at hand. */
export const LATEST_KNOWN = 'latest-known';

const oldest = releases[0]?.minor ?? 0;
const newest = releases.at(-1)?.minor ?? 0;
const lastStable = newestOf(lastStableMinor, 'stable') ?? '';
const forms = `name a release (2.${newest}), a version (${knownNewestEdge}, ${knownNewestEnterprise}) or ${LATEST_KNOWN}`;

/** The destination in its one spelling, or half a sentence about why nobody can go there. */
export function destinationOf(text: string): { readonly version: Destination } | { readonly error: string } {
  const wish = text.trim();
  if (wish === '') return { error: `no destination is given: ${forms}` };
  const reason =
    wish === LATEST_KNOWN ? '' : (reasonAgainstRelease(wish) ?? reasonAgainst(parseVersion(wish)));
  return reason === '' ? { version: wish } : { error: reason };
}

/** Undefined for what is not written as a release. */
function reasonAgainstRelease(wish: string): string | undefined {
  const release = /^2\.(\d+)$/.exec(wish);
  if (!release) return undefined;
  const minor = Number(release[1]);
  if (minor > newest) return `${wish} is not known: the newest release known is 2.${newest}`;
  if (minor < oldest) return `${wish} is older than what is known: the oldest release known is 2.${oldest}`;
  return '';
}

function reasonAgainst(version: Version): string {
  if (version.kind === 'unparsed')
    return `"${version.text}" is not a version of Linkerd: ${forms}${spelling(version.text)}`;
  if (version.kind === 'build') {
    return `nobody can say which release ${version.text} belongs to: ${forms}`;
  }
  if (version.channel === 'preview') {
    return `${version.text} is a preview, which its vendor does not mean to be upgraded to: ${forms}`;
  }
  if (version.channel === 'enterprise' && version.minor <= lastStableMinor) {
    return `${version.text} does not exist: enterprise builds begin with 2.${lastStableMinor + 1}`;
  }
  if (version.channel === 'stable' && version.minor > lastStableMinor) {
    return `${version.text} does not exist: ${lastStable} is the last stable release. Name an edge or an enterprise build`;
  }
  const release = releaseOf(version);
  if (!release || release.beforeTable || release.minor < oldest) {
    return `${version.text} is older than what is known: the oldest release known is 2.${oldest}`;
  }
  if (version.channel === 'enterprise' || isPublished(version) || isAfterTable(version)) return '';
  return `${version.text} was never published: see https://github.com/linkerd/linkerd2/releases`;
}

/** A hint for what lacks its channel only. */
function spelling(text: string): string {
  const bare = text.replace(/^v/, '');
  if (/^2\.\d+$/.test(bare)) return `. Did you mean ${bare}?`;
  const release = /^2\.(\d+)\.\d+$/.exec(bare);
  if (release)
    return `. Did you mean ${Number(release[1]) > lastStableMinor ? 'enterprise' : 'stable'}-${bare}?`;
  return /^2\d\.\d+\.\d+$/.test(bare) ? `. Did you mean edge-${bare}?` : '';
}

/** Whether an edge is newer than all that are known. */
export function isAfterTable(version: Version): boolean {
  return version.kind === 'dated' && compareVersions(version, parseVersion(knownNewestEdge)) === 1;
}

/** The channel of a version that can be upgraded; a preview goes on as an edge. Undefined for development builds. */
export function channelOf(version: Version): Channel | undefined {
  if (version.kind === 'numbered') return version.channel;
  return version.kind === 'dated' ? 'edge' : undefined;
}

/**
 * The version that a destination, as `destinationOf` accepts it, means for what runs now. A release or `latest-known` stays in
 * the channel as far as it goes: stable ends with 2.14 and goes on as edge. Undefined where none is known.
 */
export function versionFor(destination: Destination, from: Channel): string | undefined {
  if (destination === LATEST_KNOWN) return from === 'enterprise' ? knownNewestEnterprise : knownNewestEdge;
  const release = /^2\.(\d+)$/.exec(destination);
  if (!release) return destination;
  const minor = Number(release[1]);
  return newestOf(minor, channelAt(minor, from, from));
}

/** The channel in which a path from one channel to another passes 2.N: it changes as soon as the other one has builds. */
export function channelAt(minor: number, from: Channel, to: Channel): Channel {
  if (minor <= lastStableMinor) return from === 'edge' && to !== 'stable' ? 'edge' : 'stable';
  return to === 'enterprise' ? 'enterprise' : 'edge';
}

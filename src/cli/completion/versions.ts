import { edges } from '../../data/edges.ts';
import { enterpriseBuilds } from '../../data/enterprise.ts';
import { knownNewestEdge, knownNewestEnterprise, releases, stables } from '../../data/releases.ts';
import { destinationOf, LATEST_KNOWN } from '../../guide/destination.ts';
import { newestOf } from '../../guide/newest.ts';
import { releaseOf, releaseText } from '../../mesh/release.ts';
import { parseVersion } from '../../mesh/version.ts';
import type { Candidate } from './cobra.ts';

/**
 * Where `--to` can lead: the newest of each channel and the releases, newest first; single versions as soon as the word
 * begins like one.
 */
export function destinations(begun: string): readonly Candidate[] {
  const versions = begun === '' ? [knownNewestEdge, knownNewestEnterprise] : allVersions();
  return [
    { text: LATEST_KNOWN, about: 'the newest known in your channel' },
    ...releaseCandidates(),
    ...versions.filter((version) => 'version' in destinationOf(version)).map(candidate),
  ];
}

/** Releases as `2.19`, newest first. */
export function releaseCandidates(): readonly Candidate[] {
  return releases
    .map(({ minor, released }) => ({ text: `2.${minor}`, about: `released ${released}` }))
    .reverse();
}

/** Versions of proxies: the newest of each release and channel, and every one as soon as the word begins like one. */
export function proxyVersions(begun: string): readonly Candidate[] {
  if (begun !== '') return allVersions().map(candidate);
  return [...releases]
    .reverse()
    .flatMap(({ minor }) => [
      newestOf(minor, 'edge'),
      newestOf(minor, 'enterprise'),
      newestOf(minor, 'stable'),
    ])
    .filter((version) => version !== undefined)
    .map(candidate);
}

/** Every version that is known, each channel's newest first. */
export function allVersions(): readonly string[] {
  return [
    ...[...edges].reverse(),
    ...enterpriseBuilds.map(({ version }) => version).reverse(),
    ...stables.map(([version]) => version).reverse(),
  ];
}

function candidate(version: string): Candidate {
  return { text: version, about: releaseText(releaseOf(parseVersion(version))) };
}

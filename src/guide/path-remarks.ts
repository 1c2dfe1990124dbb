import { knownNewestEdge, knownNewestEnterprise, releases } from '../data/releases.ts';
import { releaseOf, releaseText } from '../mesh/release.ts';
import { compareVersions, parseVersion, type Version } from '../mesh/version.ts';
import { channelOf, isAfterTable } from './destination.ts';
import { adviceOn, lastStableMinor, newestOf } from './newest.ts';

const newest = releases.at(-1)?.minor ?? 0;

/** What an operator has to know of a path as a whole, in half sentences; the weightiest first. */
export function remarksOn(start: Version, end: Version, stops: readonly string[]): readonly string[] {
  return [
    ...changeOfChannel(start, end),
    ...withoutOrder(start, end),
    ...advisedAgainst(end, ''),
    ...(start.text === end.text ? [] : advisedAgainst(start, ', which runs now,')),
    ...beyondKnowledge(end),
    ...newerOne(start, end),
    ...choiceOfStops(stops),
    ...preview(start),
  ];
}

function changeOfChannel(start: Version, end: Version): string[] {
  const [from, to] = [channelOf(start), channelOf(end)];
  if (!from || !to || from === to) return [];
  const vendor = `the vendor's instructions come before the project's, and its charts are linkerd-enterprise-*`;
  if (to === 'enterprise') {
    return [`this path changes from ${from} to Buoyant Enterprise for Linkerd: ${vendor}`];
  }
  if (to === 'stable')
    return [`this path changes from edge to stable builds, which end with 2.${lastStableMinor}`];
  if (from === 'enterprise') {
    return [
      'this path leaves Buoyant Enterprise for Linkerd for edge releases, with other charts and images',
    ];
  }
  return [
    `this path changes from stable to edge releases: ${newestOf(lastStableMinor, 'stable')} is the last stable build; a vendor's builds are the other way on, such as --to ${knownNewestEnterprise}`,
  ];
}

function withoutOrder(start: Version, end: Version): string[] {
  if (start.text === end.text || compareVersions(start, end) !== undefined) return [];
  return [
    `nothing says which is the newer one of ${start.text} (${releaseText(releaseOf(start))}) and ${end.text} (${releaseText(releaseOf(end))}): read the notes of both`,
  ];
}

function advisedAgainst(version: Version, aside: string): string[] {
  const advice = adviceOn(version.text);
  if (!advice) return [];
  const condition = advice.condition === '' ? '' : ` where ${advice.condition}`;
  const verdict = advice.level === 'prefer-other' ? 'is not the one to choose' : 'is advised against';
  return [
    `${version.text}${aside} ${verdict}${condition}: ${advice.reason}. Use ${advice.use.join(' or ')} (${advice.source})`,
  ];
}

function beyondKnowledge(end: Version): string[] {
  if (isAfterTable(end)) {
    return [
      `${end.text} is newer than all that is known here: it may belong to a release after 2.${newest}, and what it changes is not known`,
    ];
  }
  if (end.text === knownNewestEdge) {
    return [
      `${end.text} is known from a catalogue of others only: make sure that it exists, and read its notes`,
    ];
  }
  if (end.kind === 'numbered' && end.minor > newest) {
    return [`2.${end.minor} is newer than all that is known here: what it changes is not known`];
  }
  if (releaseOf(end)?.orLater) {
    return [`${end.text} may belong to a release after 2.${newest}: none has been announced since`];
  }
  return [];
}

function newerOne(start: Version, end: Version): string[] {
  const known = newestIn(end);
  if (!known || compareVersions(parseVersion(known), end) !== 1) return [];
  if (compareVersions(start, parseVersion(known)) === 1) return [];
  return [`the newest ${channelOf(end)} release known is ${known}`];
}

function newestIn(end: Version): string | undefined {
  const channel = channelOf(end);
  if (channel === 'stable') return newestOf(lastStableMinor, 'stable');
  return channel === 'enterprise' ? knownNewestEnterprise : knownNewestEdge;
}

function choiceOfStops(stops: readonly string[]): string[] {
  const edges = stops.filter((stop) => stop.startsWith('edge-')).join(', ');
  const builds = stops.filter((stop) => stop.startsWith('enterprise-')).join(', ');
  return [
    ...(edges
      ? [
          `taken for each release on the way: its newest edge that no round-up advises against and that holds nothing of the next release yet: ${edges}`,
        ]
      : []),
    ...(builds
      ? [
          `the builds on the way are the newest known here; take a newer patch where the vendor has one: ${builds}`,
        ]
      : []),
  ];
}

function preview(start: Version): string[] {
  return start.channel === 'preview' ? [`${start.text} is taken for the edge of the same number`] : [];
}

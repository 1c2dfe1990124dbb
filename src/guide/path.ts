/**
 * The supported path between two versions of the control plane.
 *
 * The rule, from https://linkerd.io/2.17/tasks/upgrade/#upgrade-paths and its other editions: any jump within a 2.N and
 * to the newest build of the next 2.N; never over a 2.N. Edges go by the release that they belong to.
 */
import { releases } from '../data/releases.ts';
import { compareReleases, type Release, releaseOf, releaseText } from '../mesh/release.ts';
import { compareVersions, parseVersion, type Version } from '../mesh/version.ts';
import type { Destination } from './advice.ts';
import { channelAt, channelOf, destinationOf, versionFor } from './destination.ts';
import { type Channel, newestOf } from './newest.ts';
import { remarksOn } from './path-remarks.ts';

export { destinationOf } from './destination.ts';

const oldest = releases[0]?.minor ?? 0;

/** One upgrade of the control plane, which the data plane has to follow before the next one. */
export interface PathStep {
  readonly from: string;
  /** The version to install. */
  readonly to: string;
  /** Of `to`: `2.19`; `2.20 or later` for an edge that is newer than the table of releases. */
  readonly release: string;
}

export interface UpgradePath {
  /** Empty exactly when there is a refusal. */
  readonly steps: readonly PathStep[];
  /** Half a sentence about why there is no way, or nothing to do; '' when there are steps. */
  readonly refusal: string;
  /** What is to be known of the path as a whole, each a sentence without its full stop. */
  readonly remarks: readonly string[];
}

/** How the control plane gets from the version it runs to a destination. Never throws; says why where there is no way. */
export function pathTo(from: string, destination: Destination): UpgradePath {
  const wish = destinationOf(destination);
  if ('error' in wish) return refused(wish.error);
  const start = startOf(from);
  if ('error' in start) return refused(start.error);

  const target = versionFor(wish.version, start.channel);
  if (target === undefined) return refused(`no build of ${wish.version} is known in the channel of ${from}`);
  const end = parseVersion(target);
  const endRelease = releaseOf(end);
  const endChannel = channelOf(end);
  if (!endRelease || !endChannel) return refused(`nobody can say which release ${target} belongs to`);

  const remarks = remarksOn(start.version, end, []);
  if (target === from) return refused(`the control plane runs ${target} already`, remarks);
  if (compareVersions(start.version, end) === 1) {
    const isSettled = target !== wish.version && compareReleases(start.release, endRelease) !== 1;
    return refused(
      isSettled
        ? `${from} is newer than ${target}, which ${wish.version} stands for: there is nothing to do`
        : `${from} is newer than ${target}: Linkerd documents no way back`,
      remarks,
    );
  }
  return walk(start, { version: end, release: endRelease, channel: endChannel });
}

interface Place {
  readonly version: Version;
  readonly release: Release;
  readonly channel: Channel;
}

function startOf(from: string): Place | { readonly error: string } {
  if (from === '') return { error: 'the version of the control plane is not known, so no path begins there' };
  const version = parseVersion(from);
  const release = releaseOf(version);
  const channel = channelOf(version);
  if (!release || !channel) {
    return { error: `nobody can say which release ${from} belongs to, so no path begins there` };
  }
  if (release.beforeTable || release.minor + 1 < oldest) {
    return {
      error: `nothing is known of what lies before 2.${oldest}: bring ${from} there by the upgrade pages of those releases`,
    };
  }
  return { version, release, channel };
}

/** The newest build of each release in between, then the destination itself. */
function walk(start: Place, end: Place): UpgradePath {
  const stops: string[] = [];
  for (let minor = start.release.minor + 1; minor < firstUncertain(end); minor += 1) {
    const stop = newestOf(minor, channelAt(minor, start.channel, end.channel));
    if (stop === undefined) {
      return refused(
        `2.${minor} lies between ${start.version.text} and ${end.version.text}, and no build of it is known here: go to one of them first`,
      );
    }
    stops.push(stop);
  }
  const versions = [start.version.text, ...stops, end.version.text];
  const steps = versions.slice(1).map((to, index) => ({
    from: versions[index] ?? '',
    to,
    release: releaseText(releaseOf(parseVersion(to))),
  }));
  return { steps, refusal: '', remarks: remarksOn(start.version, end.version, stops) };
}

/**
 * The release that the last step leads to. An edge after the table may be of a release after the newest known one, so
 * that the newest known one lies in between.
 */
function firstUncertain(end: Place): number {
  return end.release.minor + (end.release.orLater ? 1 : 0);
}

function refused(refusal: string, remarks: readonly string[] = []): UpgradePath {
  return { steps: [], refusal, remarks };
}

import { compareEdges, type EdgeNumber, parseTriple } from './edge.ts';
import { compareReleases, releaseOf } from './release.ts';

/** `stable-2.14.10`, `enterprise-2.15.1-1-hazl`: the release is in the text. */
export interface NumberedVersion {
  readonly kind: 'numbered';
  readonly channel: 'stable' | 'enterprise';
  readonly text: string;
  /** The N of `2.N`. */
  readonly minor: number;
  readonly patch: number;
  /** The 2 of `-rc2`; undefined for a final release. */
  readonly candidate: number | undefined;
  /** 0 where there is none. */
  readonly hotpatch: number;
  /** Build text that Linkerd ignores, such as `hazl`. */
  readonly suffix: string;
}

/** `edge-25.10.7`, `preview-24.1.3-hazl`: the release follows from the table of releases. */
export interface DatedVersion {
  readonly kind: 'dated';
  readonly channel: 'edge' | 'preview';
  readonly text: string;
  readonly number: EdgeNumber;
  readonly hotpatch: number;
  readonly suffix: string;
}

/** `dev-…`, `git-…` and other channels: a version by Linkerd's own parser, but nobody can say which release. */
export interface BuildVersion {
  readonly kind: 'build';
  readonly channel: string;
  readonly text: string;
}

/** Not a Linkerd version at all: `latest`, `2.14.10`, ``. */
export interface UnparsedVersion {
  readonly kind: 'unparsed';
  readonly channel: '';
  readonly text: string;
}

export type Version = NumberedVersion | DatedVersion | BuildVersion | UnparsedVersion;

/**
 * Reads a version as Linkerd does (linkerd2 `pkg/version`): split at `-`, the first part is the channel, the
 * second the version, the first later integer the hotpatch, all else build text. Never fails.
 */
export function parseVersion(text: string): Version {
  const [channel = '', core, ...rest] = text.split('-');
  if (channel === '' || core === undefined || core === '') return { kind: 'unparsed', channel: '', text };

  const hotpatchAt = rest.findIndex((part) => /^\d+$/.test(part));
  const hotpatch = hotpatchAt < 0 ? 0 : Number(rest[hotpatchAt]);
  const suffix = rest.filter((_, index) => index !== hotpatchAt).join('-');
  const numbers = parseTriple(core);

  if ((channel === 'stable' || channel === 'enterprise') && numbers?.[0] === 2) {
    const candidate = /^rc(\d+)$/.exec(suffix);
    return {
      kind: 'numbered',
      channel,
      text,
      minor: numbers[1],
      patch: numbers[2],
      candidate: candidate ? Number(candidate[1]) : undefined,
      hotpatch,
      suffix: candidate ? '' : suffix,
    };
  }
  if ((channel === 'edge' || channel === 'preview') && numbers) {
    return { kind: 'dated', channel, text, number: numbers, hotpatch, suffix };
  }
  return { kind: 'build', channel, text };
}

/** `older`, `same` and `newer` as a number; undefined where the two have no order. */
export type Order = -1 | 0 | 1 | undefined;

/**
 * Orders two versions. Within a channel by number; across channels only by release, because nothing says
 * whether stable-2.14.10 or an edge of 2.14 is the newer one. Two builds that differ only in their suffix have
 * no order either.
 */
export function compareVersions(a: Version, b: Version): Order {
  if (a.kind === 'unparsed' || b.kind === 'unparsed') return undefined;
  if (a.text === b.text) return 0;
  if (a.kind === 'numbered' && b.kind === 'numbered' && a.channel === b.channel) return compareNumbered(a, b);
  if (a.kind === 'dated' && b.kind === 'dated' && a.channel === b.channel) return compareDated(a, b);
  return compareReleases(releaseOf(a), releaseOf(b));
}

function compareNumbered(a: NumberedVersion, b: NumberedVersion): Order {
  const difference =
    a.minor - b.minor ||
    a.patch - b.patch ||
    compareNumbers(a.candidate ?? Number.POSITIVE_INFINITY, b.candidate ?? Number.POSITIVE_INFINITY) ||
    a.hotpatch - b.hotpatch;
  return order(difference, a.suffix === b.suffix);
}

function compareDated(a: DatedVersion, b: DatedVersion): Order {
  return order(compareEdges(a.number, b.number) || a.hotpatch - b.hotpatch, a.suffix === b.suffix);
}

function order(difference: number, sameBuild: boolean): Order {
  if (difference < 0) return -1;
  if (difference > 0) return 1;
  return sameBuild ? 0 : undefined;
}

function compareNumbers(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

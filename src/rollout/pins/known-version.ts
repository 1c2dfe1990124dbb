import { edgeAdvice, knownNewestEdge, knownNewestEnterprise, stables } from '../../data/releases.ts';
import { compareVersions, parseVersion } from '../../mesh/version.ts';
import { list } from '../../mesh/words.ts';

/** A tag, or a tag with a digest, as it can follow the name of an image (distribution/reference `regexp.go`). */
const TAG = /^\w[\w.-]{0,127}(@sha256:[0-9a-f]{64})?$/;

/** What is wrong with a version as the tag of an image, in words; undefined when it can be one. */
export function tagProblem(version: string): string | undefined {
  return TAG.test(version) ? undefined : `"${version}" cannot be the tag of an image`;
}

/**
 * Doubts about a version that somebody wants to pin, in words: whether it is known to have been published, and what
 * has been said against it. Only what this program's release table knows; no registry is asked.
 */
export function versionDoubts(pin: string): readonly string[] {
  const [text = ''] = pin.split('@');
  const version = parseVersion(text);
  switch (version.kind) {
    case 'unparsed':
      return [
        `"${text}" is not a Linkerd version${suggestion(text)}: pods may not find an image of that tag`,
      ];
    case 'build':
      return [`${text} is a build that no release table knows: make sure that its image exists`];
    case 'numbered':
      return isUnknownNumber(text, version.channel) ? [unknown(text)] : [];
    case 'dated': {
      const newer = compareVersions(version, parseVersion(knownNewestEdge)) === 1;
      return [
        ...(version.channel === 'edge' && newer
          ? [`${unknown(text)}; the newest known edge is ${knownNewestEdge}`]
          : []),
        ...adviceAgainst(text),
      ];
    }
  }
}

function isUnknownNumber(text: string, channel: 'stable' | 'enterprise'): boolean {
  if (channel === 'stable') {
    return !stables.some(([version]) => version === text);
  }
  return compareVersions(parseVersion(text), parseVersion(knownNewestEnterprise)) === 1;
}

const unknown = (text: string): string =>
  `${text} is not among the releases that this program knows: make sure that its image exists`;

function suggestion(text: string): string {
  const stable = stables.find(([version]) => version === `stable-${text}`);
  if (stable) {
    return ` (${stable[0]} is)`;
  }
  return /^\d\d\.\d{1,2}\.\d+$/.test(text) ? ` (edge-${text} would be)` : '';
}

function adviceAgainst(text: string): readonly string[] {
  return edgeAdvice
    .filter(({ edges, level }) => level !== 'prefer-other' && edges.includes(text))
    .map(({ level, condition, reason, use }) => {
      const when = level === 'conditional' ? ` where this holds: ${condition}` : '';
      const instead = use.length > 0 ? `; use ${list(use)}` : '';
      return `${text} is not recommended${when} (${reason})${instead}`;
    });
}

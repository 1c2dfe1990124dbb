import { releases } from '../data/releases.ts';
import { kubernetesSupport, parseKubernetesVersion } from '../mesh/kubernetes.ts';
import { releaseOf } from '../mesh/release.ts';
import { parseVersion } from '../mesh/version.ts';
import { lastStableMinor } from './newest.ts';

/**
 * `too-old`: Linkerd refuses it. `below-documented`: it works, but a document asks for a newer one. `untested`: newer
 * than the documents list, which may well work.
 */
export type KubernetesVerdict = 'fine' | 'untested' | 'below-documented' | 'too-old' | 'unknown';

export interface KubernetesJudgement {
  readonly verdict: KubernetesVerdict;
  /** Half a sentence, with both versions. */
  readonly text: string;
  /** The documentation that says so. */
  readonly link: string;
}

const verdicts = {
  supported: 'fine',
  untested: 'untested',
  warning: 'below-documented',
  error: 'too-old',
  unknown: 'unknown',
} as const;

/** How a `gitVersion` of Kubernetes suits a version of Linkerd. */
export function kubernetesFor(version: string, kubernetes: string): KubernetesJudgement {
  const linkerd = parseVersion(version);
  const { level, reason } = kubernetesSupport(kubernetes, linkerd);
  const minor = releaseOf(linkerd)?.minor;
  const row = releases.find((candidate) => candidate.minor === minor);
  const asked = row?.kubernetes.minInOwnDocs;
  const found = parseKubernetesVersion(kubernetes);
  if (level === 'supported' && row && asked && found && found.compare(`${asked}.0`) < 0) {
    return {
      verdict: 'below-documented',
      text: `the documentation of 2.${row.minor} asks for Kubernetes ${asked}, this is ${found.version}; enforced is ${row.kubernetes.sourceMin}`,
      link: `https://linkerd.io/2.${row.minor}/reference/k8s-versions/`,
    };
  }
  return { verdict: verdicts[level], text: reason, link: pageFor(minor) };
}

/** The current page begins with 2.15; that of 2.14 lists what came before. */
function pageFor(minor: number | undefined): string {
  const edition = minor !== undefined && minor <= lastStableMinor ? '2.14' : 'docs';
  return `https://linkerd.io/${edition}/reference/k8s-versions/`;
}

import { compare, parse, type SemVer } from 'semver';
import { kubernetesMaxByEdge, kubernetesMinByEdge, releases } from '../data/releases.ts';
import { compareEdges, type EdgeNumber, edgeNumber } from './edge.ts';
import { releaseOf, releaseText } from './release.ts';
import type { Version } from './version.ts';

/**
 * How a Kubernetes version suits a Linkerd version. `error`: Linkerd refuses it. `warning`: the documentation
 * does not support it. `untested`: newer than the documentation lists, which may well work.
 */
export interface KubernetesSupport {
  readonly level: 'supported' | 'untested' | 'warning' | 'error' | 'unknown';
  readonly reason: string;
}

/**
 * Reads a Kubernetes `gitVersion` as Linkerd does: without `v`, cut at the first character that is neither digit
 * nor dot, three numbers. `v1.27.3-gke.1700` is 1.27.3; `v1.7+7f6` is undefined.
 */
export function parseKubernetesVersion(gitVersion: string): SemVer | undefined {
  const numbers = /^[\d.]*/.exec(gitVersion.replace(/^v/, ''))?.[0] ?? '';
  return parse(numbers) ?? undefined;
}

/**
 * Judges a Kubernetes version for a Linkerd version by https://linkerd.io/2/reference/k8s-versions/ and by what
 * `linkerd check` enforces. For edges the enforced minimum goes by the edge, not by its release.
 */
export function kubernetesSupport(gitVersion: string, linkerd: Version): KubernetesSupport {
  const kubernetes = parseKubernetesVersion(gitVersion);
  if (!kubernetes) return unknown(`the Kubernetes version "${gitVersion}" cannot be read`);
  const release = releaseOf(linkerd);
  const row = releases.find((candidate) => candidate.minor === release?.minor);
  if (!release || !row || release.beforeTable) {
    return unknown(
      `nothing is known about the Kubernetes versions that ${linkerd.text || 'Linkerd'} supports`,
    );
  }

  const number = linkerd.kind === 'dated' ? linkerd.number : undefined;
  const enforced = (number && lastSince(kubernetesMinByEdge, number)?.min) ?? row.kubernetes.sourceMin;
  const max = (number && lastSince(kubernetesMaxByEdge, number)?.max) ?? row.kubernetes.max;
  const name = `Linkerd ${releaseText(release)}`;
  if (isBelow(kubernetes, enforced)) {
    return {
      level: 'error',
      reason: `${linkerd.text} requires Kubernetes ${enforced} or later, this is ${kubernetes.version}`,
    };
  }
  if (row.kubernetes.min && isBelow(kubernetes, row.kubernetes.min)) {
    return {
      level: 'warning',
      reason: `${name} is documented from Kubernetes ${row.kubernetes.min} on, this is ${kubernetes.version}`,
    };
  }
  if (max && isAbove(kubernetes, max)) {
    return {
      level: 'untested',
      reason: `${name} is documented up to Kubernetes ${max}, this is ${kubernetes.version}`,
    };
  }
  return { level: 'supported', reason: `${name} supports Kubernetes ${kubernetes.version}` };
}

const unknown = (reason: string): KubernetesSupport => ({ level: 'unknown', reason });

function lastSince<T extends { readonly sinceEdge: string }>(
  table: readonly T[],
  number: EdgeNumber,
): T | undefined {
  return table.findLast((row) => {
    const since = edgeNumber(row.sinceEdge);
    return since !== undefined && compareEdges(since, number) <= 0;
  });
}

function isBelow(version: SemVer, min: string): boolean {
  return compare(version, `${min}.0`) < 0;
}

function isAbove(version: SemVer, max: string): boolean {
  const limit = parse(`${max}.0`);
  if (!limit) return false;
  return version.major > limit.major || (version.major === limit.major && version.minor > limit.minor);
}

import { edges } from '../data/edges.ts';
import { enterpriseBuilds } from '../data/enterprise.ts';
import { notices } from '../data/notices.ts';
import { type EdgeAdvice, edgeAdvice, kubernetesMinByEdge, releases, stables } from '../data/releases.ts';
import { compareEdges, type EdgeNumber, edgeNumber } from '../mesh/edge.ts';
import { releaseOf } from '../mesh/release.ts';
import { parseVersion, type Version } from '../mesh/version.ts';
import { parseBound } from './version-range.ts';

/** The channels that an upgrade can follow. */
export type Channel = 'stable' | 'edge' | 'enterprise';

/** The N of the last 2.N that the project built as stable. */
export const lastStableMinor = releases.findLast((row) => row.stable)?.minor ?? 0;

/** The newest build of 2.N that a channel has and that may be advised; undefined where none is known. */
export function newestOf(minor: number, channel: Channel): string | undefined {
  if (channel === 'edge') return edgeOf(minor);
  if (channel === 'enterprise') return enterpriseBuilds.find((row) => row.minor === minor)?.version;
  return releases.find((row) => row.minor === minor)?.stable?.last;
}

/** What a round-up says against an edge; undefined where nothing is known. */
export function adviceOn(edge: string): EdgeAdvice | undefined {
  return edgeAdvice.find((advice) => advice.edges.includes(edge));
}

/** Whether a stable or edge release of this number was published; hotpatches and builds of one's own count as it. */
export function isPublished(version: Version): boolean {
  if (version.kind === 'dated') return edges.includes(`edge-${version.number.join('.')}`);
  if (version.kind !== 'numbered') return false;
  const candidate = version.candidate === undefined ? '' : `-rc${version.candidate}`;
  const name = `stable-2.${version.minor}.${version.patch}${candidate}`;
  return version.channel === 'stable' && stables.some(([stable]) => stable === name);
}

/**
 * The edge that stands for 2.N: the newest one without a word against it that has nothing of the release after it yet.
 * Late edges of a cycle already bring the breaking changes of the next release and ask for its Kubernetes, so that a
 * step to one of them would be two steps at once.
 */
function edgeOf(minor: number): string | undefined {
  const row = releases.find((candidate) => candidate.minor === minor);
  if (!row) return undefined;
  const fit = edges.findLast((edge) => {
    const release = releaseOf(parseVersion(edge));
    const number = edgeNumber(edge);
    if (!number || release?.minor !== minor || release.beforeTable) return false;
    return (
      !adviceOn(edge) && !hasNextChanges(number, minor) && !asksForMore(number, row.kubernetes.sourceMin)
    );
  });
  return fit ?? row.edge;
}

/** Whether an edge has a change that notices book under a release after 2.N. */
function hasNextChanges(edge: EdgeNumber, minor: number): boolean {
  return notices.some((notice) => {
    const since = edgeNumber(notice.sinceEdge);
    const to = parseBound(notice.to);
    if (!since || to?.kind !== 'release' || notice.severity === 'info') return false;
    return to.minor > minor && compareEdges(since, edge) <= 0;
  });
}

/** Whether an edge asks for a newer Kubernetes than its release does. */
function asksForMore(edge: EdgeNumber, sourceMin: string): boolean {
  const row = kubernetesMinByEdge.findLast(({ sinceEdge }) => {
    const since = edgeNumber(sinceEdge);
    return since !== undefined && compareEdges(since, edge) <= 0;
  });
  return row !== undefined && Number(row.min.split('.')[1]) > Number(sourceMin.split('.')[1]);
}

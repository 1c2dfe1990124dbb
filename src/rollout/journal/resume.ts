import { resumeCommand } from '../resume-command.ts';
import type { RunSummary } from './summary.ts';

/** `reason`: why there is nothing to resume, and what to type instead. */
export type Resumable =
  | { readonly resumable: 'run'; readonly run: RunSummary }
  | { readonly resumable: 'none' | 'several' | 'ended' | 'elsewhere' | 'unknown'; readonly reason: string };

/**
 * The run to take up again on the cluster with this uid: the one that was named, else the only one that has not
 * ended. A run belongs to the cluster that it began on, so those of other clusters are never chosen.
 * @param clusterUid uid of the namespace kube-system
 * @param id '' when none was named
 */
export function resumable(runs: readonly RunSummary[], clusterUid: string, id = ''): Resumable {
  if (id !== '') {
    return named(runs, clusterUid, id);
  }
  const unfinished = runs.filter((run) => run.unfinished);
  const here = unfinished.filter(({ cluster }) => cluster.uid === clusterUid);
  const [only] = here;
  if (only === undefined) {
    const [other] = unfinished;
    const reason = 'there is no unfinished run of this cluster';
    return {
      resumable: 'none',
      reason:
        other === undefined
          ? reason
          : `${reason}. Run ${other.id} belongs to ${placeOf(other.cluster)}: choose that cluster with --context.`,
    };
  }
  if (here.length > 1) {
    const names = here.map(({ id: name, by, lastAt }) => `${name} (${by}, ${time(lastAt)})`).join(', ');
    return {
      resumable: 'several',
      reason: `several runs of this cluster have not ended: ${names}. Name one: ${resumeCommand(only.id)}`,
    };
  }
  return { resumable: 'run', run: only };
}

function named(runs: readonly RunSummary[], clusterUid: string, id: string): Resumable {
  const run = runs.find((candidate) => candidate.id === id);
  if (run === undefined) {
    const names = runs.filter(({ unfinished }) => unfinished).map((candidate) => candidate.id);
    const hint = names.length === 0 ? 'None is unfinished.' : `Unfinished: ${names.join(', ')}.`;
    return { resumable: 'unknown', reason: `no run ${id} is recorded on this computer. ${hint}` };
  }
  if (!run.unfinished) {
    return {
      resumable: 'ended',
      reason: `run ${id} has ended (${run.phase}). Plan a new one: kubectl linkerd-upgrade plan`,
    };
  }
  if (run.cluster.uid !== clusterUid) {
    return {
      resumable: 'elsewhere',
      reason: `run ${id} belongs to ${placeOf(run.cluster)}, which is another cluster than this one: choose it with --context.`,
    };
  }
  return { resumable: 'run', run };
}

/** Where a run belongs, in words: `context prod (https://…)`. */
export function placeOf({ context, server }: RunSummary['cluster']): string {
  return context === '' ? server : `context ${context} (${server})`;
}

function time(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

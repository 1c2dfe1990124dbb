import { cleanText } from '../../kube/clean.ts';
import { isNamespaceName, isObjectName } from '../../kube/object-names.ts';
import type { RecordedRun } from '../../rollout/journal/record.ts';
import { summarize } from '../../rollout/journal/summary.ts';
import type { Arguments } from '../arguments.ts';
import { fitting } from '../decisions.ts';
import type { Candidate } from './cobra.ts';

/** Workloads that `--retry` or `--skip` may name: of the run to resume, else of every unfinished one. */
export function decidable(
  runs: readonly RecordedRun[],
  decision: 'retry' | 'skip',
  { operands: [named] }: Arguments,
): readonly Candidate[] {
  return runs
    .filter(({ header, phase }) => (named === undefined ? isUnfinished(phase) : header.id === named))
    .flatMap(({ steps }) => steps)
    .filter(({ status }) => fitting[decision].has(status.state))
    .filter(({ item: { key } }) => isNamespaceName(key.namespace) && isObjectName(key.name))
    .map(({ item: { key }, status }) => ({
      text: `${key.namespace}/${key.kind.toLowerCase()}/${key.name}`,
      about: status.state,
    }));
}

/** Neither done nor aborted. */
export function isUnfinished({ phase }: RecordedRun['phase']): boolean {
  return phase !== 'done' && phase !== 'aborted';
}

const MOST_ABOUT = 60;

/** A run by its id, with how it stands: `done, 2026-03-01 by ada: CHG-1042`. */
export function runCandidate(run: RecordedRun): Candidate {
  const { id, startedAt, by, reason, phase } = summarize(run);
  const day = new Date(startedAt * 1000).toISOString().slice(0, 10);
  const why = reason === '' ? '' : `: ${reason}`;
  return { text: id, about: cleanText(`${phase}, ${day} by ${by}${why}`, MOST_ABOUT) };
}

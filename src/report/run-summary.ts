import { clean } from '../kube/clean.ts';
import type { RecordedRun } from '../rollout/journal/record.ts';
import { resumeCommand } from '../rollout/resume-command.ts';
import { nameOf } from './plan-table.ts';
import { countSteps, countsInWords } from './run-counts.ts';
import { causeText, stateText } from './run-words.ts';
import { momentText, spanText } from './spans.ts';

/** More failures than these are told by number. */
const MAX_NAMED = 5;

/**
 * A recorded run in a few lines for the terminal: how it stands, what became of its workloads, which failed and why,
 * and how to go on.
 */
export function runSummary({ header, steps, phase: { phase }, history }: RecordedRun): readonly string[] {
  const { id, by, reason, at } = header;
  const counts = countSteps(steps);
  const finished = phase === 'done' || phase === 'aborted';
  const failed = steps.flatMap(({ item, status }) =>
    status.state === 'failed' ? [`${nameOf(item.key)}: ${causeText(status.cause)}: ${status.reason}`] : [],
  );
  const more = failed.length - MAX_NAMED;
  const seconds = (history.at(-1)?.at ?? at) - at;
  return [
    `Run ${id} ${stateText({ phase, finished, counts })}: ${countsInWords(counts)}, in ${spanText(seconds)}`,
    `Started ${momentText(at)} by ${by}${reason === '' ? '' : `: ${reason}`}`,
    ...failed.slice(0, MAX_NAMED).map((line) => `  FAILED ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(finished ? [] : [`To go on with it: ${resumeCommand(id)}`]),
  ].map((line) => clean(line));
}

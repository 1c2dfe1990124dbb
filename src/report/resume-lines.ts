import type { RecordedRun } from '../rollout/journal/record.ts';
import { placeOf } from '../rollout/journal/resume.ts';
import type { StepState } from '../rollout/run/run.ts';
import { nameOf } from './plan-table.ts';
import { countSteps, countsInWords } from './run-counts.ts';
import { momentText } from './spans.ts';
import { hang, PAGE_WIDTH, wrap } from './wrap.ts';

/** What the operator wants of single steps before the run goes on, by their index. */
export type Decided = ReadonlyMap<number, 'retry' | 'skip'>;

/**
 * Where a recorded run stands, and what is left of it, in lines.
 * @param width cells that prose may take
 */
export function resumeLines(
  { header, steps, phase }: RecordedRun,
  decided: Decided,
  width: number = PAGE_WIDTH,
): readonly string[] {
  const left = steps.flatMap(({ item, status }, index) => {
    const what = leftToDo(status, decided.get(index));
    return what === '' ? [] : [[`wave ${item.wave + 1}`, nameOf(item.key), what]];
  });
  return [
    ...wrap(
      `Run ${header.id} of ${header.by}, begun ${momentText(header.at)} on ${placeOf(header.cluster)}:`,
      width,
    ),
    `${countsInWords(countSteps(steps))}`,
    ...(phase.phase === 'halted' ? wrap(`It halted: ${phase.halt.reason}`, width) : []),
    '',
    left.length === 0 ? 'Nothing is left but its end.' : 'Left:',
    ...hang(left, width).map((line) => `  ${line}`),
  ];
}

function leftToDo(status: StepState, decision: 'retry' | 'skip' | undefined): string {
  if (decision !== undefined) {
    return decision === 'retry' ? 'queued again' : 'left out';
  }
  switch (status.state) {
    case 'queued':
      return 'not started';
    case 'patching':
      return 'its patch was on the way: looked up first';
    case 'rolling':
    case 'soaking':
      return 'patched: watched until it is proven';
    case 'failed':
      return `failed, ${status.reason}; stays so unless --retry names it`;
    default:
      return '';
  }
}

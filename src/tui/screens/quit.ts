import type { Run } from '../../rollout/run/run.ts';
import { isActive, stepCounts } from '../state/run-facts.ts';
import { blank, type Line, line, paragraph, span } from '../text/line.ts';
import { count } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';

/** The question before leaving an active run. */
export function quitLines(run: Run | undefined, columns: number, { glyphs }: Theme): readonly Line[] {
  if (!isActive(run))
    return [line(span('The run has ended meanwhile.', 'title')), blank, line('y quits, Esc stays.')];
  const counts = stepCounts(run);
  const inProgress = counts.patching + counts.rolling;
  return [
    line(span('A run is active. Quit?', 'title')),
    blank,
    ...paragraph(
      span(`${glyphs.bullet} `),
      `${counts.done} of ${count(run.steps.length, 'workload')} done.`,
      columns,
    ),
    ...paragraph(
      span(`${glyphs.bullet} `),
      inProgress > 0
        ? `${count(inProgress, 'workload')} in progress: Kubernetes finishes what was started, but nobody here checks the result.`
        : 'No workload is in progress.',
      columns,
    ),
    ...paragraph(
      span(`${glyphs.bullet} `),
      `${count(counts.queued, 'workload')} not touched yet: they stay as they are.`,
      columns,
    ),
    blank,
    line(span('[ Stay ]', 'strong'), span('  Esc or Enter', 'muted'), '     ', span('y', 'key'), ' quits'),
  ];
}

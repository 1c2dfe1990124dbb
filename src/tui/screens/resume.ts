import type { RecordedRun } from '../../rollout/journal/record.ts';
import { hasEnded } from '../state/run-facts.ts';
import { blank, clampSpans, type Line, line, paragraph, span } from '../text/line.ts';
import { leftAt, limitsText, unfinishedText } from '../text/run-words.ts';
import { count, duration, placedName } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';
import { stepRoles } from './run-head.ts';

/** A run that was left unfinished: who began it and where it stands, what is open, what failed. */
export function resumeLines(
  recorded: RecordedRun,
  now: number,
  columns: number,
  theme: Theme,
): readonly Line[] {
  const { header, steps, limits, truncated } = recorded;
  const { glyphs } = theme;
  const lines: Line[] = [
    line(span(`Take up run ${header.id} again?`, 'title')),
    ...paragraph(
      span(''),
      `Begun ${duration(now - header.at)} ago by ${header.by}${header.reason === '' ? '' : ` (${header.reason})`}: ${unfinishedText(recorded)}; left ${duration(now - leftAt(recorded))} ago.`,
      columns,
    ),
    ...paragraph(span('Limits  ', 'muted'), limitsText(limits), columns),
    ...paragraph(
      span(`${glyphs.bullet} `, 'muted'),
      'What was under way is looked up in the cluster; nothing is patched twice. Failed steps stay failed and do not halt the run again.',
      columns,
      'muted',
    ),
    ...(truncated
      ? paragraph(
          span(`${glyphs.warning} `, 'caution'),
          'The last line of its journal was cut off, as a crash leaves it: that step is looked up in the cluster too.',
          columns,
          'caution',
        )
      : []),
    blank,
  ];
  const open = steps.filter(({ status }) => !hasEnded(status));
  const failed = steps.filter(({ status }) => status.state === 'failed');
  for (const [title, some] of [
    ['Failed', failed],
    ['Still open', open],
  ] as const) {
    if (some.length === 0) continue;
    lines.push(line(span(`${title}: ${count(some.length, 'workload')}`, 'strong')));
    for (const { item, status } of some) {
      const { key } = item;
      const why = status.state === 'failed' ? `  ${status.reason}` : '';
      lines.push({
        spans: clampSpans(
          [
            span(`  ${glyphs.step[status.state]} ${status.state.padEnd(9)}`, stepRoles[status.state]),
            span(placedName(key)),
            span(why, 'danger'),
          ],
          columns,
          glyphs.ellipsis,
        ),
      });
    }
    lines.push(blank);
  }
  return lines.at(-1) === blank ? lines.slice(0, -1) : lines;
}

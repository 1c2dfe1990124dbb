import type { ApplicableNotice, Task } from '../../guide/advice.ts';
import { type Guide, itemsOf } from '../state/guide.ts';
import { commandLines } from '../text/command.ts';
import { blank, type Line, line, paragraph, type Span, span } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';
import { severityRoles, severityWords, taskRoles, taskWords } from './checklist-words.ts';

const labelWidth = 12;

function field(name: string, text: string, columns: number, role: Span['role'] = 'plain'): readonly Line[] {
  return text === '' ? [] : paragraph(span(name.padEnd(labelWidth), 'muted'), text, columns, role);
}

function commandBlock(commands: readonly string[], columns: number): readonly Line[] {
  if (commands.length === 0) return [];
  return [
    blank,
    line(span('Commands', 'title')),
    ...commands
      .flatMap((command) => commandLines(command, columns - 2))
      .map((text) => line('  ', span(text, 'key'))),
  ];
}

function bullets(
  title: string,
  texts: readonly string[],
  columns: number,
  { glyphs }: Theme,
): readonly Line[] {
  if (texts.length === 0) return [];
  return [
    blank,
    line(span(title, 'title')),
    ...texts.flatMap((text) => paragraph(span(`  ${glyphs.bullet} `, 'muted'), text, columns)),
  ];
}

function taskLines(task: Task, columns: number, theme: Theme): readonly Line[] {
  const { title, state, why, commands, details, docs } = task;
  return [
    ...paragraph(span(''), title, columns, 'title'),
    blank,
    ...field('State', `${theme.glyphs.task[state]} ${taskWords[state]}`, columns, taskRoles[state]),
    ...field('Because', why, columns),
    ...field('Read', docs, columns, 'key'),
    ...commandBlock(commands, columns),
    ...bullets('Details', details, columns, theme),
  ];
}

function noticeLines(
  { notice, applies, why }: ApplicableNotice,
  columns: number,
  theme: Theme,
): readonly Line[] {
  const { title, severity, condition, action, commands, docs, confidence, movedValues } = notice;
  const moved = movedValues.map(({ from, to }) => (to === '' ? `${from} is gone` : `${from} is now ${to}`));
  const here = applies === 'yes' ? why : `${taskWords.unknown}: ${why}`;
  return [
    ...paragraph(span(''), title, columns, 'title'),
    blank,
    ...field(
      'Notice',
      `${theme.glyphs.warning} ${severityWords[severity]}`,
      columns,
      severityRoles[severity],
    ),
    ...field('Here', here, columns, applies === 'yes' ? 'plain' : 'caution'),
    ...field('Applies', condition, columns),
    ...field('Do', action, columns),
    ...field('Read', docs, columns, 'key'),
    ...field('Source', confidence, columns, 'muted'),
    ...commandBlock(commands, columns),
    ...bullets('Helm values that moved', moved, columns, theme),
  ];
}

/** A task or notice in full. */
export function itemLines(guide: Guide, id: string, columns: number, theme: Theme): readonly Line[] {
  const item = itemsOf(guide.advice).find((candidate) => candidate.id === id);
  if (item === undefined) return [line(span('This is done, or no longer on the way.', 'muted'))];
  return 'task' in item ? taskLines(item.task, columns, theme) : noticeLines(item.notice, columns, theme);
}

import type { RunLimits } from '../../rollout/run/limits.ts';
import { hindrance, wantedWord } from '../state/confirming.ts';
import type { Confirmation } from '../state/ui-state.ts';
import {
  blank,
  clampSpans,
  type Line,
  line,
  paragraph,
  type Span,
  span,
  spread,
  widthOfSpans,
} from '../text/line.ts';
import { holderText, unfinishedText } from '../text/run-words.ts';
import { count } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';
import { planBody, planFrame, planSums, sumText } from './plan.ts';
import { findingsRole, findingsText, preflightLines } from './preflight.ts';
import { resumeLines } from './resume.ts';

export interface ConfirmInput {
  readonly confirmation: Confirmation;
  readonly limits: RunLimits;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly columns: number;
  readonly theme: Theme;
}

function titleText({ subject }: Confirmation): string {
  if (subject.what === 'run') return '';
  const { plan } = subject;
  if (plan.items.length === 0) return 'Nothing to restart';
  return plan.blocked.length > 0 ? `Blocked: restart of ${sumText(plan)}` : `Restart ${sumText(plan)}?`;
}

/** What stands in the way of the lock; the question below goes past it. */
function lockLines({
  confirmation: { stage },
  now,
  columns,
  theme: { glyphs },
}: ConfirmInput): readonly Line[] {
  const caution = (text: string): readonly Line[] =>
    paragraph(span(`${glyphs.warning} `, 'caution'), text, columns, 'caution');
  switch (stage.stage) {
    case 'locked':
      return [
        ...caution(holderText(stage.by, now)),
        ...paragraph(
          span('  '),
          'Taking it over watches it for a whole lease first, and leaves it alone if it is renewed meanwhile.',
          columns,
          'muted',
        ),
        blank,
      ];
    case 'no-lock':
      return [
        ...caution(
          `There is no lock to be had: ${stage.reason.replace(/\.$/, '')}. Without it nothing keeps a second run away from this cluster.`,
        ),
        blank,
      ];
    default:
      return [];
  }
}

/**
 * What is confirmed, to be read: what stands in the way of the lock, what else stands against it, then the plan, or
 * where an unfinished run stands.
 */
export function confirmLines(input: ConfirmInput): readonly Line[] {
  const { confirmation, limits, now, columns, theme } = input;
  const { subject, preflight } = confirmation;
  const lock = lockLines(input);
  if (subject.what === 'run') return [...lock, ...resumeLines(subject.recorded, now, columns, theme)];
  const found = preflightLines(preflight, subject.plan, columns, theme);
  return [
    ...lock,
    line(span(titleText(confirmation), 'title')),
    ...planFrame(subject.plan, limits, columns),
    ...found,
    blank,
    ...planBody(subject.plan, columns, theme),
  ];
}

function sumLine(input: ConfirmInput, moreLines: number): Line {
  const { confirmation, columns, theme } = input;
  const { subject, preflight } = confirmation;
  const { glyphs } = theme;
  if (subject.what === 'run') {
    const left = [span(unfinishedText(subject.recorded), 'strong')];
    const more = moreLines > 0 ? [span(`${glyphs.down} ${count(moreLines, 'more line')}`, 'key')] : [];
    return spread(left, more, columns, glyphs.ellipsis);
  }
  const found = findingsText(preflight);
  const lead = found === '' ? [] : [span(`${found}  `, findingsRole(preflight))];
  return planSums(subject.plan, lead, moreLines, columns, theme);
}

const goals: Readonly<Record<string, string>> = {
  'take-over': 'to take it over and start',
  without: 'to go on without it',
};

function questionLine({ confirmation, columns, theme: { glyphs } }: ConfirmInput): Line {
  const { stage, answer, subject } = confirmation;
  if (stage.stage === 'starting') {
    const doing = stage.takesOver
      ? 'watching the lock for a whole lease'
      : 'taking the lock, opening the journal';
    return line(span(`${glyphs.step.rolling} Starting: ${doing}${glyphs.ellipsis}`, 'info'));
  }
  const wanted = wantedWord(confirmation);
  if (wanted === undefined) return line(span('[ Close ]', 'strong'), span('  Enter or Esc', 'muted'));
  const goal = goals[wanted] ?? (subject.what === 'run' ? 'to take it up' : 'to start');
  const cancel = span(answer === '' ? '[ Cancel ]  ' : '  Cancel    ', answer === '' ? 'strong' : 'muted');
  const typed = [span(answer, 'input'), span(glyphs.caret, 'key')];
  const room = columns - Math.max(widthOfSpans(typed), wanted.length + 1);
  const forms = [
    [cancel, ...asked(wanted, ` and press Enter ${goal}: `)],
    [cancel, ...asked(wanted, ' and Enter: ')],
    asked(wanted, ' and Enter: '),
  ];
  // What is typed has to be seen, whatever else gives way to it.
  const form = forms.find((spans) => widthOfSpans(spans) <= room) ?? [];
  return { spans: clampSpans([...form, ...typed], columns, glyphs.ellipsis) };
}

function asked(wanted: string, how: string): readonly Span[] {
  return [span('type '), span(wanted, 'strong'), span(how)];
}

/** What forbids the start, or what is wrong with the answer: at least one line, so that nothing jumps. */
function wrongLines({ confirmation, columns, theme: { glyphs } }: ConfirmInput): readonly Line[] {
  const against = hindrance(confirmation);
  if (against !== '') return paragraph(span(''), against, columns, 'caution');
  const { complaint } = confirmation;
  return complaint === ''
    ? [blank]
    : paragraph(span(`${glyphs.warning} `, 'danger'), complaint, columns, 'danger');
}

/** Lines below what is read: sums, question, complaint. */
export function confirmFoot(
  input: ConfirmInput,
  scroll: { readonly top: number; readonly page: number; readonly lines: number },
): readonly Line[] {
  const moreLines = Math.max(0, scroll.lines - scroll.top - scroll.page);
  return [sumLine(input, moreLines), questionLine(input), ...wrongLines(input)];
}

/** How many lines `confirmFoot` makes, wherever the list above is scrolled to. */
export function confirmFootLines(input: ConfirmInput): number {
  return 2 + wrongLines(input).length;
}

import type { Advice, ApplicableNotice, Task } from '../../guide/advice.ts';
import type { LiveView } from '../../live/view.ts';
import { type Guide, taskCounts } from '../state/guide.ts';
import { commandLines } from '../text/command.ts';
import {
  blank,
  clampSpans,
  fitSpans,
  type Line,
  line,
  paragraph,
  type Span,
  span,
  spread,
} from '../text/line.ts';
import { count, duration } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';
import { STATE_COLUMNS, severityRoles, severityWords, taskRoles, taskWords } from './checklist-words.ts';
import { proseColumns } from './layout.ts';

/** Where from, where to, how far, and how fresh that is. */
export function checklistHead(guide: Guide, now: number, columns: number, theme: Theme): readonly Line[] {
  const { advice, destination } = guide;
  const { glyphs } = theme;
  const freshness = freshnessOf(guide, now);
  if (advice === undefined) {
    return [spread([span('Upgrade guide', 'title')], [freshness], columns, glyphs.ellipsis), blank];
  }
  const { done, total } = taskCounts(advice);
  const { from, to, steps } = advice;
  const title = steps.length === 0 ? from || 'Upgrade guide' : `Upgrade ${from} ${glyphs.arrow} ${to}`;
  const way =
    steps.length === 0 ? '' : `${count(steps.length, 'step')}, ${done} of ${count(total, 'task')} done`;
  const asked = span(`destination ${destination}`, 'muted');
  return [
    spread([span(title, 'title')], [freshness], columns, glyphs.ellipsis),
    spread([span(way)], [asked], columns, glyphs.ellipsis),
    blank,
  ];
}

function freshnessOf({ problem, reading, readAt, advice }: Guide, now: number): Span {
  if (reading && advice === undefined) return span('reading the cluster', 'muted');
  if (problem !== '') return span('reading failed', 'danger');
  return span(readAt === 0 ? '' : `read ${duration(now - readAt)} ago`, 'muted');
}

/** What scrolls below the head, and where its items stand. */
export interface ChecklistBody {
  readonly length: number;
  readonly lineAt: (index: number) => Line | undefined;
  /** Line of an item, by its index. */
  readonly rowOf: (item: number) => number;
}

/** A line, and the item that it is the first line of. */
interface Row {
  readonly line: Line;
  readonly item?: number;
}

/** Everything there is to do, step by step: tasks, then the notices that apply here. */
export function checklistBody(
  guide: Guide,
  view: LiveView,
  cursor: number,
  columns: number,
  theme: Theme,
): ChecklistBody {
  const { advice, problem } = guide;
  const prose = proseColumns(columns);
  const troubles: Row[] = [
    ...(problem === ''
      ? []
      : text(`The guide could not be brought up to date: ${problem}`, prose, theme, 'danger')),
    ...view.unreadable.flatMap(({ what, why }) =>
      text(`Not readable: ${what} (${why})`, prose, theme, 'caution'),
    ),
  ];
  const rows = [...troubles, ...(advice === undefined ? [] : adviceRows(advice, columns, theme))];
  const places = rows.flatMap(({ item }, index) => (item === undefined ? [] : [index]));
  return {
    length: rows.length,
    rowOf: (item) => places[item] ?? 0,
    lineAt: (index) => {
      const row = rows[index];
      if (row?.item === undefined) return row?.line;
      const isSelected = row.item === cursor;
      const spans = [span(isSelected ? `${theme.glyphs.cursor} ` : '  ', 'key'), ...row.line.spans];
      return isSelected
        ? { spans: fitSpans(spans, columns, 'left', theme.glyphs.ellipsis), selected: true }
        : { spans: clampSpans(spans, columns, theme.glyphs.ellipsis) };
    },
  };
}

function text(
  sentence: string,
  columns: number,
  { glyphs }: Theme,
  role: 'danger' | 'caution' | 'muted',
): readonly Row[] {
  return paragraph(span(`${glyphs.warning} `, role), sentence, columns, role).map((made) => ({ line: made }));
}

const known = new WeakMap<
  Advice,
  { readonly columns: number; readonly theme: Theme; readonly rows: readonly Row[] }
>();

/** The rows of an advice, made anew only when the window has another width: a move of the cursor changes none of them. */
function adviceRows(advice: Advice, columns: number, theme: Theme): readonly Row[] {
  const before = known.get(advice);
  if (before?.columns === columns && before.theme === theme) return before.rows;
  const rows = makeRows(advice, columns, theme);
  known.set(advice, { columns, theme, rows });
  return rows;
}

function makeRows(advice: Advice, columns: number, theme: Theme): readonly Row[] {
  const { steps, refusal, remarks } = advice;
  const { glyphs } = theme;
  const prose = proseColumns(columns);
  const rows: Row[] = [];
  if (refusal !== '')
    rows.push(...paragraph(span(''), sentence(refusal), prose).map((made) => ({ line: made })));
  for (const remark of remarks) {
    rows.push(
      ...paragraph(span(`${glyphs.bullet} `, 'muted'), sentence(remark), prose).map((made) => ({
        line: made,
      })),
    );
  }
  let item = 0;
  for (const [index, { from, to, release, tasks, notices }] of steps.entries()) {
    if (rows.length > 0) rows.push({ line: blank });
    const title = span(`Step ${index + 1} of ${steps.length}: ${from} ${glyphs.arrow} ${to}`, 'title');
    rows.push({
      line: { spans: clampSpans([title, span(`  release ${release}`, 'muted')], columns, glyphs.ellipsis) },
    });
    for (const task of tasks) {
      rows.push(...taskRows(task, item, columns, theme));
      item += 1;
    }
    if (notices.length > 0) rows.push({ line: noticesTitle(notices) });
    for (const notice of notices) {
      rows.push(...noticeRows(notice, item, columns, theme));
      item += 1;
    }
  }
  return rows;
}

const LEAD = 2 + STATE_COLUMNS;

/** Commands that are shown in the list; the others when the item is opened. */
const MOST_COMMANDS = 3;

/** A task: sign and word of its state; below it, while it matters now, why, and what to type. */
function taskRows(task: Task, item: number, columns: number, theme: Theme): readonly Row[] {
  const { state, title, why, commands } = task;
  const { glyphs } = theme;
  const lead = span(`${glyphs.task[state]} ${taskWords[state]}`.padEnd(STATE_COLUMNS), taskRoles[state]);
  const head: Row = { line: line(lead, span(title, state === 'later' ? 'muted' : 'plain')), item };
  if (state === 'later') return [head];
  const isNow = state === 'next' || state === 'in-progress' || state === 'blocked';
  if (!isNow) return why === '' ? [head] : [head, below(why, columns, theme)];
  const reason = paragraph(span(' '.repeat(LEAD)), why, proseColumns(columns), 'muted').map((made) => ({
    line: made,
  }));
  const shown = commands.slice(0, MOST_COMMANDS).flatMap((command) => commandRows(command, columns));
  const rest = commands.length - MOST_COMMANDS;
  const more = rest > 0 ? [below(`and ${count(rest, 'more command')}: Enter`, columns, theme)] : [];
  return [head, ...reason, ...shown, ...more];
}

function below(why: string, columns: number, { glyphs }: Theme): Row {
  return {
    line: { spans: clampSpans([span(' '.repeat(LEAD)), span(why, 'muted')], columns, glyphs.ellipsis) },
  };
}

function commandRows(command: string, columns: number): readonly Row[] {
  return commandLines(command, columns - LEAD - 2).map((made, index) => ({
    line: line(span(' '.repeat(LEAD)), span(index === 0 ? '$ ' : '  ', 'muted'), span(made, 'key')),
  }));
}

function noticesTitle(notices: readonly ApplicableNotice[]): Line {
  const unknown = notices.filter(({ applies }) => applies === 'unknown').length;
  const sure = notices.length - unknown;
  const rest = unknown === 0 ? '' : `, ${unknown} that may`;
  return line('  ', span(`Notices: ${sure} that apply here${rest}`, 'strong'));
}

/** A notice: what it asks for, and why it applies here. */
function noticeRows(
  { notice, applies, why }: ApplicableNotice,
  item: number,
  columns: number,
  theme: Theme,
): readonly Row[] {
  const { glyphs } = theme;
  const sure = applies === 'yes';
  const sign = sure ? glyphs.warning : glyphs.task.unknown;
  const word = sure ? severityWords[notice.severity] : taskWords.unknown;
  const lead = span(
    `${sign} ${word}`.padEnd(STATE_COLUMNS),
    sure ? severityRoles[notice.severity] : 'caution',
  );
  const head: Row = { line: line(lead, span(notice.title)), item };
  return why === '' ? [head] : [head, below(why, columns, theme)];
}

/** A reason as a sentence of its own. */
export function sentence(half: string): string {
  const trimmed = half.trim().replace(/\.$/, '');
  // A version or a name at the beginning stays as it is spelled.
  const capital = /^[a-z]+(?:[ ,:]|$)/.test(trimmed) ? trimmed.charAt(0).toUpperCase() : trimmed.charAt(0);
  return `${capital}${trimmed.slice(1)}.`;
}

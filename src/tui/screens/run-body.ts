import type { Run, Step } from '../../rollout/run/run.ts';
import { currentStep, tallyOf, waveOf } from '../state/run-facts.ts';
import { clampSpans, fitSpans, type Line, type Span, span, titled } from '../text/line.ts';
import { keptText } from '../text/run-words.ts';
import { widthOf } from '../text/width.ts';
import { count, duration, placedName } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';
import { haltLines } from './halt-card.ts';
import { stepRoles } from './run-head.ts';

/** How far a step is, or why it ended, in a few words. */
export function progressText({ status, item }: Step, now: number, { glyphs }: Theme): string {
  switch (status.state) {
    case 'queued':
      return [count(item.pods, 'pod'), ...(status.waitingFor ? [status.waitingFor] : [])].join(
        ` ${glyphs.dot} `,
      );
    case 'patching':
      return `for ${duration(now - status.since)}`;
    case 'rolling': {
      const { proven, wanted, old, waitingFor } = status.progress;
      const parts = [`${proven}/${wanted} proven`];
      if (old > 0) parts.push(`${old} old`);
      parts.push(duration(now - status.since));
      if (waitingFor !== '') parts.push(waitingFor);
      return parts.join(` ${glyphs.dot} `);
    }
    case 'soaking': {
      return `${count(status.pods, 'pod')} proven ${glyphs.dot} watched for another ${duration(status.until - now)}`;
    }
    case 'done':
      return `${count(status.pods, 'pod')} proven in ${duration(status.at - status.since)}`;
    case 'partial':
      return `${count(status.pods, 'pod')} proven; ${keptText(status.kept)}`;
    case 'dropped':
    case 'skipped':
      return status.reason;
    case 'failed':
      return status.acknowledged ? `${status.reason} (gone on without it)` : status.reason;
  }
}

type Row = { readonly wave: number } | { readonly step: number };

interface Layout {
  readonly rows: readonly Row[];
  /** Row of each step. */
  readonly places: readonly number[];
  /** Length of the longest name. */
  readonly longest: number;
}

const layouts = new WeakMap<object, Layout>();

/** Titles of waves and their steps as rows: laid out once, since the steps of a run never change their places. */
function layoutOf({ plan, steps }: Run): Layout {
  const known = layouts.get(plan);
  if (known !== undefined) return known;
  const rows: Row[] = [];
  const places: number[] = [];
  let longest = 0;
  let wave: number | undefined;
  for (const [index, step] of steps.entries()) {
    if (step.item.wave !== wave) {
      wave = step.item.wave;
      rows.push({ wave });
    }
    places.push(rows.length);
    rows.push({ step: index });
    longest = Math.max(longest, widthOf(placedName(step.item.key)));
  }
  const layout: Layout = { rows, places, longest };
  layouts.set(plan, layout);
  return layout;
}

function waveLine(run: Run, wave: number, columns: number, { glyphs }: Theme): Line {
  const { ended, failed, total } = tallyOf(run).waves[wave] ?? { ended: 0, failed: 0, total: 0 };
  const { title } = run.plan.waves[wave] ?? { title: '' };
  const isCurrent = waveOf(run) === wave;
  const name = span(`Wave ${wave + 1}${title === '' ? '' : `: ${title}`}`, isCurrent ? 'title' : 'muted');
  const rest: Span[] = [span(`  ${ended} of ${count(total, 'workload')}`, 'muted')];
  if (failed > 0) rest.push(span(`  ${glyphs.failure} ${failed} failed`, 'danger'));
  else if (ended === total) rest.push(span(` ${glyphs.success}`, 'good'));
  return titled(name, rest, columns, glyphs.ellipsis);
}

const STATE_WIDTH = 9;

/** One step: sign and word of its state, the workload, how far it is or why it failed. */
function stepLine(
  step: Step,
  isSelected: boolean,
  nameWidth: number,
  now: number,
  columns: number,
  theme: Theme,
): Line {
  const { status } = step;
  const { glyphs } = theme;
  const spans = [
    span(isSelected ? `${glyphs.cursor} ` : '  ', 'key'),
    span(`${glyphs.step[status.state]} ${status.state.padEnd(STATE_WIDTH)}`, stepRoles[status.state]),
    ...fitSpans([span(placedName(step.item.key))], nameWidth, 'left', glyphs.ellipsis),
    span(`  ${progressText(step, now, theme)}`, status.state === 'failed' ? 'danger' : 'muted'),
  ];
  return isSelected
    ? { spans: fitSpans(spans, columns, 'left', glyphs.ellipsis), selected: true }
    : { spans: clampSpans(spans, columns, glyphs.ellipsis) };
}

/** What scrolls below the head: the halt card, then the steps by wave. Lines are made one by one: a run may have thousands. */
export interface RunBody {
  readonly length: number;
  /** First line shown until somebody scrolls: the halt card, else the current step in the middle. */
  readonly follow: (page: number) => number;
  readonly lineAt: (index: number) => Line | undefined;
  /** Line of a step, by its index. */
  readonly rowOf: (step: number) => number;
}

export function runBody(run: Run, cursor: number, now: number, columns: number, theme: Theme): RunBody {
  const card = haltLines(run, columns, theme);
  const { rows, places, longest } = layoutOf(run);
  const length = card.length + rows.length;
  const nameWidth = Math.min(longest, Math.floor(columns * 0.4));
  const rowOf = (step: number): number => card.length + (places[step] ?? 0);
  return {
    length,
    rowOf,
    follow: (page) => {
      if (card.length > 0) return 0;
      return Math.max(0, Math.min(length - page, rowOf(currentStep(run)) - Math.floor(page / 2)));
    },
    lineAt: (index) => {
      const row = rows[index - card.length];
      if (row === undefined) return card[index];
      if ('wave' in row) return waveLine(run, row.wave, columns, theme);
      const step = run.steps[row.step];
      return step && stepLine(step, row.step === cursor, nameWidth, now, columns, theme);
    },
  };
}

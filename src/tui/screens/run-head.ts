import type { Run, StepState } from '../../rollout/run/run.ts';
import {
  endOf,
  inProgress,
  isUnfinished,
  restarted,
  stepCounts,
  tallyOf,
  waveOf,
} from '../state/run-facts.ts';
import { estimatedSeconds } from '../text/estimate.ts';
import {
  blank,
  clampSpans,
  type Line,
  line,
  paragraph,
  type Span,
  span,
  widthOfSpans,
} from '../text/line.ts';
import { lockWords, phaseSentence, phaseWords } from '../text/run-words.ts';
import { count, duration, figure, workloadName } from '../text/words.ts';
import type { Role, Theme } from '../theme/theme.ts';
import { progressBar } from './bar.ts';

/** The sign of a phase, always beside its word. */
export function phaseSign({ phase }: Run, { glyphs }: Theme): string {
  switch (phase.phase) {
    case 'done':
      return glyphs.success;
    case 'halted':
      return glyphs.failure;
    case 'aborted':
      return glyphs.dash;
    case 'paused':
      return glyphs.paused;
    case 'soaking':
      return glyphs.step.soaking;
    default:
      return glyphs.step.rolling;
  }
}

/** Colour of each state of a step. */
export const stepRoles: Readonly<Record<StepState['state'], Role>> = {
  queued: 'muted',
  patching: 'info',
  rolling: 'info',
  soaking: 'info',
  done: 'good',
  partial: 'caution',
  dropped: 'muted',
  skipped: 'caution',
  failed: 'danger',
};

function titleLine(run: Run, columns: number, theme: Theme): Line {
  const { text, role } = phaseWords[run.phase.phase];
  const wave = waveOf(run);
  const { waves } = run.plan;
  const title = wave === undefined ? '' : (waves[wave]?.title ?? '');
  const spans = [
    span('Run', 'title'),
    span(`  ${phaseSign(run, theme)} ${text}`, role),
    span(`  ${restarted(run)} of ${count(run.steps.length, 'workload')}`),
    ...(wave === undefined
      ? []
      : [span(`  wave ${wave + 1} of ${waves.length}`), span(title === '' ? '' : `: ${title}`, 'muted')]),
  ];
  return { spans: clampSpans(spans, columns, theme.glyphs.ellipsis) };
}

function progressLine(run: Run, columns: number, theme: Theme, withoutBar: boolean): Line {
  const { glyphs } = theme;
  const counts = stepCounts(run);
  const rolling = inProgress(run);
  const left = isUnfinished(run) ? 'waiting' : 'not touched';
  const sums = (
    [
      ['done', counts.done, 'done'],
      ['failed', counts.failed, 'failed'],
      ['partial', counts.partial, 'in part'],
      ['rolling', rolling, 'in progress'],
      ['queued', counts.queued, left],
      ['dropped', counts.dropped, 'dropped'],
      ['skipped', counts.skipped, 'skipped'],
    ] as const
  )
    .filter(([state, amount]) => amount > 0 || state === 'done')
    .map(([state, amount, word]) =>
      span(`  ${glyphs.step[state]} ${figure(amount)} ${word}`, stepRoles[state]),
    );
  const width = Math.max(10, Math.min(40, columns - widthOfSpans(sums)));
  const ended = run.steps.length - counts.queued - rolling;
  const bar = withoutBar ? [] : progressBar(ended, run.steps.length, width, theme);
  return { spans: clampSpans([...bar, ...sums], columns, glyphs.ellipsis) };
}

/** Seconds that the rest is likely to take: the plan's estimate by the share of pods that are not done. */
function secondsLeft(run: Run): number {
  const { open, all } = tallyOf(run).pods;
  return all === 0 ? 0 : estimatedSeconds(run.plan, run.limits) * (open / all);
}

const moving: ReadonlySet<Run['phase']['phase']> = new Set(['preflight', 'running', 'soaking']);

function paceLine(run: Run, now: number, columns: number, { glyphs }: Theme): Line {
  const unfinished = isUnfinished(run);
  const took = duration((endOf(run) ?? now) - run.startedAt);
  const lock = lockWords[run.lock];
  const rest = moving.has(run.phase.phase) ? `, about ${duration(secondsLeft(run))} left` : '';
  const spans: Span[] = [span(`${unfinished ? 'for' : 'after'} ${took}${rest}`)];
  if (unfinished) {
    const pace = `${figure(run.startsPerMinute)} of ${figure(run.limits.startsPerMinute)} pod starts a minute`;
    spans.push(span(`  ${pace}`, 'muted'), span(`  ${lock.text}`, lock.role));
  }
  spans.push(span(`  ${run.id}`, 'muted'));
  return { spans: clampSpans(spans, columns, glyphs.ellipsis) };
}

/** What a step is held up by, behind the words that lead to it; '' when by nothing. */
function hindranceOf(status: StepState): readonly [label: string, reason: string] {
  if (status.state === 'queued') return ['is not started yet: ', status.waitingFor ?? ''];
  return ['waits for ', status.state === 'rolling' ? status.progress.waitingFor : ''];
}

/** As many lines are kept free for what is waited for, so that the steps below do not jump each time it changes. */
const WAITING_LINES = 2;

/** What the run, or else the step under the cursor, waits for, in full: it names pods and what each of them lacks. */
function waitingLines(run: Run, cursor: number, now: number, columns: number): readonly Line[] {
  const sentence = phaseSentence(run, inProgress(run), now);
  const lines: Line[] =
    sentence === '' ? [] : paragraph(span(''), sentence, columns, phaseWords[run.phase.phase].role);
  const step = run.steps[cursor];
  if (step !== undefined && run.phase.phase !== 'halted') {
    const [label, reason] = hindranceOf(step.status);
    if (reason !== '') {
      lines.push(...paragraph(span(''), `${workloadName(step.item.key)} ${label}${reason}`, columns));
    }
  }
  while (lines.length < WAITING_LINES) lines.push(blank);
  return lines;
}

/** The newest warning, and how many there are: `w` lists them. */
function warningLine({ warnings }: Run, columns: number, { glyphs }: Theme): readonly Line[] {
  const newest = warnings.at(-1);
  if (newest === undefined) return [];
  const lead = warnings.length === 1 ? '' : `${figure(warnings.length)} warnings, the last: `;
  return [
    { spans: clampSpans([span(`${glyphs.warning} ${lead}${newest}`, 'caution')], columns, glyphs.ellipsis) },
  ];
}

export interface RunHeadInput {
  readonly run: Run;
  /** Index of the step under the cursor. */
  readonly cursor: number;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly columns: number;
  readonly theme: Theme;
  /** Read aloud a bar is noise. */
  readonly withoutBar?: boolean;
}

/** The lines above what scrolls: phase and wave, progress and sums, pace and time, what is waited for and warned of. */
export function runHead(input: RunHeadInput): readonly Line[] {
  const { run, cursor, now, columns, theme, withoutBar = false } = input;
  return [
    titleLine(run, columns, theme),
    progressLine(run, columns, theme, withoutBar),
    paceLine(run, now, columns, theme),
    ...(isUnfinished(run) ? waitingLines(run, cursor, now, columns) : []),
    ...warningLine(run, columns, theme),
    line(),
  ];
}

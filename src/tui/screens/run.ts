import type { Halt, Run, Step, StepState } from '../../rollout/run/run.ts';
import { currentStep, endOf, isActive, stepCounts } from '../state/run-facts.ts';
import { clampSpans, type Line, line, paragraph, type Span, span } from '../text/line.ts';
import { widthOf } from '../text/width.ts';
import { count, duration, workloadName } from '../text/words.ts';
import type { Role, Theme } from '../theme/theme.ts';
import { progressBar } from './bar.ts';

const stepRoles: Readonly<Record<Step['status']['state'], Role>> = {
  queued: 'muted',
  patching: 'info',
  rolling: 'info',
  done: 'good',
  dropped: 'muted',
  failed: 'danger',
};

const phaseWords: Readonly<Record<Run['phase']['phase'], { text: string; role: Role }>> = {
  running: { text: 'running', role: 'info' },
  stopping: { text: 'stopping after the workload in progress', role: 'caution' },
  stopped: { text: 'stopped as asked', role: 'caution' },
  done: { text: 'done', role: 'good' },
  halted: { text: 'halted', role: 'danger' },
};

function phaseSign({ phase }: Run, { glyphs }: Theme): string {
  if (phase.phase === 'done') return glyphs.success;
  if (phase.phase === 'halted') return glyphs.failure;
  return phase.phase === 'stopped' ? glyphs.dash : glyphs.step.rolling;
}

function haltLines(halt: Halt, columns: number, { glyphs }: Theme): Line[] {
  const where =
    halt.workload === undefined ? '' : `${halt.workload.namespace} ${workloadName(halt.workload)}: `;
  return [
    ...paragraph(span(`${glyphs.failure} Halted  `, 'danger'), `${where}${halt.reason}`, columns, 'danger'),
    ...halt.details.flatMap((text) => paragraph(span(`  ${glyphs.bullet} `, 'muted'), text, columns)),
    ...(halt.nextSteps.length === 0 ? [] : [line(span('Next steps', 'strong'))]),
    ...halt.nextSteps.flatMap((text, index) => paragraph(span(`  ${index + 1}. `, 'key'), text, columns)),
    line(),
  ];
}

/** As many lines are kept free for what is waited for, so that the steps below do not jump each time it changes. */
const WAITING_LINES = 2;

/** What the workload in progress is waited for, in full: it names pods and says what each of them lacks. */
function waitingLines({ steps }: Run, columns: number): Line[] {
  const lines: Line[] = [];
  for (const { status } of steps) {
    const [label, reason] = hindrance(status);
    if (reason !== '') {
      lines.push(...paragraph(span(label, 'muted'), reason, columns));
    }
  }
  while (lines.length < WAITING_LINES) lines.push(line());
  return lines;
}

/** What a workload is held up by, behind the words that lead to it; '' when by nothing. */
function hindrance(status: StepState): readonly [label: string, reason: string] {
  if (status.state === 'queued') return ['Not started yet: ', status.waitingFor ?? ''];
  return ['Waiting for ', status.state === 'rolling' ? status.progress.waitingFor : ''];
}

/** The lines above what scrolls: title, progress and sums, what is waited for. */
export function runHead(run: Run, now: number, columns: number, theme: Theme): readonly Line[] {
  const { glyphs } = theme;
  const counts = stepCounts(run);
  const { text, role } = phaseWords[run.phase.phase];
  const took = duration((endOf(run) ?? now) - run.startedAt);
  const rolling = counts.patching + counts.rolling;
  const title = [
    span('Run', 'title'),
    span(`  ${phaseSign(run, theme)} ${text}`, role),
    span(`  ${counts.done} of ${count(run.steps.length, 'workload')}`),
    span(`  ${isActive(run) ? 'for' : 'after'} ${took}`, 'muted'),
  ];
  const sums: Span[] = [
    span(`${glyphs.step.done} ${counts.done} done`, 'good'),
    ...(rolling > 0 ? [span(`  ${glyphs.step.rolling} ${rolling} in progress`, 'info')] : []),
    ...(counts.dropped > 0 ? [span(`  ${glyphs.step.dropped} ${counts.dropped} dropped`, 'muted')] : []),
    ...(counts.queued > 0
      ? [
          span(
            `  ${glyphs.step.queued} ${counts.queued} ${isActive(run) ? 'waiting' : 'not touched'}`,
            'muted',
          ),
        ]
      : []),
    ...(counts.failed > 0 ? [span(`  ${glyphs.step.failed} ${counts.failed} failed`, 'danger')] : []),
  ];
  const bar = progressBar(counts.done, run.steps.length, Math.max(10, Math.min(40, columns - 45)), theme);
  return [
    { spans: clampSpans(title, columns, glyphs.ellipsis) },
    { spans: clampSpans([...bar, span('  '), ...sums], columns, glyphs.ellipsis) },
    ...(isActive(run) ? waitingLines(run, columns) : []),
    line(),
  ];
}

function progressText({ status, item }: Step, now: number, { glyphs }: Theme): string {
  switch (status.state) {
    case 'queued':
      return count(item.pods, 'pod');
    case 'patching':
      return `for ${duration(now - status.since)}`;
    case 'rolling': {
      const { proven, wanted, old } = status.progress;
      const parts = [`${proven}/${wanted} proven`];
      if (old > 0) parts.push(`${old} old`);
      parts.push(duration(now - status.since));
      return parts.join(` ${glyphs.dot} `);
    }
    case 'done':
      return `${count(status.pods, 'pod')} proven in ${duration(status.at - status.since)}`;
    case 'dropped':
    case 'failed':
      return status.reason;
  }
}

/** Width of the column of names: as long as the longest, at most two fifths of the screen. */
function stepNameWidth(run: Run, columns: number): number {
  const longest = run.steps.reduce(
    (width, { item }) => Math.max(width, widthOf(item.key.namespace) + 1 + widthOf(workloadName(item.key))),
    0,
  );
  return Math.min(longest, Math.floor(columns * 0.4));
}

/** One step: sign and word of its state, the workload, how far it is or why it failed. */
function stepLine(step: Step, nameWidth: number, now: number, columns: number, theme: Theme): Line {
  const { item, status } = step;
  const role = stepRoles[status.state];
  const name = `${item.key.namespace} ${workloadName(item.key)}`;
  const room = nameWidth - widthOf(name);
  const spans = [
    span(`${theme.glyphs.step[status.state]} ${status.state.padEnd(9)}`, role),
    ...(room >= 0
      ? [span(name + ' '.repeat(room))]
      : clampSpans([span(name)], nameWidth, theme.glyphs.ellipsis)),
    span(`  ${progressText(step, now, theme)}`, status.state === 'failed' ? 'danger' : 'muted'),
  ];
  return { spans: clampSpans(spans, columns, theme.glyphs.ellipsis) };
}

/** What scrolls below the head: the halt card, then the steps. Lines are made one by one: a run may have thousands. */
export interface RunBody {
  readonly length: number;
  /** First line shown until somebody scrolls: the halt card, else the step in progress in the middle. */
  readonly follow: (page: number) => number;
  readonly lineAt: (index: number, now: number) => Line | undefined;
}

export function runBody(run: Run, columns: number, theme: Theme): RunBody {
  const halt = run.phase.phase === 'halted' ? haltLines(run.phase.halt, columns, theme) : [];
  const length = halt.length + run.steps.length;
  const nameWidth = stepNameWidth(run, columns);
  return {
    length,
    follow: (page) => {
      if (halt.length > 0) return 0;
      return Math.max(0, Math.min(length - page, currentStep(run) - Math.floor(page / 2)));
    },
    lineAt: (index, now) => {
      const step = run.steps[index - halt.length];
      if (step === undefined) return halt[index];
      return stepLine(step, nameWidth, now, columns, theme);
    },
  };
}

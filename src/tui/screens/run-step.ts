import type { MeshView } from '../../mesh/view.ts';
import type { Method } from '../../rollout/plan/plan.ts';
import type { Run, StepState } from '../../rollout/run/run.ts';
import { blank, clampSpans, type Line, line, paragraph, span } from '../text/line.ts';
import { keptText } from '../text/run-words.ts';
import { count, duration, effectWords, placedName, timeOfDay } from '../text/words.ts';
import type { Role, Theme } from '../theme/theme.ts';
import { effectRole, versionsText } from './cells.ts';
import { haltLines } from './halt-card.ts';
import { progressText } from './run-body.ts';
import { stepRoles } from './run-head.ts';

const LABEL_WIDTH = 14;

const methodWords: Readonly<Record<Method, string>> = {
  restart: 'the template is annotated, and its controller replaces the pods',
  evict: 'the template is annotated, and its pods are evicted one by one (update strategy OnDelete)',
  'restart-at': 'spec.restartAt is set, and Argo Rollouts replaces the pods',
};

/** Pods that are listed; more would bury what else is said. */
const MOST_PODS = 50;

function timesText(status: StepState, now: number): string {
  if (status.state === 'queued') return '';
  if ('since' in status) {
    const until = 'at' in status ? status.at : now;
    return `patched at ${timeOfDay(status.since)}, ${duration(until - status.since)} ${'at' in status ? 'until its end' : 'ago'}`;
  }
  return `at ${timeOfDay(status.at)}`;
}

export interface StepInput {
  readonly run: Run;
  readonly index: number;
  readonly mesh: MeshView;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly columns: number;
  readonly theme: Theme;
  /** Leaves out the diagnosis of a halt, where it is told already. */
  readonly withoutCard?: boolean;
}

/** A step in words: what it is, how far it is or why it failed, what it would do, and its pods of this moment. */
export function stepLines(input: StepInput): readonly Line[] {
  const { run, index, mesh, now, columns, theme, withoutCard = false } = input;
  const step = run.steps[index];
  if (step === undefined) return [line(span('There is no such step.', 'muted'))];
  const { item, status } = step;
  const { key, effect, reasons, risks, expected, method, deadlineSeconds } = item;
  const { glyphs } = theme;
  const lines: Line[] = [];
  const field = (name: string, text: string, role: Role = 'plain'): void => {
    lines.push(...paragraph(span(name.padEnd(LABEL_WIDTH), 'muted'), text, columns, role));
  };
  const wave = run.plan.waves[item.wave];
  const place = `step ${index + 1} of ${run.steps.length}, wave ${item.wave + 1}${wave === undefined ? '' : `: ${wave.title}`}`;
  lines.push(line(span(placedName(key), 'title'), span(`  ${place}`, 'muted')), blank);
  field('State', `${glyphs.step[status.state]} ${status.state}`, stepRoles[status.state]);
  field('Progress', progressText(step, now, theme), status.state === 'failed' ? 'danger' : 'plain');
  const times = timesText(status, now);
  if (times !== '') field('Time', times);
  if (status.state === 'failed') field('Cause', status.cause);
  const { phase } = run;
  const { halt } = phase.phase === 'halted' ? phase : { halt: undefined };
  const isHalted =
    halt?.workload?.namespace === key.namespace &&
    halt.workload.kind === key.kind &&
    halt.workload.name === key.name;
  if (isHalted && !withoutCard) lines.push(blank, ...haltLines(run, columns, theme));
  else lines.push(blank);
  lines.push(line(span('What the restart does', 'title')), blank);
  field('Effect', effectWords[effect.kind], effectRole(effect.kind));
  field('From', versionsText(item.from, theme));
  field('To', expected.version === '' ? 'no proxy' : expected.version, 'strong');
  for (const { text } of reasons) field('Reason', text);
  for (const { text } of risks) field('Risk', `${glyphs.warning} ${text}`, 'caution');
  field('How', methodWords[method]);
  if (item.kept > 0) field('Kept', keptText(item.kept));
  field('Deadline', `${duration(run.limits.deadlineSeconds ?? deadlineSeconds)} without progress`);
  const pods = mesh.pods(key);
  if (pods.length === 0) return lines;
  lines.push(blank, line(span('Pods', 'title'), span(`  ${pods.length}`, 'muted')), blank);
  const shown = pods.slice(0, MOST_PODS);
  const longest = Math.max(...shown.map(({ name }) => name.length));
  for (const pod of shown) {
    const version = pod.proxy === undefined ? 'no proxy' : pod.proxy.version || 'unknown';
    const healthy = pod.ready && pod.life === 'live';
    const facts = [
      pod.name.padEnd(longest),
      pod.status,
      `${pod.readyContainers}/${pod.containers}`,
      version,
      count(pod.restarts, 'restart'),
      duration(now - pod.createdAt),
    ];
    const text = span(`  ${facts.join('  ')}`, healthy ? 'plain' : 'caution');
    lines.push({ spans: clampSpans([text], columns, glyphs.ellipsis) });
  }
  if (pods.length > MOST_PODS) lines.push(line(span(`  and ${pods.length - MOST_PODS} more`, 'muted')));
  return lines;
}

/** Everything that was warned of, newest first. */
export function warningLines({ warnings }: Run, columns: number, { glyphs }: Theme): readonly Line[] {
  return [
    line(span(`${count(warnings.length, 'warning')} of this run`, 'title'), span('  newest first', 'muted')),
    blank,
    ...warnings
      .toReversed()
      .flatMap((text) => paragraph(span(`${glyphs.warning} `, 'caution'), text, columns)),
  ];
}

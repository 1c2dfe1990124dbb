import type { Exclusion, Plan, PlanItem } from '../../rollout/plan/plan.ts';
import type { RunLimits } from '../../rollout/run/limits.ts';
import { estimatedSeconds } from '../text/estimate.ts';
import {
  blank,
  clampSpans,
  type Line,
  line,
  paragraph,
  type Span,
  span,
  spread,
  titled,
  widthOfSpans,
} from '../text/line.ts';
import { keptText, limitsText } from '../text/run-words.ts';
import { widthOf } from '../text/width.ts';
import { count, duration, effectWords, placedName } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';
import { effectRole, versionsText } from './cells.ts';

/** Width of a column of names: as long as the longest, at most two fifths of the screen. */
function nameWidth(entries: readonly Pick<PlanItem, 'key'>[], columns: number): number {
  const longest = entries.reduce((width, entry) => Math.max(width, widthOf(placedName(entry.key))), 0);
  return Math.min(longest, Math.floor(columns * 0.4));
}

/** A name in its column; one that is longer takes a line of its own, so that no name is ever cut. */
function leadOf(name: string, width: number): { readonly above: readonly Line[]; readonly lead: Span } {
  const room = width - widthOf(name);
  if (room >= 0) return { above: [], lead: span(`  ${name}${' '.repeat(room)}  `) };
  return { above: [line(span(`  ${name}`))], lead: span(' '.repeat(width + 4)) };
}

function itemLines(item: PlanItem, width: number, columns: number, theme: Theme): readonly Line[] {
  const { glyphs } = theme;
  const { effect, expected, reasons, risks, pods, kept } = item;
  const { above, lead } = leadOf(placedName(item.key), width);
  const head: Span[] = [
    lead,
    // An upgrade is what was asked for; everything else that a restart does is named.
    ...(effect.kind === 'upgrades' ? [] : [span(`${effectWords[effect.kind]}  `, effectRole(effect.kind))]),
    span(`${versionsText(item.from, theme)} ${glyphs.arrow} `),
    span(expected.version === '' ? 'no proxy' : expected.version, 'strong'),
    span(`  ${count(pods, 'pod')}`, 'muted'),
  ];
  const because = reasons.map(({ text }) => text).join('; ');
  const fits = because !== '' && widthOfSpans(head) + 2 + widthOf(because) <= columns;
  if (fits) head.push(span(`  ${because}`, 'muted'));
  const note = (text: string): Line[] =>
    paragraph(span(`    ${glyphs.bullet} `, 'muted'), text, columns, 'muted');
  return [
    ...above,
    { spans: clampSpans(head, columns, glyphs.ellipsis) },
    ...(fits || because === '' ? [] : note(because)),
    ...(effect.kind === 'upgrades' ? [] : note(effect.reason)),
    ...(item.method === 'evict' ? note('its pods are evicted one by one (update strategy OnDelete)') : []),
    ...(kept > 0 ? note(keptText(kept)) : []),
    ...risks.flatMap(({ text }) =>
      paragraph(span(`    ${glyphs.warning} risk: `, 'caution'), text, columns, 'caution'),
    ),
  ];
}

function exclusionLines(
  { key, effect, reason, command }: Exclusion,
  width: number,
  columns: number,
): readonly Line[] {
  const { above, lead } = leadOf(placedName(key), width);
  return [
    ...above,
    ...paragraph(lead, `${effectWords[effect.kind]}: ${reason}`, columns, 'muted'),
    ...(command === ''
      ? []
      : paragraph(span(`${' '.repeat(widthOf(lead.text))}$ `, 'muted'), command, columns, 'key')),
  ];
}

/** What a plan comes to: `3 workloads in 2 namespaces, 13 pods`. */
export function sumText({ items }: Plan): string {
  const namespaces = new Set(items.map(({ key }) => key.namespace)).size;
  const pods = items.reduce((sum, item) => sum + item.pods, 0);
  return `${count(items.length, 'workload')} in ${count(namespaces, 'namespace')}, ${count(pods, 'pod')}`;
}

/** Waves, time and limits in a line or two; nothing for a plan that restarts nothing. */
export function planFrame(plan: Plan, limits: RunLimits, columns: number): readonly Line[] {
  const version = span(`Control plane ${plan.controlPlaneVersion || 'version unknown'}`, 'muted');
  if (plan.items.length === 0) return [line(version)];
  return [
    line(
      version,
      span(`  ${count(plan.waves.length, 'wave')}, about ${duration(estimatedSeconds(plan, limits))}`),
    ),
    ...paragraph(span('Limits  ', 'muted'), limitsText(limits), columns),
  ];
}

/** What the body of a plan shows: what forbids it, its waves in order, and what is left as it is. */
export function planBody(plan: Plan, columns: number, theme: Theme): readonly Line[] {
  const { items, waves, blocked, exclusions } = plan;
  const { glyphs } = theme;
  const lines: Line[] = blocked.flatMap((reason) =>
    paragraph(span(`${glyphs.failure} `, 'danger'), reason, columns, 'danger'),
  );
  if (blocked.length > 0) lines.push(blank);
  const width = nameWidth(items, columns);
  let wave: number | undefined;
  const perWave = new Map<number, { workloads: number; pods: number }>();
  for (const item of items) {
    const sum = perWave.get(item.wave) ?? { workloads: 0, pods: 0 };
    perWave.set(item.wave, { workloads: sum.workloads + 1, pods: sum.pods + item.pods });
  }
  for (const item of items) {
    if (item.wave !== wave) {
      if (wave !== undefined) lines.push(blank);
      wave = item.wave;
      const { workloads, pods } = perWave.get(wave) ?? { workloads: 0, pods: 0 };
      const title = waves[wave]?.title ?? '';
      const sums = span(`  ${count(workloads, 'workload')}, ${count(pods, 'pod')}`, 'muted');
      const name = span(`Wave ${wave + 1} of ${waves.length}${title === '' ? '' : `: ${title}`}`, 'strong');
      lines.push(titled(name, [sums], columns, glyphs.ellipsis));
    }
    lines.push(...itemLines(item, width, columns, theme));
  }
  if (exclusions.length > 0) {
    if (items.length > 0) lines.push(blank);
    lines.push(line(span(`Left as they are: ${count(exclusions.length, 'workload')}`, 'strong')));
    const width = nameWidth(exclusions, columns);
    lines.push(...exclusions.flatMap((exclusion) => exclusionLines(exclusion, width, columns)));
  }
  return lines;
}

/** The whole plan, to be read. */
export function planLines(plan: Plan, limits: RunLimits, columns: number, theme: Theme): readonly Line[] {
  const { items, blocked } = plan;
  const what = items.length === 0 ? 'nothing to restart' : sumText(plan);
  const title = blocked.length > 0 && items.length > 0 ? `Plan, blocked: ${what}` : `Plan: ${what}`;
  return [
    line(span(title, 'title')),
    ...planFrame(plan, limits, columns),
    blank,
    ...planBody(plan, columns, theme),
  ];
}

/** The sums below a list, behind `lead`, and how much of the list is further down. */
export function planSums(
  plan: Plan,
  lead: readonly Span[],
  moreLines: number,
  columns: number,
  { glyphs }: Theme,
): Line {
  const { items } = plan;
  const pods = items.reduce((sum, item) => sum + item.pods, 0);
  const sums = `${count(items.length, 'workload')}, ${count(pods, 'pod')}`;
  const risky = items.filter(({ risks }) => risks.length > 0).length;
  const left: Span[] = [
    ...lead,
    span(items.length === 0 ? 'Nothing to restart' : sums, 'strong'),
    span(risky === 0 ? '' : `  ${glyphs.warning} ${risky} with risks`, 'caution'),
    span(plan.exclusions.length === 0 ? '' : `  ${plan.exclusions.length} left as they are`, 'muted'),
  ];
  if (moreLines <= 0) return { spans: clampSpans(left, columns, glyphs.ellipsis) };
  return spread(
    left,
    [span(`${glyphs.down} ${count(moreLines, 'more line')}`, 'key')],
    columns,
    glyphs.ellipsis,
  );
}

import type { Exclusion, Plan, PlanItem } from '../../rollout/plan/plan.ts';
import { CONSENT, canStart } from '../state/restarting.ts';
import { blank, clampSpans, type Line, line, paragraph, type Span, span } from '../text/line.ts';
import { widthOf } from '../text/width.ts';
import { count, effectWords, workloadName } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';
import { effectRole } from './cells.ts';

function fromText({ from }: PlanItem, { glyphs }: Theme): string {
  const versions = Object.entries(from).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (versions.length === 0) return 'no proxy';
  if (versions.length === 1) return versions[0]?.[0] || 'unknown';
  return versions.map(([version, proxies]) => `${version || 'unknown'} ${glyphs.times}${proxies}`).join(', ');
}

function itemLines(item: PlanItem, nameWidth: number, columns: number, theme: Theme): Line[] {
  const { glyphs } = theme;
  const name = workloadName(item.key);
  const to = item.expected.version === '' ? 'no proxy' : item.expected.version;
  const head = clampSpans(
    [
      span(`  ${name}${' '.repeat(Math.max(0, nameWidth - widthOf(name)))}  `),
      span(effectWords[item.effect.kind], effectRole(item.effect.kind)),
      span(`  ${fromText(item, theme)} ${glyphs.arrow} `),
      span(to, 'strong'),
      span(`  ${count(item.pods, 'pod')}`, 'muted'),
    ],
    columns,
    glyphs.ellipsis,
  );
  // An upgrade is what was asked for; everything else a restart does is said in full.
  const surprising = item.effect.kind !== 'upgrades';
  return [
    { spans: head },
    ...(surprising
      ? paragraph(span(`    ${glyphs.bullet} `, effectRole(item.effect.kind)), item.effect.reason, columns)
      : []),
    ...item.risks.flatMap(({ text }) =>
      paragraph(span(`    ${glyphs.warning} risk: `, 'caution'), text, columns, 'caution'),
    ),
  ];
}

function exclusionLines({ key, effect, reason }: Exclusion, nameWidth: number, columns: number): Line[] {
  const name = `${key.namespace} ${workloadName(key)}`;
  // A long name leaves too little room beside it: its reason goes below.
  if (widthOf(name) > nameWidth) {
    return [
      line(span(`  ${name}  `), span(effectWords[effect.kind], 'muted')),
      ...paragraph(span(' '.repeat(nameWidth + 4)), reason, columns, 'muted'),
    ];
  }
  const lead = span(`  ${name}${' '.repeat(nameWidth - widthOf(name))}  `);
  return paragraph(lead, `${effectWords[effect.kind]}: ${reason}`, columns, 'muted');
}

/** Width of the column of those left as they are: as long as the longest, at most two fifths of the screen. */
function exclusionWidth(exclusions: readonly Exclusion[], columns: number): number {
  const longest = exclusions.reduce(
    (width, { key }) => Math.max(width, widthOf(key.namespace) + 1 + widthOf(workloadName(key))),
    0,
  );
  return Math.min(longest, Math.floor(columns * 0.4));
}

function titleText({ items, blocked }: Plan): string {
  if (items.length === 0) return 'Nothing to restart';
  const namespaces = new Set(items.map(({ key }) => key.namespace)).size;
  const what = `${count(items.length, 'workload')} in ${count(namespaces, 'namespace')}`;
  return blocked.length > 0 ? `Blocked: restart of ${what}` : `Restart ${what}?`;
}

/** Consecutive items of one namespace. The plan's order is kept, so a namespace may come twice. */
function byNamespace(items: readonly PlanItem[]): { namespace: string; items: PlanItem[] }[] {
  const groups: { namespace: string; items: PlanItem[] }[] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last?.namespace === item.key.namespace) last.items.push(item);
    else groups.push({ namespace: item.key.namespace, items: [item] });
  }
  return groups;
}

/** The reviewed list: what blocks, what will be restarted in order, what is left out and why. */
export function confirmLines(plan: Plan, columns: number, theme: Theme): readonly Line[] {
  const { glyphs } = theme;
  const lines: Line[] = [line(span(titleText(plan), 'title'))];
  if (plan.items.length > 1) {
    lines.push(line(span('One after the other, in this order, stopping at the first failure.', 'muted')));
  }
  lines.push(line(span(`Control plane ${plan.controlPlaneVersion || 'version unknown'}`, 'muted')), blank);
  for (const reason of plan.blocked) {
    lines.push(...paragraph(span(`${glyphs.failure} `, 'danger'), reason, columns, 'danger'));
  }
  if (plan.blocked.length > 0) lines.push(blank);
  const nameWidth = Math.min(
    Math.floor(columns / 3),
    plan.items.reduce((longest, { key }) => Math.max(longest, widthOf(workloadName(key))), 0),
  );
  for (const { namespace, items } of byNamespace(plan.items)) {
    lines.push(line(span(namespace, 'strong'), span(`  ${count(items.length, 'workload')}`, 'muted')));
    lines.push(...items.flatMap((item) => itemLines(item, nameWidth, columns, theme)), blank);
  }
  if (plan.exclusions.length > 0) {
    lines.push(line(span(`Left as they are: ${count(plan.exclusions.length, 'workload')}`, 'strong')));
    const width = exclusionWidth(plan.exclusions, columns);
    lines.push(...plan.exclusions.flatMap((exclusion) => exclusionLines(exclusion, width, columns)));
  }
  return lines.at(-1) === blank ? lines.slice(0, -1) : lines;
}

/** Lines below the list: its sums, and the question. Always `CONFIRM_FOOT` of them. */
export function confirmFoot(
  overlay: { readonly plan: Plan; readonly answer: string; readonly complaint: string },
  scroll: { readonly top: number; readonly page: number; readonly lines: number },
  columns: number,
  { glyphs }: Theme,
): readonly Line[] {
  const { plan, answer, complaint } = overlay;
  const pods = plan.items.reduce((sum, item) => sum + item.pods, 0);
  const risky = plan.items.filter(({ risks }) => risks.length > 0).length;
  const sums: Span[] = [
    span(`${count(plan.items.length, 'workload')}, ${count(pods, 'pod')}`, 'strong'),
    span(risky === 0 ? '' : `  ${glyphs.warning} ${risky} with risks`, 'caution'),
    span(plan.exclusions.length === 0 ? '' : `  ${plan.exclusions.length} left as they are`, 'muted'),
  ];
  const below = scroll.lines - scroll.top - scroll.page;
  if (below > 0) sums.push(span(`  ${glyphs.down} ${count(below, 'more line')}`, 'key'));
  const sumLine: Line = { spans: clampSpans(sums, columns, glyphs.ellipsis) };
  if (!canStart(plan)) {
    const why = plan.blocked.length > 0 ? 'This plan cannot be started.' : 'No workload would change.';
    return [
      sumLine,
      line(span(why, 'caution')),
      line(span('[ Close ]', 'strong'), span('  Enter or Esc', 'muted')),
    ];
  }
  const question = line(
    span(answer === '' ? '[ Cancel ]' : '  Cancel  ', answer === '' ? 'strong' : 'muted'),
    span('  type '),
    span(CONSENT, 'strong'),
    span(' and press Enter to start: '),
    span(answer, 'input'),
    span(glyphs.caret, 'key'),
  );
  const wrong = complaint === '' ? blank : line(span(`${glyphs.warning} ${complaint}`, 'danger'));
  return [sumLine, question, wrong];
}

export const CONFIRM_FOOT = 3;

import { idOf } from '../../rollout/plan/names.ts';
import type { Plan } from '../../rollout/plan/plan.ts';
import type { Finding, PreflightReport, ProbeResult } from '../../rollout/preflight/report.ts';
import type { Preflight } from '../state/ui-state.ts';
import { type Line, line, paragraph, span } from '../text/line.ts';
import { count, placedName } from '../text/words.ts';
import type { Role, Theme } from '../theme/theme.ts';

const order: readonly Finding['severity'][] = ['blocker', 'warning', 'unknown'];

function findingLines(findings: readonly Finding[], columns: number, { glyphs }: Theme): readonly Line[] {
  const leads: Readonly<Record<Finding['severity'], readonly [string, Role]>> = {
    blocker: [`${glyphs.failure} blocker: `, 'danger'],
    warning: [`${glyphs.warning} warning: `, 'caution'],
    unknown: ['? unknown: ', 'muted'],
  };
  return order.flatMap((severity) => {
    const [lead, role] = leads[severity];
    return findings
      .filter((finding) => finding.severity === severity)
      .flatMap(({ text }) =>
        paragraph(span(lead, role), text, columns, severity === 'blocker' ? 'danger' : 'plain'),
      );
  });
}

/** What the injector itself answered, in one line: `3 of 3 dry-run pods came back as predicted`. */
function probeLines(
  probes: readonly ProbeResult[],
  { items }: Plan,
  columns: number,
  { glyphs }: Theme,
): readonly Line[] {
  if (probes.length === 0) return [];
  const expected = new Map(items.map(({ key, expected: { version } }) => [idOf(key), version]));
  const good = probes.filter(
    ({ key, version, refusal }) => refusal === '' && expected.get(idOf(key)) === version,
  ).length;
  const text = `${good} of ${count(probes.length, 'dry-run pod')} came back from the injector as predicted`;
  const isGood = good === probes.length;
  return paragraph(
    span(`${isGood ? glyphs.success : glyphs.warning} `, isGood ? 'good' : 'caution'),
    text,
    columns,
  );
}

function reportLines(report: PreflightReport, plan: Plan, columns: number, theme: Theme): readonly Line[] {
  const { findings, exclusions, probes } = report;
  const { glyphs } = theme;
  const dropped = exclusions.flatMap(({ key, reason }) =>
    paragraph(span(`${glyphs.step.dropped} left out: `, 'caution'), `${placedName(key)}: ${reason}`, columns),
  );
  const nothing = findings.length === 0 && exclusions.length === 0;
  return [
    ...findingLines(findings, columns, theme),
    ...dropped,
    ...(nothing ? [line(span(`${glyphs.success} nothing stands against it`, 'good'))] : []),
    ...probeLines(probes, plan, columns, theme),
  ];
}

/** What stands against a plan, gravest first; nothing where nobody looks. */
export function preflightLines(
  preflight: Preflight,
  plan: Plan,
  columns: number,
  theme: Theme,
): readonly Line[] {
  const { glyphs } = theme;
  switch (preflight.state) {
    case 'none':
      return [];
    case 'looking':
      return [
        line(span(`${glyphs.step.rolling} looking at everything that must hold${glyphs.ellipsis}`, 'info')),
      ];
    case 'failed':
      return paragraph(
        span(`${glyphs.warning} `, 'caution'),
        `Could not look at what must hold: ${preflight.message.replace(/\.$/, '')}. It is looked at again before the first restart.`,
        columns,
        'caution',
      );
    case 'found':
      return reportLines(preflight.report, plan, columns, theme);
  }
}

/** What was found, counted: `1 blocker, 2 warnings`; '' when nothing was. */
export function findingsText(preflight: Preflight): string {
  if (preflight.state === 'looking') return 'looking';
  if (preflight.state !== 'found') return '';
  const { findings, exclusions } = preflight.report;
  const amount = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return [
    ...(amount('blocker') > 0 ? [count(amount('blocker'), 'blocker')] : []),
    ...(amount('warning') > 0 ? [count(amount('warning'), 'warning')] : []),
    ...(exclusions.length > 0 ? [`${exclusions.length} left out`] : []),
  ].join(', ');
}

/** How grave that is. */
export function findingsRole(preflight: Preflight): Role {
  if (preflight.state !== 'found') return 'info';
  return preflight.report.findings.some(({ severity }) => severity === 'blocker') ? 'danger' : 'caution';
}

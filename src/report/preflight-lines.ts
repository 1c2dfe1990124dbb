import type { Finding, PreflightReport } from '../rollout/preflight/report.ts';
import { hang, PAGE_WIDTH } from './wrap.ts';

const titles: Readonly<Record<Finding['severity'], string>> = {
  blocker: 'Nothing may be restarted now:',
  warning: 'Warnings:',
  unknown: 'Could not be looked at:',
};

/**
 * What a preflight found in lines, the gravest first; a single line when it found nothing. What it leaves out is told
 * by the plan.
 * @param width cells that prose may take
 */
export function preflightLines(
  { findings, probes }: PreflightReport,
  width: number = PAGE_WIDTH,
): readonly string[] {
  const sections = (['blocker', 'warning', 'unknown'] as const).flatMap((severity) =>
    section(
      titles[severity],
      findings.filter((finding) => finding.severity === severity).map(({ check, text }) => [check, text]),
      width,
    ),
  );
  const accepted = probes.filter(({ refusal }) => refusal === '').length;
  const probed =
    accepted === 0 ? [] : ['', `Injection probe: ${accepted} of ${probes.length} dry-run pods accepted`];
  const lines = [...sections, ...probed];
  return lines.length === 0 ? ['', 'Preflight: nothing stands against it.'] : lines;
}

function section(title: string, rows: readonly (readonly string[])[], width: number): readonly string[] {
  return rows.length === 0 ? [] : ['', title, ...hang(rows, width).map((line) => `  ${line}`)];
}

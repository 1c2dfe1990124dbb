import type { Finding, PreflightReport } from '../rollout/preflight/report.ts';
import { hang } from './wrap.ts';

const titles: Readonly<Record<Finding['severity'], string>> = {
  blocker: 'Nothing may be restarted now:',
  warning: 'Warnings:',
  unknown: 'Could not be looked at:',
};

/**
 * What a preflight found in lines, the gravest first; a single line when it found nothing. What it leaves out is told
 * by the plan.
 */
export function preflightLines({ findings, probes }: PreflightReport): readonly string[] {
  const sections = (['blocker', 'warning', 'unknown'] as const).flatMap((severity) =>
    section(
      titles[severity],
      findings.filter((finding) => finding.severity === severity).map(({ check, text }) => [check, text]),
    ),
  );
  const accepted = probes.filter(({ refusal }) => refusal === '').length;
  const probed =
    accepted === 0 ? [] : ['', `Injection probe: ${accepted} of ${probes.length} dry-run pods accepted`];
  const lines = [...sections, ...probed];
  return lines.length === 0 ? ['', 'Preflight: nothing stands against it.'] : lines;
}

function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : ['', title, ...hang(rows).map((line) => `  ${line}`)];
}

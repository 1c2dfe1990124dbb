import { codeBlock, markdownTable, escapeMarkdown as md } from './markdown.ts';
import { nameOf } from './plan-table.ts';
import { countsInWords } from './run-counts.ts';
import type { HaltSpan } from './run-history.ts';
import type { RunReport, WorkloadReport } from './run-report.ts';
import {
  afterText,
  causeText,
  limitsText,
  optionsText,
  outcomes,
  phases,
  remarks,
  scopesText,
  stateText,
  versionsText,
} from './run-words.ts';
import { dateText, momentText, spanText } from './spans.ts';

/** A report as Markdown, for a ticket or a pull request. */
export function runReportMarkdown(report: RunReport): string {
  const sections = [
    head(report),
    ...report.halts.map((halt, index) => haltSection(halt, index, report.halts.length)),
    workloadsSection(report),
    wavesSection(report),
    exclusionsSection(report),
    warningsSection(report),
    historySection(report),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function head(report: RunReport): readonly string[] {
  const { id, by, reason, cluster, startedAt, lastAt, counts, provenPods, controlPlaneVersion } = report;
  const facts = [
    ['Run', id],
    ['Result', `${stateText(report)}; ${countsInWords(counts)}, ${provenPods} pods proven`],
    ['By', by],
    ['Why', reason],
    ['When', `${momentText(startedAt)} to ${momentText(lastAt)} (${spanText(lastAt - startedAt)})`],
    ['Cluster', `${cluster.context} at ${cluster.server}, uid ${cluster.uid}`],
    ['Control plane', controlPlaneVersion],
    ['Asked for', scopesText(report.scopes)],
    ['Included', optionsText(report.options)],
    ['Limits', limitsText(report.limits)],
    ['Program', `kubectl-linkerd-upgrade ${report.program}`],
    ['Journal', report.truncated ? 'its last line was cut off and is left out' : ''],
  ].filter(([, value]) => value !== '');
  return [
    `# Restart of Linkerd proxies: ${md(cluster.context || cluster.server)}`,
    '',
    ...markdownTable(
      ['', ''],
      facts.map(([name = '', value = '']) => [`**${name}**`, md(value)]),
    ),
  ];
}

function haltSection({ halt, from, to }: HaltSpan, index: number, all: number): readonly string[] {
  const { cause, reason, workload, pod, container, serving, details, nextSteps } = halt;
  const facts = [
    ['Cause', causeText(cause)],
    ['Workload', workload ? nameOf(workload) : ''],
    ['Pod', pod],
    ['Container', container],
    ['Still serving', serving],
  ].filter(([, value]) => value !== '');
  return [
    `## Halt${all > 1 ? ` ${index + 1}` : ''} at ${momentText(from)}`,
    '',
    md(reason),
    '',
    ...facts.map(([name = '', value = '']) => `- **${name}:** ${md(value)}`),
    ...details.map((detail) => `- ${md(detail)}`),
    `- **Lasted:** ${spanText(to - from)}`,
    ...(nextSteps.length === 0 ? [] : ['', 'Next steps that were named:', '', ...codeBlock(nextSteps)]),
  ];
}

function workloadsSection({ workloads }: RunReport): readonly string[] {
  if (workloads.length === 0) {
    return [];
  }
  const headers = ['Workload', 'Wave', 'Before', 'After', 'Result', 'Time', 'Why', 'Remarks'];
  return ['## Workloads', '', ...markdownTable(headers, workloads.map(workloadRow))];
}

function workloadRow(workload: WorkloadReport): readonly string[] {
  const { key, wave, before, outcome, seconds, reasons } = workload;
  return [
    md(nameOf(key)),
    String(wave + 1),
    md(versionsText(before)),
    md(afterText(workload)),
    outcome === 'failed' ? `**${outcomes[outcome]}**` : outcomes[outcome],
    seconds === undefined ? '' : spanText(seconds),
    md(reasons.map(({ text }) => text).join('; ')),
    md(remarks(workload).join('; ')),
  ];
}

function wavesSection({ waves }: RunReport): readonly string[] {
  if (waves.length === 0) {
    return [];
  }
  const rows = waves.map(({ title, begun, from, to, counts }, index) => [
    String(index + 1),
    md(title),
    begun ? dateText(from) : '',
    begun ? spanText(to - from) : 'not begun',
    countsInWords(counts),
  ]);
  return ['## Waves', '', ...markdownTable(['Wave', 'What', 'Begun (UTC)', 'Time', 'Result'], rows)];
}

function exclusionsSection({ exclusions }: RunReport): readonly string[] {
  if (exclusions.length === 0) {
    return [];
  }
  const rows = exclusions.map(({ key, effect, reason, command }) => [
    md(nameOf(key)),
    md(effect.kind),
    md(reason),
    md(command),
  ]);
  return [
    '## Left as they were',
    '',
    ...markdownTable(['Workload', 'A restart', 'Why', 'What can be done'], rows),
  ];
}

function warningsSection({ warnings }: RunReport): readonly string[] {
  return warnings.length === 0 ? [] : ['## Warnings', '', ...warnings.map((text) => `- ${md(text)}`)];
}

function historySection({ processes, phases: spans }: RunReport): readonly string[] {
  const people = processes.map(({ by, from, to, locked }, index) => [
    dateText(from),
    index === 0 ? 'started' : 'resumed',
    md(by),
    locked ? 'with the lock' : 'without a lock',
    spanText(to - from),
  ]);
  const steps = spans.map(({ phase, wave, from, to, note }) => [
    dateText(from),
    phases[phase],
    wave === undefined ? '' : String(wave + 1),
    spanText(to - from),
    md(note),
  ]);
  return [
    '## What happened when',
    '',
    ...markdownTable(['Time (UTC)', 'Process', 'By', 'Lock', 'For'], people),
    '',
    ...markdownTable(['Time (UTC)', 'Phase', 'Wave', 'For', 'Waiting for'], steps),
  ];
}

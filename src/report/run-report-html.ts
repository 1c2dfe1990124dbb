import { createHash } from 'node:crypto';
import { type Html, html, nothing, raw } from './html.ts';
import { nameOf } from './plan-table.ts';
import { countsInWords } from './run-counts.ts';
import type { HaltSpan } from './run-history.ts';
import type { RunReport, WorkloadReport } from './run-report.ts';
import { RUN_REPORT_STYLE } from './run-report-style.ts';
import { runTimeline } from './run-timeline.ts';
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

/**
 * The page may load nothing and run nothing, whatever finds its way into it: no script, no request, and no style but
 * the one sheet of this hash (W3C Content Security Policy Level 3).
 */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(RUN_REPORT_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A report as one page of HTML that needs nothing beside itself. */
export function runReportHtml(report: RunReport): string {
  const { cluster, id } = report;
  const title = `Restart of Linkerd proxies: ${cluster.context || cluster.server}, run ${id}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${raw(RUN_REPORT_STYLE)}</style>
</head>
<body>
<main>
${head(report)}
${report.halts.map(haltSection)}
${timelineSection(report)}
${workloadsSection(report)}
${exclusionsSection(report)}
${warningsSection(report)}
${historySection(report)}
</main>
<footer>kubectl-linkerd-upgrade ${report.program}. Times are UTC, and those of the computer that ran it.</footer>
</body>
</html>
`.markup;
}

function head(report: RunReport): Html {
  const { id, by, reason, cluster, startedAt, lastAt, counts, provenPods } = report;
  const tone = toneOf(report);
  return html`<h1>Restart of Linkerd proxies <span class="${`state ${tone}`}">${stateText(report)}</span></h1>
<p>${countsInWords(counts)}, ${provenPods} pods proven, in ${spanText(lastAt - startedAt)}.</p>
<dl>
${fact('Run', id)}${fact('By', by)}${fact('Why', reason)}
${fact('When', `${momentText(startedAt)} to ${momentText(lastAt)}`)}
${fact('Cluster', `${cluster.context} at ${cluster.server}, uid ${cluster.uid}`)}
${fact('Control plane', report.controlPlaneVersion)}
${fact('Asked for', scopesText(report.scopes))}${fact('Included', optionsText(report.options))}
${fact('Limits', limitsText(report.limits))}
${fact('Journal', report.truncated ? 'its last line was cut off and is left out' : '')}
</dl>`;
}

function toneOf({ finished, phase, counts }: RunReport): string {
  if (phase === 'halted' || counts.failed > 0) {
    return 'bad';
  }
  return finished && phase === 'done' ? 'good' : 'open';
}

function fact(name: string, value: string): Html {
  return value === '' ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`;
}

function haltSection({ halt, from, to }: HaltSpan): Html {
  const { cause, reason, workload, pod, container, serving, details, nextSteps } = halt;
  const told =
    details.length === 0 ? nothing : html`<ul>${details.map((detail) => html`<li>${detail}</li>`)}</ul>`;
  const steps =
    nextSteps.length === 0
      ? nothing
      : html`<p class="soft">Next steps that were named:</p><pre>${nextSteps.join('\n')}</pre>`;
  return html`<section class="halt"><h2>Halted at ${momentText(from)}</h2>
<p>${reason}</p>
<dl>${fact('Cause', causeText(cause))}${fact('Workload', workload ? nameOf(workload) : '')}${fact('Pod', pod)}${fact('Container', container)}${fact('Still serving', serving)}${fact('Lasted', spanText(to - from))}</dl>
${told}${steps}</section>
`;
}

function timelineSection(report: RunReport): Html {
  const timeline = runTimeline(report);
  return timeline === nothing
    ? nothing
    : html`<h2>Timeline</h2><div class="scroll">${timeline}</div>
<p class="legend soft"><b>✓</b> done · <b>◐</b> done in part · <b>✗</b> failed (hatched) · <b>…</b> not proven · the thin strip of a wave: preflight, <b>running</b>, watching, paused or halted · hatched grounds: nothing happened, drawn short</p>`;
}

function workloadsSection({ waves, workloads }: RunReport): Html {
  const sections = waves.map(({ title, begun, from, to, counts }, index) => {
    const rows = workloads.filter(({ wave }) => wave === index).map(workloadRow);
    const time = begun ? `, from ${dateText(from)} for ${spanText(to - from)}` : ', not begun';
    return html`<h2>${`Wave ${index + 1}: ${title}`}</h2><p class="soft">${`${countsInWords(counts)}${time}`}</p>
<div class="scroll"><table><thead><tr><th>Workload</th><th>Before</th><th>After</th><th>Result</th><th class="figure">Time</th><th>Why</th><th>Remarks</th></tr></thead>
<tbody>${rows}</tbody></table></div>
`;
  });
  return html`${sections}`;
}

function workloadRow(workload: WorkloadReport): Html {
  const { key, before, outcome, seconds, reasons } = workload;
  const tone = outcome === 'failed' ? 'bad' : outcome === 'done' ? 'good' : 'open';
  return html`<tr><td>${nameOf(key)}</td><td>${versionsText(before)}</td><td>${afterText(workload)}</td><td class="${tone}">${outcomes[outcome]}</td><td class="figure">${seconds === undefined ? '' : spanText(seconds)}</td><td>${reasons.map(({ text }) => text).join('; ')}</td><td>${lines([...remarks(workload), ...workload.risks.map(({ text }) => `risk: ${text}`)])}</td></tr>
`;
}

function lines(texts: readonly string[]): Html {
  return html`${texts.map((text, index) => html`${index === 0 ? nothing : raw('<br>')}${text}`)}`;
}

function exclusionsSection({ exclusions }: RunReport): Html {
  if (exclusions.length === 0) {
    return nothing;
  }
  const rows = exclusions.map(
    ({ key, effect, reason, command }) =>
      html`<tr><td>${nameOf(key)}</td><td>${effect.kind}</td><td>${reason}</td><td>${command === '' ? nothing : html`<code>${command}</code>`}</td></tr>
`,
  );
  return html`<h2>Left as they were</h2><div class="scroll"><table><thead><tr><th>Workload</th><th>A restart</th><th>Why</th><th>What can be done</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function warningsSection({ warnings }: RunReport): Html {
  if (warnings.length === 0) {
    return nothing;
  }
  return html`<h2>Warnings</h2><ul>${warnings.map((text) => html`<li>${text}</li>`)}</ul>`;
}

function historySection({ processes, phases: spans }: RunReport): Html {
  const people = processes.map(
    ({ by, from, to, locked }, index) =>
      html`<tr><td>${dateText(from)}</td><td>${index === 0 ? 'started' : 'resumed'}</td><td>${by}</td><td>${locked ? 'with the lock' : 'without a lock'}</td><td class="figure">${spanText(to - from)}</td></tr>
`,
  );
  const told = spans.map(
    ({ phase, wave, from, to, note }) =>
      html`<tr><td>${dateText(from)}</td><td>${phases[phase]}</td><td class="figure">${wave === undefined ? '' : wave + 1}</td><td class="figure">${spanText(to - from)}</td><td>${note}</td></tr>
`,
  );
  return html`<h2>Who worked on it</h2><div class="scroll"><table><thead><tr><th>When</th><th>What</th><th>By</th><th>Lock</th><th class="figure">For</th></tr></thead><tbody>${people}</tbody></table></div>
<h2>What happened when</h2><div class="scroll"><table><thead><tr><th>When</th><th>Phase</th><th class="figure">Wave</th><th class="figure">For</th><th>Waiting for</th></tr></thead><tbody>${told}</tbody></table></div>`;
}

/** The timeline of a run as SVG: a band a wave, its phases on top, its workloads in as many lanes as ran at a time. */
import { type Html, html, nothing } from './html.ts';
import { nameOf } from './plan-table.ts';
import type { Attempt, PhaseSpan, Span } from './run-history.ts';
import type { RunReport, WaveReport, WorkloadReport } from './run-report.ts';
import { outcomes, phases as phaseWords } from './run-words.ts';
import { clockText, momentText, spanText } from './spans.ts';
import { type TimeScale, timeScale } from './time-scale.ts';

const WIDTH = 1000;
const AXIS = 26;
const TITLE = 18;
const STRIP = 7;
const LANE = 18;
const BAND_GAP = 14;
/** Rough width of a letter: a label is drawn where it fits, and is in the tooltip anyway. */
const LETTER = 6.2;
const MIN_BAR = 3;

const marks: Readonly<Record<Attempt['end'], string>> = {
  done: '✓',
  partial: '◐',
  failed: '✗',
  unfinished: '…',
  dropped: '–',
  skipped: '–',
  queued: '↺',
};

const endings: Readonly<Record<Attempt['end'], string>> = { ...outcomes, queued: 'its patch was not taken' };

/** A bar: one attempt of a workload. */
interface Bar extends Span {
  readonly workload: WorkloadReport;
  readonly attempt: Attempt;
  readonly lane: number;
}

/** The timeline as one `<svg>`; nothing for a run in which no time passed. */
export function runTimeline(report: RunReport): Html {
  const { startedAt, lastAt, waves, phases, workloads } = report;
  if (lastAt <= startedAt || waves.length === 0) {
    return nothing;
  }
  const scale = timeScale({ from: startedAt, to: lastAt }, idle(report), WIDTH);
  const bands: Html[] = [];
  let top = AXIS;
  for (const [index, wave] of waves.entries()) {
    const bars = inLanes(
      workloads.filter((workload) => workload.wave === index),
      scale,
    );
    const lanes = bars.reduce((most, { lane }) => Math.max(most, lane + 1), 0);
    bands.push(
      band({ wave, index, bars, top, scale, phases: phases.filter((phase) => phase.wave === index) }),
    );
    top += TITLE + STRIP + 4 + lanes * LANE + BAND_GAP;
  }
  const label = `Timeline from ${momentText(startedAt)} to ${momentText(lastAt)}`;
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${top}" role="img" aria-label="${label}">
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="hatch-ground"/><rect width="2.5" height="6" class="hatch-line"/></pattern></defs>
${axis(scale, top)}
${bands}
</svg>`;
}

/** Stretches in which nothing was under way: nobody at work, or a pause without a workload in progress. */
function idle({ phases, workloads }: RunReport): readonly Span[] {
  const busy = workloads.flatMap(({ history }) => history.attempts);
  const still: ReadonlySet<PhaseSpan['phase']> = new Set(['away', 'paused', 'halted']);
  return phases.filter(
    ({ phase, from, to }) =>
      phase === 'away' || (still.has(phase) && !busy.some((span) => span.from < to && span.to > from)),
  );
}

function axis(scale: TimeScale, height: number): Html {
  const ticks = scale.ticks.map(
    ({ at, x }, index) =>
      html`<line class="grid" x1="${px(x)}" x2="${px(x)}" y1="${AXIS - 6}" y2="${height}"/><text class="tick" x="${px(x + 2)}" y="12">${tickText(at, scale.ticks[index - 1]?.at)}</text>`,
  );
  const breaks = scale.breaks.map(
    ({ from, to, x1, x2 }) =>
      html`<rect class="break" x="${px(x1)}" y="${AXIS - 6}" width="${px(x2 - x1)}" height="${height - AXIS + 6}"><title>${`${spanText(to - from)} in which nothing happened`}</title></rect><text class="tick" x="${px((x1 + x2) / 2)}" y="24" text-anchor="middle">${spanText(to - from)}</text>`,
  );
  return html`${ticks}${breaks}`;
}

/** The time, with the day where another one has begun. */
function tickText(at: number, before: number | undefined): string {
  const text = momentText(at);
  return before !== undefined && momentText(before).slice(0, 10) !== text.slice(0, 10)
    ? text.slice(5, 19)
    : clockText(at);
}

function band({
  wave,
  index,
  bars,
  top,
  scale,
  phases,
}: {
  readonly wave: WaveReport;
  readonly index: number;
  readonly bars: readonly Bar[];
  readonly top: number;
  readonly scale: TimeScale;
  readonly phases: readonly PhaseSpan[];
}): Html {
  const time = wave.begun ? `, ${spanText(wave.to - wave.from)}` : ', not begun';
  const strip = phases.map((phase) => {
    const { x, width } = extent(phase, scale);
    const told = `${phaseWords[phase.phase]}, ${spanText(phase.to - phase.from)}${phase.note === '' ? '' : `: ${phase.note}`}`;
    return html`<rect class="${`phase ${phase.phase}`}" x="${px(x)}" y="${top + TITLE}" width="${px(width)}" height="${STRIP}"><title>${told}</title></rect>`;
  });
  const lanesTop = top + TITLE + STRIP + 4;
  return html`<text class="wave" x="2" y="${top + 12}">${`${index + 1} ${wave.title}${time}`}</text>
${strip}
${bars.map((bar) => barOf(bar, lanesTop, scale))}`;
}

function barOf({ workload, attempt, lane, from, to }: Bar, lanesTop: number, scale: TimeScale): Html {
  const { key } = workload;
  const { end, soak } = attempt;
  const y = lanesTop + lane * LANE;
  const { x, width } = extent({ from, to }, scale);
  const name = `${marks[end]} ${key.name}`;
  const label =
    name.length * LETTER < width
      ? html`<text class="label" x="${px(x + 4)}" y="${y + 11}">${name}</text>`
      : nothing;
  const told = `${nameOf(key)}: ${endings[end]}, ${spanText(to - from)} from ${clockText(from)}`;
  return html`<g><title>${told}</title><rect class="${`bar ${end}`}" x="${px(x)}" y="${y}" width="${px(width)}" height="${LANE - 3}" rx="2"/>${soak ? soakOf(soak, y, scale) : nothing}${label}</g>
`;
}

function soakOf(soak: Span, y: number, scale: TimeScale): Html {
  const { x, width } = extent(soak, scale);
  return html`<rect class="soak" x="${px(x)}" y="${y + LANE - 6}" width="${px(width)}" height="2"/>`;
}

/** Puts each bar into the first lane that is free by then, so that there are as many lanes as ran at a time. */
function inLanes(workloads: readonly WorkloadReport[], scale: TimeScale): readonly Bar[] {
  const bars = workloads
    .flatMap((workload) =>
      workload.history.attempts.map((attempt) => ({ workload, attempt, from: attempt.from, to: attempt.to })),
    )
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const free: number[] = [];
  return bars.map((bar) => {
    const { x, width } = extent(bar, scale);
    const found = free.findIndex((end) => end <= x);
    const lane = found < 0 ? free.length : found;
    free[lane] = x + width + 1;
    return { ...bar, lane };
  });
}

/** Where a span is drawn; what lasted no time is still seen. */
function extent({ from, to }: Span, scale: TimeScale): { readonly x: number; readonly width: number } {
  const x = scale.x(from);
  return { x, width: Math.max(MIN_BAR, scale.x(to) - x) };
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

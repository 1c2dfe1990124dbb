import type { Span } from './run-history.ts';

/** Maps time to a place between 0 and a width, with long stretches of nothing drawn short. */
export interface TimeScale {
  x(seconds: number): number;
  /** Times worth a mark on the axis, in order. */
  readonly ticks: readonly { readonly at: number; readonly x: number }[];
  /** Stretches that are drawn shorter than they were. */
  readonly breaks: readonly (Span & { readonly x1: number; readonly x2: number })[];
}

/** Widths of a break and of the least distance of two ticks, as shares of the whole. */
const BREAK_SHARE = 0.05;
const TICK_SHARE = 0.09;
/** A shorter stretch is drawn as it was. */
const SHORTEST_BREAK_SECONDS = 300;

/** Steps between ticks that clocks have, in seconds. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/**
 * A scale for `whole`, which must have a length. Of the stretches in `idle`, which must not overlap, those that would
 * take much of the picture become breaks of one small width.
 */
export function timeScale(whole: Span, idle: readonly Span[], width: number): TimeScale {
  const length = whole.to - whole.from;
  const broken = idle
    .filter(({ from, to }) => to - from >= Math.max(SHORTEST_BREAK_SECONDS, length * BREAK_SHARE))
    .toSorted((a, b) => a.from - b.from);
  const lively = length - broken.reduce((sum, { from, to }) => sum + to - from, 0);
  const breakWidth = width * Math.min(BREAK_SHARE, 0.5 / Math.max(1, broken.length));
  const perSecond = lively > 0 ? (width - breakWidth * broken.length) / lively : 0;

  const x = (seconds: number): number => {
    let place = 0;
    let at = whole.from;
    for (const { from, to } of broken) {
      if (seconds <= from) {
        break;
      }
      place += (from - at) * perSecond + (breakWidth * Math.min(seconds - from, to - from)) / (to - from);
      at = Math.min(seconds, to);
    }
    return place + Math.max(0, Math.min(seconds, whole.to) - at) * perSecond;
  };
  const breaks = broken.map((span) => ({ ...span, x1: x(span.from), x2: x(span.to) }));
  return { x, breaks, ticks: ticksOf(whole, broken, x, { lively, width }) };
}

function ticksOf(
  whole: Span,
  broken: readonly Span[],
  x: (seconds: number) => number,
  { lively, width }: { readonly lively: number; readonly width: number },
): TimeScale['ticks'] {
  const step = steps.find((candidate) => candidate >= lively * TICK_SHARE) ?? steps.at(-1) ?? 86_400;
  const ticks: { readonly at: number; readonly x: number }[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const stretch of stretches(whole, broken)) {
    const first = Math.ceil(stretch.from / step) * step;
    const marks = Math.floor((stretch.to - first) / step);
    for (let mark = 0; mark <= marks; mark++) {
      const at = first + mark * step;
      const place = x(at);
      if (place - last >= width * TICK_SHARE * 0.8 && place <= width * 0.95) {
        ticks.push({ at, x: place });
        last = place;
      }
    }
  }
  return ticks;
}

/** What lies between the breaks. */
function stretches(whole: Span, broken: readonly Span[]): readonly Span[] {
  const starts = [whole.from, ...broken.map(({ to }) => to)];
  return starts.map((from, index) => ({ from, to: broken[index]?.from ?? whole.to }));
}

import type { Line } from '../text/line.ts';

interface LaidOut {
  readonly under: readonly unknown[];
  readonly lines: readonly Line[];
}

const known = new WeakMap<object, LaidOut>();

/**
 * The lines of `subject`, made anew only when something of `under` (size, theme, …) is another than the last time: a
 * plan may list thousands of workloads, and typing an answer below it changes none of them.
 */
export function laidOut(
  subject: object,
  under: readonly unknown[],
  make: () => readonly Line[],
): readonly Line[] {
  const before = known.get(subject);
  if (before?.under.length === under.length && under.every((value, index) => value === before.under[index])) {
    return before.lines;
  }
  const lines = make();
  known.set(subject, { under, lines });
  return lines;
}

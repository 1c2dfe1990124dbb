/**
 * Every edge release of linkerd2 from the first one of 2.9 on, as of 2026-09-04 (git tags of linkerd2).
 *
 * The project counts the edges of a month from 1 and has left no number out, so the count of each month says it all.
 * The one of September 2026 has no tag in that state; a third-party catalogue names it.
 */
const monthly: readonly (readonly [year: number, firstMonth: number, counts: readonly number[]])[] = [
  [20, 11, [5, 4]],
  [21, 1, [4, 4, 4, 5, 3, 5, 5, 4, 5, 3, 4, 4]],
  [22, 1, [5, 4, 5, 1, 3, 2, 3, 3, 2, 3, 3, 1]],
  [23, 1, [2, 3, 4, 3, 3, 3, 3, 3, 4, 4, 4, 4]],
  [24, 1, [3, 5, 5, 5, 5, 4, 5, 3, 3, 5, 8, 0]],
  [25, 1, [2, 3, 4, 4, 5, 4, 6, 5, 4, 7, 3, 3]],
  [26, 1, [4, 1, 3, 4, 5, 3, 2, 3, 1]],
];

/** Tags, oldest first: `edge-20.11.1` to the newest one known. */
export const edges: readonly string[] = monthly.flatMap(([year, firstMonth, counts]) =>
  counts.flatMap((count, index) =>
    Array.from({ length: count }, (_, number) => `edge-${year}.${firstMonth + index}.${number + 1}`),
  ),
);

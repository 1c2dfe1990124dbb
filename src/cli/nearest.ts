/** More changes than this are another word. */
const MOST = 2;

/**
 * The candidate that differs least from a misspelt word, by letters added, lost, changed or swapped; undefined where
 * none is near. A word that begins one candidate only is near to it, too.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const most = Math.min(MOST, Math.floor(word.length / 2));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .filter(({ distance: changes }) => changes <= most)
    .sort((a, b) => a.distance - b.distance);
  const begun = word.length > 1 ? candidates.filter((candidate) => candidate.startsWith(word)) : [];
  return ranked[0]?.candidate ?? (begun.length === 1 ? begun[0] : undefined);
}

/** Damerau's distance of neighbours: a swap of two letters counts one. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

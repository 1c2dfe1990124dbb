import stringWidth from 'string-width';

/** Columns are three blanks apart, as kubectl prints them. */
const GAP = '   ';

/**
 * Lays rows out as kubectl does: upper-case headers, columns three blanks apart, no borders, no trailing blanks.
 * Width is counted in terminal cells, so wide characters align.
 * @param headers left out of the result when `undefined`
 * @returns lines without line ends
 */
export function layOut(
  headers: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
): readonly string[] {
  const all = headers ? [headers, ...rows] : rows;
  const widths: number[] = [];
  for (const row of all) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
    });
  }
  return all.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join(GAP)
      .trimEnd(),
  );
}

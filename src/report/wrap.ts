import stringWidth from 'string-width';
import { layOut } from './columns.ts';

/** Cells that a line of prose takes where nothing narrower shows it. */
export const PAGE_WIDTH = 100;
/** The indent of a section, which its lines are given afterwards. */
const MARGIN = 2;
/** Prose that has less than this beside its names stands below them. */
const LEAST = 32;
/** The indent of prose that stands below. */
const BELOW = '    ';

/** Breaks prose at blanks into lines of at most `width` cells; a longer word stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/**
 * Rows of a section in columns, the last of which holds prose and is wrapped under itself, or below its row where the
 * names beside it leave too little room.
 * @param width of the page, in cells
 * @param below lines that follow a row, by its index, and are not broken
 */
export function hang(
  rows: readonly (readonly string[])[],
  width: number = PAGE_WIDTH,
  below: (index: number) => readonly string[] = () => [],
): readonly string[] {
  if (rows.length === 0) {
    return [];
  }
  const last = Math.max(0, ...rows.map((row) => row.length)) - 1;
  const columns = layOut(
    undefined,
    rows.map((row) => [...row.slice(0, last), '|']),
  );
  // Where the prose begins is where the bar stands.
  const indent = Math.max(0, ...columns.map((line) => stringWidth(line))) - 1;
  const room = width - MARGIN - indent;
  const isBeside = room >= LEAST || indent <= BELOW.length;
  const margin = isBeside ? ' '.repeat(indent) : BELOW;
  return rows.flatMap((row, index) => {
    const names = columns[index]?.slice(0, -1) ?? '';
    const prose = wrap(row.at(-1) ?? '', Math.max(LEAST, width - MARGIN - margin.length));
    const [first = '', ...more] = isBeside ? prose : ['', ...prose];
    return [
      `${names}${first}`.trimEnd(),
      ...more.map((line) => `${margin}${line}`),
      ...below(index).map((line) => `  ${line}`),
    ];
  });
}

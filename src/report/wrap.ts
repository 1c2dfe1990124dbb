import stringWidth from 'string-width';
import { layOut } from './columns.ts';

/** Cells that a line of prose may take, with the indent of its section. */
const WIDTH = 98;
/** Beside long names prose keeps at least this. */
const LEAST = 40;

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
 * Rows in columns, the last of which holds prose and is wrapped under itself.
 * @param below lines that follow a row, by its index, and are not broken
 */
export function hang(
  rows: readonly (readonly string[])[],
  below: (index: number) => readonly string[] = () => [],
): readonly string[] {
  const last = Math.max(0, ...rows.map((row) => row.length)) - 1;
  const columns = layOut(
    undefined,
    rows.map((row) => [...row.slice(0, last), '|']),
  );
  // Where the prose begins is where the bar stands.
  const indent = Math.max(0, ...columns.map((line) => stringWidth(line))) - 1;
  return rows.flatMap((row, index) => {
    const [first = '', ...more] = wrap(row.at(-1) ?? '', Math.max(LEAST, WIDTH - indent));
    const margin = ' '.repeat(indent);
    return [
      `${columns[index]?.slice(0, -1) ?? ''}${first}`.trimEnd(),
      ...more.map((line) => `${margin}${line}`),
      ...below(index).map((line) => `  ${line}`),
    ];
  });
}

import { widthOf } from './width.ts';

/** Words of a command; what stands in quotes is never torn apart. */
const words = /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/gs;

/**
 * A command in lines of at most `columns` that can still be pasted as a whole: a line that goes on ends in a backslash.
 * A single word that is longer stays whole.
 */
export function commandLines(command: string, columns: number): readonly string[] {
  return command.split('\n').flatMap((text) => broken(text, columns));
}

function broken(text: string, columns: number): readonly string[] {
  if (widthOf(text) <= columns) return [text];
  const lines: string[] = [];
  let current = '';
  for (const [word] of text.matchAll(words)) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && widthOf(longer) > columns - 2) {
      lines.push(`${current} \\`);
      current = word;
    } else {
      current = longer;
    }
  }
  return [...lines, current];
}

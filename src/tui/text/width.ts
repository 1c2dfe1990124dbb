import stringWidth from 'string-width';

const printableAscii = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Terminal columns that `text` takes; wide characters count two, combining marks none. */
export function widthOf(text: string): number {
  return printableAscii.test(text) ? text.length : stringWidth(text);
}

/** The user-perceived characters of `text`, so that none is ever cut in half. */
export function charactersOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** The longest start of `text` that fits into `columns`. */
function headOf(text: string, columns: number): string {
  if (printableAscii.test(text)) return text.slice(0, columns);
  let head = '';
  let used = 0;
  for (const character of charactersOf(text)) {
    used += stringWidth(character);
    if (used > columns) break;
    head += character;
  }
  return head;
}

/** `text` cut to at most `columns`, with `ellipsis` as the last sign when something was cut. */
export function clampText(text: string, columns: number, ellipsis: string): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  const room = columns - widthOf(ellipsis);
  return room < 0 ? headOf(text, columns) : headOf(text, room) + ellipsis;
}

/** `text` in lines of at most `columns`, broken at blanks where possible; `[]` for an empty text. */
export function wrapText(text: string, columns: number): string[] {
  const room = Math.max(1, columns);
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (widthOf(joined) <= room) {
      current = joined;
      continue;
    }
    if (current !== '') lines.push(current);
    current = word;
    while (widthOf(current) > room) {
      // At least one character goes on each line, or a wide one would never fit into a single column.
      const head = headOf(current, room) || (charactersOf(current)[0] ?? '');
      lines.push(head);
      current = current.slice(head.length);
    }
  }
  if (current !== '') lines.push(current);
  return lines;
}

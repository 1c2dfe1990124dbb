/** Columns and rows of the terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Below this nothing useful can be drawn; keys still work. */
export const smallest: Size = { columns: 40, rows: 8 };

export function isTooSmall({ columns, rows }: Size): boolean {
  return columns < smallest.columns || rows < smallest.rows;
}

/** How much of the header a terminal of this height has room for. */
export type Detail = 'full' | 'compact' | 'single';

export function detailOf({ rows }: Size): Detail {
  if (rows >= 20) return 'full';
  return rows >= 12 ? 'compact' : 'single';
}

/** The footer: one line for a message or a prompt, one for the keys. */
const FOOTER_LINES = 2;
/** Title and column heads above the rows of a table. */
export const TABLE_HEAD_LINES = 2;

/** Lines between header and footer. */
export function bodyLines(size: Size, headerLines: number): number {
  return Math.max(1, size.rows - headerLines - FOOTER_LINES);
}

/** Rows of a table, below its title and heads. */
export function tableRows(size: Size, headerLines: number): number {
  return Math.max(1, bodyLines(size, headerLines) - TABLE_HEAD_LINES);
}

/** Width of running text: longer lines are hard to read, however wide the window. */
export function proseColumns(columns: number): number {
  return Math.min(columns, 100);
}

import type { Listing } from './listing.ts';
import { sortColumns } from './listing.ts';
import type { Attention, TableState } from './ui-state.ts';

type AnyRows = Omit<Listing<unknown>, 'rows'> & { readonly rows: readonly unknown[] };

/** Place of the cursor among the rows shown: by id, else by the place where it was; 0 in an empty table. */
export function cursorIndex(table: TableState, listing: AnyRows): number {
  const { id, index } = table.cursor;
  const found = id === undefined ? -1 : listing.indexOf(id);
  return found >= 0 ? found : Math.max(0, Math.min(index, listing.rows.length - 1));
}

/** First row to draw so that row `index` of `total` is on a screen of `height` rows, moving as little as possible. */
export function windowTop(top: number, index: number, height: number, total: number): number {
  const lowest = Math.max(0, total - height);
  const shown = Math.min(Math.max(top, index - height + 1), index);
  return Math.max(0, Math.min(shown, lowest));
}

/** The table as the rows of this moment allow it: cursor on an existing row and on the screen, marks of gone rows dropped. */
export function settle(table: TableState, listing: AnyRows, height: number): TableState {
  const index = cursorIndex(table, listing);
  const top = windowTop(table.top, index, height, listing.rows.length);
  // Before the first move the cursor belongs to the first row, whichever that is: rows still arrive.
  const id = table.cursor.id === undefined ? undefined : (listing.idAt(index) ?? table.cursor.id);
  const gone = [...table.marks].filter((mark) => !listing.exists(mark));
  const marks = gone.length === 0 ? table.marks : new Set([...table.marks].filter(listing.exists));
  return { ...table, cursor: { id, index }, top, marks };
}

/** The cursor `by` rows further, stopped at both ends. */
export function move(table: TableState, listing: AnyRows, height: number, by: number): TableState {
  const last = Math.max(0, listing.rows.length - 1);
  const index = Math.max(0, Math.min(last, cursorIndex(table, listing) + by));
  return settle({ ...table, cursor: { id: listing.idAt(index), index } }, listing, height);
}

/** Id of the row under the cursor. */
export function rowUnderCursor(table: TableState, listing: AnyRows): string | undefined {
  return listing.idAt(cursorIndex(table, listing));
}

export function toggleMark(table: TableState, id: string): TableState {
  const marks = new Set(table.marks);
  if (!marks.delete(id)) marks.add(id);
  return { ...table, marks };
}

/** Marks all rows shown; when all of them are marked already, takes those marks away. */
export function toggleMarksOfShown(table: TableState, listing: AnyRows): TableState {
  const shown = listing.rows.map((_, index) => listing.idAt(index)).filter((id) => id !== undefined);
  const marks = new Set(table.marks);
  const all = shown.every((id) => marks.has(id));
  for (const id of shown) {
    if (all) marks.delete(id);
    else marks.add(id);
  }
  return { ...table, marks };
}

/** Marked rows that exist, and how many of them the filter hides. */
export function markCount(
  table: TableState,
  listing: AnyRows,
): { readonly marked: number; readonly hidden: number } {
  let marked = 0;
  let hidden = 0;
  for (const id of table.marks) {
    if (!listing.exists(id)) continue;
    marked += 1;
    if (listing.indexOf(id) < 0) hidden += 1;
  }
  return { marked, hidden };
}

export function nextSort(table: TableState): TableState {
  const columns = sortColumns(table.level.kind);
  const place = columns.findIndex(({ id }) => id === table.sort.column);
  const next = columns[(place + 1) % columns.length];
  return next === undefined ? table : { ...table, sort: { column: next.id, reversed: false } };
}

const attentions: readonly Attention[] = ['all', 'not-current', 'violations'];

export function nextAttention(table: TableState): TableState {
  const next = attentions[(attentions.indexOf(table.attention) + 1) % attentions.length] ?? 'all';
  return { ...table, attention: next };
}

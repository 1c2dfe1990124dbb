import { fitSpans, type Line, type Span, span } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';

/** What a column asks for. Widths are in terminal columns. */
export interface ColumnSpec<Id extends string> {
  readonly id: Id;
  readonly title: string;
  readonly min: number;
  readonly ideal: number;
  readonly align?: 'left' | 'right';
  /** 1 is kept longest; a column of a higher number goes first when the screen is narrow. */
  readonly priority: number;
}

export interface Column<Id extends string> {
  readonly id: Id;
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** Blanks between two columns. */
const GAP = 2;
/** Cursor and mark, before the first column. */
const GUTTER = 3;

/**
 * Columns that fit into `total`, in their order, widths given out by priority: first every minimum, then up to
 * the ideals. What does not fit even at its minimum is left out, least important first.
 */
export function fitColumns<Id extends string>(
  specs: readonly ColumnSpec<Id>[],
  total: number,
): readonly Column<Id>[] {
  const byPriority = specs.toSorted((a, b) => a.priority - b.priority);
  let room = total - GUTTER + GAP;
  const widths = new Map<Id, number>();
  for (const { id, min } of byPriority) {
    if (min + GAP > room && widths.size > 0) break;
    const width = Math.max(1, Math.min(min, room - GAP));
    widths.set(id, width);
    room -= width + GAP;
  }
  for (const { id, ideal } of byPriority) {
    const width = widths.get(id);
    if (width === undefined || width >= ideal || room <= 0) continue;
    const more = Math.min(ideal - width, room);
    widths.set(id, width + more);
    room -= more;
  }
  return specs.flatMap(({ id, title, align = 'left' }) => {
    const width = widths.get(id);
    return width === undefined ? [] : [{ id, title, width, align }];
  });
}

function joinCells(cells: readonly (readonly Span[])[]): Span[] {
  return cells.flatMap((cell, index) => (index === 0 ? [...cell] : [span(' '.repeat(GAP)), ...cell]));
}

/** The head of a table; the sorted column carries an arrow. */
export function headLine<Id extends string>(
  columns: readonly Column<Id>[],
  sort: { readonly column: string; readonly reversed: boolean },
  { glyphs }: Theme,
): Line {
  const cells = columns.map(({ id, title, width, align }) => {
    const arrow = sort.reversed ? glyphs.descending : glyphs.ascending;
    const text = id === sort.column ? `${title}${arrow}` : title;
    return fitSpans([span(text, 'title')], width, align, glyphs.ellipsis);
  });
  return { spans: [span(' '.repeat(GUTTER)), ...joinCells(cells)] };
}

/** One row: cursor and mark, then its cells at the widths of the columns. */
export function rowLine<Id extends string>(
  columns: readonly Column<Id>[],
  cells: Readonly<Record<Id, readonly Span[]>>,
  state: { readonly selected: boolean; readonly marked: boolean },
  total: number,
  { glyphs }: Theme,
): Line {
  const gutter = `${state.selected ? glyphs.cursor : ' '}${state.marked ? glyphs.mark : ' '} `;
  const fitted = columns.map(({ id, width, align }) => fitSpans(cells[id], width, align, glyphs.ellipsis));
  const spans = [span(gutter, 'key'), ...joinCells(fitted)];
  // Reverse video reaches to the edge, so that the row under the cursor is one bar.
  return {
    spans: state.selected ? fitSpans(spans, total, 'left', glyphs.ellipsis) : spans,
    selected: state.selected,
  };
}

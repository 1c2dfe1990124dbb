import type { NamespaceView, PodView, WorkloadView } from '../../mesh/view.ts';
import type { AnyListing, Listing } from '../state/listing.ts';
import { cursorIndex, windowTop } from '../state/table.ts';
import type { TableState } from '../state/ui-state.ts';
import type { Line } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';
import type { Judge } from './cells.ts';
import { headLine } from './columns.ts';
import {
  namespaceColumns,
  namespaceLine,
  podColumns,
  podLine,
  type RowState,
  workloadColumns,
  workloadLine,
} from './tables.ts';

export interface TableBody {
  readonly table: TableState;
  readonly listing: AnyListing;
  readonly judge: Judge;
  /** Rows on the screen. */
  readonly height: number;
  readonly total: number;
  readonly theme: Theme;
  /** Whole seconds since the epoch. */
  readonly now: number;
  /** Lists are still arriving. */
  readonly loading: boolean;
}

/** What a row was drawn under; columns follow from `total` and the longest name. */
interface Drawn extends RowState {
  readonly judge: Judge;
  readonly total: number;
  readonly longest: number;
  readonly theme: Theme;
  readonly line: Line;
}

/** Views are shared between revisions, so a row whose view is the same object is not built again. */
const drawn = new WeakMap<object, Drawn>();

/** The heads of a table and those of its rows that are on the screen, and no others. */
export function tableLines(body: TableBody): readonly Line[] {
  const { table, listing, judge, total, theme, now } = body;
  const { longestLabel } = listing;
  switch (listing.kind) {
    case 'namespaces': {
      const columns = namespaceColumns(total, longestLabel);
      const draw = (row: NamespaceView, state: RowState) =>
        namespaceLine(row, columns, judge, state, total, theme);
      return [headLine(columns, table.sort, theme), ...rowsOf(body, listing, once(body, draw))];
    }
    case 'workloads': {
      const columns = workloadColumns(total, longestLabel);
      const draw = (row: WorkloadView, state: RowState) =>
        workloadLine(row, columns, judge, state, total, theme);
      return [headLine(columns, table.sort, theme), ...rowsOf(body, listing, once(body, draw))];
    }
    case 'pods': {
      // Their age changes by itself.
      const columns = podColumns(total, longestLabel);
      const draw = (row: PodView, state: RowState) => podLine(row, columns, state, total, theme, now);
      return [headLine(columns, table.sort, theme), ...rowsOf(body, listing, draw)];
    }
  }
}

function once<Row extends object>(
  { judge, total, theme, listing: { longestLabel: longest } }: TableBody,
  draw: (row: Row, state: RowState) => Line,
): (row: Row, state: RowState) => Line {
  return (row, state) => {
    const { selected, marked, loading } = state;
    const known = drawn.get(row);
    if (
      known?.judge === judge &&
      known.theme === theme &&
      known.total === total &&
      known.longest === longest &&
      known.selected === selected &&
      known.marked === marked &&
      known.loading === loading
    ) {
      return known.line;
    }
    const line = draw(row, state);
    drawn.set(row, { selected, marked, loading, judge, total, longest, theme, line });
    return line;
  };
}

function rowsOf<Row>(
  { table, height, loading }: TableBody,
  listing: Listing<Row>,
  draw: (row: Row, state: RowState) => Line,
): readonly Line[] {
  const cursor = cursorIndex(table, listing);
  const top = windowTop(table.top, cursor, height, listing.rows.length);
  return listing.rows.slice(top, top + height).map((row, index) =>
    draw(row, {
      selected: top + index === cursor,
      marked: table.marks.has(listing.idAt(top + index) ?? ''),
      loading,
    }),
  );
}

import { memo, type ReactNode, useMemo } from 'react';
import type { NamespaceView, PodView, WorkloadView } from '../../mesh/view.ts';
import type { Judge } from '../screens/cells.ts';
import { headLine } from '../screens/columns.ts';
import {
  type NamespaceColumns,
  namespaceColumns,
  namespaceLine,
  type PodColumns,
  podColumns,
  podLine,
  type RowState,
  type WorkloadColumns,
  workloadColumns,
  workloadLine,
} from '../screens/tables.ts';
import type { AnyListing } from '../state/listing.ts';
import { cursorIndex, windowTop } from '../state/table.ts';
import type { TableState } from '../state/ui-state.ts';
import type { Theme } from '../theme/theme.ts';
import { LineView } from './line-view.tsx';

interface RowProps<Row, Columns> extends RowState {
  readonly row: Row;
  readonly columns: Columns;
  readonly judge: Judge;
  readonly total: number;
  readonly theme: Theme;
}

// Views are shared between revisions, so a row whose view is the same object is not even built again.
const NamespaceRow = memo(function NamespaceRow(props: RowProps<NamespaceView, NamespaceColumns>): ReactNode {
  const { row, columns, judge, total, theme } = props;
  return <LineView line={namespaceLine(row, columns, judge, props, total, theme)} theme={theme} />;
});

const WorkloadRow = memo(function WorkloadRow(props: RowProps<WorkloadView, WorkloadColumns>): ReactNode {
  const { row, columns, judge, total, theme } = props;
  return <LineView line={workloadLine(row, columns, judge, props, total, theme)} theme={theme} />;
});

const PodRow = memo(function PodRow(
  props: RowProps<PodView, PodColumns> & { readonly now: number },
): ReactNode {
  const { row, columns, total, theme, now } = props;
  return <LineView line={podLine(row, columns, props, total, theme, now)} theme={theme} />;
});

export interface TableBodyProps {
  readonly table: TableState;
  readonly listing: AnyListing;
  readonly judge: Judge;
  /** Rows on the screen. */
  readonly height: number;
  readonly total: number;
  readonly theme: Theme;
  /** Whole seconds since the epoch. */
  readonly now: number;
}

/** The heads of a table and those of its rows that are on the screen, and no others. */
export function TableBody(props: TableBodyProps): ReactNode {
  const { table, listing, judge, height, total, theme, now } = props;
  const { kind, longestLabel } = listing;
  const columns = useMemo(
    () => ({
      namespaces: namespaceColumns(total, longestLabel),
      workloads: workloadColumns(total, longestLabel),
      pods: podColumns(total, longestLabel),
    }),
    [total, longestLabel],
  );
  const cursor = cursorIndex(table, listing);
  const top = windowTop(table.top, cursor, height, listing.rows.length);
  const rowState = (index: number): RowState => ({
    selected: top + index === cursor,
    marked: table.marks.has(listing.idAt(top + index) ?? ''),
  });
  const common = { judge, total, theme };
  const rows = (): ReactNode => {
    switch (listing.kind) {
      case 'namespaces':
        return listing.rows
          .slice(top, top + height)
          .map((row, index) => (
            <NamespaceRow
              key={row.name}
              row={row}
              columns={columns.namespaces}
              {...rowState(index)}
              {...common}
            />
          ));
      case 'workloads':
        return listing.rows
          .slice(top, top + height)
          .map((row, index) => (
            <WorkloadRow
              key={`${row.kind}/${row.name}`}
              row={row}
              columns={columns.workloads}
              {...rowState(index)}
              {...common}
            />
          ));
      case 'pods':
        return listing.rows
          .slice(top, top + height)
          .map((row, index) => (
            <PodRow
              key={row.name}
              row={row}
              columns={columns.pods}
              now={now}
              {...rowState(index)}
              {...common}
            />
          ));
    }
  };
  return (
    <>
      <LineView line={headLine(columns[kind], table.sort, theme)} theme={theme} />
      {rows()}
    </>
  );
}

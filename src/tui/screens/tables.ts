import type { NamespaceView, PodView, WorkloadView } from '../../mesh/view.ts';
import type { Line, Span } from '../text/line.ts';
import { span } from '../text/line.ts';
import { duration, effectWords, figure, roleOf, workloadName } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';
import {
  classCell,
  classCounts,
  effectRole,
  effectsCell,
  type Judge,
  readyCell,
  versionsCell,
} from './cells.ts';
import { type Column, type ColumnSpec, fitColumns, rowLine } from './columns.ts';

type NamespaceColumn = 'name' | 'proxies' | 'state' | 'versions' | 'counts' | 'effect';
type WorkloadColumn = 'name' | 'ready' | 'state' | 'versions' | 'target' | 'effect' | 'reason';
type PodColumn = 'name' | 'status' | 'ready' | 'restarts' | 'version' | 'state' | 'age' | 'node';

export type NamespaceColumns = readonly Column<NamespaceColumn>[];
export type WorkloadColumns = readonly Column<WorkloadColumn>[];
export type PodColumns = readonly Column<PodColumn>[];

/** How a row is drawn. */
export interface RowState {
  readonly selected: boolean;
  readonly marked: boolean;
  /** Lists are still arriving: what is not known yet is not called missing. */
  readonly loading: boolean;
}

function nameWidth(longest: number, min: number, most: number): { min: number; ideal: number } {
  return { min, ideal: Math.max(min, Math.min(longest, most)) };
}

function named<Id extends string>(specs: readonly ColumnSpec<Id>[]): readonly ColumnSpec<Id>[] {
  return specs;
}

/** Columns of the table of namespaces on a screen of `total` columns; `longest` is the length of the longest name. */
export function namespaceColumns(total: number, longest: number): NamespaceColumns {
  return fitColumns(
    named<NamespaceColumn>([
      { id: 'name', title: 'NAMESPACE', ...nameWidth(longest, 17, 63), priority: 1 },
      { id: 'proxies', title: 'PROXIES', min: 8, ideal: 8, align: 'right', priority: 3 },
      { id: 'state', title: 'STATE', min: 12, ideal: 12, priority: 2 },
      { id: 'counts', title: 'BY CLASS', min: 16, ideal: 24, priority: 6 },
      { id: 'versions', title: 'VERSIONS', min: 15, ideal: 48, priority: 5 },
      { id: 'effect', title: 'A RESTART', min: 14, ideal: 34, priority: 4 },
    ]),
    total,
  );
}

export function workloadColumns(total: number, longest: number): WorkloadColumns {
  return fitColumns(
    named<WorkloadColumn>([
      { id: 'name', title: 'WORKLOAD', ...nameWidth(longest, 20, 70), priority: 1 },
      { id: 'ready', title: 'READY', min: 6, ideal: 7, align: 'right', priority: 4 },
      { id: 'state', title: 'STATE', min: 12, ideal: 12, priority: 2 },
      { id: 'versions', title: 'VERSIONS', min: 14, ideal: 30, priority: 5 },
      { id: 'target', title: 'TARGET', min: 14, ideal: 16, priority: 6 },
      { id: 'effect', title: 'A RESTART', min: 11, ideal: 11, priority: 3 },
      { id: 'reason', title: 'BECAUSE', min: 24, ideal: 90, priority: 7 },
    ]),
    total,
  );
}

export function podColumns(total: number, longest: number): PodColumns {
  return fitColumns(
    named<PodColumn>([
      { id: 'name', title: 'POD', ...nameWidth(longest, 20, 80), priority: 1 },
      { id: 'status', title: 'STATUS', min: 12, ideal: 24, priority: 3 },
      { id: 'ready', title: 'READY', min: 6, ideal: 6, align: 'right', priority: 5 },
      { id: 'restarts', title: 'RESTARTS', min: 9, ideal: 9, align: 'right', priority: 7 },
      { id: 'version', title: 'VERSION', min: 14, ideal: 18, priority: 4 },
      { id: 'state', title: 'STATE', min: 12, ideal: 12, priority: 2 },
      { id: 'age', title: 'AGE', min: 5, ideal: 6, align: 'right', priority: 6 },
      { id: 'node', title: 'NODE', min: 12, ideal: 40, priority: 8 },
    ]),
    total,
  );
}

function widthOf<Id extends string>(columns: readonly Column<Id>[], wanted: Id): number {
  return columns.find(({ id }) => id === wanted)?.width ?? 0;
}

export function namespaceLine(
  row: NamespaceView,
  columns: NamespaceColumns,
  judge: Judge,
  state: RowState,
  total: number,
  theme: Theme,
): Line {
  const role = roleOf(row);
  const name: Span[] = [span(row.name)];
  if (role !== '') name.push(span(` (${role})`, 'muted'));
  if (row.terminating) name.push(span(' terminating', 'caution'));
  return rowLine(
    columns,
    {
      name,
      proxies: [span(figure(row.proxies))],
      state: classCell(row.worst, theme, state.loading),
      counts: classCounts(row.byClass, theme),
      versions: versionsCell(row.byVersion, judge, widthOf(columns, 'versions'), theme),
      effect: effectsCell(row.effects, row.workloads, widthOf(columns, 'effect'), theme, state.loading),
    },
    state,
    total,
    theme,
  );
}

export function workloadLine(
  row: WorkloadView,
  columns: WorkloadColumns,
  judge: Judge,
  state: RowState,
  total: number,
  theme: Theme,
): Line {
  const pending = state.loading && row.effect.kind === 'unknown';
  return rowLine(
    columns,
    {
      name: [span(workloadName(row))],
      ready: readyCell(row.pods.ready, Math.max(row.replicas, row.pods.live)),
      state: classCell(row.worst, theme, state.loading),
      versions: versionsCell(row.byVersion, judge, widthOf(columns, 'versions'), theme),
      target: [span(row.target || theme.glyphs.dash)],
      effect: pending
        ? [span(theme.glyphs.ellipsis, 'muted')]
        : [span(effectWords[row.effect.kind], effectRole(row.effect.kind))],
      reason: [span(pending ? '' : row.effect.reason, 'muted')],
    },
    state,
    total,
    theme,
  );
}

export function podLine(
  row: PodView,
  columns: PodColumns,
  state: RowState,
  total: number,
  theme: Theme,
  now: number,
): Line {
  const { proxy } = row;
  const healthy = row.life === 'completed' || (row.life === 'live' && row.ready);
  return rowLine(
    columns,
    {
      name: [span(row.name)],
      status: [span(row.status, healthy ? 'plain' : 'caution')],
      ready: readyCell(row.readyContainers, row.containers),
      restarts: [span(figure(row.restarts), row.restarts > 0 ? 'caution' : 'plain')],
      version: [span(proxy === undefined ? theme.glyphs.dash : proxy.version || 'unknown')],
      state:
        proxy === undefined
          ? [span(`${theme.glyphs.dash} no proxy`, 'muted')]
          : classCell(proxy.class, theme),
      age: [span(duration(now - row.createdAt))],
      node: [span(row.node || theme.glyphs.dash, 'muted')],
    },
    state,
    total,
    theme,
  );
}

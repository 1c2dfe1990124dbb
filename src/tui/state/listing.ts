import { severity } from '../../mesh/skew.ts';
import { effectsByInterest } from '../../mesh/tally.ts';
import type { MeshView, NamespaceView, PodView, SkewClass, WorkloadView } from '../../mesh/view.ts';
import { effectWords, namespaceLabel, workloadName } from '../text/words.ts';
import { parseFilter } from './filter.ts';
import type { Attention, TableState } from './ui-state.ts';

/** A way to sort. Ties keep the order of the source, which is by name. */
interface SortColumn<T> {
  readonly id: string;
  readonly title: string;
  readonly compare: (a: T, b: T) => number;
}

interface RowKind<T extends object> {
  readonly id: (row: T) => string;
  /** What stands in the first column. */
  readonly label: (row: T) => string;
  /** What the filter looks at: the words that the row shows. */
  readonly text: (row: T) => string;
  readonly worst: (row: T) => SkewClass | undefined;
  readonly sorts: readonly [SortColumn<T>, ...SortColumn<T>[]];
}

/** The rows of a table after filter and sort, with what navigation needs. */
export interface Listing<T> {
  readonly rows: readonly T[];
  /** Rows before the filter. */
  readonly total: number;
  readonly idAt: (index: number) => string | undefined;
  /** Place of a row among those shown, -1 when it is not shown. */
  readonly indexOf: (id: string) => number;
  /** Whether a row exists at all, shown or not. */
  readonly exists: (id: string) => boolean;
  /** Why the filter does not compile; '' when it does. */
  readonly filterError: string;
  /** Length of the longest name before the filter: filtering does not move the columns. */
  readonly longestLabel: number;
}

export type AnyListing =
  | ({ readonly kind: 'namespaces' } & Listing<NamespaceView>)
  | ({ readonly kind: 'workloads' } & Listing<WorkloadView>)
  | ({ readonly kind: 'pods' } & Listing<PodView>);

function rank(worst: SkewClass | undefined): number {
  return worst === undefined ? severity.length : severity.indexOf(worst);
}

const effectRank = new Map(effectsByInterest.map((kind, index) => [kind, index]));

function ordinal(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const namespaceRows: RowKind<NamespaceView> = {
  id: (row) => row.name,
  label: namespaceLabel,
  text: (row) =>
    [
      namespaceLabel(row),
      row.worst ?? 'no proxies',
      ...Object.keys(row.byVersion),
      ...effectsByInterest.filter((kind) => row.effects[kind] > 0).map((kind) => effectWords[kind]),
    ].join(' '),
  worst: (row) => row.worst,
  sorts: [
    { id: 'state', title: 'state', compare: (a, b) => rank(a.worst) - rank(b.worst) },
    { id: 'name', title: 'name', compare: (a, b) => ordinal(a.name, b.name) },
    { id: 'proxies', title: 'proxies', compare: (a, b) => b.proxies - a.proxies },
    { id: 'effect', title: 'upgrades', compare: (a, b) => b.effects.upgrades - a.effects.upgrades },
  ],
};

const workloadRows: RowKind<WorkloadView> = {
  id: (row) => `${row.kind}/${row.name}`,
  label: workloadName,
  text: (row) =>
    [
      workloadName(row),
      row.kind,
      row.worst ?? 'no proxies',
      ...Object.keys(row.byVersion),
      row.target,
      effectWords[row.effect.kind],
      row.effect.reason,
    ].join(' '),
  worst: (row) => row.worst,
  sorts: [
    { id: 'state', title: 'state', compare: (a, b) => rank(a.worst) - rank(b.worst) },
    { id: 'name', title: 'name', compare: (a, b) => ordinal(workloadName(a), workloadName(b)) },
    {
      id: 'effect',
      title: 'effect',
      compare: (a, b) => (effectRank.get(a.effect.kind) ?? 0) - (effectRank.get(b.effect.kind) ?? 0),
    },
    { id: 'ready', title: 'not ready', compare: (a, b) => unready(b) - unready(a) },
  ],
};

function unready({ replicas, pods }: WorkloadView): number {
  return Math.max(replicas, pods.live) - pods.ready;
}

const podRows: RowKind<PodView> = {
  id: (row) => row.name,
  label: (row) => row.name,
  text: (row) =>
    [row.name, row.status, row.node, row.proxy?.version ?? 'no proxy', row.proxy?.class ?? ''].join(' '),
  worst: (row) => row.proxy?.class,
  sorts: [
    { id: 'name', title: 'name', compare: (a, b) => ordinal(a.name, b.name) },
    { id: 'state', title: 'state', compare: (a, b) => rank(a.proxy?.class) - rank(b.proxy?.class) },
    { id: 'status', title: 'status', compare: (a, b) => ordinal(a.status, b.status) },
    { id: 'restarts', title: 'restarts', compare: (a, b) => b.restarts - a.restarts },
    { id: 'age', title: 'age', compare: (a, b) => b.createdAt - a.createdAt },
    { id: 'node', title: 'node', compare: (a, b) => ordinal(a.node, b.node) },
  ],
};

/** Columns that a level can be sorted by, in the order in which `s` takes them. */
export function sortColumns(kind: TableState['level']['kind']): readonly { id: string; title: string }[] {
  if (kind === 'namespaces') return namespaceRows.sorts;
  return kind === 'workloads' ? workloadRows.sorts : podRows.sorts;
}

function wanted(attention: Attention, worst: SkewClass | undefined): boolean {
  if (attention === 'all') return true;
  if (attention === 'violations') return worst === 'violation';
  return worst !== undefined && worst !== 'current';
}

function build<T extends object>(
  kind: RowKind<T>,
  searchText: (row: T) => string,
  source: readonly T[],
  table: TableState,
): Listing<T> {
  const filter = parseFilter(table.filter);
  const filtered = source.filter(
    (row) =>
      wanted(table.attention, kind.worst(row)) &&
      (table.filter === '' || !filter.ok || filter.matches(searchText(row))),
  );
  const sort = kind.sorts.find(({ id }) => id === table.sort.column) ?? kind.sorts[0];
  const sign = table.sort.reversed ? -1 : 1;
  const rows = filtered.sort((a, b) => sign * sort.compare(a, b));
  let places: Map<string, number> | undefined;
  let ids: Set<string> | undefined;
  return {
    rows,
    total: source.length,
    idAt: (index) => {
      const row = rows[index];
      return row === undefined ? undefined : kind.id(row);
    },
    indexOf: (id) => {
      places ??= new Map(rows.map((row, index) => [kind.id(row), index]));
      return places.get(id) ?? -1;
    },
    exists: (id) => {
      ids ??= new Set(source.map(kind.id));
      return ids.has(id);
    },
    filterError: filter.ok ? '' : filter.error,
    longestLabel: source.reduce((longest, row) => Math.max(longest, kind.label(row).length), 0),
  };
}

/**
 * Lists rows of one kind, remembering the last answer for each source array. Views are immutable and shared
 * between revisions, so what was computed for one holds for as long as it lives.
 */
function lister<T extends object>(kind: RowKind<T>) {
  const texts = new WeakMap<T, string>();
  const answers = new WeakMap<readonly T[], { readonly key: string; readonly listing: Listing<T> }>();

  const searchText = (row: T): string => {
    const known = texts.get(row);
    if (known !== undefined) return known;
    const text = kind.text(row);
    texts.set(row, text);
    return text;
  };

  return (source: readonly T[], table: TableState): Listing<T> => {
    const key = JSON.stringify([table.filter, table.attention, table.sort]);
    const known = answers.get(source);
    if (known?.key === key) return known.listing;
    const listing = build(kind, searchText, source, table);
    answers.set(source, { key, listing });
    return listing;
  };
}

const listNamespaces = lister(namespaceRows);
const listWorkloads = lister(workloadRows);
const listPods = lister(podRows);

/**
 * The rows of `table` in `mesh`. Filter and sort run once for each revision, filter and order;
 * moving the cursor costs the same with ten rows and with ten thousand.
 */
export function listingOf(mesh: MeshView, table: TableState): AnyListing {
  const { level } = table;
  switch (level.kind) {
    case 'namespaces':
      return { kind: 'namespaces', ...listNamespaces(mesh.namespaces, table) };
    case 'workloads':
      return { kind: 'workloads', ...listWorkloads(mesh.workloads(level.namespace), table) };
    case 'pods':
      return { kind: 'pods', ...listPods(mesh.pods(level.workload), table) };
  }
}

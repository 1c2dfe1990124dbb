import type { LiveView } from '../../live/view.ts';
import { type AnyListing, sortColumns } from '../state/listing.ts';
import { markCount } from '../state/table.ts';
import type { Attention, TableState } from '../state/ui-state.ts';
import { type Line, line, type Span, span, spread } from '../text/line.ts';
import { figure, workloadName } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';

const attentionWords: Readonly<Record<Attention, string>> = {
  all: '',
  'not-current': 'only not current',
  violations: 'only violations',
};

function crumbs({ level }: TableState, { glyphs }: Theme): Span[] {
  const separator = span(` ${glyphs.crumb} `, 'muted');
  if (level.kind === 'namespaces') return [span('Namespaces', 'title')];
  if (level.kind === 'workloads')
    return [span(level.namespace, 'title'), separator, span('workloads', 'title')];
  const { namespace } = level.workload;
  return [
    span(namespace, 'title'),
    separator,
    span(workloadName(level.workload), 'title'),
    separator,
    span('pods', 'title'),
  ];
}

/** Marks in words, hidden ones counted aloud: an action on marks also takes those. */
function marksText(table: TableState, listing: AnyListing): string {
  const { marked, hidden } = markCount(table, listing);
  if (marked === 0) return '';
  return hidden === 0
    ? `${figure(marked)} marked`
    : `${figure(marked)} marked, ${figure(hidden)} of them not shown`;
}

/** Title of a table: where it is, how much of it is shown and why, and how it is sorted. */
export function titleLine(table: TableState, listing: AnyListing, columns: number, theme: Theme): Line {
  const { rows, total } = listing;
  const shown = rows.length === total ? figure(total) : `${figure(rows.length)} of ${figure(total)}`;
  const left = [...crumbs(table, theme), span(`  ${shown}`, 'muted')];
  const attention = attentionWords[table.attention];
  if (attention !== '') left.push(span(`  ${attention}`, 'info'));
  if (table.filter !== '') left.push(span(`  filter ${table.filter}`, 'info'));
  const right: Span[] = [];
  const marks = marksText(table, listing);
  if (marks !== '') right.push(span(`${theme.glyphs.mark} ${marks}  `, 'info'));
  const sort = sortColumns(table.level.kind).find(({ id }) => id === table.sort.column);
  right.push(span(`by ${sort?.title ?? 'name'}${table.sort.reversed ? ', reversed' : ''}`, 'muted'));
  return spread(left, right, columns, theme.glyphs.ellipsis);
}

/** What stands in the place of rows where there are none: why, and what shows more. */
export function emptyLine(
  table: TableState,
  listing: AnyListing,
  { freshness, unreadable }: Pick<LiveView, 'freshness' | 'unreadable'>,
): Line {
  const text = (): string => {
    if (listing.filterError !== '') return 'The filter is not a valid expression.';
    if (listing.total > 0) {
      const what =
        table.filter === '' ? `${attentionWords[table.attention]}: v shows more` : 'the filter: Esc drops it';
      return `No row passes ${what}.`;
    }
    if (freshness.state === 'loading') return 'Loading.';
    if (unreadable.length > 0) return 'Nothing that may be read: ? says what is refused, and why.';
    if (table.level.kind === 'namespaces') return 'No namespaces.';
    return table.level.kind === 'workloads' ? 'No workloads with a proxy, or to be given one.' : 'No pods.';
  };
  return line('   ', span(text(), 'muted'));
}

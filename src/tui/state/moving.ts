import { itemIndex, itemsOf } from './guide.ts';
import { type AnyListing, listingOf } from './listing.ts';
import { distanceOf, type MoveId } from './moves.ts';
import { movedPlace } from './run-cursor.ts';
import { type Context, flash, over, type Step, stay } from './step.ts';
import { move, rowUnderCursor } from './table.ts';
import { currentTable, newTable, type Overlay, type UiState, withTable } from './ui-state.ts';

function scrolled(overlay: Overlay, action: MoveId, context: Context): Overlay {
  if (overlay.kind === 'filter' || overlay.kind === 'ask' || overlay.kind === 'destination') return overlay;
  const extent = context.extent(overlay);
  if (overlay.kind === 'run') {
    return extent.steps === undefined
      ? overlay
      : { kind: 'run', ...movedPlace(extent, extent.steps, action) };
  }
  if (overlay.kind === 'checklist') {
    if (extent.steps === undefined) return overlay;
    const { cursor, top } = movedPlace(extent, extent.steps, action);
    return { ...overlay, cursor: { id: itemsOf(context.guide.advice)[cursor]?.id, index: cursor }, top };
  }
  const { page, lines, top } = extent;
  const lowest = Math.max(0, lines - page);
  return { ...overlay, top: Math.max(0, Math.min(lowest, top + distanceOf(action, page))) };
}

/** Moves the cursor of the table, or what lies over it. */
export function moved(state: UiState, action: MoveId, context: Context): UiState {
  const { overlay } = state;
  if (overlay !== undefined && overlay.kind !== 'filter')
    return over(state, scrolled(overlay, action, context));
  const table = currentTable(state);
  const listing = listingOf(context.view.mesh, table);
  return withTable(state, move(table, listing, context.tableRows, distanceOf(action, context.tableRows)));
}

/** One level down from the row under the cursor; a pod, which has no level below it, is explained. */
export function openRow(state: UiState, listing: AnyListing): Step {
  const table = currentTable(state);
  const id = rowUnderCursor(table, listing);
  if (id === undefined) return stay(state);
  const here = withTable(state, { ...table, cursor: { id, index: listing.indexOf(id) } });
  if (listing.kind === 'namespaces') {
    return stay({ ...here, tables: [...here.tables, newTable({ kind: 'workloads', namespace: id })] });
  }
  if (listing.kind === 'workloads') {
    const workload = listing.rows[listing.indexOf(id)];
    if (workload === undefined) return stay(state);
    const { namespace, kind, name } = workload;
    const pods = newTable({ kind: 'pods', workload: { namespace, kind, name } });
    return stay({ ...here, tables: [...here.tables, pods] });
  }
  return stay(over(state, { kind: 'detail', top: 0 }));
}

/** Closes what lies over the table, else drops the filter, else goes one level up. */
export function goBack(state: UiState, context: Context): Step {
  if (state.overlay !== undefined) return stay(over(state, undefined));
  const table = currentTable(state);
  if (table.filter !== '') return stay(withTable(state, { ...table, filter: '' }));
  const [home, ...deeper] = state.tables;
  if (deeper.length > 0) return stay({ ...state, tables: [home, ...deeper.slice(0, -1)] });
  return stay(flash(state, context, 'This is the first screen: q quits.'));
}

/** From the checklist to the item under its cursor, in full. */
export function openItem(state: UiState, context: Context): Step {
  const { overlay } = state;
  if (overlay?.kind !== 'checklist') return stay(state);
  const items = itemsOf(context.guide.advice);
  const index = itemIndex(overlay.cursor, items);
  const item = items[index];
  if (item === undefined) return stay(state);
  const below = { ...overlay, cursor: { id: item.id, index } };
  return stay(over(state, { kind: 'item', id: item.id, top: 0, below }));
}

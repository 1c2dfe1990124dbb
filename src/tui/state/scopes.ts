import type { Scope } from '../../rollout/plan/plan.ts';
import type { AnyListing } from './listing.ts';
import { cursorIndex } from './table.ts';
import type { TableState } from './ui-state.ts';

/**
 * What a restart is asked for: the marked rows in order of name, else the row under the cursor; in a table of
 * pods their workload. Marks hidden by the filter count too: the screen says how many they are.
 */
export function scopesOf(table: TableState, listing: AnyListing): readonly Scope[] {
  const { level } = table;
  if (level.kind === 'pods') {
    const { namespace, kind, name } = level.workload;
    return [{ namespace, workload: { kind, name } }];
  }
  const marked = [...table.marks].filter(listing.exists).sort();
  const current = listing.idAt(cursorIndex(table, listing));
  const ids = marked.length > 0 ? marked : current === undefined ? [] : [current];
  if (level.kind === 'namespaces') return ids.map((namespace) => ({ namespace }));
  return ids.map((id) => {
    const slash = id.indexOf('/');
    return {
      namespace: level.namespace,
      workload: { kind: id.slice(0, slash), name: id.slice(slash + 1) },
    };
  });
}

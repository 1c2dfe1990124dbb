import type { WorkloadKey } from '../../mesh/view.ts';
import type { Plan, Scope } from '../../rollout/plan/plan.ts';
import type { Mode } from '../keys/actions.ts';

/** What a table shows. */
export type Level =
  | { readonly kind: 'namespaces' }
  | { readonly kind: 'workloads'; readonly namespace: string }
  | { readonly kind: 'pods'; readonly workload: WorkloadKey };

/** Rows that `v` leaves: all, those with a proxy that is not current, those with a violation. */
export type Attention = 'all' | 'not-current' | 'violations';

export interface TableState {
  readonly level: Level;
  /** The row under the cursor by id, so that it stays through refreshes and sorts; by place where the id is gone. */
  readonly cursor: { readonly id: string | undefined; readonly index: number };
  /** First row on the screen. */
  readonly top: number;
  readonly sort: { readonly column: string; readonly reversed: boolean };
  /** As typed. An expression that does not compile filters nothing away and is reported. */
  readonly filter: string;
  readonly attention: Attention;
  readonly marks: ReadonlySet<string>;
}

/** What lies over the table. `top` is the first line shown. */
export type Overlay =
  /** `before` is the filter to go back to. */
  | { readonly kind: 'filter'; readonly before: string }
  | {
      readonly kind: 'confirm';
      readonly plan: Plan;
      readonly answer: string;
      /** What is wrong with the answer, or with the plan as it was read. */
      readonly complaint: string;
      readonly top: number;
    }
  /** `top` undefined follows the step in progress. */
  | { readonly kind: 'run'; readonly top: number | undefined }
  | { readonly kind: 'help'; readonly top: number; readonly below: Overlay | undefined }
  | { readonly kind: 'detail'; readonly top: number }
  | { readonly kind: 'quit'; readonly below: Overlay | undefined };

export type Tone = 'info' | 'good' | 'caution' | 'danger';

/** One message under the table. */
export interface Flash {
  readonly text: string;
  readonly tone: Tone;
  /** Seconds since the epoch. */
  readonly until: number;
}

export interface UiState {
  /** Namespaces first, the table on the screen last. */
  readonly tables: readonly [TableState, ...TableState[]];
  readonly overlay: Overlay | undefined;
  readonly flash: Flash | undefined;
}

/** What the reducer wants done outside of it. */
export type Intent =
  | { readonly type: 'plan'; readonly scopes: readonly Scope[] }
  | { readonly type: 'start'; readonly plan: Plan }
  | { readonly type: 'stop' }
  | { readonly type: 'suspend' }
  | { readonly type: 'redraw' }
  | { readonly type: 'exit'; readonly code: 'interrupted' | 'quit' };

export function modeOf({ overlay }: UiState): Mode {
  return overlay?.kind ?? 'table';
}

/** The table on the screen. */
export function currentTable({ tables }: UiState): TableState {
  return tables.at(-1) ?? tables[0];
}

export function withTable(state: UiState, table: TableState): UiState {
  const [home, ...deeper] = state.tables;
  if (deeper.length === 0) return { ...state, tables: [table] };
  return { ...state, tables: [home, ...deeper.slice(0, -1), table] };
}

export function newTable(level: Level): TableState {
  return {
    level,
    cursor: { id: undefined, index: 0 },
    top: 0,
    sort: { column: level.kind === 'pods' ? 'name' : 'state', reversed: false },
    filter: '',
    attention: 'all',
    marks: new Set(),
  };
}

/** The state at the start: the namespaces, or the workloads of one of them. */
export function initialState(namespace: string | undefined): UiState {
  const home = newTable({ kind: 'namespaces' });
  if (namespace === undefined) return { tables: [home], overlay: undefined, flash: undefined };
  return {
    tables: [{ ...home, cursor: { id: namespace, index: 0 } }, newTable({ kind: 'workloads', namespace })],
    overlay: undefined,
    flash: undefined,
  };
}

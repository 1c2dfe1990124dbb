import type { Destination } from '../../guide/advice.ts';
import type { WorkloadKey } from '../../mesh/view.ts';
import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { LockHolder } from '../../rollout/lock/lock.ts';
import type { Plan, Scope } from '../../rollout/plan/plan.ts';
import type { PreflightReport } from '../../rollout/preflight/report.ts';
import type { StartOptions } from '../../rollout/rollout.ts';
import type { OperatorAction } from '../../rollout/run/run.ts';
import type { Mode } from '../keys/actions.ts';
import type { ItemCursor } from './guide.ts';

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

/** What is confirmed: the restart of a plan, or a run left unfinished that is to be taken up. */
export type Subject =
  | { readonly what: 'plan'; readonly plan: Plan }
  | { readonly what: 'run'; readonly recorded: RecordedRun };

/** What stands against a plan. `none`: nobody looks, since the engine looks again before each wave. */
export type Preflight =
  | { readonly state: 'none' }
  | { readonly state: 'looking' }
  | { readonly state: 'found'; readonly report: PreflightReport }
  | { readonly state: 'failed'; readonly message: string };

/** How far a confirmation is; each stage that asks has its own word. */
export type Stage =
  | { readonly stage: 'asking' }
  | { readonly stage: 'starting'; readonly takesOver: boolean }
  | { readonly stage: 'locked'; readonly by: LockHolder }
  | { readonly stage: 'no-lock'; readonly reason: string };

export interface Confirmation {
  readonly kind: 'confirm';
  readonly subject: Subject;
  readonly preflight: Preflight;
  readonly stage: Stage;
  readonly answer: string;
  /** What is wrong with the answer, or with the plan as it was read. */
  readonly complaint: string;
  readonly top: number;
  /** Where Esc leads. */
  readonly below: Overlay | undefined;
}

export interface RunOverlay {
  readonly kind: 'run';
  /** Index of the step under the cursor; undefined follows the run. */
  readonly cursor: number | undefined;
  /** First line shown; undefined follows the run. */
  readonly top: number | undefined;
}

/** The upgrade guide as a list of things to do. */
export interface ChecklistOverlay {
  readonly kind: 'checklist';
  readonly cursor: ItemCursor;
  /** First line shown. */
  readonly top: number;
}

/** What is asked about by a question that `y` answers. */
export type Question = 'quit' | 'abort' | 'proceed';

/** What lies over the table. `top` is the first line shown. */
export type Overlay =
  /** `before` is the filter to go back to. */
  | { readonly kind: 'filter'; readonly before: string }
  | { readonly kind: 'plan'; readonly plan: Plan; readonly top: number }
  | Confirmation
  | RunOverlay
  | { readonly kind: 'help'; readonly top: number; readonly below: Overlay | undefined }
  | { readonly kind: 'detail'; readonly top: number }
  /** A step of the run, explained. */
  | { readonly kind: 'step'; readonly index: number; readonly top: number; readonly below: RunOverlay }
  /** The warnings of the run. */
  | { readonly kind: 'warnings'; readonly top: number; readonly below: RunOverlay }
  | ChecklistOverlay
  /** A task or notice of the checklist, in full. */
  | { readonly kind: 'item'; readonly id: string; readonly top: number; readonly below: ChecklistOverlay }
  /** Where to upgrade to, while it is typed. */
  | {
      readonly kind: 'destination';
      readonly text: string;
      /** What is wrong with it; '' until somebody tries. */
      readonly complaint: string;
      readonly below: ChecklistOverlay;
    }
  | { readonly kind: 'ask'; readonly about: Question; readonly below: Overlay | undefined };

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
  /** `read`: the plan that the operator has just read; the new one is compared with it. */
  | {
      readonly type: 'plan';
      readonly scopes: readonly Scope[];
      readonly purpose: 'review' | 'restart';
      readonly read?: Plan;
    }
  | { readonly type: 'preflight'; readonly plan: Plan }
  /** `lock` undefined: as the command line says. */
  | {
      readonly type: 'start';
      readonly subject: Subject;
      readonly lock: Exclude<StartOptions['lock'], 'required'> | undefined;
    }
  | { readonly type: 'act'; readonly action: OperatorAction }
  | { readonly type: 'aim'; readonly destination: Destination }
  | { readonly type: 'suspend' }
  | { readonly type: 'redraw' }
  | { readonly type: 'exit'; readonly code: 'interrupted' | 'quit' };

export function modeOf({ overlay }: UiState): Mode {
  if (overlay === undefined) return 'table';
  switch (overlay.kind) {
    case 'step':
    case 'warnings':
    case 'item':
      return 'detail';
    default:
      return overlay.kind;
  }
}

/** Whether the checklist is on the screen, or what lies over it leads back to it. */
export function showsChecklist(overlay: Overlay | undefined): boolean {
  if (overlay === undefined) return false;
  if (overlay.kind === 'checklist') return true;
  return 'below' in overlay && showsChecklist(overlay.below);
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

import type { Plan } from '../../rollout/plan/plan.ts';
import type { StartOutcome } from '../../rollout/rollout.ts';
import { type ActionId, actionFor } from '../keys/actions.ts';
import { isCharacter, type Key } from '../keys/key.ts';
import { charactersOf } from '../text/width.ts';
import { aimed, askDestination, showChecklist } from './checklist.ts';
import { answered, cancelled, confirmPlan, preflighted, startEnded } from './confirming.ts';
import { listingOf } from './listing.ts';
import { isMove } from './moves.ts';
import { goBack, moved, openItem, openRow } from './moving.ts';
import { agreed, leave, operate, suspended } from './operating.ts';
import { planRestart, restartPlan, reviewAll, reviewPlan, showRun } from './planning.ts';
import { type Context, flash, over, type Step, stay, want } from './step.ts';
import {
  move,
  nextAttention,
  nextSort,
  rowUnderCursor,
  settle,
  toggleMark,
  toggleMarksOfShown,
} from './table.ts';
import { edited, isTyping, typed } from './typing.ts';
import {
  currentTable,
  modeOf,
  type Preflight,
  type TableState,
  type Tone,
  type UiState,
  withTable,
} from './ui-state.ts';

export type UiEvent =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  /** A plan to be read or confirmed. `changed`: it differs from the one that was just read. */
  | {
      readonly type: 'planned';
      readonly plan: Plan;
      readonly purpose: 'review' | 'restart';
      readonly changed: boolean;
    }
  | { readonly type: 'preflighted'; readonly plan: Plan; readonly preflight: Preflight }
  | { readonly type: 'start-ended'; readonly outcome: StartOutcome }
  /** The run has halted: whatever was looked at, its diagnosis comes first. */
  | { readonly type: 'halted' }
  | { readonly type: 'flash'; readonly text: string; readonly tone: Tone };

function changeTable(state: UiState, change: (table: TableState) => TableState): Step {
  return stay(withTable(state, change(currentTable(state))));
}

/** Back to what was on the screen before the help or the question. */
function below(state: UiState): UiState {
  const { overlay } = state;
  return over(state, overlay !== undefined && 'below' in overlay ? overlay.below : undefined);
}

function act(state: UiState, action: ActionId, context: Context): Step {
  if (isMove(action)) return stay(moved(state, action, context));
  const { overlay } = state;
  const listing = listingOf(context.view.mesh, currentTable(state));
  switch (action) {
    case 'open':
      return openRow(state, listing);
    case 'back':
      return goBack(state, context);
    case 'filter':
      return stay(over(state, { kind: 'filter', before: currentTable(state).filter }));
    case 'sort':
      return changeTable(state, nextSort);
    case 'reverse':
      return changeTable(state, (table) => ({
        ...table,
        sort: { ...table.sort, reversed: !table.sort.reversed },
      }));
    case 'attention':
      return changeTable(state, nextAttention);
    case 'mark': {
      const table = currentTable(state);
      const id = rowUnderCursor(table, listing);
      if (listing.kind === 'pods') {
        return stay(flash(state, context, 'Pods are not marked: a restart is of a whole workload.'));
      }
      if (id === undefined) return stay(state);
      // On to the next row, so that holding Space marks a range.
      return stay(withTable(state, move(toggleMark(table, id), listing, context.tableRows, 1)));
    }
    case 'mark-shown':
      if (listing.kind === 'pods') {
        return stay(flash(state, context, 'Pods are not marked: a restart is of a whole workload.'));
      }
      return changeTable(state, (table) => toggleMarksOfShown(table, listing));
    case 'unmark':
      return changeTable(state, (table) => ({ ...table, marks: new Set<string>() }));
    case 'restart':
      return planRestart(state, context, listing);
    case 'explain':
      if (rowUnderCursor(currentTable(state), listing) === undefined) return stay(state);
      return stay(over(state, { kind: 'detail', top: 0 }));
    case 'checklist':
      return stay(showChecklist(state));
    case 'open-item':
      return openItem(state, context);
    case 'destination':
      return stay(askDestination(state));
    case 'destination-take':
      return aimed(state);
    case 'destination-cancel':
      return stay(below(state));
    case 'plan':
      return reviewPlan(state, context, listing);
    case 'plan-all':
      return reviewAll(state, context);
    case 'restart-plan':
      return restartPlan(state, context);
    case 'run':
      return showRun(state, context);
    case 'explain-step': {
      if (overlay?.kind !== 'run') return stay(state);
      const index = context.extent(overlay).steps?.cursor ?? 0;
      return stay(over(state, { kind: 'step', index, top: 0, below: overlay }));
    }
    case 'warnings':
      if (overlay?.kind !== 'run') return stay(state);
      if (context.run?.warnings.length === 0) return stay(flash(state, context, 'Nothing was warned of.'));
      return stay(over(state, { kind: 'warnings', top: 0, below: overlay }));
    case 'pause':
    case 'proceed':
    case 'retry':
    case 'skip':
    case 'abort':
      return operate(state, context, action);
    case 'filter-keep':
      if (listing.filterError !== '') return stay(state);
      return stay(over(state, undefined));
    case 'filter-cancel': {
      const before = overlay?.kind === 'filter' ? overlay.before : '';
      return stay(over(withTable(state, { ...currentTable(state), filter: before }), undefined));
    }
    case 'erase':
      return stay(edited(state, (text) => charactersOf(text).slice(0, -1).join('')));
    case 'erase-word':
      return stay(edited(state, (text) => text.replace(/\S*\s*$/u, '')));
    case 'erase-all':
      return stay(edited(state, () => ''));
    case 'accept':
      return overlay?.kind === 'confirm' ? answered(state, overlay, context) : stay(state);
    case 'cancel':
      return cancelled(state, context);
    case 'close':
      return stay(below(state));
    case 'help':
      return stay(over(state, { kind: 'help', top: 0, below: overlay }));
    case 'quit':
      return leave(state, context, 'quit');
    case 'yes':
      return overlay?.kind === 'ask' ? agreed(state, context, overlay.about) : stay(state);
    case 'no':
      return stay(below(state));
    case 'interrupt':
      return leave(state, context, 'interrupted');
    case 'suspend':
      return suspended(state, context);
    case 'redraw':
      return want(state, { type: 'redraw' });
  }
}

function pressed(state: UiState, key: Key, context: Context): Step {
  // A message has been read, or at least seen, when the next key is pressed.
  const seen: UiState = state.flash === undefined ? state : { ...state, flash: undefined };
  const action = actionFor(modeOf(seen), key, context.readOnly);
  if (action !== undefined) return act(seen, action, context);
  return stay(isTyping(seen) && isCharacter(key) ? typed(seen, key) : seen);
}

function settled(state: UiState, context: Context): UiState {
  const table = currentTable(state);
  return withTable(state, settle(table, listingOf(context.view.mesh, table), context.tableRows));
}

function applied(state: UiState, event: UiEvent, context: Context): Step {
  switch (event.type) {
    case 'key':
      return pressed(state, event.key, context);
    case 'paste':
      return stay(isTyping(state) ? typed(state, event.text) : state);
    case 'planned':
      if (event.purpose === 'restart') return confirmPlan(state, event.plan, event.changed);
      return stay(over(state, { kind: 'plan', plan: event.plan, top: 0 }));
    case 'preflighted':
      return preflighted(state, event.plan, event.preflight);
    case 'start-ended':
      return startEnded(state, event.outcome, context);
    case 'halted':
      if (state.overlay?.kind !== 'run') return stay(state);
      return stay(over(state, { kind: 'run', cursor: undefined, top: undefined }));
    case 'flash':
      return stay(flash(state, context, event.text, event.tone));
  }
}

/** The next state and what has to be done outside. Pure: same arguments, same answer. */
export function reduce(state: UiState, event: UiEvent, context: Context): Step {
  // Rows may have come and gone since the last event: the event acts on what the screen shows now.
  const step = applied(settled(state, context), event, context);
  return { ...step, state: settled(step.state, context) };
}

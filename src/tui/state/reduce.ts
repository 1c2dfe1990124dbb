import type { Plan } from '../../rollout/plan/plan.ts';
import { type ActionId, actionFor } from '../keys/actions.ts';
import { isCharacter, type Key } from '../keys/key.ts';
import { charactersOf } from '../text/width.ts';
import { listingOf } from './listing.ts';
import { goBack, isMove, moved, openRow } from './moving.ts';
import { answered, planRestart, stopRun } from './restarting.ts';
import { isActive } from './run-facts.ts';
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
import { currentTable, modeOf, type TableState, type Tone, type UiState, withTable } from './ui-state.ts';

export type UiEvent =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  /** A plan to be confirmed. `changed`: it differs from the one that was just agreed to. */
  | { readonly type: 'planned'; readonly plan: Plan; readonly changed: boolean }
  | { readonly type: 'started' }
  | { readonly type: 'flash'; readonly text: string; readonly tone: Tone };

function changeTable(state: UiState, change: (table: TableState) => TableState): Step {
  return stay(withTable(state, change(currentTable(state))));
}

/** Leaves at once, or asks first while a run is active; asked twice it leaves all the same. */
function leave(state: UiState, context: Context, code: 'quit' | 'interrupted'): Step {
  const asked = state.overlay?.kind === 'quit';
  if (!isActive(context.run) || asked) return want(state, { type: 'exit', code });
  return stay(over(state, { kind: 'quit', below: state.overlay }));
}

/** Back to what was on the screen before the help or the question. */
function below(state: UiState): UiState {
  const { overlay } = state;
  return over(state, overlay?.kind === 'help' || overlay?.kind === 'quit' ? overlay.below : undefined);
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
    case 'run':
      if (context.run === undefined) return stay(flash(state, context, 'No run yet: r plans one.'));
      return stay(over(state, { kind: 'run', top: undefined }));
    case 'stop':
      return stopRun(state, context);
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
      return stay(flash(over(state, undefined), context, 'Cancelled: nothing was restarted.'));
    case 'close':
      return stay(below(state));
    case 'help':
      return stay(over(state, { kind: 'help', top: 0, below: overlay }));
    case 'quit':
      return leave(state, context, 'quit');
    case 'quit-yes':
      return want(state, { type: 'exit', code: 'quit' });
    case 'quit-no':
      return stay(below(state));
    case 'interrupt':
      return leave(state, context, 'interrupted');
    case 'suspend':
      if (isActive(context.run)) {
        return stay(
          flash(state, context, 'A run is active: suspending would leave it unwatched.', 'caution'),
        );
      }
      return want(state, { type: 'suspend' });
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
      return stay(
        over(state, {
          kind: 'confirm',
          plan: event.plan,
          answer: '',
          complaint: event.changed ? 'The plan has changed since you read it: please read it again.' : '',
          top: 0,
        }),
      );
    case 'started': {
      const table = currentTable(state);
      const unmarked = withTable(state, { ...table, marks: new Set<string>() });
      return stay(over(unmarked, { kind: 'run', top: undefined }));
    }
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

import type { OperatorAction } from '../../rollout/run/run.ts';
import { isInProgress, isUnfinished, objection } from './run-facts.ts';
import { type Context, flash, over, type Step, stay, want } from './step.ts';
import type { Question, UiState } from './ui-state.ts';

const confirmations: Readonly<Record<OperatorAction['type'], string>> = {
  pause: 'Pausing: nothing new is started.',
  proceed: 'Going on.',
  abort: 'Ending the run: what was started is watched to its end.',
  retry: 'Queued again.',
  skip: 'Skipped.',
};

/** Hands the operator's wish to the run, or says why it makes no sense now. */
function wished(state: UiState, context: Context, action: OperatorAction): Step {
  const against = objection(context.run, action);
  if (against !== '') return stay(flash(state, context, against));
  return want(flash(state, context, confirmations[action.type]), { type: 'act', action });
}

/** A key of the run's screen. What restarts more after a halt, or ends the run for good, is asked about first. */
export function operate(state: UiState, context: Context, type: OperatorAction['type']): Step {
  const { run } = context;
  switch (type) {
    case 'pause':
      return wished(state, context, { type });
    case 'proceed':
      if (run?.phase.phase !== 'halted') return wished(state, context, { type });
      return asked(state, context, 'proceed');
    case 'abort':
      return asked(state, context, 'abort');
    case 'retry':
    case 'skip': {
      const { overlay } = state;
      if (overlay?.kind !== 'run') return stay(state);
      const index = context.extent(overlay).steps?.cursor;
      if (index === undefined) return stay(state);
      const step = wished(state, context, { type, index });
      if (type !== 'retry' || step.intents.length === 0 || run?.phase.phase !== 'halted') return step;
      return { ...step, state: flash(step.state, context, 'Queued again: c goes on.') };
    }
  }
}

function asked(state: UiState, context: Context, about: 'abort' | 'proceed'): Step {
  const against = objection(context.run, { type: about });
  if (against !== '') return stay(flash(state, context, against));
  return stay(over(state, { kind: 'ask', about, below: state.overlay }));
}

/** `y` to a question. What was asked about may have become pointless meanwhile. */
export function agreed(state: UiState, context: Context, about: Question): Step {
  const { overlay } = state;
  if (about === 'quit') return want(state, { type: 'exit', code: 'quit' });
  const below = over(state, overlay?.kind === 'ask' ? overlay.below : undefined);
  return wished(below, context, { type: about });
}

/** Leaves at once, or asks first while a run would be left; asked twice it leaves all the same. */
export function leave(state: UiState, context: Context, code: 'quit' | 'interrupted'): Step {
  const asked = state.overlay?.kind === 'ask' && state.overlay.about === 'quit';
  if (!isInProgress(context.run) || asked) return want(state, { type: 'exit', code });
  const below = state.overlay?.kind === 'ask' ? state.overlay.below : state.overlay;
  return stay(over(state, { kind: 'ask', about: 'quit', below }));
}

/** Ctrl-Z, refused while a run needs this program. */
export function suspended(state: UiState, context: Context): Step {
  if (!isUnfinished(context.run)) return want(state, { type: 'suspend' });
  return stay(flash(state, context, 'A run is unfinished: suspending would leave it unwatched.', 'caution'));
}

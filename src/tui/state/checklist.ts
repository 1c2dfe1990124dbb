import { destinationOf } from '../../guide/path.ts';
import { over, type Step, stay, want } from './step.ts';
import type { UiState } from './ui-state.ts';

/** The checklist over the table, from its first item on. */
export function showChecklist(state: UiState): UiState {
  return over(state, { kind: 'checklist', cursor: { id: undefined, index: 0 }, top: 0 });
}

/** Asks where to. */
export function askDestination(state: UiState): UiState {
  const { overlay } = state;
  if (overlay?.kind !== 'checklist') return state;
  return over(state, { kind: 'destination', text: '', complaint: '', below: overlay });
}

/**
 * Takes the destination that was typed, or says what is wrong with it; nothing typed changes nothing. Another path is
 * read from its start.
 */
export function aimed(state: UiState): Step {
  const { overlay } = state;
  if (overlay?.kind !== 'destination') return stay(state);
  if (overlay.text.trim() === '') return stay(over(state, overlay.below));
  const found = destinationOf(overlay.text);
  if ('error' in found) return stay(over(state, { ...overlay, complaint: found.error }));
  return want(showChecklist(state), { type: 'aim', destination: found.version });
}

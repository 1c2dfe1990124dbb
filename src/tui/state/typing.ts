import { charactersOf } from '../text/width.ts';
import { wantedWord } from './confirming.ts';
import { over } from './step.ts';
import { currentTable, type UiState, withTable } from './ui-state.ts';

/** Characters of an answer that are kept: more than any right one has. */
const longestAnswer = 20;

/** Characters of a destination that are kept: more than any version has. */
const longestDestination = 60;

/** The text being typed with `edit` applied: the filter, the answer or the destination. */
export function edited(state: UiState, edit: (text: string) => string): UiState {
  const { overlay } = state;
  if (overlay?.kind === 'filter') {
    const table = currentTable(state);
    return withTable(state, { ...table, filter: edit(table.filter) });
  }
  if (overlay?.kind === 'confirm') {
    const answer = charactersOf(edit(overlay.answer)).slice(0, longestAnswer).join('');
    return over(state, { ...overlay, answer, complaint: '' });
  }
  if (overlay?.kind === 'destination') {
    const text = charactersOf(edit(overlay.text)).slice(0, longestDestination).join('');
    return over(state, { ...overlay, text, complaint: '' });
  }
  return state;
}

/** Typed or pasted text, freed of everything that is not a printable character. */
export function typed(state: UiState, text: string): UiState {
  const printable = text.replace(/\p{C}/gu, '');
  return printable === '' ? state : edited(state, (before) => before + printable);
}

/** Whether characters are taken as text. */
export function isTyping(state: UiState): boolean {
  const { overlay } = state;
  if (overlay?.kind === 'filter' || overlay?.kind === 'destination') return true;
  return overlay?.kind === 'confirm' && wantedWord(overlay) !== undefined;
}

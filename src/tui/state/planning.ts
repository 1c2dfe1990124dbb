import type { Scope } from '../../rollout/plan/plan.ts';
import type { AnyListing } from './listing.ts';
import { isUnfinished } from './run-facts.ts';
import { scopesOf } from './scopes.ts';
import { type Context, flash, over, type Step, stay, want } from './step.ts';
import { currentTable, type UiState } from './ui-state.ts';

/** Why no restart may rest on what is on the screen; '' when it may. */
export function untrustedPicture({ view, visible }: Context): string {
  if (!visible) return 'The window is too small to show what would be restarted.';
  if (view.freshness.state === 'loading') return 'Still loading: a plan would be incomplete.';
  if (view.freshness.state === 'stale') return 'No contact with the API server: what is shown may be wrong.';
  return '';
}

function planned(
  state: UiState,
  context: Context,
  scopes: readonly Scope[],
  purpose: 'review' | 'restart',
): Step {
  const untrusted = untrustedPicture(context);
  if (untrusted !== '') return stay(flash(state, context, untrusted, 'caution'));
  if (scopes.length === 0) return stay(flash(state, context, 'There is nothing here to restart.', 'caution'));
  return want(state, { type: 'plan', scopes, purpose });
}

/** Every namespace that is known. */
function everything({ view }: Context): readonly Scope[] {
  return view.mesh.namespaces.map(({ name }) => ({ namespace: name }));
}

const UNFINISHED = 'A run is unfinished: p shows it; only one at a time.';

/** Asks for a plan of what is marked or under the cursor, to confirm it. */
export function planRestart(state: UiState, context: Context, listing: AnyListing): Step {
  if (isUnfinished(context.run)) return stay(flash(state, context, UNFINISHED, 'caution'));
  return planned(state, context, scopesOf(currentTable(state), listing), 'restart');
}

/** Shows the run while there is an unfinished one, else the plan of what is marked or under the cursor, else of all. */
export function reviewPlan(state: UiState, context: Context, listing: AnyListing): Step {
  if (isUnfinished(context.run)) return showRun(state, context);
  const { level } = currentTable(state);
  const chosen = scopesOf(currentTable(state), listing);
  const otherwise = level.kind === 'workloads' ? [{ namespace: level.namespace }] : everything(context);
  return planned(state, context, chosen.length > 0 ? chosen : otherwise, 'review');
}

/** The plan of the whole cluster. */
export function reviewAll(state: UiState, context: Context): Step {
  return planned(state, context, everything(context), 'review');
}

/** From a plan that has been read to its confirmation: it is planned anew and compared. */
export function restartPlan(state: UiState, context: Context): Step {
  const { overlay } = state;
  if (overlay?.kind !== 'plan') return stay(state);
  if (isUnfinished(context.run)) return stay(flash(state, context, UNFINISHED, 'caution'));
  const untrusted = untrustedPicture(context);
  if (untrusted !== '') return stay(flash(state, context, untrusted, 'caution'));
  const { plan } = overlay;
  return want(state, { type: 'plan', scopes: plan.scopes, purpose: 'restart', read: plan });
}

/** The current or last run; before the first one, the question whether to take up one that was left unfinished. */
export function showRun(state: UiState, context: Context): Step {
  if (context.run !== undefined) {
    return stay(over(state, { kind: 'run', cursor: undefined, top: undefined }));
  }
  const { unfinished } = context;
  if (unfinished === undefined) {
    return stay(flash(state, context, 'No run yet: p plans one, r restarts what is marked or the row.'));
  }
  return stay(
    over(state, {
      kind: 'confirm',
      subject: { what: 'run', recorded: unfinished },
      preflight: { state: 'none' },
      stage: { stage: 'asking' },
      answer: '',
      complaint: '',
      top: 0,
      below: undefined,
    }),
  );
}

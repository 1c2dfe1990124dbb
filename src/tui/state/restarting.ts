import type { Plan } from '../../rollout/plan/plan.ts';
import type { AnyListing } from './listing.ts';
import { isActive } from './run-facts.ts';
import { scopesOf } from './scopes.ts';
import { type Context, flash, over, type Step, stay, want } from './step.ts';
import { currentTable, type Overlay, type UiState } from './ui-state.ts';

/** The word that starts a run. */
export const CONSENT = 'yes';

/** Whether a plan can be started at all: something to do, and nothing that forbids it. */
export function canStart(plan: Plan): boolean {
  return plan.blocked.length === 0 && plan.items.length > 0;
}

/** Why no restart may rest on what is on the screen; '' when it may. */
function untrustedPicture({ view, visible }: Context): string {
  if (!visible) return 'The window is too small to show what would be restarted.';
  if (view.freshness.state === 'loading') return 'Still loading: a plan would be incomplete.';
  if (view.freshness.state === 'stale') return 'No contact with the API server: what is shown may be wrong.';
  return '';
}

/** Asks for the plan of what is marked or under the cursor. */
export function planRestart(state: UiState, context: Context, listing: AnyListing): Step {
  if (isActive(context.run)) {
    return stay(flash(state, context, 'A run is active: p shows it, z there stops it.', 'caution'));
  }
  const untrusted = untrustedPicture(context);
  if (untrusted !== '') return stay(flash(state, context, untrusted, 'caution'));
  const scopes = scopesOf(currentTable(state), listing);
  if (scopes.length === 0) return stay(flash(state, context, 'There is nothing here to restart.', 'caution'));
  return want(state, { type: 'plan', scopes });
}

/** Enter on the confirmation: starts the plan only if exactly `yes` was typed. */
export function answered(
  state: UiState,
  overlay: Extract<Overlay, { kind: 'confirm' }>,
  context: Context,
): Step {
  const startable = canStart(overlay.plan);
  if (!startable || overlay.answer === '') {
    const text = startable ? 'Cancelled: nothing was restarted.' : 'Nothing was restarted.';
    return stay(flash(over(state, undefined), context, text));
  }
  if (overlay.answer !== CONSENT) {
    const complaint = `"${overlay.answer}" is not ${CONSENT}: nothing was started.`;
    return stay(over(state, { ...overlay, answer: '', complaint }));
  }
  const untrusted = untrustedPicture(context);
  if (untrusted !== '') return stay(over(state, { ...overlay, answer: '', complaint: untrusted }));
  return want(state, { type: 'start', plan: overlay.plan });
}

export function stopRun(state: UiState, context: Context): Step {
  if (!isActive(context.run)) return stay(flash(state, context, 'No run is active.'));
  if (context.run.phase.phase === 'stopping')
    return stay(flash(state, context, 'The run is stopping already.'));
  return want(flash(state, context, 'Stopping after the workload in progress.', 'caution'), { type: 'stop' });
}

import { idOf } from '../../rollout/plan/names.ts';
import type { Plan } from '../../rollout/plan/plan.ts';
import type { StartOutcome } from '../../rollout/rollout.ts';
import { untrustedPicture } from './planning.ts';
import { type Context, flash, over, type Step, stay, want } from './step.ts';
import {
  type Confirmation,
  currentTable,
  type Overlay,
  type Preflight,
  type Stage,
  type UiState,
  withTable,
} from './ui-state.ts';

const LOOKING = 'Still looking: press Enter again once it is done.';

/** The word that each stage asks for; undefined while nothing is asked. */
const words: Readonly<Record<Stage['stage'], string | undefined>> = {
  asking: 'yes',
  starting: undefined,
  locked: 'take-over',
  'no-lock': 'without',
};

/** The word that has to be typed to go on; undefined where nothing can be typed. */
export function wantedWord(confirmation: Confirmation): string | undefined {
  return hindrance(confirmation) === '' ? words[confirmation.stage.stage] : undefined;
}

function remaining({ items }: Plan, preflight: Preflight): number {
  if (preflight.state !== 'found') return items.length;
  const left = new Set(preflight.report.exclusions.map(({ key }) => idOf(key)));
  return items.filter(({ key }) => !left.has(idOf(key))).length;
}

/** Why what is asked about cannot be started at all, as a sentence; '' when it can. */
export function hindrance({ subject, preflight }: Confirmation): string {
  if (subject.what === 'run') return '';
  const { plan } = subject;
  if (plan.items.length === 0) return 'No workload would change.';
  if (plan.blocked.length > 0) return 'This plan cannot be started.';
  if (preflight.state !== 'found') return '';
  if (preflight.report.findings.some(({ severity }) => severity === 'blocker')) {
    return 'This plan cannot be started: see what was found.';
  }
  return remaining(plan, preflight) === 0 ? 'Nothing may be restarted: see what was found.' : '';
}

/** The confirmation of a plan: asks at once what stands against it, if it could be started otherwise. */
export function confirmPlan(state: UiState, plan: Plan, changed: boolean): Step {
  const startable = plan.items.length > 0 && plan.blocked.length === 0;
  const { overlay } = state;
  const below = overlay?.kind === 'confirm' ? overlay.below : overlay;
  const confirmation: Confirmation = {
    kind: 'confirm',
    subject: { what: 'plan', plan },
    preflight: { state: startable ? 'looking' : 'none' },
    stage: { stage: 'asking' },
    answer: '',
    complaint: changed ? 'The plan has changed since you read it: please read it again.' : '',
    top: 0,
    below: below?.kind === 'plan' ? { ...below, plan } : undefined,
  };
  const shown = over(state, confirmation);
  return startable ? want(shown, { type: 'preflight', plan }) : stay(shown);
}

/** What was found for a plan; an answer for another one comes too late. */
export function preflighted(state: UiState, plan: Plan, preflight: Preflight): Step {
  const { overlay } = state;
  if (overlay?.kind !== 'confirm' || overlay.subject.what !== 'plan' || overlay.subject.plan !== plan) {
    return stay(state);
  }
  const complaint = overlay.complaint === LOOKING ? '' : overlay.complaint;
  return stay(over(state, { ...overlay, preflight, complaint }));
}

/** Back to where the confirmation came from. */
export function cancelled(state: UiState, context: Context): Step {
  const { overlay } = state;
  if (overlay?.kind !== 'confirm') return stay(state);
  if (overlay.stage.stage === 'starting') {
    return stay(
      over(state, { ...overlay, complaint: 'It is being started; Ctrl-C leaves, and a run can be paused.' }),
    );
  }
  const text =
    overlay.subject.what === 'run'
      ? 'Cancelled: the run stays as it was left.'
      : 'Cancelled: nothing was restarted.';
  return stay(flash(over(state, overlay.below), context, text));
}

/** Enter on a confirmation: goes on only if exactly the word asked for was typed. */
export function answered(state: UiState, confirmation: Confirmation, context: Context): Step {
  const { subject, preflight, stage, answer, below } = confirmation;
  const again = (complaint: string, kept = ''): Step =>
    stay(over(state, { ...confirmation, answer: kept, complaint }));
  if (stage.stage === 'starting') return stay(state);
  const wanted = wantedWord(confirmation);
  if (wanted === undefined) return stay(flash(over(state, below), context, 'Nothing was restarted.'));
  if (answer === '') return cancelled(state, context);
  if (answer !== wanted) return again(`"${answer}" is not ${wanted}: nothing was started.`);
  const untrusted = untrustedPicture(context);
  if (untrusted !== '') return again(untrusted);
  if (preflight.state === 'looking') return again(LOOKING, answer);
  const lock = stage.stage === 'locked' ? 'take-over' : stage.stage === 'no-lock' ? 'without' : undefined;
  const starting: Overlay = {
    ...confirmation,
    stage: { stage: 'starting', takesOver: lock === 'take-over' },
    answer: '',
    complaint: '',
  };
  return want(over(state, starting), { type: 'start', subject, lock });
}

/** What became of a start: the run is shown, or what stands in the way and the word that goes past it. */
export function startEnded(state: UiState, outcome: StartOutcome, context: Context): Step {
  if (outcome.outcome === 'started') {
    const unmarked = withTable(state, { ...currentTable(state), marks: new Set<string>() });
    return stay(over(unmarked, { kind: 'run', cursor: undefined, top: undefined }));
  }
  const { overlay } = state;
  const reason = outcome.outcome === 'locked' ? 'another run holds the lock' : outcome.reason;
  if (overlay?.kind !== 'confirm') return stay(flash(state, context, `Not started: ${reason}`, 'danger'));
  const took = overlay.stage.stage === 'starting' && overlay.stage.takesOver;
  switch (outcome.outcome) {
    case 'refused':
      return stay(
        over(state, { ...overlay, stage: { stage: 'asking' }, complaint: `Not started: ${reason}` }),
      );
    case 'locked': {
      const complaint = took ? 'Not taken over: its holder is alive.' : '';
      return stay(over(state, { ...overlay, stage: { stage: 'locked', by: outcome.by }, complaint, top: 0 }));
    }
    case 'no-lock':
      return stay(over(state, { ...overlay, stage: { stage: 'no-lock', reason }, complaint: '', top: 0 }));
  }
}

import type { Plan } from '../../rollout/plan/plan.ts';
import { countStates, type StateCounts } from '../../rollout/run/counts.ts';
import type { OperatorAction, Run, RunPhase, Step, StepState } from '../../rollout/run/run.ts';
import { count, duration, placedName } from '../text/words.ts';

/** A run that has not come to its end: the operator can still say something to it. */
export type UnfinishedRun = Run & {
  readonly phase: Exclude<RunPhase, { readonly phase: 'done' | 'aborted' }>;
};

export function isUnfinished(run: Run | undefined): run is UnfinishedRun {
  return run !== undefined && run.phase.phase !== 'done' && run.phase.phase !== 'aborted';
}

/** Whether leaving would leave something unwatched or undone that goes on by itself: not after a halt that rests. */
export function isInProgress(run: Run | undefined): run is UnfinishedRun {
  return isUnfinished(run) && (run.phase.phase !== 'halted' || inProgress(run) > 0);
}

/** Index of the wave that a run is in; undefined once it has ended. */
export function waveOf({ phase }: Run): number | undefined {
  return phase.phase === 'done' || phase.phase === 'aborted' ? undefined : phase.wave;
}

type StateName = StepState['state'];

/** What the steps of a run come to. */
interface Tally {
  readonly counts: StateCounts;
  /** Steps that have ended, those of them that failed, and steps in all, by wave. */
  readonly waves: readonly { readonly ended: number; readonly failed: number; readonly total: number }[];
  /** Pods that are still to be proven, and all. */
  readonly pods: { readonly open: number; readonly all: number };
  /** Index of the first step that is in progress, else queued, else of the last one. */
  readonly current: number;
}

const active: ReadonlySet<StateName> = new Set<StateName>(['patching', 'rolling', 'soaking']);

/** Pods of a step that has not ended which are still to be proven. */
function openPods(status: StepState, pods: number): number {
  if (status.state === 'soaking') return 0;
  return status.state === 'rolling' ? Math.max(0, pods - status.progress.proven) : pods;
}

function tallied(steps: readonly Step[]): Tally {
  const counts = countStates(steps);
  const waves: { ended: number; failed: number; total: number }[] = [];
  const pods = { open: 0, all: 0 };
  let firstActive: number | undefined;
  let firstQueued: number | undefined;
  for (const [index, { item, status }] of steps.entries()) {
    const { state } = status;
    while (waves.length <= item.wave) waves.push({ ended: 0, failed: 0, total: 0 });
    const wave = waves[item.wave];
    const ended = state !== 'queued' && !active.has(state);
    pods.all += item.pods;
    if (!ended) pods.open += openPods(status, item.pods);
    if (wave !== undefined) {
      wave.total += 1;
      if (ended) wave.ended += 1;
      if (state === 'failed') wave.failed += 1;
    }
    if (active.has(state)) firstActive ??= index;
    if (state === 'queued') firstQueued ??= index;
  }
  return { counts, waves, pods, current: firstActive ?? firstQueued ?? Math.max(0, steps.length - 1) };
}

const tallies = new WeakMap<readonly Step[], Tally>();

/** Sums over the steps of a run, made once for each state of it: many frames show the same one. */
export function tallyOf({ steps }: Pick<Run, 'steps'>): Tally {
  const known = tallies.get(steps);
  if (known !== undefined) return known;
  const tally = tallied(steps);
  tallies.set(steps, tally);
  return tally;
}

/** Steps of a run by state. */
export function stepCounts(run: Pick<Run, 'steps'>): StateCounts {
  return tallyOf(run).counts;
}

/** Steps that have been patched, or are about to be, and are not proven yet. */
export function inProgress(run: Run): number {
  const { patching, rolling, soaking } = stepCounts(run);
  return patching + rolling + soaking;
}

/** Steps that stand at their target as far as they can. */
export function restarted(run: Run): number {
  const { done, partial } = stepCounts(run);
  return done + partial;
}

/** Index of the step that matters most now: what a halt is about, else the first in progress, else the next. */
export function currentStep(run: Run): number {
  const { phase } = run;
  const workload = phase.phase === 'halted' ? phase.halt.workload : undefined;
  if (workload !== undefined) {
    const found = run.steps.findIndex(
      ({ item: { key } }) =>
        key.namespace === workload.namespace && key.kind === workload.kind && key.name === workload.name,
    );
    if (found >= 0) return found;
  }
  return tallyOf(run).current;
}

/** When the run ended or halted, in seconds since the epoch; undefined while it goes on. */
export function endOf({ phase }: Run): number | undefined {
  switch (phase.phase) {
    case 'done':
    case 'aborted':
      return phase.at;
    case 'halted':
      return phase.halt.at;
    default:
      return undefined;
  }
}

function progressOf(run: Run): string {
  const { dropped, skipped, failed, partial } = stepCounts(run);
  return [
    `${restarted(run)} of ${count(run.steps.length, 'workload')} restarted`,
    ...(partial === 0 ? [] : [`${partial} of them in part`]),
    ...(dropped === 0 ? [] : [`${dropped} no longer needed it`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ].join(', ');
}

/** The result of a run in one sentence; of a run that still goes on, where it stands. */
export function runSentence(run: Run, now: number): string {
  const took = duration((endOf(run) ?? now) - run.startedAt);
  const progress = progressOf(run);
  switch (run.phase.phase) {
    case 'done':
      return `Run done in ${took}: ${progress}.`;
    case 'aborted':
      return `Run aborted as asked after ${took}: ${progress}; the others were not touched.`;
    case 'halted': {
      const { workload, reason } = run.phase.halt;
      const where = workload === undefined ? '' : ` at ${placedName(workload)}`;
      return `Run halted${where} after ${took}: ${reason} (${progress}).`;
    }
    case 'paused':
      return `Run paused: ${progress} so far.`;
    case 'aborting':
      return `Run ending as asked: ${progress} so far.`;
    case 'preflight':
    case 'running':
    case 'soaking':
      return `Run in progress: ${progress} so far.`;
  }
}

/** A lost lock or journal cannot be had back by this program: only a fresh start of it can take the run up. */
function isBeyondRevival({ phase, lock }: Run): boolean {
  if (lock === 'lost') return true;
  return phase.phase === 'halted' && (phase.halt.cause === 'lock' || phase.halt.cause === 'journal');
}

/** Why an operator's wish makes no sense now, as a sentence; '' when it does. */
export function objection(run: Run | undefined, action: OperatorAction): string {
  if (!isUnfinished(run)) return 'No run is in progress.';
  const { phase } = run.phase;
  if (phase === 'aborting') return 'The run is ending already.';
  switch (action.type) {
    case 'abort':
      return '';
    case 'pause':
      if (phase === 'paused') return 'The run is paused already: c goes on.';
      return phase === 'halted' ? 'The run has halted: nothing is started.' : '';
    case 'proceed':
      if (phase === 'running' || phase === 'preflight') return 'The run goes on already.';
      return isBeyondRevival(run) ? 'This run cannot go on here: quit, and take it up again.' : '';
    case 'retry': {
      const state = run.steps[action.index]?.status.state;
      if (state !== 'failed' && state !== 'skipped')
        return 'Only a failed or skipped step can be tried again.';
      return isBeyondRevival(run) ? 'This run cannot go on here: quit, and take it up again.' : '';
    }
    case 'skip': {
      const state = run.steps[action.index]?.status.state;
      return state === 'queued' || state === 'failed' ? '' : 'Only a queued or failed step can be skipped.';
    }
  }
}

/** Whether a state of a step is over, for good or bad. */
export function hasEnded({ state }: StepState): boolean {
  return state !== 'queued' && !active.has(state);
}

/**
 * Whether two plans say the same to whoever reads them: same workloads in the same order and waves, same effects,
 * versions and risks, nothing newly blocked. Resource versions and pod counts may move on: they are not what was
 * agreed to.
 */
export function sameInSubstance(read: Plan, fresh: Plan): boolean {
  const substance = (plan: Plan) =>
    JSON.stringify([
      plan.controlPlaneVersion,
      plan.blocked,
      plan.items.map(({ key, uid, method, effect, expected, risks, kept, wave }) => [
        [key.namespace, key.kind, key.name],
        uid,
        [method, effect.kind, wave, kept],
        [expected.version, expected.trustRootSha256],
        risks.map(({ kind }) => kind).sort(),
      ]),
    ]);
  return substance(read) === substance(fresh);
}

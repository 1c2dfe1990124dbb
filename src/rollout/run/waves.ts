import type { RunEvent, SickPods } from './events.ts';
import { haltOnNamespaces } from './failure.ts';
import { faster } from './pace.ts';
import type { Run, Step } from './run.ts';
import { command, isInProgress, type RunState, waveOf, withPhase } from './state.ts';

/** So long a namespace that is worse than before may keep a finished wave from ending. */
const WORSE_SECONDS = 600;

/** Goes to the preflight of the first wave that is not through; ends the run when there is none. */
export function enterWave(state: RunState, now: number): RunState {
  const wave = firstOpenWave(state.run);
  if (wave === undefined) {
    return withPhase(state, { phase: 'done', at: now });
  }
  const isAnother = waveOf(state.run.phase) !== wave;
  const fresh: RunState = {
    ...state,
    baselines: new Map(),
    worseSince: undefined,
    failedPreflights: 0,
    troubled: isAnother ? false : state.troubled,
  };
  const waitingFor = 'the preflight of the wave';
  const phase = { phase: 'preflight', wave, since: now, retryAt: 0, waitingFor } as const;
  return command(withPhase(fresh, phase), { type: 'preflight', wave });
}

function firstOpenWave({ steps }: Run): number | undefined {
  let first: number | undefined;
  for (const { item, status } of steps) {
    if ((status.state === 'queued' || isInProgress(status)) && !(item.wave >= (first ?? Infinity))) {
      first = item.wave;
    }
  }
  return first;
}

/** Looks whether the wave, or the soak after it, is over, and goes on if so. */
export function endWave(state: RunState, event: RunEvent & { type: 'observed' }, now: number): RunState {
  const { phase } = state.run;
  if (phase.phase === 'soaking') {
    return now < phase.until ? state : unlessWorse(state, event, now, enterWave);
  }
  if (phase.phase !== 'running' || state.active.size > 0 || hasQueued(state.run, phase.wave)) {
    return state;
  }
  return unlessWorse(state, event, now, (over) => afterWave(over, phase.wave, now));
}

function afterWave(state: RunState, wave: number, now: number): RunState {
  const { limits, steps } = state.run;
  const restarted = steps.filter((step) => step.item.wave === wave && wasRestarted(step)).length;
  const next = restarted > 0 && !state.troubled ? faster(state) : state;
  if (restarted === 0 || limits.soakSeconds === 0 || firstOpenWave(state.run) === undefined) {
    return enterWave(next, now);
  }
  return withPhase(next, { phase: 'soaking', wave, since: now, until: now + limits.soakSeconds });
}

function wasRestarted({ status: { state } }: Step): boolean {
  return state === 'done' || state === 'partial';
}

/** True while a workload of this wave, or of an earlier one, has its turn still before it. */
function hasQueued({ steps }: Run, wave: number): boolean {
  return steps.some(({ item, status }) => status.state === 'queued' && item.wave <= wave);
}

/** Goes on once no namespace of the wave is worse than it was; halts when that takes too long. */
function unlessWorse(
  state: RunState,
  { sick }: RunEvent & { type: 'observed' },
  now: number,
  goOn: (state: RunState, now: number) => RunState,
): RunState {
  const worse = [...state.baselines.keys()].flatMap((namespace) =>
    newlySick(state, namespace, sick.get(namespace)).map((what) => `namespace ${namespace}: ${what}`),
  );
  const [first] = worse;
  if (first === undefined) {
    return goOn(state.worseSince === undefined ? state : { ...state, worseSince: undefined }, now);
  }
  const { worseSince = now } = state;
  if (now - worseSince > (state.run.limits.deadlineSeconds ?? WORSE_SECONDS)) {
    return haltOnNamespaces(state, worse, now);
  }
  const { phase } = state.run;
  const waiting =
    phase.phase === 'running' && phase.waitingFor !== first
      ? withPhase(state, { ...phase, waitingFor: first })
      : state;
  return { ...waiting, worseSince };
}

/** Pods of a namespace that are in trouble now and were not when the wave began in it, in words. */
export function newlySick(
  { baselines }: RunState,
  namespace: string,
  sick: SickPods | undefined,
  ours: ReadonlySet<string> = new Set(),
): readonly string[] {
  const baseline = baselines.get(namespace);
  if (!baseline || !sick) {
    return [];
  }
  return [...sick].filter(([pod]) => !baseline.has(pod) && !ours.has(pod)).map(([, what]) => what);
}

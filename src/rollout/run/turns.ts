import type { Decision, RunEvent } from './events.ts';
import { failStep, failureFor } from './failure.ts';
import { fitsPace, isPaceText, paceLoad, paceText } from './pace.ts';
import {
  command,
  deadlineOf,
  newActive,
  type RunState,
  turnOf,
  withActive,
  withEnd,
  withStatus,
  withStep,
  withTurn,
} from './state.ts';
import { newlySick } from './waves.ts';

type Observed = RunEvent & { readonly type: 'observed' };

/**
 * Indexes of the workloads whose turn it is: queued steps of the current wave, in the order of the plan, as far as
 * the limits leave room for them. One that has to settle first keeps its namespace's turn but holds up no other
 * namespace; one that the pace holds back holds up all after it, so that a large workload gets its turn, too.
 */
export function candidates(state: RunState, now: number): readonly number[] {
  const { run } = state;
  const { phase } = run;
  if (phase.phase !== 'running') {
    return [];
  }
  const taken = slotsByNamespace(state);
  let free = run.limits.maxParallel - state.active.size;
  let load = paceLoad(state, now);
  const chosen: number[] = [];
  for (const [index, { item, status }] of run.steps.entries()) {
    if (free <= 0) {
      break;
    }
    const { namespace } = item.key;
    const inNamespace = taken.get(namespace) ?? 0;
    if (status.state !== 'queued' || item.wave > phase.wave || inNamespace >= run.limits.perNamespace) {
      continue;
    }
    taken.set(namespace, inNamespace + 1);
    if (turnOf(state, index).waitingSince === undefined) {
      if (!fitsPace(run, load, item.pods)) {
        break;
      }
      load += item.pods;
      free -= 1;
    }
    chosen.push(index);
  }
  return chosen;
}

/**
 * Namespaces whose pods have to be looked at for `observed`: those of the workloads that are `next`, and all in which
 * this wave began once it may end. They may be hundreds, so they are not looked at before.
 */
export function namespacesInPlay(
  state: RunState,
  next: ReadonlyMap<number, Decision>,
  now: number,
): ReadonlySet<string> {
  const names = [...next.keys()].flatMap((index) => state.run.steps[index]?.item.key.namespace ?? []);
  return new Set(mayEndWave(state, next, now) ? [...names, ...state.baselines.keys()] : names);
}

/** True when the wave, or the soak after it, may be over once `next` has had its turn and what is active has ended. */
function mayEndWave(
  { run: { phase, steps } }: RunState,
  next: ReadonlyMap<number, Decision>,
  now: number,
): boolean {
  if (phase.phase === 'soaking') {
    return now >= phase.until;
  }
  return (
    phase.phase === 'running' &&
    !steps.some(
      ({ item, status }, index) => status.state === 'queued' && item.wave <= phase.wave && !next.has(index),
    )
  );
}

function slotsByNamespace({ active, run }: RunState): Map<string, number> {
  const taken = new Map<string, number>();
  for (const index of active.keys()) {
    const namespace = run.steps[index]?.item.key.namespace ?? '';
    taken.set(namespace, (taken.get(namespace) ?? 0) + 1);
  }
  return taken;
}

/** Lets the workloads whose turn it is start, wait, or end without a restart. */
export function takeTurns(state: RunState, event: Observed, now: number): RunState {
  let next = state;
  for (const index of candidates(state, now)) {
    const decision = event.next.get(index);
    // An earlier one may have taken the room, or halted the run.
    if (decision && (next === state || candidates(next, now).includes(index))) {
      next = takeTurn(next, index, decision, event, now);
    }
  }
  return tellPace(next, now);
}

function takeTurn(
  state: RunState,
  index: number,
  decision: Decision,
  event: Observed,
  now: number,
): RunState {
  switch (decision.decision) {
    case 'drop':
      return withEnd(state, index, { state: 'dropped', at: now, reason: decision.reason });
    case 'refuse':
      return failStep(state, index, failureFor('changed', decision.reason), undefined, now, now);
    case 'wait':
      return wait(state, index, decision.reason, now, (waited) =>
        failureFor('deadline', `it did not settle for ${waited} s: ${decision.reason}`),
      );
    case 'restart':
      return start(state, index, decision, event, now);
  }
}

function start(
  state: RunState,
  index: number,
  { item, restartedAt }: Decision & { decision: 'restart' },
  event: Observed,
  now: number,
): RunState {
  const turn = turnOf(state, index);
  const isRefused = turn.refusedVersion === '' || turn.refusedVersion === item.resourceVersion;
  if (now < turn.notBefore && isRefused) {
    return state;
  }
  const { namespace } = item.key;
  const sick = event.sick.get(namespace);
  const [worse] = newlySick(state, namespace, sick, activePodsIn(state, event, namespace));
  if (worse !== undefined) {
    return wait(state, index, `namespace ${namespace} to recover: ${worse}`, now, (waited) =>
      failureFor('namespace', `namespace ${namespace} did not recover for ${waited} s: ${worse}`),
    );
  }
  if (!fitsPace(state.run, paceLoad(state, now), item.pods)) {
    return state;
  }
  const repeated = turn.unanswered?.uid === item.uid ? turn.unanswered.restartedAt : restartedAt;
  const status = { state: 'patching', since: now, restartedAt: repeated } as const;
  const settled = withTurn(state, index, { waitingSince: undefined });
  const started = withActive(withStep(settled, index, { item, status }), index, newActive(item.pods, now));
  return command(withBaseline(started, namespace, sick), {
    type: 'patch',
    index,
    item,
    restartedAt: repeated,
  });
}

function withBaseline(
  state: RunState,
  namespace: string,
  sick: ReadonlyMap<string, string> = new Map(),
): RunState {
  return state.baselines.has(namespace)
    ? state
    : { ...state, baselines: new Map(state.baselines).set(namespace, new Set(sick.keys())) };
}

/** Names of the pods of workloads in progress in a namespace: they are judged as theirs. */
function activePodsIn({ run }: RunState, { active }: Observed, namespace: string): ReadonlySet<string> {
  const there = [...active].filter(([index]) => run.steps[index]?.item.key.namespace === namespace);
  return new Set(there.flatMap(([, { pods }]) => pods.map(({ name }) => name)));
}

/** The workload keeps its turn until it may start, for as long as its deadline allows. */
function wait(
  state: RunState,
  index: number,
  waitingFor: string,
  now: number,
  failure: (waitedSeconds: number) => ReturnType<typeof failureFor>,
): RunState {
  const step = state.run.steps[index];
  if (!step) {
    return state;
  }
  const { waitingSince = now } = turnOf(state, index);
  const deadline = deadlineOf(state.run, step.item);
  if (now - waitingSince > deadline) {
    return failStep(state, index, failure(deadline), undefined, waitingSince, now);
  }
  return withTurn(withStatus(state, index, { state: 'queued', waitingFor }), index, { waitingSince });
}

/** Says of the first workload that only the pace holds back what it waits for, and of no other. */
function tellPace(state: RunState, now: number): RunState {
  const held = heldByPace(state, now);
  let next = state;
  for (const [index, { status }] of state.run.steps.entries()) {
    if (status.state === 'queued' && index !== held && isPaceText(status.waitingFor)) {
      next = withStatus(next, index, { state: 'queued' });
    }
  }
  const waitingFor = paceText(state.run.startsPerMinute);
  return held < 0 ? next : withStatus(next, held, { state: 'queued', waitingFor });
}

/** Index of the workload whose turn it would be but for the pace; -1 when there is none. */
function heldByPace(state: RunState, now: number): number {
  const { phase, limits, steps } = state.run;
  if (phase.phase !== 'running' || state.active.size >= limits.maxParallel) {
    return -1;
  }
  const taken = slotsByNamespace(state);
  const first = steps.findIndex(
    ({ item, status }, index) =>
      status.state === 'queued' &&
      item.wave <= phase.wave &&
      turnOf(state, index).waitingSince === undefined &&
      (taken.get(item.key.namespace) ?? 0) < limits.perNamespace,
  );
  const pods = steps[first]?.item.pods ?? 0;
  return fitsPace(state.run, paceLoad(state, now), pods) ? -1 : first;
}

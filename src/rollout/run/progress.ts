import type { RunEvent } from './events.ts';
import { evictNext, forgetEvicted } from './evictions.ts';
import { failStep } from './failure.ts';
import type { WorkloadObservation } from './observe.ts';
import { noteStarts, slower } from './pace.ts';
import { creationFailure, judge, keptPods, newPods, overdue } from './proof.ts';
import type { PatchMark, Progress, Step, StepState } from './run.ts';
import {
  type Active,
  command,
  deadlineOf,
  isHeldBack,
  newActive,
  type RunState,
  withActive,
  withEnd,
  withStatus,
} from './state.ts';

type Observed = RunEvent & { readonly type: 'observed' };
type Moving = StepState & { readonly state: 'rolling' | 'soaking' };

/** After so long a standstill the cluster's events are asked for the reason. */
const STANDSTILL_SECONDS = 30;

/** Judges every workload in progress by what is seen of it now. */
export function followSteps(state: RunState, event: Observed, now: number): RunState {
  let next = state;
  for (const [index, seen] of event.active) {
    const step = next.run.steps[index];
    if (step && (step.status.state === 'rolling' || step.status.state === 'soaking')) {
      next = followStep(next, index, { item: step.item, status: step.status }, seen, now);
    }
  }
  return next;
}

function followStep(
  state: RunState,
  index: number,
  { item, status }: Step & { readonly status: Moving },
  seen: WorkloadObservation,
  now: number,
): RunState {
  const { since, mark } = status;
  const counted = countPods(forgetEvicted(state, index, mark, seen), index, mark, seen, now);
  const verdict = judge(item, mark, seen, state.run.limits.deadlineSeconds === undefined);
  switch (verdict.verdict) {
    case 'dropped':
      return withEnd(counted, index, { state: 'dropped', at: now, reason: verdict.reason });
    case 'failed':
      return failStep(counted, index, verdict.failure, seen, since, now);
    case 'rolling':
      return rolls(counted, index, status, verdict.progress, seen, now);
    case 'proven':
      return proven(counted, index, status, verdict, now);
  }
}

/** Proof has been given: the workload is watched for a while longer, then done. */
function proven(
  state: RunState,
  index: number,
  status: Moving,
  { pods, kept }: { readonly pods: number; readonly kept: number },
  now: number,
): RunState {
  const { since, mark } = status;
  const until = status.state === 'soaking' ? status.until : now + state.run.limits.workloadSoakSeconds;
  if (now < until) {
    const active = state.active.get(index) ?? newActive(0, now);
    const soaking = withStatus(state, index, { state: 'soaking', since, until, mark, pods });
    return withActive(soaking, index, { ...active, movedAt: now });
  }
  return withEnd(
    state,
    index,
    kept > 0 ? { state: 'partial', since, at: now, pods, kept } : { state: 'done', since, at: now, pods },
  );
}

function rolls(
  state: RunState,
  index: number,
  { since, mark }: Moving,
  progress: Progress,
  seen: WorkloadObservation,
  now: number,
): RunState {
  const step = state.run.steps[index];
  const active = state.active.get(index) ?? newActive(0, now);
  if (!step) {
    return state;
  }
  const { item } = step;
  const waitingFor =
    active.evictionHeld !== '' && progress.old > 0 ? active.evictionHeld : progress.waitingFor;
  const rolling = withStatus(state, index, {
    state: 'rolling',
    since,
    mark,
    // The pod that is being evicted is on its way, even while it is still seen.
    progress: { ...progress, old: progress.old - (active.evicting === '' ? 0 : 1), waitingFor },
  });
  const mayEvict = state.run.phase.phase === 'running';
  const fingerprint = fingerprintOf(progress, seen);
  // Where nothing may be evicted now, an OnDelete workload cannot move, and no deadline runs.
  const moved = fingerprint !== active.fingerprint || (!mayEvict && isHeldBack(stepOf(rolling, index, step)));
  const movedAt = moved ? now : active.movedAt;
  const deadline = deadlineOf(state.run, item);
  if (now - movedAt > deadline) {
    const reason = `no progress for ${deadline} s, waiting for ${waitingFor}`;
    return failStep(rolling, index, overdue(item, mark, seen, reason), seen, movedAt, now);
  }
  const remembered = withActive(rolling, index, { ...active, fingerprint, movedAt });
  const asked = askAboutStandstill(remembered, index, now);
  return mayEvict ? evictNext(asked, index, seen, now) : asked;
}

function stepOf(state: RunState, index: number, otherwise: Step): Step {
  return state.run.steps[index] ?? otherwise;
}

/** Everything whose change means that the workload moves. */
function fingerprintOf(progress: Progress, seen: WorkloadObservation): string {
  const pods = seen.pods.map((pod) => `${pod.name} ${pod.live} ${pod.ready} ${pod.waitingFor}`).sort();
  return [progress.proven, progress.old, progress.wanted, ...pods].join('\n');
}

/**
 * StatefulSets and DaemonSets tell by events alone that their pods are refused: when pods are missing and nothing
 * moves, the events are asked for once.
 */
function askAboutStandstill(state: RunState, index: number, now: number): RunState {
  const step = state.run.steps[index];
  const active = state.active.get(index);
  if (!step || !active || active.pending === 0 || isHeldBack(step)) {
    return state;
  }
  const { movedAt, askedAbout } = active;
  if (now - movedAt < STANDSTILL_SECONDS || askedAbout === movedAt) {
    return state;
  }
  const asked = withActive(state, index, { ...active, askedAbout: movedAt });
  return command(asked, { type: 'explain', index, item: step.item, since: movedAt });
}

/** What events tell of a workload that stands still: pods that are refused fail it before its deadline does. */
export function onStandstillExplained(
  state: RunState,
  index: number,
  details: readonly string[],
  now: number,
): RunState {
  const step = state.run.steps[index];
  const active = state.active.get(index);
  const refused = details.find((detail) => detail.startsWith('FailedCreate'));
  if (step?.status.state !== 'rolling' || active?.askedAbout !== active?.movedAt || refused === undefined) {
    return state;
  }
  const failure = creationFailure(`pods cannot be created: ${refused}`);
  return failStep(state, index, failure, active?.seen, step.status.since, now);
}

/** Counts the new pods of a workload against the pace, and notices when an autoscaler wants more of them. */
function countPods(
  state: RunState,
  index: number,
  mark: PatchMark,
  seen: WorkloadObservation,
  now: number,
): RunState {
  const active = state.active.get(index);
  const step = state.run.steps[index];
  const { workload } = seen;
  if (!active || !step || !workload) {
    return state;
  }
  const fresh = newPods(step.item, mark, seen.pods);
  const news = fresh.filter(({ name }) => !active.started.has(name));
  const wanted = workload.replicas - keptPods(step.item, workload);
  const changes: Active = {
    ...active,
    started:
      news.length === 0 ? active.started : new Set([...active.started, ...news.map(({ name }) => name)]),
    pending: Math.max(0, wanted - fresh.filter(({ live }) => live).length),
    wanted,
    seen,
  };
  const counted = noteStarts(withActive(state, index, changes), news.length, now);
  return active.wanted > 0 && wanted > active.wanted ? slower(counted) : counted;
}

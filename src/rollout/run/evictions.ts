import type { RunEvent } from './events.ts';
import { failStep, failureFor } from './failure.ts';
import type { WorkloadObservation } from './observe.ts';
import { slower } from './pace.ts';
import { newest } from './pod-order.ts';
import { newPods } from './proof.ts';
import type { PatchMark } from './run.ts';
import { command, markOf, type RunState, withActive, withStatus } from './state.ts';

/** A budget that allows nothing now is asked again after this time. */
const BUDGET_SECONDS = 10;
const BUSY_SECONDS = 5;

/**
 * Evicts the next old pod of a workload whose controller replaces none by itself (update strategy OnDelete): one at
 * a time, only while all its other pods are ready, and only once the controller knows the new template.
 */
export function evictNext(state: RunState, index: number, seen: WorkloadObservation, now: number): RunState {
  const step = state.run.steps[index];
  const active = state.active.get(index);
  const mark = step && markOf(step.status);
  const { workload } = seen;
  if (!step || !active || !mark || !workload || step.item.method !== 'evict') {
    return state;
  }
  if (active.evicting !== '' || now < active.evictAfter) {
    return state;
  }
  const live = seen.pods.filter((pod) => pod.live);
  const fresh = new Set(newPods(step.item, mark, live));
  const [next] = newest(live.filter((pod) => !fresh.has(pod)));
  const others = live.filter((pod) => pod !== next);
  const isSafe =
    workload.status.observedGeneration >= workload.generation &&
    live.length >= workload.replicas &&
    others.every((pod) => pod.ready && (!fresh.has(pod) || pod.proxy?.ready === true));
  if (!next || !isSafe) {
    return state;
  }
  const { status } = step;
  const leaving =
    status.state === 'rolling'
      ? withStatus(state, index, {
          ...status,
          progress: { ...status.progress, old: status.progress.old - 1 },
        })
      : state;
  const asked = withActive(leaving, index, { ...active, evicting: next.name });
  return command(asked, { type: 'evict', index, item: step.item, pod: next.name });
}

/** How the eviction of a pod ended. */
export function onEvicted(state: RunState, event: RunEvent & { type: 'evicted' }, now: number): RunState {
  const { index, pod, kind, message } = event;
  const active = state.active.get(index);
  const status = state.run.steps[index]?.status;
  if (active?.evicting !== pod || status?.state !== 'rolling') {
    return state;
  }
  switch (kind) {
    case 'evicted':
      return withActive(state, index, { ...active, evictionHeld: '', movedAt: now });
    case 'gone':
      return withActive(state, index, { ...active, evicting: '', evictionHeld: '', movedAt: now });
    case 'budget':
      return withActive(state, index, {
        ...active,
        evicting: '',
        evictAfter: now + BUDGET_SECONDS,
        evictionHeld: `a disruption budget to allow the eviction of pod ${pod}: ${message}`,
      });
    case 'busy':
      return withActive(slower(state), index, {
        ...active,
        evicting: '',
        evictAfter: now + BUSY_SECONDS,
        evictionHeld: `the server to take the eviction of pod ${pod}: ${message}`,
      });
    case 'refused': {
      const failure = { ...failureFor('refused', message), pod };
      return failStep(state, index, failure, active.seen, status.since, now);
    }
  }
}

/**
 * Forgets an eviction whose pod is gone, so that the next one may come. A StatefulSet gives its name to the new pod,
 * and the time between the two may have gone unseen.
 */
export function forgetEvicted(
  state: RunState,
  index: number,
  mark: PatchMark,
  { pods }: WorkloadObservation,
): RunState {
  const active = state.active.get(index);
  const step = state.run.steps[index];
  if (!step || !active || active.evicting === '') {
    return state;
  }
  const fresh = new Set(newPods(step.item, mark, pods));
  const isThere = pods.some((pod) => pod.live && pod.name === active.evicting && !fresh.has(pod));
  return isThere ? state : withActive(state, index, { ...active, evicting: '' });
}

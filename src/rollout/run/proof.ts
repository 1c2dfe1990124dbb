import { annotation } from '../../data/linkerd.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import type { PlanItem } from '../plan/plan.ts';
import type { ObservedPod, WorkloadObservation } from './observe.ts';
import type { Progress } from './run.ts';

export type Verdict =
  /** Not there yet. */
  | { readonly verdict: 'rolling'; readonly progress: Progress }
  /** Every live pod is new, ready, and runs what was predicted. */
  | { readonly verdict: 'proven'; readonly pods: number }
  /** Nothing left to prove. */
  | { readonly verdict: 'dropped'; readonly reason: string }
  | { readonly verdict: 'failed'; readonly reason: string };

/** How a patch of this run is known again. */
export interface PatchMark {
  /** The token that this run wrote into the template; pods copy it. */
  readonly restartedAt: string;
  /** Generation of the object after the patch: an older one has been seen before the patch was. */
  readonly generation: number;
}

/**
 * Judges a restarted workload by its pods' own evidence, never by the controller's counters alone:
 * those still look complete right after the patch, and read "done" for partitions and missing proxies.
 * A pod is new when it carries the very `restartedAt` annotation that this run wrote into the template.
 */
export function judge(item: PlanItem, mark: PatchMark, seen: WorkloadObservation): Verdict {
  const { restartedAt } = mark;
  const { workload } = seen;
  if (!workload || workload.uid !== item.uid || workload.deletedAt !== 0) {
    return { verdict: 'dropped', reason: 'the workload was deleted while it restarted' };
  }
  if (workload.generation < mark.generation) {
    return rolling(workload, 0, workload.replicas, 'the API server to tell of the patch');
  }
  const interference = interferenceWith(workload, restartedAt);
  if (interference) {
    return { verdict: 'failed', reason: interference };
  }
  const failure = firstFailure(item, restartedAt, seen) ?? controllerFailure(workload);
  if (failure) {
    return { verdict: 'failed', reason: failure };
  }
  if (workload.replicas === 0) {
    return { verdict: 'dropped', reason: 'it was scaled to zero while it restarted' };
  }
  return progressOf(item, restartedAt, workload, seen.pods);
}

function rolling(
  { replicas: wanted }: WorkloadRecord,
  proven: number,
  old: number,
  waitingFor: string,
): Verdict {
  return { verdict: 'rolling', progress: { proven: Math.min(proven, wanted), wanted, old, waitingFor } };
}

/** Someone else changed the template after the patch: a GitOps tool, an operator, an undo, another restart. */
function interferenceWith(workload: WorkloadRecord, restartedAt: string): string | undefined {
  const found = workload.template.annotations[annotation.restartedAt];
  if (found === restartedAt) {
    return undefined;
  }
  return found
    ? `another restart at ${found} replaced this one; look who else is deploying ${workload.namespace}/${workload.name}`
    : 'the restart annotation was removed from the template; a GitOps tool or an operator reverts it';
}

function firstFailure(item: PlanItem, restartedAt: string, seen: WorkloadObservation): string | undefined {
  for (const pod of seen.pods) {
    if (pod.restartedAt !== restartedAt) {
      continue;
    }
    const failure = failureOf(pod, item.expected);
    if (failure) {
      return failure;
    }
  }
  return undefined;
}

function failureOf(pod: ObservedPod, expected: PlanItem['expected']): string | undefined {
  if (pod.trouble !== '') {
    return pod.trouble;
  }
  if (!pod.live) {
    return undefined;
  }
  if (!pod.proxy) {
    return `pod ${pod.name} came up without a proxy`;
  }
  if (pod.proxy.version !== expected.version) {
    return `pod ${pod.name} came up with proxy ${pod.proxy.version || 'of unknown version'}, not ${expected.version}`;
  }
  if (expected.trustRootSha256 !== '' && pod.proxy.trustRootSha256 !== expected.trustRootSha256) {
    return `pod ${pod.name} came up with another trust root than the control plane's`;
  }
  return pod.restarted === '' ? undefined : pod.restarted;
}

/** What the controller itself reports as failed; only once it has seen the new template. */
function controllerFailure(workload: WorkloadRecord): string | undefined {
  if (workload.status.observedGeneration < workload.generation) {
    return undefined;
  }
  for (const { type, status, reason, message } of workload.status.conditions) {
    if (type === 'ReplicaFailure' && status === 'True') {
      return `pods cannot be created: ${message || reason}`;
    }
    if (type === 'Progressing' && status === 'False' && reason === 'ProgressDeadlineExceeded') {
      return `the progress deadline has passed: ${message || reason}`;
    }
  }
  return undefined;
}

function progressOf(
  item: PlanItem,
  restartedAt: string,
  workload: WorkloadRecord,
  pods: readonly ObservedPod[],
): Verdict {
  const live = pods.filter((pod) => pod.live);
  const fresh = live.filter((pod) => pod.restartedAt === restartedAt);
  const proven = fresh.filter((pod) => pod.ready && pod.proxy?.ready === true);
  const old = live.length - fresh.length;
  const wanted = workload.replicas;
  const { status } = workload;
  const observed = status.observedGeneration >= workload.generation;
  const settled = status.updated >= wanted && status.available >= wanted;
  if (observed && settled && old === 0 && proven.length === fresh.length && proven.length >= wanted) {
    return { verdict: 'proven', pods: proven.length };
  }
  return rolling(workload, proven.length, old, reasonToWait());

  function reasonToWait(): string {
    if (!observed) {
      return `the ${item.key.kind} controller to see the new template`;
    }
    if (workload.paused) {
      return 'the Deployment to be resumed: it was paused after the restart began';
    }
    const unready = fresh.find((pod) => pod.waitingFor !== '');
    if (unready) {
      return unready.waitingFor;
    }
    if (fresh.length < wanted) {
      return `${wanted - fresh.length} new ${wanted - fresh.length === 1 ? 'pod' : 'pods'} to be created`;
    }
    if (old > 0) {
      return `${old} old ${old === 1 ? 'pod' : 'pods'} to end`;
    }
    return workload.minReadySeconds > 0
      ? `new pods to be available (ready for ${workload.minReadySeconds} s)`
      : 'the controller to count the new pods as available';
  }
}

import { annotation } from '../../data/linkerd.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import type { PlanItem } from '../plan/plan.ts';
import type { ObservedPod, WorkloadObservation } from './observe.ts';
import { newest, ordinalOf } from './pod-order.ts';
import type { FailureCause, PatchMark, Progress } from './run.ts';

/** Why a workload failed. `pod` and `container` are '' where none is to blame. */
export interface Failure {
  readonly cause: FailureCause;
  readonly reason: string;
  readonly pod: string;
  readonly container: string;
}

export type Verdict =
  /** Not there yet. */
  | { readonly verdict: 'rolling'; readonly progress: Progress }
  /** Every live pod is new, ready, and runs what was predicted; but `kept` pods below a partition. */
  | { readonly verdict: 'proven'; readonly pods: number; readonly kept: number }
  /** Nothing left to prove. */
  | { readonly verdict: 'dropped'; readonly reason: string }
  | { readonly verdict: 'failed'; readonly failure: Failure };

/**
 * Judges a restarted workload by its pods' own evidence, never by the controller's counters alone: those still look
 * complete right after the patch, and read "done" for partitions and missing proxies.
 * @param ownDeadline false when the operator gave another deadline than the workload's own
 */
export function judge(
  item: PlanItem,
  mark: PatchMark,
  seen: WorkloadObservation,
  ownDeadline = true,
): Verdict {
  const { workload } = seen;
  if (!workload || workload.uid !== item.uid || workload.deletedAt !== 0) {
    return { verdict: 'dropped', reason: 'the workload was deleted while it restarted' };
  }
  const fresh = newPods(item, mark, seen.pods);
  if (workload.generation < mark.generation) {
    return rolling(workload, 0, workload.replicas, 'the API server to tell of the patch');
  }
  const failure =
    interferenceWith(item, workload, mark) ??
    firstFailure(item, fresh) ??
    controllerFailure(workload, fresh, ownDeadline);
  if (failure) {
    return { verdict: 'failed', failure };
  }
  if (workload.replicas === 0) {
    return { verdict: 'dropped', reason: 'it was scaled to zero while it restarted' };
  }
  return progressOf(item, workload, fresh, seen.pods);
}

/**
 * The pods that a restart made. They carry the very `restartedAt` that it wrote into the template; those of an Argo
 * Rollout do not, but are younger than its `spec.restartAt`.
 */
export function newPods(
  { method }: PlanItem,
  { restartedAt }: PatchMark,
  pods: readonly ObservedPod[],
): readonly ObservedPod[] {
  if (method !== 'restart-at') {
    return pods.filter((pod) => pod.restartedAt === restartedAt);
  }
  const from = Math.floor(Date.parse(restartedAt) / 1000);
  return pods.filter((pod) => pod.createdAt >= from);
}

/** How many pods of a workload keep their old proxy whatever happens: those below a StatefulSet's partition. */
export function keptPods(item: PlanItem, { kind, replicas, strategy }: WorkloadRecord): number {
  return kind === 'StatefulSet' && item.method === 'restart' && strategy.type !== 'OnDelete'
    ? Math.min(strategy.partition, replicas)
    : 0;
}

/** The failure of a workload whose deadline has passed. */
export function overdue(
  item: PlanItem,
  { restartedAt, generation }: PatchMark,
  seen: WorkloadObservation,
  reason: string,
): Failure {
  const waiting = newPods(item, { restartedAt, generation }, seen.pods).filter(
    (pod) => pod.live && !pod.ready,
  );
  const unschedulable = waiting.find((pod) => pod.unschedulable);
  const [stuck] = item.key.kind === 'StatefulSet' ? newest(waiting).reverse() : waiting;
  return {
    cause: unschedulable ? 'unschedulable' : 'deadline',
    reason,
    pod: (unschedulable ?? stuck)?.name ?? '',
    container: '',
  };
}

function rolling(
  { replicas: wanted }: { readonly replicas: number },
  proven: number,
  old: number,
  waitingFor: string,
): Verdict {
  return { verdict: 'rolling', progress: { proven: Math.min(proven, wanted), wanted, old, waitingFor } };
}

/** Someone else changed the template after the patch: a GitOps tool, an operator, an undo, another restart. */
function interferenceWith(
  { method }: PlanItem,
  workload: WorkloadRecord,
  { restartedAt }: PatchMark,
): Failure | undefined {
  const found =
    method === 'restart-at' ? workload.restartAt : workload.template.annotations[annotation.restartedAt];
  if (found === restartedAt) {
    return undefined;
  }
  const [removed, from] =
    method === 'restart-at' ? ['restartAt', 'Rollout'] : ['restart annotation', 'template'];
  const reason = found
    ? `another restart at ${found} replaced this one; look who else is deploying ${workload.namespace}/${workload.name}`
    : `the ${removed} was removed from the ${from}; a GitOps tool or an operator reverts it`;
  return { cause: 'interference', reason, pod: '', container: '' };
}

function firstFailure(item: PlanItem, fresh: readonly ObservedPod[]): Failure | undefined {
  for (const pod of fresh) {
    const failure = failureOf(pod, item.expected);
    if (failure) {
      return { pod: pod.name, ...failure };
    }
  }
  return undefined;
}

function failureOf(pod: ObservedPod, expected: PlanItem['expected']): Omit<Failure, 'pod'> | undefined {
  if (pod.live && !pod.proxy) {
    return { cause: 'no-proxy', reason: `pod ${pod.name} came up without a proxy`, container: '' };
  }
  if (pod.live && pod.proxy) {
    const wrong = (reason: string) => ({ cause: 'wrong-proxy', reason, container: '' }) as const;
    const { version, trustRootSha256 } = pod.proxy;
    if (version !== expected.version) {
      const came = version || 'of unknown version';
      return wrong(`pod ${pod.name} came up with proxy ${came}, not ${expected.version}`);
    }
    if (expected.trustRootSha256 !== '' && trustRootSha256 !== expected.trustRootSha256) {
      return wrong(`pod ${pod.name} came up with another trust root than the control plane's`);
    }
  }
  const trouble = pod.trouble ?? (pod.live ? pod.restarted : undefined);
  return trouble && { cause: trouble.cause, reason: trouble.text, container: trouble.container };
}

/** What the controller itself reports as failed; only once it has seen the new template. */
function controllerFailure(
  workload: WorkloadRecord,
  fresh: readonly ObservedPod[],
  ownDeadline: boolean,
): Failure | undefined {
  if (workload.status.observedGeneration < workload.generation) {
    return undefined;
  }
  for (const { type, status, reason, message } of workload.status.conditions) {
    if (type === 'ReplicaFailure' && status === 'True') {
      return creationFailure(`pods cannot be created: ${message || reason}`);
    }
    if (
      ownDeadline &&
      type === 'Progressing' &&
      status === 'False' &&
      reason === 'ProgressDeadlineExceeded'
    ) {
      const stuck = fresh.find((pod) => pod.unschedulable) ?? fresh.find((pod) => pod.live && !pod.ready);
      const waited = stuck ? `; ${stuck.waitingFor}` : '';
      return {
        cause: stuck?.unschedulable ? 'unschedulable' : 'deadline',
        reason: `the progress deadline has passed: ${message || reason}${waited}`,
        pod: stuck?.name ?? '',
        container: '',
      };
    }
  }
  return undefined;
}

/**
 * Pods that the API server does not take: a webhook that does not answer stops every later workload, too; a quota or
 * a policy is a matter of this one.
 */
export function creationFailure(reason: string): Failure {
  const cause = reason.includes('failed calling webhook') ? 'injector' : 'rejected';
  return { cause, reason, pod: '', container: '' };
}

function progressOf(
  item: PlanItem,
  workload: WorkloadRecord,
  fresh: readonly ObservedPod[],
  pods: readonly ObservedPod[],
): Verdict {
  const live = pods.filter((pod) => pod.live);
  const freshLive = fresh.filter((pod) => pod.live);
  const proven = freshLive.filter((pod) => pod.ready && pod.proxy?.ready === true);
  const kept = Math.min(keptPods(item, workload), live.length);
  const stay = lowest(live, kept);
  const old = live.filter((pod) => !freshLive.includes(pod) && !stay.has(pod)).length;
  const wanted = workload.replicas - kept;
  const { status } = workload;
  const observed = status.observedGeneration >= workload.generation;
  const settled = status.updated >= wanted && status.available >= workload.replicas;
  if (observed && settled && old === 0 && proven.length === freshLive.length && proven.length >= wanted) {
    const stale = [...stay].filter((pod) => !freshLive.includes(pod)).length;
    return { verdict: 'proven', pods: proven.length, kept: stale };
  }
  return rolling({ replicas: wanted }, proven.length, old, reasonToWait());

  function reasonToWait(): string {
    if (!observed) {
      return `the ${item.key.kind} controller to see the new template`;
    }
    if (workload.paused) {
      return 'the Deployment to be resumed: it was paused after the restart began';
    }
    const unready = freshLive.find((pod) => pod.waitingFor !== '');
    if (unready) {
      return unready.waitingFor;
    }
    if (freshLive.length < wanted && live.length < workload.replicas) {
      return newPodsToCome(wanted - freshLive.length);
    }
    if (item.method === 'evict' && old > 0) {
      return `${old} old ${old === 1 ? 'pod' : 'pods'} to be evicted, one at a time`;
    }
    if (freshLive.length < wanted) {
      return newPodsToCome(wanted - freshLive.length);
    }
    if (old > 0) {
      return `${old} old ${old === 1 ? 'pod' : 'pods'} to end`;
    }
    return workload.minReadySeconds > 0
      ? `new pods to be available (ready for ${workload.minReadySeconds} s)`
      : 'the controller to count the new pods as available';
  }
}

function newPodsToCome(count: number): string {
  return `${count} new ${count === 1 ? 'pod' : 'pods'} to be created`;
}

/** The `count` pods with the lowest ordinals: those that a partition leaves alone. */
function lowest(pods: readonly ObservedPod[], count: number): ReadonlySet<ObservedPod> {
  const inOrder = count === 0 ? [] : [...pods].sort((a, b) => ordinalOf(a.name) - ordinalOf(b.name));
  return new Set(inOrder.slice(0, count));
}

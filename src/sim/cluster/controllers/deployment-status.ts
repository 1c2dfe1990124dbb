import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../objects.ts';
import { nonZero, timestamp } from '../objects.ts';
import { maxUnavailable, replicasOf } from './deployment-scale.ts';

export type ProgressReason =
  | 'NewReplicaSetCreated'
  | 'FoundNewReplicaSet'
  | 'ReplicaSetUpdated'
  | 'NewReplicaSetAvailable'
  | 'ProgressDeadlineExceeded'
  | 'DeploymentPaused'
  | 'DeploymentResumed';

const PROGRESS_STATUS: Readonly<Record<ProgressReason, string>> = {
  NewReplicaSetCreated: 'True',
  FoundNewReplicaSet: 'True',
  ReplicaSetUpdated: 'True',
  NewReplicaSetAvailable: 'True',
  ProgressDeadlineExceeded: 'False',
  DeploymentPaused: 'Unknown',
  DeploymentResumed: 'Unknown',
};

const DEFAULT_PROGRESS_DEADLINE_SECONDS = 600;
/** The API's way to say "no deadline". */
const NO_DEADLINE = 2 ** 31 - 1;

/** Counters and condition Available. Source: kubernetes `pkg/controller/deployment/sync.go`, `calculateStatus`. */
export function countedStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: number,
): DeploymentStatus {
  const available = sum(sets, (set) => set.status?.availableReplicas);
  const wanted = sum(sets, (set) => set.spec.replicas);
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const before = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...nonZero({
      replicas: sum(sets, (set) => set.status?.replicas),
      updatedReplicas: newSet?.status?.replicas ?? 0,
      readyReplicas: sum(sets, (set) => set.status?.readyReplicas),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, wanted - available),
    }),
    ...(before.collisionCount === undefined ? {} : { collisionCount: before.collisionCount }),
    conditions: withCondition(before.conditions ?? [], availability(enough), now),
  };
}

function availability(enough: boolean): ConditionChange {
  return enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

/**
 * The status with what can be said of the rollout's progress.
 * Source: kubernetes `pkg/controller/deployment/progress.go`, `syncRolloutStatus`.
 */
export function rolloutStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: number,
): DeploymentStatus {
  const counted = countedStatus(deployment, sets, newSet, now);
  const progress = progressOf(deployment, counted, newSet, now);
  const failure = replicaFailure(sets, newSet);
  const kept = (counted.conditions ?? []).filter(
    ({ type }) => type !== 'ReplicaFailure' || failure !== undefined,
  );
  const changes = [progress, failure].filter((change) => change !== undefined);
  return {
    ...counted,
    conditions: changes.reduce<readonly Condition[]>((all, change) => withCondition(all, change, now), kept),
  };
}

function progressOf(
  deployment: Deployment,
  next: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  now: number,
): ConditionChange | undefined {
  if (deadlineSeconds(deployment) === undefined) return undefined;
  const current = progressing(deployment);
  const settled =
    current?.reason === 'NewReplicaSetAvailable' && (next.replicas ?? 0) === (next.updatedReplicas ?? 0);
  if (settled) return undefined;
  const subject =
    newSet === undefined
      ? `Deployment "${deployment.metadata.name}"`
      : `ReplicaSet "${newSet.metadata.name}"`;
  if (isComplete(deployment, next)) {
    return progressChange('NewReplicaSetAvailable', `${subject} has successfully progressed.`);
  }
  if (hasProgressed(deployment, next)) {
    return { ...progressChange('ReplicaSetUpdated', `${subject} is progressing.`), refreshed: true };
  }
  if (isTimedOut(deployment, now)) {
    return progressChange('ProgressDeadlineExceeded', `${subject} has timed out progressing.`);
  }
  return undefined;
}

/** The condition Progressing as it follows from the reason. */
export function progressChange(reason: ProgressReason, message: string): ConditionChange {
  return { type: 'Progressing', status: PROGRESS_STATUS[reason], reason, message };
}

/** All replicas are new, available, and there is no other. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = replicasOf(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function hasProgressed(deployment: Deployment, next: DeploymentStatus): boolean {
  const before = deployment.status ?? {};
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(next) < old(before) ||
    (next.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isTimedOut(deployment: Deployment, now: number): boolean {
  const left = untilDeadline(deployment, now);
  return left !== undefined && left <= 0;
}

/** Milliseconds until the progress deadline, undefined when none runs. */
export function untilDeadline(deployment: Deployment, now: number): number | undefined {
  const seconds = deadlineSeconds(deployment);
  const current = progressing(deployment);
  if (seconds === undefined || current === undefined || deployment.spec.paused === true) return undefined;
  if (current.reason === 'NewReplicaSetAvailable') return undefined;
  return Date.parse(String(current.lastUpdateTime)) + seconds * 1000 - now;
}

function deadlineSeconds(deployment: Deployment): number | undefined {
  const seconds = deployment.spec.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE_SECONDS;
  return seconds === NO_DEADLINE ? undefined : seconds;
}

export function progressing(deployment: Deployment): Condition | undefined {
  return deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
}

function replicaFailure(
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): ConditionChange | undefined {
  const failing = [newSet, ...sets].flatMap((set) => set?.status?.conditions ?? []);
  const failure = failing.find(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined) return undefined;
  const { status, reason = '', message = '' } = failure;
  return { type: 'ReplicaFailure', status, reason, message };
}

export interface ConditionChange {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Counts as a change although status and reason are the same. */
  readonly refreshed?: boolean;
}

/**
 * The conditions with one changed. The same status for the same reason is no change; the time of the transition
 * stays while the status stays. Source: kubernetes `pkg/controller/deployment/util`, `SetDeploymentCondition`.
 */
export function withCondition(
  conditions: readonly Condition[],
  { refreshed = false, ...change }: ConditionChange,
  now: number,
): readonly Condition[] {
  const current = conditions.find(({ type }) => type === change.type);
  if (current?.status === change.status && current.reason === change.reason && !refreshed) return conditions;
  const time = timestamp(now);
  const lastTransitionTime = current?.status === change.status ? current.lastTransitionTime : undefined;
  const { type, status, reason, message } = change;
  const next: Condition = {
    type,
    status,
    lastUpdateTime: time,
    lastTransitionTime: lastTransitionTime ?? time,
    reason,
    message,
  };
  return [...conditions.filter((condition) => condition.type !== type), next];
}

function sum(sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number | undefined): number {
  return sets.reduce((total, set) => total + (count(set) ?? 0), 0);
}

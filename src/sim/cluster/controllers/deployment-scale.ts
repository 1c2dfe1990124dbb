import type { Deployment, ReplicaSet } from '../objects.ts';
import { scaled } from '../quantity.ts';

const DEFAULT_SHARE = '25%';

export function replicasOf(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

export function isRecreate(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type === 'Recreate';
}

/** Pods that a rolling update may have above the wanted number. */
export function maxSurge(deployment: Deployment): number {
  return isRecreate(deployment) ? 0 : fenceposts(deployment).surge;
}

/** Pods that a rolling update may leave unavailable; 0 for Recreate, as the controller counts it. */
export function maxUnavailable(deployment: Deployment): number {
  if (isRecreate(deployment) || replicasOf(deployment) === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, replicasOf(deployment));
}

/** Surge rounds up, unavailable down, and both may not be nothing. Source: kubernetes `ResolveFenceposts`. */
function fenceposts(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const { maxSurge: up = DEFAULT_SHARE, maxUnavailable: down = DEFAULT_SHARE } =
    deployment.spec.strategy?.rollingUpdate ?? {};
  const replicas = replicasOf(deployment);
  const surge = scaled(up, replicas, 'up');
  const unavailable = scaled(down, replicas, 'down');
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export interface Scale {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/** How far the new ReplicaSet may grow now. Source: kubernetes `NewRSNewReplicas`. */
export function newSetReplicas(deployment: Deployment, sets: readonly ReplicaSet[], own: number): number {
  const wanted = replicasOf(deployment);
  if (isRecreate(deployment)) return wanted;
  if (own > wanted) return wanted;
  const room = wanted + maxSurge(deployment) - wantedOf(sets);
  return room <= 0 ? own : own + Math.min(room, wanted - own);
}

/**
 * Which old ReplicaSets a rolling update may shrink now, oldest first and unhealthy pods before healthy ones.
 * Source: kubernetes `pkg/controller/deployment/rolling.go`, `reconcileOldReplicaSets`.
 */
export function oldSetScales(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  old: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): readonly Scale[] {
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  const newUnavailable = (newSet?.spec.replicas ?? 0) - (newSet?.status?.availableReplicas ?? 0);
  let removable = wantedOf(sets) - minAvailable - newUnavailable;
  if (wantedOf(old) === 0 || removable <= 0) return [];
  const replicas = new Map(old.map((set) => [set, set.spec.replicas ?? 0]));
  for (const [set, count] of replicas) {
    const unhealthy = Math.max(0, count - (set.status?.availableReplicas ?? 0));
    const removed = Math.min(removable, unhealthy);
    removable -= removed;
    replicas.set(set, count - removed);
  }
  const available = sets.reduce((total, set) => total + (set.status?.availableReplicas ?? 0), 0);
  // Kubernetes does not bound this by `removable`, so a status that lags can cost it a pod too many.
  let spare = Math.min(removable, available - minAvailable);
  for (const [set, count] of replicas) {
    const removed = Math.min(Math.max(0, spare), count);
    spare -= removed;
    replicas.set(set, count - removed);
  }
  return [...replicas].flatMap(([set, count]) =>
    count === set.spec.replicas ? [] : [{ set, replicas: count }],
  );
}

/**
 * How a Deployment's ReplicaSets share a changed number of replicas while none of them is the only one.
 * Source: kubernetes `pkg/controller/deployment/sync.go`, `scale`.
 */
export function proportionalScales(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): readonly Scale[] {
  const wanted = replicasOf(deployment);
  const active = sets.filter((set) => (set.spec.replicas ?? 0) > 0);
  const [only] = active.length > 0 ? active : newSet === undefined ? sets.slice(-1) : [newSet];
  if (active.length <= 1) {
    return only === undefined || only.spec.replicas === wanted ? [] : [{ set: only, replicas: wanted }];
  }
  const total = wantedOf(active);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - total;
  const largestFirst = [...active].sort((a, b) => (b.spec.replicas ?? 0) - (a.spec.replicas ?? 0));
  let added = 0;
  const scales = largestFirst.map((set) => {
    const own = set.spec.replicas ?? 0;
    const share = clamp(Math.round((own * allowed) / total) - own, toAdd - added);
    added += share;
    return { set, replicas: own + share };
  });
  const [first, ...rest] = scales;
  if (first === undefined) return [];
  return [{ ...first, replicas: Math.max(0, first.replicas + toAdd - added) }, ...rest];
}

function clamp(share: number, left: number): number {
  return left >= 0 ? Math.max(0, Math.min(share, left)) : Math.min(0, Math.max(share, left));
}

function wantedOf(sets: readonly ReplicaSet[]): number {
  return sets.reduce((total, set) => total + (set.spec.replicas ?? 0), 0);
}

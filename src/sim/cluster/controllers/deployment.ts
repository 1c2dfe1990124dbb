import { equal } from '../../json.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import { controllerOf, type Deployment, type DeploymentStatus, isKind, type ReplicaSet } from '../objects.ts';
import { isFinished } from '../pods.ts';
import { sameTemplate } from '../templates.ts';
import {
  isRecreate,
  newSetReplicas,
  oldSetScales,
  proportionalScales,
  replicasOf,
  type Scale,
} from './deployment-scale.ts';
import {
  countedStatus,
  isComplete,
  type ProgressReason,
  progressChange,
  progressing,
  rolloutStatus,
  untilDeadline,
  withCondition,
} from './deployment-status.ts';
import { type Controller, type Key, keyOf } from './manager.ts';
import {
  DESIRED_REPLICAS,
  newReplicaSet,
  REVISION,
  replicaSetAnnotations,
  sizeAnnotations,
} from './replica-set-template.ts';

const COMPONENT = 'deployment-controller';
const DEFAULT_HISTORY_LIMIT = 10;

/**
 * Rolls a Deployment's pods by way of ReplicaSets.
 * Source: kubernetes `pkg/controller/deployment` (deployment_controller.go, sync.go, rolling.go, recreate.go).
 */
export class DeploymentController implements Controller {
  readonly name = COMPONENT;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, type }: StoreEvent): readonly Key[] {
    if (isKind(object, 'Deployment')) return type === 'DELETED' ? [] : [keyOf(object)];
    if (isKind(object, 'ReplicaSet')) return keyOfDeployment(object);
    // A Recreate waits for the last old pod, which no ReplicaSet counts any more.
    if (type === 'DELETED' && isKind(object, 'Pod')) {
      const owner = controllerOf(object);
      if (owner?.kind !== 'ReplicaSet') return [];
      const set = this.#cluster.get('ReplicaSet', object.metadata.namespace ?? '', owner.name);
      return set === undefined ? [] : keyOfDeployment(set);
    }
    return [];
  }

  sync(namespace: string, name: string): number | undefined {
    const found = this.#cluster.get('Deployment', namespace, name);
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return undefined;
    const deployment = this.#notePause(found);
    const sets = this.#cluster.owned(deployment.metadata.uid, 'ReplicaSet').sort(byAge);
    const synced = this.#roll(deployment, sets);
    const left = untilDeadline(synced, this.#cluster.clock.now());
    return left === undefined || left <= 0 ? undefined : left;
  }

  #roll(deployment: Deployment, sets: readonly ReplicaSet[]): Deployment {
    if (deployment.spec.paused === true || isScaling(deployment, sets)) {
      return this.#scaleOnly(deployment, sets);
    }
    return isRecreate(deployment) ? this.#recreate(deployment, sets) : this.#rollingUpdate(deployment, sets);
  }

  #notePause(deployment: Deployment): Deployment {
    const reason = progressing(deployment)?.reason;
    if (reason === 'ProgressDeadlineExceeded') return deployment;
    const paused = deployment.spec.paused === true;
    if (paused && reason !== 'DeploymentPaused') {
      return this.#noteProgress(deployment, 'DeploymentPaused', 'Deployment is paused');
    }
    if (!paused && reason === 'DeploymentPaused') {
      return this.#noteProgress(deployment, 'DeploymentResumed', 'Deployment is resumed');
    }
    return deployment;
  }

  #noteProgress(deployment: Deployment, reason: ProgressReason, message: string): Deployment {
    const conditions = withCondition(
      deployment.status?.conditions ?? [],
      progressChange(reason, message),
      this.#cluster.clock.now(),
    );
    return this.#cluster.update('Deployment', {
      ...deployment,
      status: { ...deployment.status, conditions },
    });
  }

  #scaleOnly(deployment: Deployment, sets: readonly ReplicaSet[]): Deployment {
    const newSet = newest(deployment, sets);
    const scales = new Map(
      proportionalScales(deployment, sets, newSet).map(({ set, replicas }) => [set, replicas]),
    );
    const scaled = sets.map((set) =>
      this.#scale(deployment, { set, replicas: scales.get(set) ?? set.spec.replicas ?? 0 }),
    );
    const status = countedStatus(deployment, scaled, newest(deployment, scaled), this.#cluster.clock.now());
    return this.#writeStatus(deployment, status);
  }

  #rollingUpdate(before: Deployment, present: readonly ReplicaSet[]): Deployment {
    const { deployment, newSet, sets } = this.#ensureNewSet(before, present);
    const grown = newSetReplicas(deployment, sets, newSet.spec.replicas ?? 0);
    if (grown !== newSet.spec.replicas) {
      const scaled = this.#scale(deployment, { set: newSet, replicas: grown });
      return this.#writeRollout(deployment, replaced(sets, scaled), scaled);
    }
    const old = sets.filter((set) => set !== newSet);
    const scales = oldSetScales(deployment, sets, old, newSet);
    if (scales.length > 0) {
      const scaled = scales.reduce((all, scale) => replaced(all, this.#scale(deployment, scale)), sets);
      return this.#writeRollout(deployment, scaled, newSet);
    }
    this.#dropHistory(deployment, old);
    return this.#writeRollout(deployment, sets, newSet);
  }

  #recreate(before: Deployment, present: readonly ReplicaSet[]): Deployment {
    const existing = newest(before, present);
    const old = present.filter((set) => set !== existing);
    const standing = old.filter((set) => (set.spec.replicas ?? 0) > 0);
    if (standing.length > 0) {
      const sets = standing.reduce(
        (all, set) => replaced(all, this.#scale(before, { set, replicas: 0 })),
        present,
      );
      return this.#writeRollout(before, sets, existing);
    }
    const remaining = old
      .flatMap((set) => this.#cluster.owned(set.metadata.uid, 'Pod'))
      .filter((pod) => !isFinished(pod));
    if (remaining.length > 0) return this.#writeRollout(before, present, existing);
    const { deployment, newSet, sets } = this.#ensureNewSet(before, present);
    const scaled = this.#scale(deployment, { set: newSet, replicas: replicasOf(deployment) });
    this.#dropHistory(deployment, old);
    return this.#writeRollout(deployment, replaced(sets, scaled), scaled);
  }

  /** Finds or makes the ReplicaSet of the present template, and gives it the newest revision. */
  #ensureNewSet(
    deployment: Deployment,
    sets: readonly ReplicaSet[],
  ): { readonly deployment: Deployment; readonly newSet: ReplicaSet; readonly sets: readonly ReplicaSet[] } {
    const existing = newest(deployment, sets);
    const others = sets.filter((set) => set !== existing);
    const revision = String(1 + Math.max(0, ...others.map(revisionOf)));
    if (existing === undefined) return this.#createSet(deployment, sets, revision);
    const newSet = this.#cluster.update('ReplicaSet', {
      ...existing,
      metadata: { ...existing.metadata, annotations: replicaSetAnnotations(deployment, existing, revision) },
    });
    const current = String(revisionOf(newSet));
    const known =
      deployment.metadata.annotations?.[REVISION] === current && progressing(deployment) !== undefined;
    const message = `Found new replica set "${newSet.metadata.name}"`;
    const noted = known
      ? deployment
      : this.#writeRevision(deployment, current, 'FoundNewReplicaSet', message);
    return { deployment: noted, newSet, sets: replaced(sets, newSet) };
  }

  #createSet(
    deployment: Deployment,
    sets: readonly ReplicaSet[],
    revision: string,
  ): { readonly deployment: Deployment; readonly newSet: ReplicaSet; readonly sets: readonly ReplicaSet[] } {
    const newSet = this.#cluster.create('ReplicaSet', this.#freeReplicaSet(deployment, sets, revision));
    const replicas = newSet.spec.replicas ?? 0;
    if (replicas > 0) {
      this.#recordScaling(deployment, `Scaled up replica set ${newSet.metadata.name} to ${replicas}`);
    }
    const message = `Created new replica set "${newSet.metadata.name}"`;
    const noted = this.#writeRevision(deployment, revision, 'NewReplicaSetCreated', message);
    return { deployment: noted, newSet, sets: [...sets, newSet] };
  }

  /** The hash is salted while another owner's ReplicaSet has taken the name. */
  #freeReplicaSet(deployment: Deployment, sets: readonly ReplicaSet[], revision: string): ReplicaSet {
    for (let collisions = 0; ; collisions += 1) {
      const candidate = newReplicaSet(deployment, sets, revision, collisions);
      const { namespace = '', name } = candidate.metadata;
      if (this.#cluster.get('ReplicaSet', namespace, name) === undefined) return candidate;
    }
  }

  #writeRevision(
    deployment: Deployment,
    revision: string,
    reason: ProgressReason,
    message: string,
  ): Deployment {
    const conditions = deployment.status?.conditions ?? [];
    const now = this.#cluster.clock.now();
    const found = reason === 'FoundNewReplicaSet' && progressing(deployment) !== undefined;
    return this.#cluster.update('Deployment', {
      ...deployment,
      metadata: {
        ...deployment.metadata,
        annotations: { ...deployment.metadata.annotations, [REVISION]: revision },
      },
      status: {
        ...deployment.status,
        conditions: found ? conditions : withCondition(conditions, progressChange(reason, message), now),
      },
    });
  }

  #scale(deployment: Deployment, { set, replicas }: Scale): ReplicaSet {
    const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) };
    const before = set.spec.replicas ?? 0;
    const scaled = this.#cluster.update('ReplicaSet', {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: before === replicas ? set.spec : { ...set.spec, replicas },
    });
    if (before !== replicas) {
      const way = before < replicas ? 'up' : 'down';
      const origin = before === 0 ? '' : ` from ${before}`;
      this.#recordScaling(
        deployment,
        `Scaled ${way} replica set ${set.metadata.name} to ${replicas}${origin}`,
      );
    }
    return scaled;
  }

  #recordScaling(deployment: Deployment, message: string): void {
    this.#cluster.events.record(COMPONENT, deployment, 'Normal', 'ScalingReplicaSet', message);
  }

  #writeRollout(
    deployment: Deployment,
    sets: readonly ReplicaSet[],
    newSet: ReplicaSet | undefined,
  ): Deployment {
    return this.#writeStatus(deployment, rolloutStatus(deployment, sets, newSet, this.#cluster.clock.now()));
  }

  #writeStatus(deployment: Deployment, status: DeploymentStatus): Deployment {
    if (equal(status, deployment.status)) return deployment;
    return this.#cluster.update('Deployment', { ...deployment, status });
  }

  /** Old ReplicaSets without pods are kept for `revisionHistoryLimit` rollbacks. */
  #dropHistory(deployment: Deployment, old: readonly ReplicaSet[]): void {
    if (!isComplete(deployment, deployment.status ?? {})) return;
    const limit = deployment.spec.revisionHistoryLimit ?? DEFAULT_HISTORY_LIMIT;
    const empty = old.filter((set) => set.spec.replicas === 0 && set.status?.replicas === 0);
    const surplus = [...empty]
      .sort((a, b) => revisionOf(a) - revisionOf(b))
      .slice(0, Math.max(0, old.length - limit));
    for (const { metadata } of surplus) {
      this.#cluster.remove('ReplicaSet', metadata.namespace ?? '', metadata.name);
    }
  }
}

function keyOfDeployment(set: ReplicaSet): readonly Key[] {
  const owner = controllerOf(set);
  return owner?.kind === 'Deployment' ? [`${set.metadata.namespace ?? ''}/${owner.name}`] : [];
}

/** The ReplicaSet of the Deployment's present template: the oldest one that asks for the same pods. */
function newest(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return sets.find((set) => sameTemplate(set.spec.template, deployment.spec.template));
}

/** The number of replicas was changed since the ReplicaSets were last sized. */
function isScaling(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  const wanted = String(replicasOf(deployment));
  return sets.some(({ spec, metadata }) => {
    const sizedFor = metadata.annotations?.[DESIRED_REPLICAS];
    return (spec.replicas ?? 0) > 0 && sizedFor !== undefined && sizedFor !== wanted;
  });
}

function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}

function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (x !== y) return x < y ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function replaced(sets: readonly ReplicaSet[], next: ReplicaSet): readonly ReplicaSet[] {
  return sets.map((set) => (set.metadata.uid === next.metadata.uid ? next : set));
}

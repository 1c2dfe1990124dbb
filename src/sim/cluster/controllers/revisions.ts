import type { Cluster } from '../cluster.ts';
import { type ControllerRevision, type DaemonSet, referenceTo, type StatefulSet } from '../objects.ts';
import { sameTemplate, templateHash } from '../templates.ts';

export const REVISION_HASH = 'controller-revision-hash';

const DEFAULT_HISTORY_LIMIT = 10;

/** The revisions of a StatefulSet or DaemonSet, oldest first. */
export function revisionsOf(cluster: Cluster, owner: StatefulSet | DaemonSet): ControllerRevision[] {
  return cluster.owned(owner.metadata.uid, 'ControllerRevision').sort((a, b) => a.revision - b.revision);
}

/**
 * The revision that holds the present template, made when there is none; one that comes back gets the newest number.
 * Source: kubernetes `pkg/controller/history`.
 */
export function currentRevision(cluster: Cluster, owner: StatefulSet | DaemonSet): ControllerRevision {
  const known = revisionsOf(cluster, owner);
  const newest = known.at(-1);
  const equal = known.find(({ data }) => sameTemplate(data.spec.template, owner.spec.template));
  const next = (newest?.revision ?? 0) + 1;
  if (equal !== undefined) {
    return equal === newest ? equal : cluster.update('ControllerRevision', { ...equal, revision: next });
  }
  const hash = templateHash(owner.spec.template);
  return cluster.create('ControllerRevision', {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      namespace: owner.metadata.namespace ?? '',
      labels: { ...owner.spec.selector.matchLabels, [REVISION_HASH]: hash },
      ownerReferences: [referenceTo(owner)],
    },
    data: { spec: { template: owner.spec.template } },
    revision: next,
  });
}

/** Drops the oldest revisions that no pod runs and that are too many. */
export function dropHistory(
  cluster: Cluster,
  owner: StatefulSet | DaemonSet,
  inUse: ReadonlySet<string>,
): void {
  const idle = revisionsOf(cluster, owner).filter(({ metadata }) => !inUse.has(metadata.name));
  const surplus = idle.length - (owner.spec.revisionHistoryLimit ?? DEFAULT_HISTORY_LIMIT);
  for (const { metadata } of idle.slice(0, Math.max(0, surplus))) {
    cluster.remove('ControllerRevision', metadata.namespace ?? '', metadata.name);
  }
}

import type { KubeObject, ResourceType, StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import { isKind, type Meta, resourceOf } from '../objects.ts';
import type { Controller, Key } from './manager.ts';

/** Deletes what a deleted owner leaves behind. Source: kubernetes `pkg/controller/garbagecollector`. */
export class GarbageCollector implements Controller {
  readonly name = 'garbage-collector';
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Keys are `/uid` of owners that are gone. */
  affected({ object, type }: StoreEvent): readonly Key[] {
    return type === 'DELETED' && object.metadata.uid !== undefined ? [`/${object.metadata.uid}`] : [];
  }

  sync(_namespace: string, uid: string): number | undefined {
    for (const object of [...this.#cluster.dependants(uid)]) {
      const metadata: Meta = object.metadata;
      const remaining = metadata.ownerReferences?.filter((owner) => owner.uid !== uid) ?? [];
      const resource = resourceOf(object);
      if (resource === undefined) continue;
      if (remaining.length > 0) {
        this.#cluster.store.update(resource, {
          ...object,
          metadata: { ...metadata, ownerReferences: remaining },
        });
      } else deleteAny(this.#cluster, resource, object);
    }
    return undefined;
  }
}

/** Deletes an object in the way of its kind: pods gracefully, everything else at once. */
export function deleteAny(cluster: Cluster, resource: ResourceType, object: KubeObject): void {
  if (isKind(object, 'Pod')) cluster.deletePod(object);
  else cluster.store.delete(resource, object.metadata.namespace ?? '', object.metadata.name);
}

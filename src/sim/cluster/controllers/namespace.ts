import { resourceTypes } from '../../resources.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import { isKind } from '../objects.ts';
import { deleteAny } from './garbage.ts';
import type { Controller, Key } from './manager.ts';

const LOOK_AGAIN_MS = 1_000;

/** Empties a namespace that is being deleted, and removes it when nothing is left in it. */
export class NamespaceController implements Controller {
  readonly name = 'namespace-controller';
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, type }: StoreEvent): readonly Key[] {
    const terminating = isKind(object, 'Namespace') && object.metadata.deletionTimestamp !== undefined;
    return terminating && type !== 'DELETED' ? [`/${object.metadata.name}`] : [];
  }

  sync(_: string, name: string): number | undefined {
    const namespace = this.#cluster.get('Namespace', '', name);
    if (namespace?.metadata.deletionTimestamp === undefined) return undefined;
    if (namespace.status?.phase !== 'Terminating') {
      this.#cluster.update('Namespace', {
        ...namespace,
        status: { ...namespace.status, phase: 'Terminating' },
      });
    }
    let left = 0;
    for (const resource of resourceTypes.filter(({ namespaced }) => namespaced)) {
      for (const object of [...this.#cluster.store.list(resource, name)]) {
        deleteAny(this.#cluster, resource, object);
        if (isKind(object, 'Pod')) left += 1;
      }
    }
    if (left > 0) return LOOK_AGAIN_MS;
    this.#cluster.remove('Namespace', '', name);
    return undefined;
  }
}

import { equal } from '../../json.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import { isKind } from '../objects.ts';
import { quotaStatus } from '../quota.ts';
import { type Controller, type Key, keyOf } from './manager.ts';

/** Counts what a quota limits. Source: kubernetes `pkg/controller/resourcequota/resource_quota_controller.go`. */
export class ResourceQuotaController implements Controller {
  readonly name = 'resourcequota-controller';
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, type }: StoreEvent): readonly Key[] {
    if (isKind(object, 'ResourceQuota')) return type === 'DELETED' ? [] : [keyOf(object)];
    if (!isKind(object, 'Pod')) return [];
    return this.#cluster.list('ResourceQuota', object.metadata.namespace).map(keyOf);
  }

  sync(namespace: string, name: string): number | undefined {
    const quota = this.#cluster.get('ResourceQuota', namespace, name);
    if (quota === undefined) return undefined;
    const status = quotaStatus(this.#cluster, quota) ?? {};
    if (!equal(status, quota.status)) this.#cluster.update('ResourceQuota', { ...quota, status });
    return undefined;
  }
}

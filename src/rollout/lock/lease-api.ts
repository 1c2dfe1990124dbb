import { RUN_LEASE } from '../../data/own.ts';
import { FIELD_MANAGER, type KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import type { JsonObject } from '../../kube/json/value.ts';
import { type Lease, leaseOf } from './lease.ts';

/** The requests about the Lease of one namespace. @throws KubeError */
export interface LeaseApi {
  /** Undefined when there is none. */
  read(signal: AbortSignal): Promise<Lease | undefined>;
  create(body: JsonObject, signal: AbortSignal): Promise<Lease>;
  /** Refused with `conflict` unless the body's resourceVersion is the newest. */
  replace(body: JsonObject, signal: AbortSignal): Promise<Lease>;
}

export function leaseApi(client: Pick<KubeClient, 'json'>, namespace: string): LeaseApi {
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const path = `${leases}/${RUN_LEASE}`;
  const name = `lease ${namespace}/${RUN_LEASE}`;
  const query = { fieldManager: FIELD_MANAGER };
  return {
    async read(signal) {
      try {
        // Waiting and trying again is the caller's business, who counts the seconds.
        const request = { method: 'GET', path, operation: `read ${name}`, signal, attempts: 1 } as const;
        return leaseOf(await client.json(request));
      } catch (error) {
        if (error instanceof KubeError && error.kind === 'not-found') return undefined;
        throw error;
      }
    },
    async create(body, signal) {
      const operation = `create ${name}`;
      return leaseOf(await client.json({ method: 'POST', path: leases, query, body, operation, signal }));
    },
    async replace(body, signal) {
      const operation = `update ${name}`;
      return leaseOf(await client.json({ method: 'PUT', path, query, body, operation, signal }));
    },
  };
}

/** The rule that allows the lock, for people. `create` cannot be granted by name. */
export function missingRight(namespace: string): string {
  return `The lock needs a Role in namespace ${namespace} with get, create and update on leases.coordination.k8s.io.`;
}

import { clean } from '../kube/clean.ts';
import type { KubeClient } from '../kube/client.ts';
import { leaseApi } from '../rollout/lock/lease-api.ts';

/** Nobody waits longer for a warning. */
const PATIENCE_MS = 5_000;

/**
 * Says that a run holds the lock of the cluster, which a change from outside would disturb; [] when none does, or
 * where the Lease may not be read. Whether its holder still lives is not looked into: that takes a whole lease.
 * @param namespace that of the control plane
 */
export async function lockWarning(client: KubeClient, namespace: string): Promise<readonly string[]> {
  const abort = new AbortController();
  const cancel = client.clock.after(PATIENCE_MS, () => abort.abort());
  try {
    const holder = clean((await leaseApi(client, namespace).read(abort.signal))?.holder ?? '');
    if (holder === '') {
      return [];
    }
    const at = holder.lastIndexOf('/');
    const [by, run] = at < 0 ? [holder, ''] : [holder.slice(0, at), holder.slice(at + 1)];
    return [
      `run ${run} of ${by} holds the lock of this cluster: it halts when it meets a workload that is not what it has planned`,
    ];
  } catch {
    return [];
  } finally {
    cancel();
  }
}

import { annotation } from '../../data/linkerd.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { NamespaceRecord, WorkloadRecord } from '../../kube/records.ts';
import type { PinInput } from '../pins/preview.ts';
import { PIN } from '../pins/target.ts';
import { restartedAtValue } from '../run/restarted-at.ts';

/**
 * Writes a pin, or its removal, into the one object that it stands on, if that object is still at the version that
 * was previewed. A template gets a new `restartedAt` too: without it the removal of a pin could bring an earlier
 * ReplicaSet back, whose remaining pods would keep the proxy that they have.
 * @throws KubeError, `conflict` when somebody else has changed the object
 */
export function writePin(
  client: KubeClient,
  { namespace, workload, target, version }: Pick<PinInput, 'namespace' | 'workload' | 'target' | 'version'>,
  dryRun: boolean,
): Promise<NamespaceRecord | WorkloadRecord> {
  const pin = { [PIN]: version ?? null };
  if (!workload || !target.workload) {
    return client.patchAnnotations(namespace.name, pin, {
      resourceVersion: namespace.resourceVersion,
      dryRun,
    });
  }
  const now = client.clock.now() + client.clockOffset * 1000;
  const previous = workload.template.annotations[annotation.restartedAt] ?? '';
  const restartedAt = restartedAtValue(now / 1000, -new Date(now).getTimezoneOffset(), previous);
  return client.patchTemplateAnnotations(
    target.workload.kind,
    workload.namespace,
    workload.name,
    { ...pin, [annotation.restartedAt]: restartedAt },
    { resourceVersion: workload.resourceVersion, dryRun },
  );
}

import { annotation } from '../../data/linkerd.ts';
import { ownAnnotation } from '../../data/own.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeError, toKubeError } from '../../kube/errors.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import { pods as podResource, resourcePath, workloadResources } from '../../kube/resources.ts';
import type { PlanItem } from '../plan/plan.ts';
import type { PatchOutcome, PatchRequest, ReadBack } from '../ports.ts';
import { isWorkloadKind } from '../preflight/items.ts';
import type { EvictionKind } from '../run/events.ts';
import { evictionKindOf, mayPass, patchOutcomeOf } from './errors.ts';

/**
 * Writes what `kubectl rollout restart` writes, and which run it was. The object must be at the version that was
 * decided on; the request is never repeated here.
 */
export async function writeRestart(
  client: KubeClient,
  { item, restartedAt, run }: PatchRequest,
  options: { readonly dryRun?: boolean } = {},
): Promise<PatchOutcome> {
  const { kind, namespace, name } = item.key;
  if (!isWorkloadKind(kind)) {
    return refusal(`a ${kind} cannot be restarted`);
  }
  const call = { ...options, resourceVersion: item.resourceVersion };
  const own = {
    [ownAnnotation.run]: run.id,
    [ownAnnotation.by]: run.by,
    ...(run.reason === '' ? {} : { [ownAnnotation.reason]: run.reason }),
  };
  try {
    const { generation } =
      kind === 'Rollout'
        ? await client.restartRollout(namespace, name, restartedAt, own, call)
        : await client.patchTemplateAnnotations(
            kind,
            namespace,
            name,
            { [annotation.restartedAt]: restartedAt, ...own },
            call,
          );
    return { outcome: 'patched', generation };
  } catch (error) {
    return patchOutcomeOf(toKubeError(error, `restart ${kind.toLowerCase()} ${namespace}/${name}`));
  }
}

function refusal(message: string): PatchOutcome {
  return { outcome: 'refused', kind: 'refused', message, retryAfterSeconds: 0 };
}

/** Asks the server which run restarted a workload last. */
export async function readMark(client: KubeClient, item: PlanItem): Promise<ReadBack> {
  const { kind, namespace, name } = item.key;
  if (!isWorkloadKind(kind)) {
    return { found: 'gone' };
  }
  try {
    const record = await client.get(workloadResources[kind], namespace, name);
    return record.uid === item.uid ? markIn(record) : { found: 'gone' };
  } catch (error) {
    const { kind: why, message } = toKubeError(error, `read ${kind.toLowerCase()} ${namespace}/${name}`);
    if (why === 'not-found') {
      return { found: 'gone' };
    }
    return mayPass(why) ? { found: 'silence' } : { found: 'refusal', message };
  }
}

function markIn({ kind, generation, template, annotations, restartAt }: WorkloadRecord): ReadBack {
  const [restartedAt, noted] =
    kind === 'Rollout'
      ? [restartAt, annotations]
      : [template.annotations[annotation.restartedAt], template.annotations];
  return {
    found: 'mark',
    mark: { restartedAt: restartedAt ?? '', generation },
    run: noted[ownAnnotation.run] ?? '',
  };
}

/**
 * Evicts one pod through the Eviction API, which honours disruption budgets.
 * @param uid of the pod that is meant: a StatefulSet gives its names to new pods again
 */
export async function evictPod(
  client: KubeClient,
  namespace: string,
  name: string,
  uid: string,
): Promise<{ readonly kind: EvictionKind; readonly message: string }> {
  const operation = `evict pod ${namespace}/${name}`;
  try {
    await client.json({
      method: 'POST',
      path: `${resourcePath(podResource, namespace, name)}/eviction`,
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace },
        deleteOptions: { preconditions: { uid } },
      },
      operation,
    });
    return { kind: 'evicted', message: '' };
  } catch (error) {
    const failure: KubeError = toKubeError(error, operation);
    return { kind: evictionKindOf(failure), message: failure.message };
  }
}

import { FIELD_MANAGER, type KubeClient } from '../../kube/client.ts';
import { type JsonObject, objectAt, objectsAt, textAt, timeAt } from '../../kube/json/value.ts';
import { resourcePath, workloadResources } from '../../kube/resources.ts';
import type { PlanItem } from '../plan/plan.ts';
import { isWorkloadKind } from '../preflight/items.ts';

/** Reason of the injector's event about a pod that it leaves alone. */
const INJECTION_SKIPPED = 'InjectionSkipped';
const MAX_WARNINGS = 3;

/** Who writes to workloads in the normal course of things: controllers that keep their status, and autoscalers. */
const expectedManagers: ReadonlySet<string> = new Set([
  FIELD_MANAGER,
  'kube-controller-manager',
  'rollouts-controller',
]);

/**
 * What the cluster's events since a time (seconds since the epoch, by the server's clock) warn of about a workload,
 * and who else wrote to it since then. Who may not read them does without; never fails.
 */
export async function explain(client: KubeClient, item: PlanItem, since: number): Promise<readonly string[]> {
  const from = Math.floor(since);
  const [writers, warnings] = await Promise.all([
    writersSince(client, item, from).catch(() => []),
    warningsSince(client, item, from).catch(() => []),
  ]);
  return [...writers, ...warnings];
}

async function warningsSince(client: KubeClient, item: PlanItem, since: number): Promise<readonly string[]> {
  const events = await client.events(item.key.namespace, item.uid);
  const told = events
    .filter(({ lastSeen }) => lastSeen >= since)
    .filter(({ type, reason }) => type === 'Warning' || reason === INJECTION_SKIPPED)
    .filter(({ component }) => component !== FIELD_MANAGER)
    .map(({ reason, message }) => `${reason}: ${message}`);
  return [...new Set(told)].slice(0, MAX_WARNINGS);
}

async function writersSince(client: KubeClient, item: PlanItem, since: number): Promise<readonly string[]> {
  const { kind, namespace, name } = item.key;
  if (!isWorkloadKind(kind)) {
    return [];
  }
  const object = await client.json({
    method: 'GET',
    path: resourcePath(workloadResources[kind], namespace, name),
    operation: `read ${kind.toLowerCase()} ${namespace}/${name}`,
  });
  return writersOf(object, since);
}

/** Who keeps workloads as Git has them (Flux, Argo CD), by the names in managedFields. */
const gitOpsManagers = /^(kustomize-controller|helm-controller|argocd-\S+|flux\S*)$/;

/**
 * Who else has a hand in an object: `kubectl-rollout changed it 3 s after the restart` for each manager that set
 * fields of it since a time. Whoever only removes fields leaves no trace there, so GitOps tools that own fields are
 * named in any case.
 */
export function writersOf(object: JsonObject, since: number): readonly string[] {
  const told = new Map<string, string>();
  for (const entry of objectsAt(objectAt(object, 'metadata'), 'managedFields')) {
    const manager = textAt(entry, 'manager') || 'somebody without a name';
    if (textAt(entry, 'subresource') !== '' || expectedManagers.has(manager)) {
      continue;
    }
    const later = timeAt(entry, 'time') - since;
    if (later >= 0) {
      const when = later === 0 ? 'within a second of the restart' : `${later} s after the restart`;
      told.set(manager, `${manager} changed it ${when}`);
    } else if (gitOpsManagers.test(manager) && !told.has(manager)) {
      told.set(manager, `${manager} manages it, and may take back what is not in Git`);
    }
  }
  return [...told.values()];
}

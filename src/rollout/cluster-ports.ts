import { randomBytes } from 'node:crypto';
import { annotation } from '../data/linkerd.ts';
import type { KubeClient } from '../kube/client.ts';
import { sleep } from '../kube/clock.ts';
import { KubeError, type KubeErrorKind, toKubeError } from '../kube/errors.ts';
import type { WorkloadKind, WorkloadRecord } from '../kube/records.ts';
import { workloadResources } from '../kube/resources.ts';
import type { LiveSession } from '../live/follow.ts';
import type { PatchOutcome, RolloutPorts } from './executor.ts';
import { observePod } from './observe.ts';
import type { PlanItem } from './plan.ts';
import type { PatchMark } from './proof.ts';

/** Errors after which nobody knows whether the server has applied a patch. */
const inTheDark: ReadonlySet<KubeErrorKind> = new Set([
  'network',
  'proxy',
  'tls',
  'timeout',
  'unavailable',
  'malformed',
  'not-kubernetes',
]);

/** Connects the executor with a cluster that is followed. */
export function clusterPorts(client: KubeClient, session: LiveSession): RolloutPorts {
  const { model, store } = session;
  const { clock } = client;
  return {
    planning: () => ({ mesh: model.view(), workload: (key) => model.workload(key) }),
    observe: (key) => ({ workload: model.workload(key), pods: model.pods(key).map(observePod) }),
    fresh: () => session.isFresh(),
    subscribe: (listener) => store.subscribe(listener),
    patch: (item, restartedAt) => patch(client, item, restartedAt),
    readPatchMark: (item) => readPatchMark(client, item),
    now: () => clock.now() / 1000,
    utcOffsetMinutes: () => -new Date(clock.now()).getTimezoneOffset(),
    newRunId: () => randomBytes(4).toString('hex'),
    every(milliseconds, action) {
      let cancel = clock.after(milliseconds, tick);
      function tick(): void {
        cancel = clock.after(milliseconds, tick);
        action();
      }
      return () => cancel();
    },
    sleep: (milliseconds) => sleep(clock, milliseconds, new AbortController().signal),
  };
}

async function patch(client: KubeClient, item: PlanItem, restartedAt: string): Promise<PatchOutcome> {
  const { kind, namespace, name } = item.key;
  if (!isWorkloadKind(kind)) {
    return { outcome: 'refused', kind: 'refused', message: `a ${kind} cannot be restarted` };
  }
  try {
    const { resourceVersion } = item;
    const { generation } = await client.patchTemplateAnnotations(
      kind,
      namespace,
      name,
      { [annotation.restartedAt]: restartedAt },
      { resourceVersion },
    );
    return { outcome: 'patched', generation };
  } catch (error) {
    return outcomeOf(toKubeError(error, `restart ${kind.toLowerCase()} ${namespace}/${name}`));
  }
}

function outcomeOf({ kind, message }: KubeError): PatchOutcome {
  if (inTheDark.has(kind)) {
    return { outcome: 'lost', message };
  }
  if (kind === 'conflict') {
    return { outcome: 'refused', kind: 'conflict', message };
  }
  return { outcome: 'refused', kind: kind === 'not-found' ? 'gone' : 'refused', message };
}

async function readPatchMark(client: KubeClient, item: PlanItem): Promise<PatchMark | undefined> {
  const { kind, namespace, name } = item.key;
  if (!isWorkloadKind(kind)) {
    return undefined;
  }
  let record: WorkloadRecord;
  try {
    record = await client.get(workloadResources[kind], namespace, name);
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'not-found') {
      return undefined;
    }
    throw error;
  }
  const { uid, generation, template } = record;
  return uid === item.uid
    ? { restartedAt: template.annotations[annotation.restartedAt] ?? '', generation }
    : undefined;
}

function isWorkloadKind(kind: string): kind is WorkloadKind {
  return kind in workloadResources;
}

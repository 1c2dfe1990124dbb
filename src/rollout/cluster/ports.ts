import { randomBytes } from 'node:crypto';
import { annotation } from '../../data/linkerd.ts';
import type { KubeClient } from '../../kube/client.ts';
import { sleep } from '../../kube/clock.ts';
import { type KubeError, type KubeErrorKind, toKubeError } from '../../kube/errors.ts';
import type { WorkloadKind } from '../../kube/records.ts';
import { workloadResources } from '../../kube/resources.ts';
import type { LiveSession } from '../../live/follow.ts';
import type { PatchOutcome, ReadBack, RolloutPorts } from '../executor.ts';
import type { PlanItem } from '../plan/plan.ts';
import { observePod } from '../run/observe.ts';

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

/** Of those: errors of a server that did answer, and that trying again would not mend. */
const answered: ReadonlySet<KubeErrorKind> = new Set(['unavailable', 'not-kubernetes', 'proxy', 'tls']);

/** Reason of the injector's event about a pod that it leaves alone. */
const INJECTION_SKIPPED = 'InjectionSkipped';
const MAX_WARNINGS = 3;

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
    warnings: (item, since) => warnings(client, item, since + client.clockOffset),
    now: () => clock.now() / 1000,
    utcOffsetMinutes: () => -new Date(clock.now()).getTimezoneOffset(),
    newRunId: () => randomBytes(4).toString('hex'),
    every(milliseconds, action) {
      let cancel = clock.after(milliseconds, tick);
      const stop = () => cancel();
      function tick(): void {
        cancel = clock.after(milliseconds, tick);
        action();
      }
      session.closed.addEventListener('abort', stop, { once: true });
      return () => {
        session.closed.removeEventListener('abort', stop);
        stop();
      };
    },
    sleep: (milliseconds) => sleep(clock, milliseconds, session.closed),
    closed: session.closed,
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

function outcomeOf({ kind, message, retryAfterSeconds }: KubeError): PatchOutcome {
  if (inTheDark.has(kind)) {
    return { outcome: 'lost', kind: answered.has(kind) ? 'refused' : 'unanswered', message };
  }
  switch (kind) {
    case 'conflict':
      return { outcome: 'refused', kind, message };
    case 'not-found':
      return { outcome: 'refused', kind: 'gone', message };
    case 'too-many-requests':
      return {
        outcome: 'refused',
        kind: 'busy',
        message,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      };
    default:
      return { outcome: 'refused', kind: 'refused', message };
  }
}

async function readPatchMark(client: KubeClient, item: PlanItem): Promise<ReadBack> {
  const { kind, namespace, name } = item.key;
  if (!isWorkloadKind(kind)) {
    return { found: 'gone' };
  }
  try {
    const { uid, generation, template } = await client.get(workloadResources[kind], namespace, name);
    const restartedAt = template.annotations[annotation.restartedAt] ?? '';
    return uid === item.uid ? { found: 'mark', mark: { restartedAt, generation } } : { found: 'gone' };
  } catch (error) {
    const { kind: why, message } = toKubeError(error, `read ${kind.toLowerCase()} ${namespace}/${name}`);
    if (why === 'not-found') {
      return { found: 'gone' };
    }
    return inTheDark.has(why) || why === 'too-many-requests'
      ? { found: 'silence' }
      : { found: 'refusal', message };
  }
}

/** Who may not read events does without. */
async function warnings(client: KubeClient, item: PlanItem, since: number): Promise<readonly string[]> {
  try {
    const events = await client.events(item.key.namespace, item.uid);
    const told = events
      .filter(({ lastSeen }) => lastSeen >= Math.floor(since))
      .filter(({ type, reason }) => type === 'Warning' || reason === INJECTION_SKIPPED)
      .map(({ reason, message }) => `${reason}: ${message}`);
    return [...new Set(told)].slice(0, MAX_WARNINGS);
  } catch {
    return [];
  }
}

function isWorkloadKind(kind: string): kind is WorkloadKind {
  return kind in workloadResources;
}

import { KubeError } from '../../src/kube/errors.ts';
import { type JsonObject, objectAt, objectsAt, rawAt } from '../../src/kube/json/value.ts';
import { eventually } from './abilities.ts';
import { type Api, type Kind, labelOf, nameOf, uidOf } from './api.ts';
import { isOwnName, RUN_LABEL } from './settings.ts';

/** In this order, so that no controller makes anew what goes. */
const CONTENT: readonly Kind[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Pod',
  'ConfigMap',
  'Lease',
  'RoleBinding',
  'Role',
];
export interface Cleaned {
  readonly removed: readonly string[];
  /** Namespaces that are marked, and that nobody has taken away in time. */
  readonly lingering: readonly string[];
  /** Webhook configurations with this suite's label that do something by now: they are somebody else's. */
  readonly kept: readonly string[];
}

/**
 * Removes what a run has left, or with '' all runs: namespaces with the label and a name of this suite's, what is in
 * them first (a server without controllers would keep it), and the inert webhook configuration.
 * Then it waits for the namespaces to be gone, up to so many seconds.
 */
export async function clean(api: Api, run: string, seconds: number): Promise<Cleaned> {
  const selector = { labelSelector: run === '' ? RUN_LABEL : `${RUN_LABEL}=${run}` };
  const removed: string[] = [];
  const kept: string[] = [];
  const webhooks = await orNone(() => api.list('MutatingWebhookConfiguration', '', selector));
  for (const webhook of webhooks) {
    const name = nameOf(webhook);
    if (!isInert(webhook)) {
      kept.push(name);
      continue;
    }
    const resourceVersion = rawAt(objectAt(webhook, 'metadata'), 'resourceVersion');
    await api.remove(
      { kind: 'MutatingWebhookConfiguration', namespace: '', name },
      uidOf(webhook),
      resourceVersion,
    );
    removed.push(`mutatingwebhookconfiguration ${name}`);
  }
  const homes = (await api.list('Namespace', '', selector)).filter(
    (home) => isOwnName(nameOf(home), run) && labelOf(home, RUN_LABEL) !== '',
  );
  for (const home of homes) {
    const name = nameOf(home);
    for (const kind of CONTENT) {
      for (const object of await orNone(() => api.list(kind, name))) {
        await api.remove({ kind, namespace: name, name: nameOf(object) }, uidOf(object));
      }
    }
    await api.remove({ kind: 'Namespace', namespace: '', name }, uidOf(home));
    removed.push(`namespace ${name}`);
  }
  const left = async () =>
    (await api.list('Namespace', '', selector)).filter((home) => isOwnName(nameOf(home), run));
  await eventually(seconds, async () => ((await left()).length === 0 ? true : undefined));
  const lingering = await left();
  const unmarked = lingering.filter((home) => objectAt(home, 'metadata').deletionTimestamp === undefined);
  if (unmarked.length > 0) throw new Error(`still there: ${unmarked.map(nameOf).join(', ')}`);
  return { removed, lingering: lingering.map(nameOf), kept };
}

/**
 * Whether no API server calls it. A Linkerd that was installed over what a killed run had left fills in rules and keeps
 * the label: from then on it is the real injector's.
 */
function isInert(webhook: JsonObject): boolean {
  return objectsAt(webhook, 'webhooks').every((entry) => objectsAt(entry, 'rules').length === 0);
}

/** What may not be listed, or is not served, holds nothing of ours. */
async function orNone<T>(list: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await list();
  } catch (error) {
    if (error instanceof KubeError && (error.kind === 'forbidden' || error.kind === 'not-found')) return [];
    throw error;
  }
}

import { setTimeout as wait } from 'node:timers/promises';
import { configMap, INJECTOR_DEPLOYMENT, INJECTOR_WEBHOOK_CONFIGURATION } from '../../src/data/linkerd.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { numberAt, objectAt, objectsAt, rawAt } from '../../src/kube/json/value.ts';
import { parseLinkerdConfig } from '../../src/mesh/config.ts';
import type { Api } from './api.ts';
import { podsOf } from './hand.ts';
import { plainTemplate, workload } from './manifests.ts';

/** What an API server has behind it. */
export interface Abilities {
  /** Somebody makes pods for Deployments. */
  readonly controllers: boolean;
  /** Pods become ready. */
  readonly podsStart: boolean;
  readonly linkerd: Linkerd;
}

export type Linkerd =
  | { readonly state: 'absent' }
  /** Installed; `why` is '' when its injector can be counted on. */
  | { readonly state: 'present'; readonly namespace: string; readonly version: string; readonly why: string }
  /** Nobody may tell. */
  | { readonly state: 'unreadable'; readonly why: string };

const PAUSE_MS = 200;
/** Long for a controller, and no wait for a server that has none. */
const CONTROLLER_SECONDS = 20;

/** Resolves with the first answer that is not undefined, or with undefined when there is none in time. */
export async function eventually<T>(
  seconds: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined || performance.now() > end) return found;
    await wait(PAUSE_MS);
  }
}

/** As `eventually`, for a condition; fails when it does not come to hold. */
export async function until(seconds: number, what: string, holds: () => Promise<boolean>): Promise<void> {
  const held = await eventually(seconds, async () => ((await holds()) ? true : undefined));
  if (held === undefined) throw new Error(`waited ${seconds} s in vain for ${what}`);
}

export async function linkerdOf(api: Api): Promise<Linkerd> {
  try {
    const webhook = await api.find({
      kind: 'MutatingWebhookConfiguration',
      namespace: '',
      name: INJECTOR_WEBHOOK_CONFIGURATION,
    });
    if (webhook === undefined) return { state: 'absent' };
    const [entry = {}] = objectsAt(webhook, 'webhooks');
    const namespace = rawAt(objectAt(objectAt(entry, 'clientConfig'), 'service'), 'namespace');
    const config = await api.find({ kind: 'ConfigMap', namespace, name: configMap.config });
    const parsed = parseLinkerdConfig(texts(objectAt(config ?? {}, 'data')));
    const version = parsed.ok ? parsed.config.linkerdVersion : '';
    const injector = await api.find({ kind: 'Deployment', namespace, name: INJECTOR_DEPLOYMENT });
    const available = numberAt(objectAt(injector ?? {}, 'status'), 'availableReplicas');
    const why =
      available > 0 ? '' : `Deployment ${namespace}/${INJECTOR_DEPLOYMENT} has no available replica`;
    return { state: 'present', namespace, version, why };
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'forbidden') {
      return { state: 'unreadable', why: error.message };
    }
    throw error;
  }
}

function texts(data: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)]));
}

/** Tries out, in a namespace that the mesh has nothing to do with, what becomes of a Deployment. */
export async function tryOut(
  api: Api,
  namespace: string,
  patienceSeconds: number,
): Promise<Pick<Abilities, 'controllers' | 'podsStart'>> {
  const name = 'trial';
  await api.create(workload('Deployment', namespace, name, plainTemplate(name, true), 1));
  const made = await eventually(Math.min(patienceSeconds, CONTROLLER_SECONDS), async () =>
    (await podsOf(api, { namespace, name })).at(0),
  );
  if (made === undefined) return { controllers: false, podsStart: false };
  const ready = await eventually(patienceSeconds, async () =>
    (await podsOf(api, { namespace, name })).find((pod) =>
      objectsAt(objectAt(pod, 'status'), 'conditions').some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      ),
    ),
  );
  return { controllers: true, podsStart: ready !== undefined };
}

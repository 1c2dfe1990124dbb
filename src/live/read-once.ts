import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import type { KubeRecord } from '../kube/records.ts';
import { namespaces as namespaceResource, pods, type Resource, rollouts } from '../kube/resources.ts';
import { createMeshModel, type MeshModel } from '../mesh/model.ts';
import { NamedObjects } from './named-objects.ts';
import { belongsToRollout, modelOptions, namespacedKinds, type Subject } from './subjects.ts';
import { UnreadableParts } from './unreadable.ts';
import type { LiveView } from './view.ts';

/**
 * Reads a cluster once, everything side by side. Without rights to the whole cluster it reads the namespaces that it
 * may, and names the others under `unreadable`.
 * @throws KubeError when the server cannot be reached, refuses the credentials, or shows no pods at all
 */
export async function readOnce(client: KubeClient, subject: Subject): Promise<LiveView> {
  return (await readOnceWithModel(client, subject)).view;
}

/** Like {@link readOnce}, with the model behind the view, which knows the records. */
export async function readOnceWithModel(
  client: KubeClient,
  subject: Subject,
): Promise<{ readonly view: LiveView; readonly model: MeshModel }> {
  const abort = new AbortController();
  const reading = new Reading(client, subject, abort.signal);
  const version = client.version({ signal: abort.signal });
  try {
    await Promise.all([version, reading.run()]);
  } catch (error) {
    // Nobody waits for the rest any more.
    abort.abort();
    throw error;
  }
  const { connection } = client;
  const view: LiveView = {
    cluster: {
      context: connection.context,
      server: connection.server,
      kubernetesVersion: (await version).gitVersion,
    },
    mesh: reading.model.view(),
    freshness: { state: 'live' },
    unreadable: reading.unreadable.list(),
  };
  return { view, model: reading.model };
}

class Reading {
  readonly model: MeshModel;
  readonly unreadable = new UnreadableParts();
  readonly #client: KubeClient;
  readonly #subject: Subject;
  readonly #named: NamedObjects;
  readonly #signal: AbortSignal;
  /** Uids of the pods that a label selector chose. */
  readonly #chosen = new Set<string>();
  /** Namespaces with Argo Rollouts. */
  readonly #rolloutNamespaces = new Set<string>();
  #podsRead = 0;
  #podsRefused: KubeError | undefined;

  constructor(client: KubeClient, subject: Subject, signal: AbortSignal) {
    this.#client = client;
    this.#subject = subject;
    this.#signal = signal;
    this.model = createMeshModel({
      ...modelOptions(subject),
      ...(subject.labelSelector === '' ? {} : { isCounted: ({ uid }) => this.#chosen.has(uid) }),
    });
    this.#named = new NamedObjects(client, this.model, this.unreadable);
  }

  async run(): Promise<void> {
    const { namespaces } = this.#subject;
    if (namespaces) {
      await this.#named.read(this.#signal);
      await this.#readParts([...new Set([...namespaces, this.model.view().controlPlane.namespace])]);
    } else {
      const named = this.#named.read(this.#signal);
      await Promise.all([named, this.#readCluster(named)]);
    }
    await this.#readRollouts(namespaces === undefined);
    if (this.#subject.labelSelector !== '') {
      await this.#readControlPlanePods();
    }
    if (this.#podsRead === 0 && this.#podsRefused) {
      throw this.#podsRefused;
    }
  }

  /** @param named settles when the namespace of the control plane is known */
  async #readCluster(named: Promise<void>): Promise<void> {
    const [refusal, ...whole] = await Promise.all([
      this.#list(namespaceResource, ''),
      ...namespacedKinds.map(async (resource) => ({ resource, error: await this.#list(resource, '') })),
    ]);
    const refused = whole.filter(({ error }) => error?.kind === 'forbidden').map(({ resource }) => resource);
    if (refusal) {
      this.unreadable.add(namespaceResource, '', refusal);
    } else {
      this.model.markListed('Namespace');
    }
    if (refused.length > 0) {
      const known = refusal
        ? await named.then(() => this.#nameNamespaces())
        : this.model.view().namespaces.map(({ name }) => name);
      await this.#readNamespaces(known, refused);
    }
  }

  /** In the whole cluster where that is allowed, else in the namespaces that have any; nowhere where there are none. */
  async #readRollouts(everywhere: boolean): Promise<void> {
    const names = [...this.#rolloutNamespaces];
    if (names.length === 0) {
      return;
    }
    const refusal = everywhere ? await this.#list(rollouts, '') : true;
    if (refusal) {
      await this.#readNamespaces(names, [rollouts]);
    }
  }

  /** A selector seldom chooses the control plane's own pods; its state is read from all of them. */
  async #readControlPlanePods(): Promise<void> {
    const { namespace } = this.model.view().controlPlane;
    const error = await this.#list(pods, namespace, '');
    if (error) {
      this.unreadable.add(pods, namespace, error);
    }
  }

  /** Reads single namespaces, each with its own object, which holds what decides over injection. */
  async #readParts(names: readonly string[]): Promise<void> {
    await Promise.all([
      ...names.map((name) => this.#readNamespaceObject(name)),
      this.#readNamespaces(names, namespacedKinds),
    ]);
  }

  /** The namespaces left to try when they cannot be listed. */
  async #nameNamespaces(): Promise<readonly string[]> {
    const names = [...new Set([this.#subject.contextNamespace, this.model.view().controlPlane.namespace])];
    await Promise.all(names.map((name) => this.#readNamespaceObject(name)));
    return names;
  }

  async #readNamespaceObject(name: string): Promise<void> {
    try {
      const record = await this.#client.get(namespaceResource, '', name, { signal: this.#signal });
      this.model.apply({ type: 'upsert', record });
    } catch (error) {
      const kind = error instanceof KubeError ? error.kind : 'other';
      const tolerable =
        kind === 'forbidden' || (kind === 'not-found' && !this.#subject.namespaces?.includes(name));
      if (!(error instanceof KubeError) || !tolerable) {
        throw error;
      }
      this.unreadable.add(namespaceResource, name, error);
    }
  }

  /** In each namespace pods are tried first: where they are refused, the rest is not worth asking for. */
  async #readNamespaces(names: readonly string[], resources: readonly Resource[]): Promise<void> {
    const others = resources.filter((resource) => resource !== pods);
    await Promise.all(
      names.map(async (name) => {
        if (resources.includes(pods)) {
          const error = await this.#list(pods, name);
          if (error) {
            this.unreadable.add(pods, name, error);
            return;
          }
        }
        await Promise.all(
          others.map(async (resource) => {
            const error = await this.#list(resource, name);
            if (error) {
              this.unreadable.add(resource, name, error);
            }
          }),
        );
      }),
    );
  }

  /** Lists one kind into the model. Answers the refusal where rights are missing; throws any other failure. */
  async #list(
    resource: Resource,
    namespace: string,
    labelSelector = resource === pods ? this.#subject.labelSelector : '',
  ): Promise<KubeError | undefined> {
    const given: KubeRecord[] = [];
    const take = (record: KubeRecord): void => {
      given.push(record);
      if (labelSelector !== '') {
        this.#chosen.add(record.uid);
      }
      if (belongsToRollout(record)) {
        this.#rolloutNamespaces.add(record.namespace);
      }
      this.model.apply({ type: 'upsert', record });
    };
    const forget = (): void => {
      for (const { kind, namespace: home, name, uid } of given.splice(0)) {
        this.model.apply({ type: 'delete', kind, namespace: home, name, uid });
      }
    };
    try {
      const selection = { namespace, ...(labelSelector === '' ? {} : { labelSelector }) };
      await this.#client.list(resource, { ...selection, signal: this.#signal, onRestart: forget }, take);
    } catch (error) {
      if (error instanceof KubeError && (error.kind === 'forbidden' || error.kind === 'not-found')) {
        if (resource === pods) {
          this.#podsRefused = error;
        } else if (error.kind === 'not-found') {
          this.unreadable.add(resource, namespace, error);
          return undefined;
        }
        return error;
      }
      throw error;
    }
    if (resource === pods) {
      this.#podsRead++;
    }
    if (labelSelector === '') {
      this.model.markListed(resource.kind, true, namespace);
    }
    return undefined;
  }
}

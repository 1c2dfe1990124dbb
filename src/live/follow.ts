import type { KubeClient } from '../kube/client.ts';
import { sleep } from '../kube/clock.ts';
import { toKubeError } from '../kube/errors.ts';
import type { Change } from '../kube/records.ts';
import { createReflector, type ReflectorStatus } from '../kube/reflector/reflector.ts';
import { namespaces as namespaceResource, pods, type Resource, rollouts } from '../kube/resources.ts';
import { createMeshModel, type MeshModel } from '../mesh/model.ts';
import { type FeedState, freshnessOf } from './freshness.ts';
import { NamedObjects } from './named-objects.ts';
import { belongsToRollout, modelOptions, namespacedKinds, type Subject } from './subjects.ts';
import { UnreadableParts } from './unreadable.ts';
import type { LiveView, Store } from './view.ts';
import { ViewStore } from './view-store.ts';

/** A cluster that is being followed. */
export interface LiveSession {
  readonly store: Store<LiveView>;
  /** The model behind the views, always as new as the last change that arrived. */
  readonly model: MeshModel;
  /** True while everything that may be read is up to date. */
  isFresh(): boolean;
  /** Resolves once every first list has been read, or cannot be, or the session is closed. */
  loaded(): Promise<void>;
  close(): void;
  /** Aborted by `close`. */
  readonly closed: AbortSignal;
}

/** Key of the feed of what can only be read by name. */
const NAMED_OBJECTS = 'named objects';
/** Between two looks at what can only be read by name. */
const NAMED_OBJECTS_MILLISECONDS = 5_000;
/** So long may the server think about three small objects; after that it does not answer, whatever the watches say. */
const ANSWER_MILLISECONDS = 8_000;
/** While the picture is not live its age is shown, and grows. */
const AGE_MILLISECONDS = 1_000;

/**
 * Follows a cluster with watches until it is closed. It never gives up: when contact is lost the picture stays, its
 * freshness says so, and everything goes on where it broke off. All pods are followed: a label selector is not for this.
 */
export function follow(client: KubeClient, subject: Subject): LiveSession {
  const session = new Session(client, subject);
  session.start();
  return session;
}

class Session implements LiveSession {
  readonly model: MeshModel;
  readonly store: ViewStore<LiveView>;
  readonly #client: KubeClient;
  readonly #subject: Subject;
  readonly #unreadable = new UnreadableParts();
  readonly #objects: NamedObjects;
  readonly #feeds = new Map<string, FeedState>();
  readonly #synced = new Set<string>();
  readonly #closing = new AbortController();
  readonly #loaded = Promise.withResolvers<void>();
  /** Kinds that are not read in the whole cluster but namespace by namespace. */
  readonly #scattered = new Set<Resource>();
  /** Namespaces that are read because they were named; whether they exist may not be known. */
  readonly #named = new Set<string>();
  /** Namespaces with Argo Rollouts. */
  readonly #rolloutNamespaces = new Set<string>();
  /** False where namespaces cannot be listed, or only some are wanted. */
  #listsNamespaces = true;
  readonly #startedAt: number;
  #isLoaded = false;
  #kubernetesVersion = '';

  constructor(client: KubeClient, subject: Subject) {
    this.#client = client;
    this.#subject = subject;
    this.#startedAt = client.clock.now() / 1000;
    this.model = createMeshModel(modelOptions(subject));
    this.#objects = new NamedObjects(client, this.model, this.#unreadable);
    this.store = new ViewStore(() => this.#view(), client.clock);
  }

  start(): void {
    this.#feeds.set(NAMED_OBJECTS, { state: 'listing', objects: 0 });
    void this.#followNamedObjects();
    void this.#age();
    const { namespaces } = this.#subject;
    if (namespaces) {
      this.#listsNamespaces = false;
      for (const resource of namespacedKinds) {
        this.#scattered.add(resource);
      }
      for (const name of namespaces) {
        this.#followNamed(name);
      }
      return;
    }
    this.#follow(namespaceResource, '');
    for (const resource of namespacedKinds) {
      this.#follow(resource, '');
    }
  }

  isFresh(): boolean {
    return freshnessOf(this.#feeds.values(), this.#now()).state === 'live';
  }

  loaded(): Promise<void> {
    return this.#loaded.promise;
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#closing.abort();
    this.store.close();
    this.#loaded.resolve();
  }

  #now(): number {
    return this.#client.clock.now() / 1000;
  }

  #view(): LiveView {
    const { connection } = this.#client;
    return {
      cluster: {
        context: connection.context,
        server: connection.server,
        kubernetesVersion: this.#kubernetesVersion,
      },
      mesh: this.model.view(),
      freshness: freshnessOf(this.#feeds.values(), this.#now()),
      unreadable: this.#unreadable.list(),
    };
  }

  #setFeed(key: string, state: FeedState): void {
    this.#feeds.set(key, state);
    this.store.invalidate();
    if (!this.#isLoaded && [...this.#feeds.values()].every((feed) => feed.state !== 'listing')) {
      this.#isLoaded = true;
      this.store.flush();
      this.#loaded.resolve();
    }
  }

  /** The namespace's own object, and in it what is read namespace by namespace. */
  #followNamed(name: string): void {
    this.#named.add(name);
    this.#follow(namespaceResource, '', name);
    this.#followScattered(name);
  }

  /** Where namespaces are named, the control plane's is one of them as soon as its name is known. */
  #followControlPlane(): void {
    if (!this.#listsNamespaces) {
      this.#followNamed(this.model.view().controlPlane.namespace);
    }
  }

  #follow(resource: Resource, namespace: string, only = ''): void {
    const key = feedKey(resource, namespace, only);
    if (this.#feeds.has(key)) {
      return;
    }
    this.#setFeed(key, { state: 'listing', objects: 0 });
    const stopping = new AbortController();
    const reflector = createReflector({
      client: this.#client,
      resource,
      namespace,
      ...(only === '' ? {} : { fieldSelector: `metadata.name=${only}` }),
      onChange: (change) => this.#onChange(change),
      onStatus: (status) => this.#onStatus({ resource, namespace, only, stopping }, status),
    });
    void reflector.run(AbortSignal.any([this.#closing.signal, stopping.signal]));
  }

  #onChange(change: Change): void {
    this.model.apply(change);
    this.store.invalidate();
    if (change.type === 'upsert' && belongsToRollout(change.record)) {
      this.#followRollouts(change.record.namespace);
    }
    if (change.type === 'upsert' && change.record.kind === 'Namespace') {
      this.#followScattered(change.record.name);
    }
    if (change.type === 'delete' && change.kind === 'Namespace') {
      this.#forgetRefusals(change.name);
    }
  }

  #onPodsRead(namespace: string): void {
    if (namespace === '') {
      this.#followScatteredEverywhere();
    } else {
      this.#followScattered(namespace);
    }
  }

  /** What could not be read in a namespace that is gone is no gap any more, and is asked for anew if it comes back. */
  #forgetRefusals(namespace: string): void {
    for (const resource of this.#scattered) {
      const key = feedKey(resource, namespace, '');
      if (this.#feeds.get(key)?.state === 'forbidden') {
        this.#forgetFeed(key);
        this.#unreadable.remove(`${resource.plural}/${namespace}`);
      }
    }
  }

  #forgetFeed(key: string): void {
    this.#feeds.delete(key);
    this.#synced.delete(key);
    this.store.invalidate();
  }

  #isGone(namespace: string): boolean {
    const namespacesAreLive = this.#feeds.get(feedKey(namespaceResource, '', ''))?.state === 'live';
    return namespacesAreLive && !this.model.view().namespaces.some(({ name }) => name === namespace);
  }

  #onStatus(feed: Feed, status: ReflectorStatus): void {
    const { resource, namespace, only } = feed;
    const key = feedKey(resource, namespace, only);
    switch (status.state) {
      case 'listing':
        if (this.#synced.has(key)) {
          const now = this.#now();
          this.#setFeed(key, {
            state: 'waiting',
            since: now,
            retryAt: now,
            reason: 'the list is read again',
          });
        } else {
          this.#setFeed(key, { state: 'listing', objects: status.objects });
        }
        break;
      case 'watching':
        this.#synced.add(key);
        this.#unreadable.remove(`${resource.plural}/${namespace || only}`);
        if (only === '') {
          this.model.markListed(resource.kind, true, namespace);
        }
        if (resource === pods) {
          this.#onPodsRead(namespace);
        }
        this.#setFeed(key, { state: 'live', objects: status.objects });
        break;
      case 'waiting':
        this.#setFeed(key, {
          state: 'waiting',
          since: status.lastContactAt || this.#startedAt,
          retryAt: status.retryAt,
          reason: status.reason,
        });
        break;
      case 'missing':
        this.#unreadable.add(resource, namespace, status.error);
        this.#setFeed(key, { state: 'forbidden' });
        break;
      case 'forbidden':
        this.#onForbidden(feed, status);
        break;
    }
  }

  /** What may not be read in the whole cluster is tried namespace by namespace; there, a refusal is final. */
  #onForbidden(feed: Feed, { error }: ReflectorStatus & { state: 'forbidden' }): void {
    const { resource, namespace, only, stopping } = feed;
    const key = feedKey(resource, namespace, only);
    stopping.abort();
    if (namespace !== '' && this.#isGone(namespace)) {
      this.#forgetFeed(key);
      return;
    }
    if (namespace !== '' || only !== '') {
      this.#unreadable.add(resource, namespace || only, error);
    } else if (resource === namespaceResource) {
      this.#unreadable.add(resource, '', error);
      this.#listsNamespaces = false;
      this.#followNamed(this.#subject.contextNamespace);
      if (this.#feeds.get(NAMED_OBJECTS)?.state === 'live') {
        this.#followControlPlane();
      }
    } else {
      this.#scattered.add(resource);
      this.#followScatteredEverywhere();
    }
    this.#setFeed(key, { state: 'forbidden' });
  }

  /** In the whole cluster where that is allowed, else in the namespaces that have any. */
  #followRollouts(namespace: string): void {
    this.#rolloutNamespaces.add(namespace);
    if (this.#listsNamespaces && !this.#scattered.has(rollouts)) {
      this.#follow(rollouts, '');
    } else {
      this.#follow(rollouts, namespace);
    }
  }

  #followScatteredEverywhere(): void {
    const { namespaces } = this.model.view();
    for (const name of new Set([...this.#named, ...namespaces.map((known) => known.name)])) {
      this.#followScattered(name);
    }
  }

  /** Pods are tried first: where they are refused, the rest is not worth asking for. */
  #followScattered(name: string): void {
    for (const resource of this.#scattered) {
      if (resource === rollouts && !this.#rolloutNamespaces.has(name)) {
        continue;
      }
      if (resource === pods || this.#readsPods(name)) {
        this.#follow(resource, name);
      }
    }
  }

  #readsPods(namespace: string): boolean {
    return this.#synced.has(feedKey(pods, '', '')) || this.#synced.has(feedKey(pods, namespace, ''));
  }

  async #followNamedObjects(): Promise<void> {
    const { signal } = this.#closing;
    let lastContact = this.#startedAt;
    while (!signal.aborted) {
      const answered = new AbortController();
      void this.#doubt(lastContact, answered.signal);
      try {
        if (this.#kubernetesVersion === '') {
          this.#kubernetesVersion = (await this.#client.version({ signal })).gitVersion;
        }
        await this.#objects.read(signal);
        lastContact = this.#now();
        this.#followControlPlane();
        this.#setFeed(NAMED_OBJECTS, { state: 'live' });
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        const reason = toKubeError(error, 'read the configuration of the control plane').message;
        const retryAt = this.#now() + NAMED_OBJECTS_MILLISECONDS / 1000;
        this.#setFeed(NAMED_OBJECTS, { state: 'waiting', since: lastContact, retryAt, reason });
      } finally {
        answered.abort();
      }
      await sleep(this.#client.clock, NAMED_OBJECTS_MILLISECONDS, signal);
    }
  }

  /**
   * Calls a picture that was live into doubt while an answer is overdue. A watch that is silent looks like one on which
   * nothing happens; these small requests tell a server that has frozen from a quiet cluster.
   */
  async #doubt(since: number, answered: AbortSignal): Promise<void> {
    await sleep(this.#client.clock, ANSWER_MILLISECONDS, AbortSignal.any([this.#closing.signal, answered]));
    const isOverdue = !this.#closing.signal.aborted && !answered.aborted;
    if (isOverdue && this.#feeds.get(NAMED_OBJECTS)?.state === 'live') {
      const reason = 'the API server does not answer';
      this.#setFeed(NAMED_OBJECTS, { state: 'waiting', since, retryAt: this.#now(), reason });
    }
  }

  /** Lets the picture grow old where nothing else happens. */
  async #age(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await sleep(this.#client.clock, AGE_MILLISECONDS, signal);
      if (!signal.aborted && this.store.get().freshness.state !== 'live') {
        this.store.invalidate();
      }
    }
  }
}

interface Feed {
  readonly resource: Resource;
  readonly namespace: string;
  /** Name of the one object that is followed, '' for all. */
  readonly only: string;
  readonly stopping: AbortController;
}

function feedKey(resource: Resource, namespace: string, only: string): string {
  return [resource.plural, namespace, only].join('/');
}

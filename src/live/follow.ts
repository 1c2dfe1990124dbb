import type { KubeClient } from '../kube/client.ts';
import { sleep } from '../kube/clock.ts';
import { toKubeError } from '../kube/errors.ts';
import type { Change } from '../kube/records.ts';
import { createReflector, type ReflectorStatus } from '../kube/reflector/reflector.ts';
import { namespaces as namespaceResource, type Resource } from '../kube/resources.ts';
import { createMeshModel, type MeshModel } from '../mesh/model.ts';
import { type FeedState, freshnessOf } from './freshness.ts';
import { NamedObjects } from './named-objects.ts';
import { modelOptions } from './read-once.ts';
import { namespacedKinds, type Subject } from './subjects.ts';
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

/** Between two looks at what can only be read by name. */
const NAMED_OBJECTS_MILLISECONDS = 5_000;
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
  readonly #named: NamedObjects;
  readonly #feeds = new Map<string, FeedState>();
  readonly #synced = new Set<string>();
  readonly #closing = new AbortController();
  readonly #loaded = Promise.withResolvers<void>();
  /** Kinds that may not be listed in the whole cluster, and so are read namespace by namespace. */
  readonly #scattered = new Set<Resource>();
  readonly #startedAt: number;
  #isLoaded = false;
  #kubernetesVersion = '';

  constructor(client: KubeClient, subject: Subject) {
    this.#client = client;
    this.#subject = subject;
    this.#startedAt = client.clock.now() / 1000;
    this.model = createMeshModel(modelOptions(subject));
    this.#named = new NamedObjects(client, this.model, this.#unreadable);
    this.store = new ViewStore(() => this.#view(), client.clock);
  }

  start(): void {
    this.#feeds.set('named objects', { state: 'listing', objects: 0 });
    void this.#followNamedObjects();
    void this.#age();
    const { namespaces } = this.#subject;
    if (namespaces) {
      for (const name of new Set([...namespaces, this.model.view().controlPlane.namespace])) {
        this.#followNamespace(name, namespacedKinds);
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

  /** The namespace's own object, and in it `resources`. */
  #followNamespace(name: string, resources: readonly Resource[]): void {
    this.#follow(namespaceResource, '', name);
    for (const resource of resources) {
      this.#follow(resource, name);
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
    if (change.type === 'upsert' && change.record.kind === 'Namespace' && this.#scattered.size > 0) {
      this.#followScattered(change.record.name);
    }
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
        this.#unreadable.remove(`${resource.plural}/${namespace}`);
        if (only === '') {
          this.model.markListed(resource.kind, true, namespace);
        }
        this.#setFeed(key, { state: 'live' });
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
        this.#setFeed(key, { state: 'forbidden' });
        break;
    }
  }

  /** What may not be read in the whole cluster is tried namespace by namespace; there, a refusal is final. */
  #onForbidden(feed: Feed, { error }: ReflectorStatus & { state: 'forbidden' }): void {
    const { resource, namespace, only, stopping } = feed;
    stopping.abort();
    if (namespace !== '' || only !== '') {
      this.#unreadable.add(resource, namespace || only, error);
      return;
    }
    if (resource === namespaceResource) {
      this.#unreadable.add(resource, '', error);
      for (const name of new Set([
        this.#subject.contextNamespace,
        this.model.view().controlPlane.namespace,
      ])) {
        this.#followNamespace(name, [...this.#scattered]);
      }
      return;
    }
    this.#scattered.add(resource);
    for (const { name } of this.model.view().namespaces) {
      this.#followScattered(name);
    }
  }

  #followScattered(name: string): void {
    for (const resource of this.#scattered) {
      this.#follow(resource, name);
    }
  }

  async #followNamedObjects(): Promise<void> {
    const { signal } = this.#closing;
    const key = 'named objects';
    let lastContact = this.#startedAt;
    while (!signal.aborted) {
      try {
        if (this.#kubernetesVersion === '') {
          this.#kubernetesVersion = (await this.#client.version({ signal })).gitVersion;
        }
        await this.#named.read(signal);
        lastContact = this.#now();
        this.#setFeed(key, { state: 'live' });
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        const reason = toKubeError(error, 'read the configuration of the control plane').message;
        const retryAt = this.#now() + NAMED_OBJECTS_MILLISECONDS / 1000;
        this.#setFeed(key, { state: 'waiting', since: lastContact, retryAt, reason });
      }
      await sleep(this.#client.clock, NAMED_OBJECTS_MILLISECONDS, signal);
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

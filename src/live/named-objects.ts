import { configMap, INJECTOR_WEBHOOK_CONFIGURATION } from '../data/linkerd.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import type { ConfigMapRecord, KubeRecord, WebhookConfigurationRecord } from '../kube/records.ts';
import { configMaps, mutatingWebhookConfigurations, type Resource } from '../kube/resources.ts';
import type { MeshModel } from '../mesh/model.ts';
import type { UnreadableParts } from './unreadable.ts';

/** What only an administrator can change is not asked for at every look. */
const REFUSED_MILLISECONDS = 60_000;

/**
 * The three objects that tell how the control plane injects. They are read by name with `get`, the only right on
 * them that a cautious administrator grants, and so they cannot be watched.
 */
export class NamedObjects {
  readonly #client: Pick<KubeClient, 'get' | 'clock'>;
  readonly #model: MeshModel;
  readonly #unreadable: UnreadableParts;
  readonly #known = new Map<string, KubeRecord>();
  /** When an object was last refused. */
  readonly #refusedAt = new Map<string, number>();

  constructor(client: Pick<KubeClient, 'get' | 'clock'>, model: MeshModel, unreadable: UnreadableParts) {
    this.#client = client;
    this.#model = model;
    this.#unreadable = unreadable;
  }

  /**
   * Reads them and tells the model what has changed. The webhook comes first: it names the namespace of the control
   * plane. Rights that are missing are noted as unreadable; any other failure is thrown as a KubeError.
   */
  async read(signal: AbortSignal | undefined): Promise<void> {
    const found = await this.#get<WebhookConfigurationRecord>(
      mutatingWebhookConfigurations,
      '',
      INJECTOR_WEBHOOK_CONFIGURATION,
      'what the injector selects is assumed',
      signal,
    );
    if (found !== 'unreadable') {
      this.#model.markListed('MutatingWebhookConfiguration');
    }
    const { namespace } = this.#model.view().controlPlane;
    await Promise.all([
      this.#get<ConfigMapRecord>(
        configMaps,
        namespace,
        configMap.config,
        'the version is taken from what runs; pins of all proxies are not seen',
        signal,
      ),
      this.#get<ConfigMapRecord>(
        configMaps,
        namespace,
        configMap.trustRoots,
        'stale trust roots are not seen',
        signal,
      ),
    ]);
  }

  async #get<R extends KubeRecord>(
    resource: Resource<R>,
    namespace: string,
    name: string,
    loss: string,
    signal: AbortSignal | undefined,
  ): Promise<'found' | 'absent' | 'unreadable'> {
    const key = `${resource.plural}/${namespace}/${name}`;
    const now = this.#client.clock.now();
    if (now - (this.#refusedAt.get(key) ?? Number.NEGATIVE_INFINITY) < REFUSED_MILLISECONDS) {
      return 'unreadable';
    }
    try {
      const record = await this.#client.get(resource, namespace, name, { signal });
      this.#unreadable.remove(key);
      if (this.#known.get(key)?.resourceVersion !== record.resourceVersion) {
        this.#known.set(key, record);
        this.#model.apply({ type: 'upsert', record });
      }
      return 'found';
    } catch (error) {
      if (!(error instanceof KubeError)) {
        throw error;
      }
      if (error.kind === 'not-found') {
        this.#forget(key);
        return 'absent';
      }
      if (error.kind !== 'forbidden') {
        throw error;
      }
      this.#refusedAt.set(key, now);
      const where = namespace === '' ? name : `${namespace}/${name}`;
      this.#unreadable.put(key, { what: `${resource.kind} ${where} (${loss})`, why: error.message });
      return 'unreadable';
    }
  }

  #forget(key: string): void {
    const known = this.#known.get(key);
    if (known) {
      const { kind, namespace, name, uid } = known;
      this.#known.delete(key);
      this.#model.apply({ type: 'delete', kind, namespace, name, uid });
    }
  }
}

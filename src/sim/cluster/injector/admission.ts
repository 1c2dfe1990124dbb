import {
  configMap,
  container,
  INJECTOR_WEBHOOK,
  INJECTOR_WEBHOOK_CONFIGURATION,
  label,
} from '../../../data/linkerd.ts';
import { AdmissionError } from '../../api-error.ts';
import type { KubeObject, StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import {
  type ConfigMap,
  controllerOf,
  isKind,
  type Kind,
  type Namespace,
  type Pod,
  type Webhook,
} from '../objects.ts';
import { isReady, isTerminating } from '../pods.ts';
import { type InjectorConfig, injectorConfig } from './config.ts';
import { isAsked, refusals } from './decision.ts';
import { InjectionError, injected } from './inject.ts';

const COMPONENT = 'linkerd-proxy-injector';
const INJECTOR = 'proxy-injector';
/** Kinds whose objects the injector can look up to write events on them. */
const EVENT_OWNERS: readonly Kind[] = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'];

/**
 * Mutating admission of pods by Linkerd's injector: the API server asks the webhook as its live configuration says,
 * and any ready injector pod answers.
 */
export class ProxyInjector {
  readonly #cluster: Cluster;
  /** Pods of the injector by uid. */
  readonly #pods = new Map<string, Pod>();
  /** The configuration as it was read last, and what it was read from. */
  #read: { readonly from: readonly unknown[]; readonly config: InjectorConfig } | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    for (const pod of cluster.list('Pod')) this.#follow({ type: 'ADDED', object: pod });
    cluster.store.subscribe((event) => this.#follow(event));
  }

  /** Returns the pod as it is to be stored. Throws an AdmissionError when the webhook refuses or must not fail. */
  admit(object: KubeObject, inNamespace: KubeObject | undefined): KubeObject {
    if (!isKind(object, 'Pod')) return object;
    const namespace = isKind(inNamespace, 'Namespace') ? inNamespace : undefined;
    const webhook = this.#webhook();
    if (webhook === undefined || !isAsked(webhook, object, namespace)) return object;
    const config = this.#answering(webhook);
    if (config !== undefined) return this.#answer(object, namespace, config);
    if (webhook.failurePolicy === 'Fail') throw unreachable(webhook);
    return object;
  }

  #answer(pod: Pod, namespace: Namespace | undefined, config: InjectorConfig): Pod {
    const annotations = namespace?.metadata.annotations ?? {};
    const reasons = refusals(pod, annotations, config.tokenProjection);
    const owner = this.#owner(pod);
    if (reasons.length > 0) {
      this.#tell(owner, 'InjectionSkipped', `Linkerd sidecar proxy injection skipped: ${reasons.join(', ')}`);
      return pod;
    }
    try {
      const meshed = injected(
        pod,
        annotations,
        owner && { kind: owner.kind, name: owner.metadata.name },
        config,
      );
      this.#tell(owner, 'Injected', 'Linkerd sidecar proxy injected');
      return meshed;
    } catch (error) {
      if (!(error instanceof InjectionError)) throw error;
      const denied = `admission webhook "${INJECTOR_WEBHOOK}" denied the request: ${error.message}`;
      throw new AdmissionError(denied, 400, 'BadRequest');
    }
  }

  /** The configuration that a ready injector pod works with, undefined when none is there to answer. */
  #answering({ clientConfig }: Webhook): InjectorConfig | undefined {
    const namespace = clientConfig.service?.namespace ?? '';
    const ready = [...this.#pods.values()].find(
      (pod) => pod.metadata.namespace === namespace && isReady(pod) && !isTerminating(pod),
    );
    const config = this.#cluster.get('ConfigMap', namespace, configMap.config);
    if (ready === undefined || config === undefined) return undefined;
    return this.#readConfig(
      config,
      this.#cluster.get('ConfigMap', namespace, configMap.trustRoots),
      versionOf(ready),
    );
  }

  #readConfig(map: ConfigMap, trustRoots: ConfigMap | undefined, version: string): InjectorConfig {
    const from = [map, trustRoots, version];
    if (this.#read === undefined || from.some((part, index) => part !== this.#read?.from[index])) {
      this.#read = { from, config: injectorConfig(map, trustRoots, version) };
    }
    return this.#read.config;
  }

  #webhook(): Webhook | undefined {
    const configuration = this.#cluster.get(
      'MutatingWebhookConfiguration',
      '',
      INJECTOR_WEBHOOK_CONFIGURATION,
    );
    return configuration?.webhooks?.find(({ name }) => name === INJECTOR_WEBHOOK);
  }

  /** The object that Linkerd holds for the pod's owner: for a ReplicaSet with an owner, that one. */
  #owner(pod: Pod): KubeObject | undefined {
    const namespace = pod.metadata.namespace ?? '';
    const reference = controllerOf(pod);
    if (reference === undefined) return undefined;
    const direct = this.#lookUp(reference.kind, namespace, reference.name);
    if (!isKind(direct, 'ReplicaSet')) return direct ?? stranger(reference, namespace);
    const above = controllerOf(direct);
    return above === undefined
      ? direct
      : (this.#lookUp(above.kind, namespace, above.name) ?? stranger(above, namespace));
  }

  #lookUp(kind: string, namespace: string, name: string): KubeObject | undefined {
    const known = EVENT_OWNERS.find((candidate) => candidate === kind);
    return known === undefined ? undefined : this.#cluster.get(known, namespace, name);
  }

  #tell(owner: KubeObject | undefined, reason: string, message: string): void {
    if (owner?.metadata.uid === undefined) return;
    this.#cluster.events.record(COMPONENT, owner, 'Normal', reason, message);
  }

  #follow({ type, object }: Pick<StoreEvent, 'type' | 'object'>): void {
    if (!isKind(object, 'Pod') || object.metadata.labels?.[label.controlPlaneComponent] !== INJECTOR) return;
    const uid = object.metadata.uid ?? '';
    if (type === 'DELETED') this.#pods.delete(uid);
    else this.#pods.set(uid, object);
  }
}

/** An owner of a kind that the injector does not know: it has a name but gets no events. */
function stranger(
  { apiVersion, kind, name }: { apiVersion: string; kind: string; name: string },
  namespace: string,
) {
  return { apiVersion, kind, metadata: { name, namespace } };
}

function versionOf(pod: Pod): string {
  const image = pod.spec.containers.find(({ name }) => name === container.injector)?.image ?? '';
  return image.slice(image.lastIndexOf(':') + 1);
}

/** Source: kubernetes/apiserver `pkg/admission/plugin/webhook/mutating/dispatcher.go`. */
function unreachable({ name, clientConfig, timeoutSeconds = 10 }: Webhook): AdmissionError {
  const { namespace = '', name: service = '' } = clientConfig.service ?? {};
  const url = `https://${service}.${namespace}.svc:443/?timeout=${timeoutSeconds}s`;
  const cause = `failed to call webhook: Post "${url}": no endpoints available for service "${service}"`;
  const message = `failed calling webhook "${name}": ${cause}`;
  return new AdmissionError(`Internal error occurred: ${message}`, 500, 'InternalError', {
    causes: [{ message }],
  });
}

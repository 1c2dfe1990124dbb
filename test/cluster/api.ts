import { createKubeClient, type KubeClient } from '../../src/kube/client.ts';
import type { ConnectionConfig } from '../../src/kube/config/connection.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { type JsonObject, objectAt, objectsAt, rawAt } from '../../src/kube/json/value.ts';
import { isOwnName, SUITE_MANAGER } from './settings.ts';

/** Where objects of a kind are. */
const KINDS = {
  ConfigMap: ['api/v1', 'configmaps'],
  Namespace: ['api/v1', 'namespaces'],
  Node: ['api/v1', 'nodes'],
  Pod: ['api/v1', 'pods'],
  ServiceAccount: ['api/v1', 'serviceaccounts'],
  DaemonSet: ['apis/apps/v1', 'daemonsets'],
  Deployment: ['apis/apps/v1', 'deployments'],
  ReplicaSet: ['apis/apps/v1', 'replicasets'],
  StatefulSet: ['apis/apps/v1', 'statefulsets'],
  Lease: ['apis/coordination.k8s.io/v1', 'leases'],
  Role: ['apis/rbac.authorization.k8s.io/v1', 'roles'],
  RoleBinding: ['apis/rbac.authorization.k8s.io/v1', 'rolebindings'],
  MutatingWebhookConfiguration: ['apis/admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations'],
} as const;

export type Kind = keyof typeof KINDS;

export interface Named {
  readonly kind: Kind;
  /** '' for what is in no namespace, and for all namespaces. */
  readonly namespace: string;
  readonly name: string;
}

const MERGE_PATCH = 'application/merge-patch+json';

/** Path of a list of a kind; namespace '' is the whole cluster. */
function listPath(kind: Kind, namespace: string): string {
  const [group, plural] = KINDS[kind];
  return namespace === '' ? `/${group}/${plural}` : `/${group}/namespaces/${namespace}/${plural}`;
}

export function pathOf({ kind, namespace, name }: Named): string {
  return `${listPath(kind, namespace)}/${name}`;
}

/**
 * An API server as this suite uses it. It writes in namespaces of its own run only, whoever asks: anything else is an
 * error before it is sent.
 */
export class Api {
  readonly client: KubeClient;
  readonly #run: string;

  /** `run` '' may touch what any run has left. */
  constructor(connection: ConnectionConfig, run: string) {
    this.client = createKubeClient(connection, { userAgentVersion: 'cluster-test' });
    this.#run = run;
  }

  /** The object, undefined where there is none. */
  async find(named: Named): Promise<JsonObject | undefined> {
    return absentAsUndefined(() => this.#send('GET', pathOf(named)));
  }

  /** @throws KubeError where there is none */
  get(named: Named): Promise<JsonObject> {
    return this.#send('GET', pathOf(named));
  }

  async list(
    kind: Kind,
    namespace: string,
    query: Readonly<Record<string, string>> = {},
    metadataOnly = false,
  ): Promise<readonly JsonObject[]> {
    const path = listPath(kind, namespace);
    const answer = await this.client.json({
      method: 'GET',
      path,
      query,
      metadataOnly,
      operation: `list ${path}`,
    });
    return objectsAt(answer, 'items');
  }

  /** Creates an object; its kind, name and namespace stand in it. */
  async create(object: Manifest): Promise<JsonObject> {
    const { kind, metadata } = object;
    const namespace = metadata.namespace ?? '';
    this.#guard(kind, namespace, metadata.name);
    return this.#send('POST', listPath(kind, namespace), { body: object });
  }

  async patch(named: Named, patch: unknown, subresource = ''): Promise<JsonObject> {
    this.#guard(named.kind, named.namespace, named.name);
    const path = `${pathOf(named)}${subresource === '' ? '' : `/${subresource}`}`;
    return this.#send('PATCH', path, { body: patch, contentType: MERGE_PATCH });
  }

  /** Deletes the object with this uid, and as it was read if a version is given; pods at once. One that is gone is fine. */
  async remove(named: Named, uid: string, resourceVersion?: string): Promise<void> {
    this.#guard(named.kind, named.namespace, named.name);
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      ...(named.kind === 'Pod' ? { gracePeriodSeconds: 0 } : {}),
    };
    await absentAsUndefined(() => this.#send('DELETE', pathOf(named), { body }));
  }

  /** Whether this user may do something, by the server's own word. */
  async may(verb: string, group: string, resource: string, namespace = ''): Promise<boolean> {
    return (await this.client.canI({ verb, group, resource, namespace })).allowed;
  }

  close(): void {
    this.client.close();
  }

  #guard(kind: Kind, namespace: string, name: string): void {
    const home = kind === 'Namespace' ? name : namespace;
    if (kind !== 'MutatingWebhookConfiguration' && !isOwnName(home, this.#run)) {
      throw new Error(`this suite must not write ${kind} ${name} in ${JSON.stringify(home)}`);
    }
  }

  #send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    { body, contentType }: { readonly body?: unknown; readonly contentType?: string } = {},
  ): Promise<JsonObject> {
    const writes = method === 'POST' || method === 'PATCH';
    return this.client.json({
      method,
      path,
      ...(writes ? { query: { fieldManager: SUITE_MANAGER } } : {}),
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType }),
      operation: `${method} ${path}`,
    });
  }
}

/** An object as this suite writes one. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
  };
  readonly [field: string]: unknown;
}

async function absentAsUndefined<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

export function nameOf(object: JsonObject): string {
  return rawAt(objectAt(object, 'metadata'), 'name');
}

export function namespaceOf(object: JsonObject): string {
  return rawAt(objectAt(object, 'metadata'), 'namespace');
}

export function uidOf(object: JsonObject): string {
  return rawAt(objectAt(object, 'metadata'), 'uid');
}

export function labelOf(object: JsonObject, key: string): string {
  return rawAt(objectAt(objectAt(object, 'metadata'), 'labels'), key);
}

import { annotation, label } from '../../data/linkerd.ts';
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import { type JsonObject, objectAt, objectsAt, rawAt, textAt } from '../../kube/json/value.ts';
import { isNamespaceName, isObjectName } from '../../kube/object-names.ts';
import type { WorkloadKind } from '../../kube/records.ts';
import { namespaces, type Resource, resourcePath, workloadResources } from '../../kube/resources.ts';

export interface NamespaceName {
  readonly name: string;
  /** Value of `linkerd.io/inject`, '' where there is none. */
  readonly inject: string;
  /** Of Linkerd itself or of the system: nobody restarts it by name every day. */
  readonly isSystem: boolean;
}

export interface WorkloadName {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** So many objects a request, should the server give them in pages. */
const PAGE = 500;

/** All namespaces. Asks for their metadata only. Throws a KubeError, also when they may not be listed. */
export async function namespaceNames(
  client: KubeClient,
  signal: AbortSignal,
): Promise<readonly NamespaceName[]> {
  const objects = await metadataOf(client, namespaces, '', signal);
  return objects
    .map((metadata) => {
      const name = rawAt(metadata, 'name');
      const labels = objectAt(metadata, 'labels');
      return {
        name,
        inject: textAt(objectAt(metadata, 'annotations'), annotation.inject),
        isSystem:
          name.startsWith('kube-') ||
          textAt(labels, CONTROL_PLANE) !== '' ||
          textAt(labels, label.extension) !== '',
      };
    })
    .filter(({ name }) => isNamespaceName(name));
}

/** Stands on the namespace of a control plane (linkerd2 `charts/linkerd-control-plane/templates/namespace.yaml`). */
const CONTROL_PLANE = 'linkerd.io/is-control-plane';

/**
 * Workloads of a namespace, by kind and then by name; kinds that may not be listed, or that the cluster does not know, are left
 * out. Throws a KubeError where the server gives no answer.
 */
export async function workloadNames(
  client: KubeClient,
  namespace: string,
  kinds: readonly WorkloadKind[],
  signal: AbortSignal,
): Promise<readonly WorkloadName[]> {
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const objects = await readable(metadataOf(client, workloadResources[kind], namespace, signal));
      return objects.map((metadata) => ({ kind, name: rawAt(metadata, 'name') }));
    }),
  );
  return lists.flatMap(byName).filter(({ name }) => isObjectName(name));
}

function byName<T extends { readonly name: string }>(names: readonly T[]): readonly T[] {
  return names.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function readable(objects: Promise<readonly JsonObject[]>): Promise<readonly JsonObject[]> {
  try {
    return await objects;
  } catch (error) {
    if (error instanceof KubeError && (error.kind === 'forbidden' || error.kind === 'not-found')) return [];
    throw error;
  }
}

/** `metadata` of each object of a list. */
async function metadataOf(
  client: KubeClient,
  resource: Resource,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  let token = '';
  do {
    const page = await client.json({
      method: 'GET',
      path: resourcePath(resource, namespace),
      // Version 0: what the server has at hand, without a look into its store.
      query: { limit: String(PAGE), ...(token === '' ? { resourceVersion: '0' } : { continue: token }) },
      metadataOnly: true,
      attempts: 1,
      signal,
      operation: `list ${resource.plural}`,
    });
    found.push(...objectsAt(page, 'items').map((item) => objectAt(item, 'metadata')));
    token = rawAt(objectAt(page, 'metadata'), 'continue');
  } while (token !== '');
  return found;
}

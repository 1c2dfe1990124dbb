import type { KubeObject, ResourceType } from '../../types.ts';
import { withDefaults } from '../../write/defaults.ts';
import { withOwnership } from '../../write/managed-fields.ts';
import type { Cluster } from '../cluster.ts';
import type { PodBehaviour } from '../kubelet/behaviour.ts';
import type { Kubelets } from '../kubelet/kubelet.ts';
import {
  type Kind,
  type KindMap,
  type Meta,
  type Pod,
  type PodSpec,
  resourceOf,
  type StringMap,
} from '../objects.ts';
import { newPod } from '../pods.ts';

/** Who wrote an object, as managedFields name them. */
export type Author =
  | 'kubectl-client-side-apply'
  | 'kubectl-create'
  | 'linkerd'
  | 'helm'
  | 'argocd-controller'
  | 'kustomize-controller';

const DEFAULT_AUTHOR: Author = 'kubectl-client-side-apply';

/** The cluster in the hands of the people whose story a scenario tells. */
export class World {
  readonly cluster: Cluster;
  readonly #kubelets: Kubelets;

  constructor(cluster: Cluster, kubelets: Kubelets) {
    this.cluster = cluster;
    this.#kubelets = kubelets;
  }

  /** Creates an object as its author would. */
  create(object: KubeObject, author: Author = DEFAULT_AUTHOR): KubeObject {
    return this.cluster.store.create(servedResource(object), this.#written(object, author));
  }

  /** Creates several objects of one author. */
  createAll(objects: readonly KubeObject[], author: Author = DEFAULT_AUTHOR): void {
    for (const object of objects) this.create(object, author);
  }

  /** Creates a pod, through admission. */
  createPod(
    pod: { readonly metadata: Meta; readonly spec: PodSpec },
    author: Author = 'kubectl-create',
  ): Pod {
    return this.cluster.createPod(newPod(pod, author, this.cluster.clock.now()));
  }

  /** Stores what `edit` makes of an object. Throws when there is no such object: a scenario's mistake. */
  change<K extends Kind>(
    kind: K,
    namespace: string,
    name: string,
    edit: (object: KindMap[K]) => KindMap[K],
  ): void {
    const object = this.cluster.get(kind, namespace, name);
    if (object === undefined) {
      throw new Error(`the scenario changes ${kind} ${namespace}/${name}, which does not exist`);
    }
    this.cluster.update(kind, edit(object));
  }

  /** Sets annotations of a namespace; undefined removes one. */
  annotateNamespace(name: string, changes: Readonly<Record<string, string | undefined>>): void {
    this.change('Namespace', '', name, (namespace) => ({
      ...namespace,
      metadata: { ...namespace.metadata, annotations: merged(namespace.metadata.annotations, changes) },
    }));
  }

  /** Says how pods of a workload fare from their next start on. */
  behave(namespace: string, name: string, behaviour: PodBehaviour, running = false): void {
    this.#kubelets.setBehaviour(namespace, name, behaviour, running);
  }

  #written(object: KubeObject, manager: Author): KubeObject {
    const resource = servedResource(object);
    const now = this.cluster.clock.now();
    return withOwnership(resource, undefined, withDefaults(resource, object), {
      manager,
      subresource: '',
      now,
    });
  }
}

function merged(
  before: StringMap | undefined,
  changes: Readonly<Record<string, string | undefined>>,
): StringMap {
  const kept = Object.entries({ ...before, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(kept);
}

/** Throws for what the simulation does not serve: a scenario's mistake. */
function servedResource(object: KubeObject): ResourceType {
  const resource = resourceOf(object);
  if (resource === undefined) throw new Error(`the simulation serves no ${object.apiVersion} ${object.kind}`);
  return resource;
}

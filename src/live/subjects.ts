import type { KubeRecord } from '../kube/records.ts';
import {
  daemonSets,
  deployments,
  jobs,
  namespaces as namespaceResource,
  podDisruptionBudgets,
  pods,
  type Resource,
  replicaSets,
  rollouts,
  statefulSets,
} from '../kube/resources.ts';
import type { MeshModelOptions } from '../mesh/model.ts';

/** What part of a cluster is looked at. */
export interface Subject {
  /** Only these namespaces (and the control plane's, for its state); `undefined` means all. */
  readonly namespaces: readonly string[] | undefined;
  /** Only pods with these labels; '' means all. */
  readonly labelSelector: string;
  /** Namespace of the control plane as the operator named it; '' means: find it. */
  readonly controlPlaneNamespace: string;
  /** Namespace of the kubeconfig context: what is left to try when namespaces cannot be listed. */
  readonly contextNamespace: string;
}

/** What a model has to know of a subject. */
export function modelOptions({ controlPlaneNamespace }: Subject): MeshModelOptions {
  return controlPlaneNamespace === '' ? {} : { controlPlaneNamespace };
}

/** The kinds that live in namespaces and are read in full. Pods come first: everything else explains them. */
export const namespacedKinds: readonly Resource<KubeRecord>[] = [
  pods,
  deployments,
  statefulSets,
  daemonSets,
  replicaSets,
  jobs,
  podDisruptionBudgets,
];

/**
 * True for the ReplicaSet of an Argo Rollout. Only then are Rollouts read: most clusters have none, and few roles
 * allow them.
 */
export function belongsToRollout(record: KubeRecord): boolean {
  if (record.kind !== 'ReplicaSet') return false;
  const { owner } = record;
  return owner?.kind === 'Rollout' && owner.apiVersion.startsWith(`${rollouts.group}/`);
}

/** What is lost when a kind cannot be read, in words. */
const losses: Readonly<Record<string, string>> = {
  pods: 'proxies are not counted',
  deployments: 'effects of restarts are not known',
  statefulsets: 'effects of restarts are not known',
  daemonsets: 'effects of restarts are not known',
  replicasets: 'pods are shown by their ReplicaSet',
  jobs: 'pods are shown by their Job',
  rollouts: 'effects of restarts of Argo Rollouts are not known',
  poddisruptionbudgets: 'spent budgets are not warned of',
  namespaces: 'only namespaces that are named are looked at',
};

/** What cannot be read, with what that costs: `pods in namespace secret (proxies are not counted)`. */
export function missing(resource: Resource, namespace: string): string {
  if (resource === namespaceResource && namespace !== '') {
    return `namespace ${namespace} (effects of restarts in it are not known)`;
  }
  const where = namespace === '' ? '' : ` in namespace ${namespace}`;
  const loss = losses[resource.plural];
  return `${resource.plural}${where}${loss ? ` (${loss})` : ''}`;
}

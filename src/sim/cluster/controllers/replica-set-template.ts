import { type Deployment, type ReplicaSet, referenceTo, type StringMap } from '../objects.ts';
import { POD_TEMPLATE_HASH, templateHash } from '../templates.ts';
import { maxSurge, newSetReplicas, replicasOf } from './deployment-scale.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
/** Annotations of a Deployment that its ReplicaSets do not take over. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
]);

/** The ReplicaSet that a Deployment makes of its template beside those it has; `collisions` salts the hash. */
export function newReplicaSet(
  deployment: Deployment,
  others: readonly ReplicaSet[],
  revision: string,
  collisions = 0,
): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const { namespace = '', name } = deployment.metadata;
  const hash = templateHash(template, collisions);
  const hashed = (labels: StringMap = {}): StringMap => ({ ...labels, [POD_TEMPLATE_HASH]: hash });
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: hashed(template.metadata?.labels),
      annotations: replicaSetAnnotations(deployment, undefined, revision),
      ownerReferences: [referenceTo(deployment)],
    },
    spec: {
      replicas: newSetReplicas(deployment, others, 0),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: hashed(selector.matchLabels) },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: hashed(template.metadata?.labels) },
      },
    },
    status: { replicas: 0 },
  };
}

/** What a ReplicaSet notes about the size that its Deployment has. */
export function sizeAnnotations(deployment: Deployment): StringMap {
  const replicas = replicasOf(deployment);
  return { [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(replicas + maxSurge(deployment)) };
}

/** Annotations of the newest ReplicaSet; one that comes back remembers the revisions it has been. */
export function replicaSetAnnotations(
  deployment: Deployment,
  set: ReplicaSet | undefined,
  revision: string,
): StringMap {
  const own = set?.metadata.annotations ?? {};
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([key]) => !NOT_COPIED.has(key),
  );
  const kept = { ...own, ...Object.fromEntries(copied), ...sizeAnnotations(deployment) };
  const before = own[REVISION];
  if (before === undefined) return { ...kept, [REVISION]: revision };
  if (Number(before) >= Number(revision)) return kept;
  const history = own[REVISION_HISTORY];
  return {
    ...kept,
    [REVISION]: revision,
    [REVISION_HISTORY]: history === undefined ? before : `${history},${before}`,
  };
}

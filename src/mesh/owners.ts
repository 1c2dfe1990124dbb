import type { Owner, OwnerLinkRecord, PodRecord } from '../kube/records.ts';

/** What a pod belongs to: the object that an operator would restart. */
export interface PodOwner {
  /** apiVersion of the owner, `v1` for a bare pod. */
  readonly apiVersion: string;
  /** As shown: the kind, with its group where the bare kind would read as a built-in one. */
  readonly kind: string;
  readonly name: string;
  /** '' where only the name is known yet. */
  readonly uid: string;
}

const builtInGroups: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'apps'],
  ['StatefulSet', 'apps'],
  ['DaemonSet', 'apps'],
  ['Rollout', 'argoproj.io'],
  ['ReplicaSet', 'apps'],
  ['Job', 'batch'],
  ['CronJob', 'batch'],
  ['Pod', ''],
  ['ReplicationController', ''],
]);

/** The group of an apiVersion: `apps` of `apps/v1`, '' of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** Kind of an owner as shown: a StatefulSet of another group than `apps` is `StatefulSet.apps.kruise.io`. */
export function shownKind(apiVersion: string, kind: string): string {
  const builtIn = builtInGroups.get(kind);
  const group = groupOf(apiVersion);
  return builtIn === undefined || builtIn === group ? kind : `${kind}.${group}`;
}

/** True for an owner whose own owner may be what an operator restarts. */
function isLink(owner: Owner): boolean {
  const kind = shownKind(owner.apiVersion, owner.kind);
  return kind === 'ReplicaSet' || kind === 'Job';
}

/**
 * The owner of a pod, through its ReplicaSet or Job. `link` is the record of that ReplicaSet or Job where it is
 * known. While it is not, the label `pod-template-hash`, which only Deployments set, tells the name of the
 * Deployment; without it the pod stays with its ReplicaSet or Job until the link arrives.
 */
export function ownerOf(pod: PodRecord, link: OwnerLinkRecord | undefined): PodOwner {
  const owner = pod.owner;
  if (!owner) return { apiVersion: 'v1', kind: 'Pod', name: pod.name, uid: pod.uid };
  if (!isLink(owner)) return shown(owner);
  if (link) return link.owner ? shown(link.owner) : shown(owner);
  return deploymentByHash(pod, owner) ?? shown(owner);
}

/** The uid of the ReplicaSet or Job whose record may tell more about the pod's owner; '' when none can. */
export function linkUid(pod: PodRecord): string {
  return pod.owner && isLink(pod.owner) ? pod.owner.uid : '';
}

function shown(owner: Owner): PodOwner {
  const kind = shownKind(owner.apiVersion, owner.kind);
  return { apiVersion: owner.apiVersion, kind, name: owner.name, uid: owner.uid };
}

function deploymentByHash(pod: PodRecord, owner: Owner): PodOwner | undefined {
  const suffix = `-${pod.templateHash}`;
  if (pod.templateHash === '' || owner.kind !== 'ReplicaSet' || !owner.name.endsWith(suffix))
    return undefined;
  const name = owner.name.slice(0, -suffix.length);
  return name === '' ? undefined : { apiVersion: owner.apiVersion, kind: 'Deployment', name, uid: '' };
}

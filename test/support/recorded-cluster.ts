import { isObject } from '../../src/sim/json.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  events,
  findResource,
  jobs,
  links,
  mutatingWebhookConfigurations,
  namespaces,
  nodes,
  pods,
  replicaSets,
  statefulSets,
} from '../../src/sim/resources.ts';
import { MemoryStore } from '../../src/sim/store.ts';
import type { KubeObject, ResourceType } from '../../src/sim/types.ts';
import { recordedJson } from './wire.ts';

/** The version of the recorded lists. */
export const RECORDED_REVISION = 1210;

const LISTS: readonly (readonly [ResourceType, string])[] = [
  [namespaces, '013-namespaces.json'],
  [pods, '015-pods-all.json'],
  [deployments, '023-deployments.json'],
  [statefulSets, '025-statefulsets.json'],
  [daemonSets, '027-daemonsets.json'],
  [replicaSets, '029-replicasets.json'],
  [links, '031-links.json'],
  [jobs, '033-jobs.json'],
  [cronJobs, '035-cronjobs.json'],
  [mutatingWebhookConfigurations, '043-webhooks.json'],
  [events, '047-events.json'],
  [nodes, '049-nodes.json'],
];

const OBJECTS = ['037-linkerd-config.json', '041-trust-roots.json'];

/**
 * A store that holds the recorded cluster as it was listed: uids, versions and times as recorded, so that a list of
 * it is the recorded list.
 */
export function recordedCluster(): MemoryStore {
  const store = new MemoryStore();
  for (const [resource, file] of LISTS) restoreList(store, resource, recordedJson(file));
  for (const file of OBJECTS) restoreObject(store, recordedJson(file));
  store.advanceTo(RECORDED_REVISION);
  return store;
}

/** Restores the items of a recorded list, which carry no kind. */
export function restoreList(store: MemoryStore, resource: ResourceType, list: Record<string, unknown>): void {
  if (!Array.isArray(list.items)) throw new Error(`${resource.plural}: the recording is no list`);
  for (const item of list.items) {
    store.restore(resource, kubeObject({ kind: resource.kind, apiVersion: list.apiVersion, ...item }));
  }
}

function restoreObject(store: MemoryStore, object: Record<string, unknown>): void {
  const [version = '', group = ''] = String(object.apiVersion).split('/').reverse();
  const resource = findResource(group, version, `${String(object.kind).toLowerCase()}s`);
  if (resource === undefined) throw new Error(`no resource is served for ${object.kind}`);
  store.restore(resource, kubeObject(object));
}

/** The value as an object of the simulation. Throws when it has no kind, apiVersion or name. */
export function kubeObject(value: Record<string, unknown>): KubeObject {
  const { kind, apiVersion, metadata } = value;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string' || !isObject(metadata)) {
    throw new Error('an object needs kind, apiVersion and metadata');
  }
  if (typeof metadata.name !== 'string') throw new Error(`a ${kind} needs a name`);
  return { ...value, kind, apiVersion, metadata: { ...metadata, name: metadata.name } };
}

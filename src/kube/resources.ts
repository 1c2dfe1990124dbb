/** The kinds that are read: where they live in the API and how their records are made. */

import { DecodeError } from './decode-error.ts';
import { podOf } from './json/pod.ts';
import {
  configMapOf,
  namespaceOf,
  ownerLinkOf,
  podDisruptionBudgetOf,
  webhookConfigurationOf,
} from './json/small-kinds.ts';
import type { JsonObject } from './json/value.ts';
import { workloadOf } from './json/workload.ts';
import type { Cursor } from './protobuf/cursor.ts';
import { PodDecoder } from './protobuf/pod.ts';
import {
  createOwnerLinkDecoder,
  decodeConfigMap,
  decodeNamespace,
  decodePodDisruptionBudget,
  decodeWebhookConfiguration,
} from './protobuf/small-kinds.ts';
import { createWorkloadDecoder } from './protobuf/workload.ts';
import type {
  AppsKind,
  ConfigMapRecord,
  KubeRecord,
  NamespaceRecord,
  OwnerLinkRecord,
  PodDisruptionBudgetRecord,
  PodRecord,
  WebhookConfigurationRecord,
  WorkloadKind,
  WorkloadRecord,
} from './records.ts';

/** A kind of object of the API, and how it becomes a record. */
export interface Resource<R extends KubeRecord = KubeRecord> {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** Name in URLs, such as `deployments`. */
  readonly plural: string;
  readonly kind: R['kind'];
  readonly namespaced: boolean;
  /** Read as PartialObjectMetadata, about a quarter of the bytes. */
  readonly metadataOnly: boolean;
  /** A protobuf decoder of its own for each reader: it keeps scratch memory and shares repeated parts. */
  createDecoder(): (cursor: Cursor) => R;
  /** The record of an object parsed from JSON. */
  fromJson(object: JsonObject): R;
}

function workload(plural: string, kind: AppsKind): Resource<WorkloadRecord> {
  return {
    group: 'apps',
    version: 'v1',
    plural,
    kind,
    namespaced: true,
    metadataOnly: false,
    createDecoder: () => createWorkloadDecoder(kind),
    fromJson: (object) => workloadOf(kind, object),
  };
}

function ownerLink(group: string, plural: string, kind: OwnerLinkRecord['kind']): Resource<OwnerLinkRecord> {
  return {
    group,
    version: 'v1',
    plural,
    kind,
    namespaced: true,
    metadataOnly: true,
    createDecoder: () => createOwnerLinkDecoder(kind),
    fromJson: (object) => ownerLinkOf(kind, object),
  };
}

export const pods: Resource<PodRecord> = {
  group: '',
  version: 'v1',
  plural: 'pods',
  kind: 'Pod',
  namespaced: true,
  metadataOnly: false,
  createDecoder: () => {
    const decoder = new PodDecoder();
    return (cursor) => decoder.decode(cursor);
  },
  fromJson: podOf,
};

export const namespaces: Resource<NamespaceRecord> = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
  metadataOnly: false,
  createDecoder: () => decodeNamespace,
  fromJson: namespaceOf,
};

export const configMaps: Resource<ConfigMapRecord> = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
  metadataOnly: false,
  createDecoder: () => decodeConfigMap,
  fromJson: configMapOf,
};

export const deployments: Resource<WorkloadRecord> = workload('deployments', 'Deployment');
export const statefulSets: Resource<WorkloadRecord> = workload('statefulsets', 'StatefulSet');
export const daemonSets: Resource<WorkloadRecord> = workload('daemonsets', 'DaemonSet');

/** Argo Rollouts. A custom resource, so the server has only JSON for it. */
export const rollouts: Resource<WorkloadRecord> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  kind: 'Rollout',
  namespaced: true,
  metadataOnly: false,
  createDecoder: () => () => {
    throw new DecodeError('a custom resource has no protobuf form');
  },
  fromJson: (object) => workloadOf('Rollout', object),
};

export const replicaSets: Resource<OwnerLinkRecord> = ownerLink('apps', 'replicasets', 'ReplicaSet');
export const jobs: Resource<OwnerLinkRecord> = ownerLink('batch', 'jobs', 'Job');

export const podDisruptionBudgets: Resource<PodDisruptionBudgetRecord> = {
  group: 'policy',
  version: 'v1',
  plural: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
  metadataOnly: false,
  createDecoder: () => decodePodDisruptionBudget,
  fromJson: podDisruptionBudgetOf,
};

export const mutatingWebhookConfigurations: Resource<WebhookConfigurationRecord> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'mutatingwebhookconfigurations',
  kind: 'MutatingWebhookConfiguration',
  namespaced: false,
  metadataOnly: false,
  createDecoder: () => decodeWebhookConfiguration,
  fromJson: webhookConfigurationOf,
};

/** The resource of a workload kind, to restart or read one by its kind. */
export const workloadResources: Readonly<Record<WorkloadKind, Resource<WorkloadRecord>>> = {
  Deployment: deployments,
  StatefulSet: statefulSets,
  DaemonSet: daemonSets,
  Rollout: rollouts,
};

/** Path of a resource, of one namespace ('' for all), of one object ('' for the collection). */
export function resourcePath(resource: Resource, namespace = '', name = ''): string {
  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = resource.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === '' ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${resource.plural}${object}`;
}

/** Reading what stands around the workloads: namespaces, quotas, autoscalers, nodes, the lock, other operators. */
import { RUN_LEASE } from '../../data/own.ts';
import {
  intOrStringAt,
  type JsonObject,
  numberAt,
  objectAt,
  textAt,
  textsAt,
  timeAt,
} from '../../kube/json/value.ts';
import { selectorAt } from '../../kube/json/workload.ts';
import { EVERYTHING } from '../../kube/kept.ts';
import type { Part } from '../../kube/part.ts';
import { part } from '../../kube/part.ts';
import type { NamespaceRecord } from '../../kube/records.ts';
import { namespaces as namespaceResource } from '../../kube/resources.ts';
import type { AutoscalerFacts, DataPlaneFacts, LeaseFacts, QuotaFacts } from './facts.ts';
import { inParallel } from './in-parallel.ts';
import { quantity } from './pod-requests.ts';
import {
  apiGroup,
  LANES,
  type ListedKind,
  listCluster,
  listNamespaces,
  type PartReader,
} from './read-parts.ts';

/** What a preflight knows of each of some namespaces. */
export type PerNamespace<T> = ReadonlyMap<string, Part<T>>;

export async function readNamespaces(
  { client, signal }: PartReader,
  names: readonly string[],
): Promise<PerNamespace<NamespaceRecord>> {
  const parts = await inParallel(names, LANES, (name) =>
    part(() => client.get(namespaceResource, '', name, { signal })),
  );
  return new Map(names.map((name, index) => [name, parts[index] ?? { state: 'absent' }]));
}

const quotas: ListedKind<QuotaFacts> = { api: '/api/v1', plural: 'resourcequotas', decode: quotaOf };

export function readQuotas(
  reader: PartReader,
  names: readonly string[],
): Promise<PerNamespace<readonly QuotaFacts[]>> {
  return listNamespaces(reader, quotas, names);
}

function quotaOf(quota: JsonObject): QuotaFacts {
  const spec = objectAt(quota, 'spec');
  const status = objectAt(quota, 'status');
  return {
    name: nameOf(quota),
    // What the quota controller has counted belongs to the limits that it has seen.
    hard: amounts(objectAt(status, 'hard')),
    used: amounts(objectAt(status, 'used')),
    scoped: textsAt(spec, 'scopes').length > 0 || spec.scopeSelector !== undefined,
  };
}

function amounts(map: JsonObject): ReadonlyMap<string, number> {
  const read = new Map<string, number>();
  for (const key of Object.keys(map)) {
    const amount = quantity(intOrStringAt(map, key));
    if (amount !== undefined) {
      read.set(key, amount);
    }
  }
  return read;
}

const autoscalers: ListedKind<AutoscalerFacts> = {
  api: '/apis/autoscaling/v2',
  plural: 'horizontalpodautoscalers',
  decode: autoscalerOf,
};

export function readAutoscalers(
  reader: PartReader,
  names: readonly string[],
): Promise<PerNamespace<readonly AutoscalerFacts[]>> {
  return listNamespaces(reader, autoscalers, names);
}

function autoscalerOf(autoscaler: JsonObject): AutoscalerFacts {
  const spec = objectAt(autoscaler, 'spec');
  const target = objectAt(spec, 'scaleTargetRef');
  return {
    name: nameOf(autoscaler),
    target: { kind: textAt(target, 'kind'), name: textAt(target, 'name') },
    current: numberAt(objectAt(autoscaler, 'status'), 'currentReplicas'),
    maximum: numberAt(spec, 'maxReplicas'),
  };
}

/** Names of the nodes that are cordoned; the server picks them out, since a node is a large object. */
export function readCordonedNodes(reader: PartReader): Promise<Part<readonly string[]>> {
  const nodes: ListedKind<string> = { api: '/api/v1', plural: 'nodes', decode: nameOf };
  return listCluster(reader, nodes, 'spec.unschedulable=true');
}

/** DataPlanes of Buoyant's operator, where that is installed. */
export async function readDataPlanes(
  reader: PartReader,
  names: readonly string[],
): Promise<PerNamespace<readonly DataPlaneFacts[]>> {
  const api = await apiGroup(reader, 'linkerd.buoyant.io');
  if (api.state !== 'known') {
    return new Map(names.map((name) => [name, api]));
  }
  const kind: ListedKind<DataPlaneFacts> = {
    api: api.value,
    plural: 'dataplanes',
    custom: true,
    decode: (object) => ({
      name: nameOf(object),
      selector: selectorAt(objectAt(object, 'spec'), 'workloadSelector', EVERYTHING),
    }),
  };
  return listNamespaces(reader, kind, names);
}

/** The Lease that keeps runs apart. */
export function readLease({ client, signal }: PartReader, namespace: string): Promise<Part<LeaseFacts>> {
  return part(async () => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases/${RUN_LEASE}`;
    const operation = `read lease ${namespace}/${RUN_LEASE}`;
    const spec = objectAt(await client.json({ method: 'GET', path, signal, operation }), 'spec');
    return {
      holder: textAt(spec, 'holderIdentity'),
      acquiredAt: timeAt(spec, 'acquireTime'),
      renewedAt: timeAt(spec, 'renewTime'),
      durationSeconds: numberAt(spec, 'leaseDurationSeconds'),
    };
  });
}

function nameOf(object: JsonObject): string {
  return textAt(objectAt(object, 'metadata'), 'name');
}

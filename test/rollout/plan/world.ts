/** Small clusters for plans: real records through the real model, so that effects and risks are the predicted ones. */
import type { KubeRecord, PodRecord, WorkloadRecord } from '../../../src/kube/records.ts';
import { createMeshModel, type MeshModel } from '../../../src/mesh/model.ts';
import type { WorkloadKey } from '../../../src/mesh/view.ts';
import type { Plan, PlanItem } from '../../../src/rollout/plan/plan.ts';
import type { PlanningInput } from '../../../src/rollout/plan/planning-input.ts';
import {
  controlPlane,
  daemonSet,
  deployment,
  meshedNamespace,
  meshedPod,
  owner,
  pod,
  statefulSet,
} from '../../support/records.ts';

export const CURRENT = 'edge-26.8.3';
export const BEHIND = 'edge-26.7.1';
export const VIOLATION = 'edge-24.8.2';
const HASH = '5d9c7b';

const builders = { Deployment: deployment, StatefulSet: statefulSet, DaemonSet: daemonSet };

type Fields = NonNullable<Parameters<typeof deployment>[0]>;

export interface AppOptions {
  readonly kind?: keyof typeof builders;
  /** Version of its proxies; '' for pods without one. */
  readonly version?: string;
  readonly fields?: Omit<Fields, 'namespace' | 'name' | 'replicas'>;
  readonly pod?: Partial<PodRecord>;
  readonly replicas?: number;
  /** Pods without a proxy among its pods. */
  readonly unmeshed?: number;
}

/** A workload with its pods, at rest. */
export function app(namespace: string, name: string, options: AppOptions = {}): readonly KubeRecord[] {
  const { kind = 'Deployment', version = BEHIND, replicas = 2, unmeshed = 0, fields = {} } = options;
  const labels = { app: name };
  const workload = builders[kind]({
    ...fields,
    namespace,
    name,
    replicas,
    selector: { matchLabels: labels, matchExpressions: [] },
    template: { ...fields.template, labels: { ...labels, ...fields.template?.labels } },
  });
  const made = Array.from({ length: replicas }, (_, index) => {
    const own =
      kind === 'Deployment'
        ? {
            name: `${name}-${HASH}-${index}`,
            owner: owner('ReplicaSet', `${name}-${HASH}`),
            templateHash: HASH,
          }
        : { name: `${name}-${index}`, owner: owner(kind, name) };
    const common = { namespace, uid: `pod-${namespace}-${name}-${index}`, ...own, ...options.pod };
    return index < unmeshed || version === '' ? pod(common) : meshedPod(version, common);
  });
  return [workload, ...made];
}

export interface World extends PlanningInput {
  readonly model: MeshModel;
  /** Takes changes in; the picture follows. */
  apply(...records: readonly KubeRecord[]): void;
  remove(record: KubeRecord): void;
}

/** A cluster with a whole control plane, its namespaces meshed, and what `records` add. */
export function world(...records: readonly (KubeRecord | readonly KubeRecord[])[]): World {
  const model = createMeshModel();
  const flat = records.flat();
  const given = new Set(flat.flatMap((record) => (record.kind === 'Namespace' ? [record.name] : [])));
  const missing = new Set(
    flat.map(({ namespace }) => namespace).filter((name) => name !== '' && !given.has(name)),
  );
  const all = [...controlPlane(CURRENT), ...[...missing].map((name) => meshedNamespace(name)), ...flat];
  for (const record of all) model.apply({ type: 'upsert', record });
  for (const kind of ['Pod', 'Namespace', 'MutatingWebhookConfiguration'] as const) model.markListed(kind);
  return {
    model,
    get mesh() {
      return model.view();
    },
    workload: (key) => model.workload(key),
    apply(...changed) {
      for (const record of changed) model.apply({ type: 'upsert', record });
    },
    remove({ kind, namespace, name, uid }) {
      model.apply({ type: 'delete', kind, namespace, name, uid });
    },
  };
}

export function keyOf(namespace: string, name: string, kind = 'Deployment'): WorkloadKey {
  return { namespace, kind, name };
}

/** The record of a workload, which has to be there. */
export function recordOf(input: PlanningInput, key: WorkloadKey): WorkloadRecord {
  const record = input.workload(key);
  if (!record) throw new Error(`there is no ${key.kind} ${key.namespace}/${key.name}`);
  return record;
}

/** `books/webapp`, in order. */
export function names(items: readonly { readonly key: WorkloadKey }[]): readonly string[] {
  return items.map(({ key }) => `${key.namespace}/${key.name}`);
}

/** The waves of a plan with what is in them. */
export function contents(plan: Plan): readonly (readonly [kind: string, ...names: string[]])[] {
  return plan.waves.map(({ kind }, index) => [
    kind,
    ...names(plan.items.filter((item: PlanItem) => item.wave === index)),
  ]);
}

/** Whole namespaces as scopes. */
export function scopes(...namespaces: readonly string[]): readonly { readonly namespace: string }[] {
  return namespaces.map((namespace) => ({ namespace }));
}

import { annotation } from '../../data/linkerd.ts';
import { stringAt } from '../json.ts';
import type { Json, KubeObject } from '../types.ts';
import { withOwnership } from '../write/managed-fields.ts';
import type { Cluster } from './cluster.ts';
import {
  type DaemonSet,
  type Deployment,
  isKind,
  resourceFor,
  type StatefulSet,
  timestamp,
} from './objects.ts';

export interface RevertingOptions {
  readonly namespace: string;
  /** What it owns; Deployments unless another kind is given. */
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  /** Its name in managedFields, for example `kustomize-controller`. */
  readonly manager: string;
  /** How long it takes to notice. */
  readonly afterMs: number;
  /**
   * Whether it writes by server-side apply, which leaves its name and time in managedFields whatever it changes. An
   * update that only takes fields away leaves neither.
   */
  readonly applies?: boolean;
}

/**
 * A controller that owns a namespace's workloads of one kind and takes restarts back, as some GitOps tools do with
 * fields that are not in Git, and some operators with fields that are not in their custom resource. Returns the way to
 * stop it.
 */
export function revertRestarts(
  cluster: Cluster,
  { namespace, kind = 'Deployment', manager, afterMs, applies = false }: RevertingOptions,
): () => void {
  const resource = resourceFor(kind);
  return cluster.store.subscribe(({ object, previous }) => {
    if (!isKind(object, kind) || !isKind(previous, kind)) return;
    if (object.metadata.namespace !== namespace || !isRestart(previous, object)) return;
    cluster.clock.after(afterMs, () => {
      const found = cluster.get(kind, namespace, object.metadata.name);
      if (found === undefined) return;
      const reverted = { ...found, spec: { ...found.spec, template: previous.spec.template } };
      const writer = { manager, subresource: '', now: cluster.clock.now() };
      const written = withOwnership(resource, found, reverted, writer);
      cluster.store.update(resource, applies ? withApply(written, manager, writer.now) : written);
    });
  });
}

/** The object with the entry of an apply that was made now. Source: apimachinery `managedfieldsupdater.go`, `Apply`. */
function withApply({ metadata, ...object }: KubeObject, manager: string, now: number): KubeObject {
  const entries: readonly Json[] = Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  const others = entries.filter(
    (entry) => stringAt(entry, 'manager') !== manager || stringAt(entry, 'operation') !== 'Apply',
  );
  const entry = {
    manager,
    operation: 'Apply',
    apiVersion: object.apiVersion,
    time: timestamp(now),
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:template': {} } },
  };
  return { ...object, metadata: { ...metadata, managedFields: [entry, ...others] } };
}

type Restartable = Deployment | StatefulSet | DaemonSet;

function isRestart(before: Restartable, after: Restartable): boolean {
  const restartedAt = ({ spec }: Restartable): string | undefined =>
    spec.template.metadata?.annotations?.[annotation.restartedAt];
  return restartedAt(after) !== undefined && restartedAt(before) !== restartedAt(after);
}

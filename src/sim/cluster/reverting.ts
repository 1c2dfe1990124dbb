import { annotation } from '../../data/linkerd.ts';
import { deployments } from '../resources.ts';
import { withOwnership } from '../write/managed-fields.ts';
import type { Cluster } from './cluster.ts';
import { type Deployment, isKind } from './objects.ts';

export interface RevertingOptions {
  readonly namespace: string;
  /** Its name in managedFields, for example `kustomize-controller`. */
  readonly manager: string;
  /** How long it takes to notice. */
  readonly afterMs: number;
}

/**
 * A controller that owns a namespace's Deployments and takes restarts back, as some GitOps tools do with fields that
 * are not in Git. Returns the way to stop it.
 */
export function revertRestarts(
  cluster: Cluster,
  { namespace, manager, afterMs }: RevertingOptions,
): () => void {
  return cluster.store.subscribe(({ object, previous }) => {
    if (!isKind(object, 'Deployment') || !isKind(previous, 'Deployment')) return;
    if (object.metadata.namespace !== namespace || !isRestart(previous, object)) return;
    cluster.clock.after(afterMs, () => {
      const found = cluster.get('Deployment', namespace, object.metadata.name);
      if (found === undefined) return;
      const reverted = { ...found, spec: { ...found.spec, template: previous.spec.template } };
      const writer = { manager, subresource: '', now: cluster.clock.now() };
      cluster.store.update(deployments, withOwnership(deployments, found, reverted, writer));
    });
  });
}

function isRestart(before: Deployment, after: Deployment): boolean {
  const restartedAt = ({ spec }: Deployment): string | undefined =>
    spec.template.metadata?.annotations?.[annotation.restartedAt];
  return restartedAt(after) !== undefined && restartedAt(before) !== restartedAt(after);
}

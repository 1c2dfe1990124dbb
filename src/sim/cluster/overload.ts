import { annotation, container, DEFAULT_CONTROL_PLANE_NAMESPACE } from '../../data/linkerd.ts';
import type { StoreEvent } from '../types.ts';
import type { Cluster } from './cluster.ts';
import type { PodBehaviour } from './kubelet/behaviour.ts';
import { isKind } from './objects.ts';

const MINUTE_MS = 60_000;
const DESTINATION = 'linkerd-destination';
const OUT_OF_MEMORY: PodBehaviour = {
  kind: 'crash-loop',
  container: container.destination,
  reason: 'OOMKilled',
};

/** Says how the pods of a workload fare from now on. */
type Behave = (namespace: string, name: string, behaviour: PodBehaviour) => void;

/**
 * A destination with little memory: once more than `starts` meshed pods have started within a minute it is OOM-killed,
 * again and again, since all of them ask it for all endpoints (linkerd2 issues 5629, 8270). Returns the way to undo it.
 */
export function overload(cluster: Cluster, starts: number, behave: Behave): () => void {
  let recent: readonly number[] = [];
  let isOver = false;
  const stop = cluster.store.subscribe((event) => {
    if (isOver || !isMeshedPod(event)) return;
    const now = cluster.clock.now();
    recent = [...recent.filter((at) => now - at < MINUTE_MS), now];
    isOver = recent.length > starts;
    if (isOver) behave(DEFAULT_CONTROL_PLANE_NAMESPACE, DESTINATION, OUT_OF_MEMORY);
  });
  return () => {
    stop();
    behave(DEFAULT_CONTROL_PLANE_NAMESPACE, DESTINATION, { kind: 'healthy' });
  };
}

function isMeshedPod({ type, object }: StoreEvent): boolean {
  if (type !== 'ADDED' || !isKind(object, 'Pod')) return false;
  const { namespace, annotations } = object.metadata;
  return (
    namespace !== DEFAULT_CONTROL_PLANE_NAMESPACE && annotations?.[annotation.proxyVersion] !== undefined
  );
}

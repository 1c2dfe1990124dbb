import type { PodContainer, PodRecord } from '../kube/records.ts';

/**
 * The status as Linkerd computes it (linkerd2 `pkg/k8s/api.go`), which follows kubectl's printer: phase or
 * reason, then the first init container that is not through, else the containers from last to first.
 * `Terminating` is kubectl's addition.
 */
export function podStatus(pod: PodRecord): string {
  if (pod.deletedAt > 0) return 'Terminating';
  const initial = pod.reason || pod.phase || 'Unknown';
  return initStatus(pod.containers) ?? containersStatus(pod.containers, initial);
}

/** What an init container says that is not through; undefined when all are, or none has a status yet. */
function initStatus(containers: readonly PodContainer[]): string | undefined {
  const inits = containers.filter((container) => container.init);
  for (const [index, container] of inits.entries()) {
    if (container.state === 'unknown') continue;
    if (container.state === 'terminated' && container.exitCode === 0 && container.signal === 0) continue;
    if (container.sidecar && container.started && container.ready) continue;
    if (container.state === 'terminated') return `Init:${terminationReason(container)}`;
    if (container.state === 'waiting' && container.reason && container.reason !== 'PodInitializing') {
      return `Init:${container.reason}`;
    }
    return `Init:${index}/${inits.length}`;
  }
  return undefined;
}

function containersStatus(containers: readonly PodContainer[], initial: string): string {
  let status = initial;
  let serving = false;
  for (const container of containers.filter((candidate) => !candidate.init).reverse()) {
    if (container.state === 'waiting' && container.reason) status = container.reason;
    else if (container.state === 'terminated') status = terminationReason(container);
    else if (container.state === 'running' && container.ready) serving = true;
  }
  return status === 'Completed' && serving ? 'Running' : status;
}

function terminationReason(container: PodContainer): string {
  if (container.reason) return container.reason;
  return container.signal !== 0 ? `Signal:${container.signal}` : `ExitCode:${container.exitCode}`;
}

/** Containers as kubectl counts them: all but the init containers that end. */
export function podContainers(pod: PodRecord): {
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
} {
  let ready = 0;
  let total = 0;
  let restarts = 0;
  let initRestarts = 0;
  for (const container of pod.containers) {
    if (container.init) initRestarts += container.restarts;
    if (container.init && !container.sidecar) continue;
    total += 1;
    restarts += container.restarts;
    if (container.ready) ready += 1;
  }
  // While the pod initialises, the restarts that matter are those of its init containers.
  const initialising = initStatus(pod.containers) !== undefined;
  return { ready, total, restarts: initialising ? initRestarts : restarts };
}

import { container as containerName } from '../../data/linkerd.ts';
import type { PodContainer, PodRecord, WorkloadRecord } from '../../kube/records.ts';

import { podLife, proxyOf } from '../../mesh/proxy.ts';

/** What the run looks at in a pod. */
export interface ObservedPod {
  readonly name: string;
  readonly live: boolean;
  /** Copied from the template the pod was made from: tells which restart made it. */
  readonly restartedAt: string;
  readonly ready: boolean;
  readonly proxy:
    | { readonly version: string; readonly ready: boolean; readonly trustRootSha256: string }
    | undefined;
  /** A state that does not heal by waiting, in words; '' when there is none. */
  readonly trouble: string;
  /** Containers that have restarted, in words; '' when none has. */
  readonly restarted: string;
  /** Why a pod is not ready yet, in words; '' when it is ready. */
  readonly waitingFor: string;
}

/** A workload and its pods at one moment. */
export interface WorkloadObservation {
  /** `undefined` once the workload is gone. */
  readonly workload: WorkloadRecord | undefined;
  readonly pods: readonly ObservedPod[];
}

/**
 * Waiting reasons after which a container does not start by itself (kubelet `pkg/kubelet/images/types.go`,
 * `pkg/kubelet/kuberuntime/kuberuntime_container.go`), or keeps failing.
 */
const hopeless = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'RegistryUnavailable',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** Reads from a pod what the proof and the halts need. */
export function observePod(pod: PodRecord): ObservedPod {
  const proxy = proxyOf(pod);
  return {
    name: pod.name,
    live: podLife(pod) === 'live',
    restartedAt: pod.restartedAt,
    ready: pod.ready,
    proxy: proxy && { version: proxy.version, ready: proxy.ready, trustRootSha256: pod.trustRootSha256 },
    trouble: troubleOf(pod),
    restarted: restartsOf(pod),
    waitingFor: waitingFor(pod),
  };
}

function troubleOf(pod: PodRecord): string {
  if (podLife(pod) === 'failed') {
    return sentence(`pod ${pod.name} failed`, pod.reason || 'no reason given', pod.message);
  }
  const stuck = pod.containers.find(
    (container) => container.state === 'waiting' && hopeless.has(container.reason),
  );
  return stuck ? sentence(`container ${stuck.name} of pod ${pod.name}`, stuck.reason, stuck.message) : '';
}

function restartsOf(pod: PodRecord): string {
  const restarted = pod.containers.filter((container) => container.restarts > 0);
  if (restarted.length === 0) {
    return '';
  }
  const counts = restarted.map(
    ({ name, restarts }) => `${name} ${restarts === 1 ? 'once' : `${restarts} times`}`,
  );
  return `pod ${pod.name} restarted ${counts.join(', ')}`;
}

function waitingFor(pod: PodRecord): string {
  if (pod.ready) {
    return '';
  }
  if (pod.unschedulable !== '') {
    return sentence(`pod ${pod.name} cannot be scheduled`, pod.unschedulable);
  }
  const unready = pod.containers.find((container) => !settled(container));
  if (!unready) {
    return `pod ${pod.name} is not ready`;
  }
  const who = unready.name === containerName.proxy ? 'its proxy' : `container ${unready.name}`;
  return `pod ${pod.name}: ${who} is ${unready.reason || (unready.state === 'running' ? 'not ready' : 'starting')}`;
}

/** An ordinary init container is settled when it has ended; every other container when it is ready. */
function settled(container: PodContainer): boolean {
  return container.init && !container.sidecar ? container.state === 'terminated' : container.ready;
}

function sentence(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(': ');
}

import { container as containerName } from '../../data/linkerd.ts';
import type { PodContainer, PodRecord, WorkloadRecord } from '../../kube/records.ts';
import { podLife, proxyOf } from '../../mesh/proxy.ts';
import type { FailureCause } from './run.ts';

/** What is wrong with a container or a pod. `container` is '' where the pod as a whole is meant. */
export interface Trouble {
  readonly cause: FailureCause;
  readonly container: string;
  /** In words, with the names of pod and container. */
  readonly text: string;
}

/** What the run looks at in a pod. */
export interface ObservedPod {
  readonly name: string;
  /** Seconds since the epoch, by the server's clock. */
  readonly createdAt: number;
  readonly live: boolean;
  /** Copied from the template the pod was made from: tells which restart made it. */
  readonly restartedAt: string;
  readonly ready: boolean;
  readonly proxy:
    | { readonly version: string; readonly ready: boolean; readonly trustRootSha256: string }
    | undefined;
  /** A state that does not heal by waiting. */
  readonly trouble: Trouble | undefined;
  /** Containers that have restarted. */
  readonly restarted: Trouble | undefined;
  /** No node takes it, at the moment. */
  readonly unschedulable: boolean;
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
 * Waiting reasons after which a container does not start by itself, or keeps failing (kubelet
 * `pkg/kubelet/images/types.go`, `pkg/kubelet/kuberuntime/kuberuntime_container.go`).
 */
const hopeless: Readonly<Record<string, FailureCause>> = {
  CrashLoopBackOff: 'crash-loop',
  CreateContainerConfigError: 'crash-loop',
  CreateContainerError: 'crash-loop',
  RunContainerError: 'crash-loop',
  ImagePullBackOff: 'image-pull',
  ErrImagePull: 'image-pull',
  ErrImageNeverPull: 'image-pull',
  InvalidImageName: 'image-pull',
  RegistryUnavailable: 'image-pull',
};

/** Reads from a pod what the proof and the halts need. */
export function observePod(pod: PodRecord): ObservedPod {
  const proxy = proxyOf(pod);
  return {
    name: pod.name,
    createdAt: pod.createdAt,
    live: podLife(pod) === 'live',
    restartedAt: pod.restartedAt,
    ready: pod.ready,
    proxy: proxy && { version: proxy.version, ready: proxy.ready, trustRootSha256: pod.trustRootSha256 },
    trouble: troubleOf(pod),
    restarted: restartsOf(pod),
    unschedulable: !pod.ready && pod.unschedulable !== '',
    waitingFor: waitingFor(pod),
  };
}

function troubleOf(pod: PodRecord): Trouble | undefined {
  if (podLife(pod) === 'failed') {
    const text = sentence(`pod ${pod.name} failed`, pod.reason || 'no reason given', pod.message);
    return { cause: 'crash-loop', container: '', text };
  }
  for (const { name, state, reason, message } of pod.containers) {
    const cause = state === 'waiting' ? hopeless[reason] : undefined;
    if (cause) {
      const text = sentence(`container ${name} of pod ${pod.name}`, reason, message);
      return { cause, container: name, text };
    }
  }
  return undefined;
}

function restartsOf(pod: PodRecord): Trouble | undefined {
  const restarted = pod.containers.filter((container) => container.restarts > 0);
  const [first] = restarted;
  if (!first) {
    return undefined;
  }
  const counts = restarted.map(
    ({ name, restarts }) => `${name} ${restarts === 1 ? 'once' : `${restarts} times`}`,
  );
  const text = `pod ${pod.name} restarted ${counts.join(', ')}`;
  return { cause: 'crash-loop', container: first.name, text };
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

import { createHash } from 'node:crypto';
import {
  type Condition,
  type Container,
  type ContainerState,
  type ContainerStatus,
  type Pod,
  type PodStatus,
  timestamp,
} from '../objects.ts';
import { transition } from '../pods.ts';

/** What a kubelet knows of one container. */
export interface ContainerView {
  readonly state: ContainerState;
  readonly lastState?: ContainerState;
  readonly ready?: boolean;
  readonly restarts?: number;
}

/** What a kubelet knows of a pod: its containers by name. A container that is not named is waiting for its turn. */
export type PodView = ReadonlyMap<string, ContainerView>;

export interface Place {
  readonly hostIP: string;
  readonly podIP: string;
}

/** Whether an init container runs beside the application: a native sidecar. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/**
 * The status that a kubelet writes for a pod on a node.
 * Source: kubernetes `pkg/kubelet/kubelet_pods.go` (getPhase), `pkg/kubelet/status/generate.go` (conditions).
 */
export function podStatus(pod: Pod, view: PodView, place: Place, now: number): PodStatus {
  const init = pod.spec.initContainers ?? [];
  const initialized = init.every((container) => hasInitialized(container, view.get(container.name)));
  const waiting = initialized ? 'ContainerCreating' : 'PodInitializing';
  const initStatuses = init.map((container) =>
    containerStatus(container, view.get(container.name), 'PodInitializing', pod),
  );
  const statuses = pod.spec.containers.map((container) =>
    containerStatus(container, view.get(container.name), waiting, pod),
  );
  const phase = phaseOf(initialized, statuses);
  const sidecars = initStatuses.filter((_, index) => isSidecar(init[index] ?? { name: '', image: '' }));
  const ready = phase === 'Running' && [...statuses, ...sidecars].every((status) => status.ready);
  return {
    phase,
    conditions: conditionsOf(pod, { initialized, ready, phase }, now),
    ...place,
    podIPs: [{ ip: place.podIP }],
    startTime: pod.status?.startTime ?? timestamp(now),
    ...(init.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    containerStatuses: statuses,
    qosClass: pod.status?.qosClass ?? 'BestEffort',
  };
}

function hasInitialized(container: Container, view: ContainerView | undefined): boolean {
  if (isSidecar(container)) return view?.state.running !== undefined;
  return view?.state.terminated?.exitCode === 0;
}

function phaseOf(initialized: boolean, statuses: readonly ContainerStatus[]): string {
  if (!initialized) return 'Pending';
  const ended = statuses.flatMap(({ state }) => state.terminated ?? []);
  if (ended.length === statuses.length) {
    return ended.every(({ exitCode }) => exitCode === 0) ? 'Succeeded' : 'Failed';
  }
  const neverRan = statuses.some(
    ({ state, lastState }) => state.waiting !== undefined && lastState.terminated === undefined,
  );
  return neverRan ? 'Pending' : 'Running';
}

/** Conditions of a pod on a node, in the order in which a kubelet writes them. */
function conditionsOf(
  pod: Pod,
  {
    initialized,
    ready,
    phase,
  }: { readonly initialized: boolean; readonly ready: boolean; readonly phase: string },
  now: number,
): readonly Condition[] {
  const before = pod.status?.conditions;
  const init = pod.spec.initContainers ?? [];
  const incomplete = {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names(init)}]`,
  };
  const succeeded = phase === 'Succeeded';
  const notReady = succeeded
    ? { reason: 'PodCompleted' }
    : {
        reason: 'ContainersNotReady',
        message: `containers with unready status: [${names(pod.spec.containers)}]`,
      };
  const condition = (type: string, holds: boolean, why: object): Condition =>
    transition(
      before,
      { type, status: holds ? 'True' : 'False', lastProbeTime: null, ...(holds ? {} : why) },
      now,
    );
  return [
    condition('Initialized', initialized, incomplete),
    condition('Ready', ready, notReady),
    condition('ContainersReady', ready, notReady),
    condition('PodScheduled', true, {}),
  ];
}

function names(containers: readonly Container[]): string {
  return containers.map(({ name }) => name).join(' ');
}

function containerStatus(
  container: Container,
  view: ContainerView | undefined,
  waiting: string,
  pod: Pod,
): ContainerStatus {
  const {
    state = { waiting: { reason: waiting } },
    lastState = {},
    ready = false,
    restarts = 0,
  } = view ?? {};
  const pulled = state.waiting === undefined || lastState.terminated !== undefined;
  return {
    name: container.name,
    state,
    lastState,
    ready,
    restartCount: restarts,
    image: container.image,
    imageID: pulled ? imageId(container.image) : '',
    ...(pulled
      ? { containerID: `containerd://${digest(`${pod.metadata.uid}/${container.name}/${restarts}`)}` }
      : {}),
    started: state.running !== undefined,
  };
}

const imageIds = new Map<string, string>();

function imageId(image: string): string {
  const known = imageIds.get(image);
  if (known !== undefined) return known;
  const [name = image] = image.split('@');
  const repository = name.replace(/:[^:/]*$/, '');
  const id = image.includes('@')
    ? `${repository}@${image.split('@')[1]}`
    : `${repository}@sha256:${digest(image)}`;
  imageIds.set(image, id);
  return id;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

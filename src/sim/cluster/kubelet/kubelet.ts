import { pods } from '../../resources.ts';
import type { StoreEvent } from '../../types.ts';
import { withOwnership } from '../../write/managed-fields.ts';
import type { Cluster } from '../cluster.ts';
import { nodeOf } from '../controllers/daemon-set.ts';
import { controllerOf, isKind, type Pod, type PodStatus, timestamp } from '../objects.ts';
import { isFinished, isTerminating, transition } from '../pods.ts';
import { DEFAULT_TIMING, type KubeletTiming, type PodBehaviour } from './behaviour.ts';
import { lifeOf, type Step, turnOf } from './life.ts';
import { type ContainerView, type Place, type PodView, podStatus } from './pod-status.ts';

const HEALTHY: PodBehaviour = { kind: 'healthy' };
/** How a Job's pods fare unless told otherwise. */
const WORKING: PodBehaviour = { kind: 'completes', afterMs: 5_000 };

/** The scheduler and all kubelets: gives pods a node, lets them live as their behaviour wants, and ends them. */
export class Kubelets {
  readonly #cluster: Cluster;
  readonly #timing: KubeletTiming;
  /** By `namespace/name` of a workload or of a pod. */
  readonly #behaviours = new Map<string, PodBehaviour>();
  /** Cancels what is to happen next to a pod, by uid. */
  readonly #next = new Map<string, () => void>();
  #nodes: readonly string[] | undefined;
  #addresses = 0;
  #unsubscribe: () => void = () => {};

  constructor(cluster: Cluster, timing: KubeletTiming = DEFAULT_TIMING) {
    this.#cluster = cluster;
    this.#timing = timing;
  }

  /** Follows the store; pods that wait for a node or for their end are taken up. */
  start(): void {
    this.#unsubscribe = this.#cluster.store.subscribe((event) => this.#observe(event));
    for (const pod of this.#cluster.list('Pod')) {
      if (isTerminating(pod)) this.#terminate(pod);
      else if (pod.spec.nodeName === undefined && !isFinished(pod)) this.#schedule(pod);
    }
  }

  stop(): void {
    this.#unsubscribe();
    for (const cancel of this.#next.values()) cancel();
    this.#next.clear();
  }

  /**
   * Says how the pods of a workload (or a pod) of this name fare from their next start on; with `running`, from now
   * on also those that run.
   */
  setBehaviour(namespace: string, name: string, behaviour: PodBehaviour, running = false): void {
    this.#behaviours.set(`${namespace}/${name}`, behaviour);
    if (!running) return;
    for (const pod of this.#cluster.list('Pod', namespace)) {
      if (isTerminating(pod) || isFinished(pod) || pod.spec.nodeName === undefined) continue;
      if (!this.#namesOf(pod).includes(name)) continue;
      this.#follow(pod, turnOf(pod, viewOf(pod), behaviour, this.#jittered()));
    }
  }

  #observe({ type, object, resource, previous }: StoreEvent): void {
    if (resource.kind === 'Node') this.#nodes = undefined;
    if (!isKind(object, 'Pod')) return;
    if (type === 'DELETED') this.#cancel(object);
    else if (isTerminating(object)) {
      if (!isKind(previous, 'Pod') || !isTerminating(previous)) this.#terminate(object);
    } else if (type === 'ADDED' && object.spec.nodeName === undefined) this.#schedule(object);
  }

  #schedule(created: Pod): void {
    this.#later(created, this.#jittered().schedule, (pod) => {
      const behaviour = this.#behaviourOf(pod);
      if (behaviour.kind === 'unschedulable') return this.#leavePending(pod, behaviour.message);
      const node = this.#chooseNode(pod);
      if (node === undefined) return this.#leavePending(pod);
      const bound = this.#bind(pod, node);
      if (behaviour.kind === 'evicted') {
        return this.#later(bound, behaviour.afterMs, (running) => this.#evict(running));
      }
      this.#follow(bound, lifeOf(bound, behaviour, this.#jittered()));
    });
  }

  #chooseNode(pod: Pod): string | undefined {
    const named = nodeOf(pod);
    if (named !== '') return named;
    const nodes = this.#nodeNames();
    return nodes[this.#cluster.random.integer(nodes.length)];
  }

  #leavePending(
    pod: Pod,
    why = `0/${this.#nodeNames().length} nodes are available: insufficient cpu.`,
  ): void {
    const refused = {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      reason: 'Unschedulable',
      message: why,
    };
    this.#cluster.update('Pod', { ...pod, status: this.#pendingStatus(pod, refused) });
    this.#cluster.events.record('default-scheduler', pod, 'Warning', 'FailedScheduling', why);
  }

  #bind(pod: Pod, node: string): Pod {
    const { namespace = '', name } = pod.metadata;
    const message = `Successfully assigned ${namespace}/${name} to ${node}`;
    this.#cluster.events.record('default-scheduler', pod, 'Normal', 'Scheduled', message);
    const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null };
    const spec = { ...pod.spec, nodeName: node };
    return this.#cluster.update('Pod', { ...pod, spec, status: this.#pendingStatus(pod, scheduled) });
  }

  #pendingStatus(pod: Pod, condition: Parameters<typeof transition>[1]): PodStatus {
    const conditions = [transition(pod.status?.conditions, condition, this.#cluster.clock.now())];
    return { phase: 'Pending', conditions, qosClass: pod.status?.qosClass ?? 'BestEffort' };
  }

  #evict(pod: Pod): void {
    const message = 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 84Mi.';
    const startTime = pod.metadata.creationTimestamp ?? timestamp(this.#cluster.clock.now());
    this.#cluster.update('Pod', {
      ...pod,
      status: { phase: 'Failed', message, reason: 'Evicted', startTime },
    });
    this.#cluster.events.record('kubelet', pod, 'Warning', 'Evicted', message);
  }

  /** Lets the steps of a life happen one after another, each at its time. */
  #follow(pod: Pod, life: Iterator<Step, void>): void {
    const { done, value: step } = life.next();
    if (done === true || step === undefined) return;
    this.#later(pod, step.after, (present) => {
      const next = this.#write(present, step);
      this.#follow(next, life);
    });
  }

  #write(pod: Pod, { see, event }: Step): Pod {
    const now = this.#cluster.clock.now();
    const status = podStatus(pod, see(now), this.#placeOf(pod), now);
    if (event !== undefined) {
      this.#cluster.events.record('kubelet', pod, event.type, event.reason, event.message);
    }
    return this.#cluster.update('Pod', reported(pod, status, now));
  }

  /** A grace of zero, then the end, as an API server shows it. */
  #terminate(marked: Pod): void {
    const grace = (marked.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
    this.#later(marked, Math.min(grace, this.#jittered().terminate), (pod) => {
      const { namespace = '', name } = pod.metadata;
      const deletionTimestamp = timestamp(this.#cluster.clock.now());
      const metadata = { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 };
      this.#cluster.update('Pod', { ...pod, metadata });
      this.#cluster.remove('Pod', namespace, name);
    });
  }

  /** Runs `action` on the pod as it is then, unless it is gone. A pod has one future: the one before is dropped. */
  #later(known: Pod, ms: number, action: (pod: Pod) => void): void {
    const { namespace = '', name, uid = '' } = known.metadata;
    this.#cancel(known);
    const cancel = this.#cluster.clock.after(ms, () => {
      this.#next.delete(uid);
      const pod = this.#cluster.get('Pod', namespace, name);
      if (pod?.metadata.uid === uid) action(pod);
    });
    this.#next.set(uid, cancel);
  }

  #cancel({ metadata: { uid = '' } }: Pod): void {
    this.#next.get(uid)?.();
    this.#next.delete(uid);
  }

  #behaviourOf(pod: Pod): PodBehaviour {
    const namespace = pod.metadata.namespace ?? '';
    for (const name of this.#namesOf(pod)) {
      const behaviour = this.#behaviours.get(`${namespace}/${name}`);
      if (behaviour !== undefined) return behaviour;
    }
    return controllerOf(pod)?.kind === 'Job' ? WORKING : HEALTHY;
  }

  /** The pod's own name, its controller's, and that one's controller's. */
  #namesOf(pod: Pod): readonly string[] {
    const { namespace = '', name } = pod.metadata;
    const owner = controllerOf(pod);
    if (owner === undefined) return [name];
    const above =
      owner.kind === 'ReplicaSet' || owner.kind === 'Job'
        ? this.#cluster.get(owner.kind, namespace, owner.name)
        : undefined;
    const root = above === undefined ? undefined : controllerOf(above);
    return [name, owner.name, ...(root === undefined ? [] : [root.name])];
  }

  #placeOf(pod: Pod): Place {
    const node = Math.max(0, this.#nodeNames().indexOf(pod.spec.nodeName ?? ''));
    const hostIP = `10.0.0.${10 + node}`;
    if (pod.spec.hostNetwork === true) return { hostIP, podIP: hostIP };
    return { hostIP, podIP: pod.status?.podIP ?? this.#newAddress() };
  }

  #newAddress(): string {
    this.#addresses += 1;
    return `10.244.${(this.#addresses >> 8) & 0xff}.${this.#addresses & 0xff}`;
  }

  #nodeNames(): readonly string[] {
    this.#nodes ??= this.#cluster.list('Node').map(({ metadata }) => metadata.name);
    return this.#nodes;
  }

  #jittered(): KubeletTiming {
    const { jitter, ...times } = this.#timing;
    const vary = (ms: number): number => this.#cluster.random.around(ms, jitter);
    return {
      schedule: vary(times.schedule),
      prepare: vary(times.prepare),
      init: vary(times.init),
      ready: vary(times.ready),
      terminate: vary(times.terminate),
      jitter,
    };
  }
}

/** The pod with a status that its kubelet wrote. */
export function reported(pod: Pod, status: PodStatus, now: number): Pod {
  const next = { ...pod, status };
  const owned = withOwnership(pods, pod, next, { manager: 'kubelet', subresource: 'status', now });
  return isKind(owned, 'Pod') ? owned : next;
}

/** What the kubelet last said of a pod's containers. */
function viewOf(pod: Pod): PodView {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return new Map(
    statuses.map(({ name, state, lastState, ready, restartCount }): [string, ContainerView] => [
      name,
      { state, lastState, ready, restarts: restartCount },
    ]),
  );
}

import { arrayAt, equal } from '../../json.ts';
import { nodes as nodeResource } from '../../resources.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import { type DaemonSet, type DaemonSetStatus, isKind, nonZero, type Pod, type PodSpec } from '../objects.ts';
import { isAvailable, isFinished, isReady, isTerminating, podFrom } from '../pods.ts';
import { scaled } from '../quantity.ts';
import { type Controller, type Key, keyOf } from './manager.ts';
import { createFor, plainWords } from './pod-creation.ts';
import { keysOfController, soonest, untilNextAvailable } from './replica-set.ts';
import { currentRevision, dropHistory, REVISION_HASH } from './revisions.ts';

const COMPONENT = 'daemonset-controller';
const TEMPLATE_GENERATION = 'pod-template-generation';
const RETRY_MS = 5_000;

/** The pods of one node: at most one of each kind counts. */
interface NodePods {
  readonly node: string;
  /** Pods of the present template, and pods of an older one, without those being deleted. */
  readonly fresh: readonly Pod[];
  readonly stale: readonly Pod[];
  readonly terminating: readonly Pod[];
}

/**
 * Keeps one pod on every node and replaces outdated ones.
 * Source: kubernetes `pkg/controller/daemon/daemon_controller.go`, `update.go`.
 */
export class DaemonSetController implements Controller {
  readonly name = COMPONENT;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, type, resource }: StoreEvent): readonly Key[] {
    if (isKind(object, 'DaemonSet')) return type === 'DELETED' ? [] : [keyOf(object)];
    if (resource === nodeResource && type !== 'MODIFIED') return this.#cluster.list('DaemonSet').map(keyOf);
    return isKind(object, 'Pod') ? keysOfController(object, 'DaemonSet') : [];
  }

  sync(namespace: string, name: string): number | undefined {
    const set = this.#cluster.get('DaemonSet', namespace, name);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
    const hash = currentRevision(this.#cluster, set).metadata.labels?.[REVISION_HASH] ?? '';
    const owned = this.#cluster.owned(set.metadata.uid, 'Pod');
    const nodes = this.#podsByNode(owned, hash);
    const now = this.#cluster.clock.now();
    const retry = this.#place(set, nodes, hash) ? undefined : RETRY_MS;
    this.#replace(set, nodes, hash);
    const status = daemonSetStatus(set, nodes, now);
    if (!equal(status, set.status)) this.#cluster.update('DaemonSet', { ...set, status });
    const inUse = owned.map((pod) => `${name}-${pod.metadata.labels?.[REVISION_HASH]}`);
    dropHistory(this.#cluster, set, new Set([...inUse, `${name}-${hash}`]));
    return soonest([retry, untilNextAvailable(owned, set.spec.minReadySeconds ?? 0, now)]);
  }

  #podsByNode(owned: readonly Pod[], hash: string): readonly NodePods[] {
    const groups = new Map<string, Pod[]>();
    for (const { metadata } of this.#cluster.list('Node')) groups.set(metadata.name, []);
    for (const pod of owned) groups.get(nodeOf(pod))?.push(pod);
    return [...groups].map(([node, pods]) => {
      const staying = pods.filter((pod) => !isTerminating(pod));
      return {
        node,
        fresh: staying.filter((pod) => pod.metadata.labels?.[REVISION_HASH] === hash),
        stale: staying.filter((pod) => pod.metadata.labels?.[REVISION_HASH] !== hash),
        terminating: pods.filter(isTerminating),
      };
    });
  }

  /** One pod for each node without any; failed ones are replaced. Returns false when a pod was refused. */
  #place(set: DaemonSet, nodes: readonly NodePods[], hash: string): boolean {
    let allowed = true;
    for (const { node, fresh, stale, terminating } of nodes) {
      for (const pod of [...fresh, ...stale].filter(isFinished)) this.#delete(set, pod);
      if (fresh.length + stale.length + terminating.length > 0) continue;
      allowed = this.#create(set, node, hash) && allowed;
    }
    return allowed;
  }

  #replace(set: DaemonSet, nodes: readonly NodePods[], hash: string): void {
    if (set.spec.updateStrategy?.type === 'OnDelete') return;
    const { maxUnavailable = 1, maxSurge = 0 } = set.spec.updateStrategy?.rollingUpdate ?? {};
    const surge = scaled(maxSurge, nodes.length, 'up');
    if (surge > 0) this.#surge(set, nodes, surge, hash);
    else this.#takeDown(set, nodes, Math.max(1, scaled(maxUnavailable, nodes.length, 'up')));
  }

  /** Deletes outdated pods: those that serve nobody at once, others while no more than `limit` nodes lack one. */
  #takeDown(set: DaemonSet, nodes: readonly NodePods[], limit: number): void {
    const served = ({ fresh, stale }: NodePods): boolean =>
      [...fresh, ...stale].some((pod) => this.#serves(set, pod));
    let room = limit - nodes.filter((node) => !served(node)).length;
    for (const node of nodes) {
      const [pod] = node.fresh.length > 0 ? [] : node.stale;
      if (pod === undefined) continue;
      if (!served(node)) this.#delete(set, pod);
      else if (room > 0) {
        room -= 1;
        this.#delete(set, pod);
      }
    }
  }

  /** Puts new pods beside outdated ones on up to `limit` nodes, and deletes the old when the new one serves. */
  #surge(set: DaemonSet, nodes: readonly NodePods[], limit: number, hash: string): void {
    let room = limit;
    for (const { fresh, stale } of nodes) {
      const [old] = stale;
      const [next] = fresh;
      if (old === undefined || next === undefined) continue;
      if (this.#serves(set, next)) this.#delete(set, old);
      else room -= 1;
    }
    for (const { node, fresh, stale } of nodes) {
      const [old] = stale;
      if (old === undefined || fresh.length > 0) continue;
      if (!this.#serves(set, old)) this.#delete(set, old);
      else if (room > 0) {
        room -= 1;
        this.#create(set, node, hash);
      }
    }
  }

  #serves(set: DaemonSet, pod: Pod): boolean {
    return isAvailable(pod, set.spec.minReadySeconds ?? 0, this.#cluster.clock.now());
  }

  #create(set: DaemonSet, node: string, hash: string): boolean {
    const generateName = `${set.metadata.name}-`;
    const name = generateName + this.#cluster.random.suffix();
    const generation = String(set.metadata.generation ?? 1);
    const labels = { [REVISION_HASH]: hash, [TEMPLATE_GENERATION]: generation };
    const identity = { name, generateName, labels, spec: { affinity: affinityTo(node) } };
    const pod = podFrom(set, set.spec.template, identity, this.#cluster.clock.now());
    return createFor(this.#cluster, COMPONENT, set, pod, plainWords(name)) === undefined;
  }

  #delete(set: DaemonSet, pod: Pod): void {
    this.#cluster.deletePod(pod);
    this.#cluster.events.record(
      COMPONENT,
      set,
      'Normal',
      'SuccessfulDelete',
      `Deleted pod: ${pod.metadata.name}`,
    );
  }
}

/** Counters of a DaemonSet by nodes, each judged by its oldest pod. */
function daemonSetStatus(set: DaemonSet, nodes: readonly NodePods[], now: number): DaemonSetStatus {
  const minReady = set.spec.minReadySeconds ?? 0;
  const first = nodes.map(({ terminating, stale, fresh }) => [...terminating, ...stale, ...fresh][0]);
  const placed = first.filter((pod) => pod !== undefined);
  const available = placed.filter((pod) => isAvailable(pod, minReady, now)).length;
  return {
    currentNumberScheduled: placed.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.length,
    numberReady: placed.filter(isReady).length,
    ...nonZero({
      observedGeneration: set.metadata.generation ?? 0,
      updatedNumberScheduled: nodes.filter((node) => node.fresh.length > 0).length,
      numberAvailable: available,
      numberUnavailable: nodes.length - available,
    }),
  };
}

/** How a DaemonSet binds its pod to a node; the scheduler reads it. */
function affinityTo(node: string): PodSpec['affinity'] {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } };
}

/** The node that a pod runs on, or that its affinity names; '' when neither does. */
export function nodeOf(pod: Pod): string {
  if (pod.spec.nodeName !== undefined) return pod.spec.nodeName;
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const [term] = arrayAt(pod.spec.affinity, 'nodeAffinity', required, 'nodeSelectorTerms');
  const [field] = arrayAt(term, 'matchFields');
  const [node] = arrayAt(field, 'values');
  return typeof node === 'string' ? node : '';
}

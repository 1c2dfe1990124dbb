/** Views out of the model's memory. Pure: the same entries and judge give equal views. */
import { annotation, label } from '../data/linkerd.ts';
import type { NamespaceRecord, PodRecord } from '../kube/records.ts';
import { Census, type ProxyShape, type ShapeReader } from './census.ts';
import { predictEffect } from './effect.ts';
import type { NamespaceEntry, WorkloadEntry } from './entities.ts';
import { podContainers, podStatus } from './pod-status.ts';
import { podLife, proxyContainer } from './proxy.ts';
import { risksOf } from './risks.ts';
import { rolloutText } from './rolling.ts';
import { type Judge, noEffects, tallyOf } from './tally.ts';
import { parseVersion } from './version.ts';
import type { EffectKind, NamespaceRole, NamespaceView, PodView, Risk, WorkloadView } from './view.ts';

const systemNamespaces: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** What a namespace is for. Extensions and CNI are told by Linkerd's own labels on the Namespace. */
export function namespaceRole(
  name: string,
  record: NamespaceRecord | undefined,
  controlPlaneNamespace: string,
): NamespaceRole {
  if (name === controlPlaneNamespace) return 'control-plane';
  if (record?.labels[label.extension]) return 'extension';
  if (systemNamespaces.has(name) || record?.labels[label.cniResource]) return 'system';
  return 'application';
}

/** Shows one workload: its figures, what a restart would do, and what can go wrong. */
export function workloadView(entry: WorkloadEntry, judge: Judge): WorkloadView {
  const { namespace, record, census } = entry;
  const pods = census.pods();
  const key = { namespace: namespace.name, kind: entry.kind, name: entry.name };
  const renewed = renewable(entry);
  const { effect, target, native, ifEvicted } = predictEffect({
    key,
    apiVersion: entry.apiVersion,
    workload: record,
    namespace: namespace.record,
    proxies: renewed.shapes,
    unmeshed: renewed.pods().unmeshed,
    judge,
  });
  const role = namespaceRole(namespace.name, namespace.record, judge.context.controlPlaneNamespace);
  // Nobody restarts control planes and what is not meshed from here, so their risks would be noise.
  const concerns = role !== 'control-plane' && (census.proxies > 0 || target !== '');
  return {
    ...key,
    uid: entry.uid,
    apiVersion: entry.apiVersion,
    role,
    ...tallyOf(census.shapes, judge),
    pods,
    replicas: record?.replicas ?? pods.live,
    target,
    effect,
    ...(ifEvicted ? { ifEvicted } : {}),
    risks: concerns ? workloadRisks(entry, native, judge) : [],
    rollout: record ? rolloutText(record) : '',
  };
}

/**
 * The pods that a restart renews: all, but of a partitioned StatefulSet only those from the partition on (Kubernetes
 * `pkg/controller/statefulset/stateful_set_control.go`; ordinals are taken to start at 0). A partition that keeps all
 * of them is an obstacle of its own, and then all are looked at.
 */
function renewable({ record, census, pods }: WorkloadEntry): Census {
  if (record?.kind !== 'StatefulSet') return census;
  const { partition } = record.strategy;
  if (partition <= 0 || partition >= record.replicas) return census;
  const above = new Census();
  for (const pod of pods) {
    const ordinal = Number(/-(\d+)$/.exec(pod.record.name)?.[1] ?? 0);
    if (pod.counted && ordinal >= partition) above.add(pod.facts);
  }
  return above;
}

function workloadRisks(
  { record, namespace, census }: WorkloadEntry,
  native: boolean | undefined,
  { context }: Judge,
): readonly Risk[] {
  if (!record || record.replicas === 0) return [];
  return risksOf({
    workload: record,
    pods: census.pods(),
    budgets: namespace.budgets.values(),
    shapes: byPlace(census.shapes),
    native,
    controlPlane: parseVersion(context.version),
  });
}

function byPlace(shapes: ReadonlyMap<ProxyShape, number>): { native: number; ordinary: number } {
  const places = { native: 0, ordinary: 0 };
  for (const [shape, pods] of shapes) places[shape.native ? 'native' : 'ordinary'] += pods;
  return places;
}

/** A workload counts while it has live pods or wants some. */
export function isCounted({ census, record }: WorkloadEntry): boolean {
  return census.pods().live > 0 || (record !== undefined && record.replicas > 0);
}

/** Shows one namespace. Its effects have been counted before. */
export function namespaceView(entry: NamespaceEntry, judge: Judge): NamespaceView {
  const { name, record, census } = entry;
  const effects = effectFigures(entry.effects);
  return {
    name,
    role: namespaceRole(name, record, judge.context.controlPlaneNamespace),
    extension: record?.labels[label.extension] ?? '',
    labels: record?.labels ?? {},
    ...tallyOf(census.shapes, judge),
    pods: census.pods(),
    workloads: Object.values(effects).reduce((sum, figure) => sum + figure, 0),
    effects,
    inject: record?.annotations[annotation.inject] ?? '',
    pin: record?.annotations[annotation.pinnedProxyVersion] ?? '',
    terminating: record !== undefined && (record.deletedAt > 0 || record.phase === 'Terminating'),
  };
}

function effectFigures(effects: ReadonlyMap<EffectKind, number>): Record<EffectKind, number> {
  return { ...noEffects(), ...Object.fromEntries(effects) };
}

/** Shows one pod. A pod that is not live is shown with its proxy too, though it counts nowhere. */
export function podView(pod: PodRecord, readShape: ShapeReader, judge: Judge): PodView {
  const containers = podContainers(pod);
  return {
    namespace: pod.namespace,
    name: pod.name,
    uid: pod.uid,
    life: podLife(pod),
    status: podStatus(pod),
    ready: pod.ready,
    readyContainers: containers.ready,
    containers: containers.total,
    restarts: containers.restarts,
    node: pod.nodeName,
    createdAt: pod.createdAt,
    proxy: proxyView(pod, readShape(pod), judge),
  };
}

function proxyView(pod: PodRecord, shape: ProxyShape | undefined, judge: Judge): PodView['proxy'] {
  if (!shape) return undefined;
  const skew = judge.skew(shape);
  return {
    version: shape.version,
    class: skew.class,
    reason: skew.reason,
    ready: proxyContainer(pod)?.ready === true,
    native: shape.native,
    staleTrust: judge.isTrustStale(shape),
    evidence: shape.evidence,
    ...(judge.isForeign(shape) ? { controlPlane: shape.controlPlaneNamespace } : {}),
  };
}

import type { PodRecord } from '../kube/records.ts';
import { injectorVersion, podLife, proxyOf, type VersionEvidence } from './proxy.ts';
import type { PodLife, PodTally } from './view.ts';

/**
 * Everything about a proxy that a tally distinguishes. A cluster has few of them, and each exists once, so pods
 * are counted by reference.
 */
export interface ProxyShape {
  /** '' when nothing tells it. */
  readonly version: string;
  readonly evidence: VersionEvidence;
  /** A native sidecar. */
  readonly native: boolean;
  /** Trust root at injection, '' when not recorded; left out for control-plane pods, which hash other bytes. */
  readonly trustRootSha256: string;
  /** Namespace of the control plane that the pod names, '' when it names none. */
  readonly controlPlaneNamespace: string;
  /** Version of the injector that made the pod, '' when another hand did. */
  readonly injectorVersion: string;
}

/** What of a pod counts. */
export interface PodFacts {
  readonly life: PodLife;
  readonly ready: boolean;
  /** undefined without a proxy, and for pods that are not live. */
  readonly shape: ProxyShape | undefined;
}

/** Reads the shape of a pod's proxy, whatever the pod's life; undefined without a proxy. */
export type ShapeReader = (pod: PodRecord) => ProxyShape | undefined;

/** A reader that keeps one object per distinct shape. */
export function createShapeReader(): ShapeReader {
  const shapes = new Map<string, ProxyShape>();
  return (pod) => {
    const proxy = proxyOf(pod);
    if (!proxy) return undefined;
    const shape: ProxyShape = {
      version: proxy.version,
      evidence: proxy.evidence,
      native: proxy.native,
      trustRootSha256: pod.controlPlaneComponent === '' ? pod.trustRootSha256 : '',
      controlPlaneNamespace: pod.controlPlaneNamespace,
      injectorVersion: injectorVersion(pod.createdBy),
    };
    const key = Object.values(shape).join('\u0000');
    const known = shapes.get(key);
    if (known) return known;
    shapes.set(key, shape);
    return shape;
  };
}

/** What of a pod counts. Only the proxy of a live pod does. */
export function podFacts(pod: PodRecord, readShape: ShapeReader): PodFacts {
  const life = podLife(pod);
  if (life !== 'live') return { life, ready: false, shape: undefined };
  return { life, ready: pod.ready, shape: readShape(pod) };
}

/** Running counts of some pods; adding or removing one takes constant time. */
export class Census {
  /** Live proxies by shape. */
  readonly shapes: Map<ProxyShape, number> = new Map();
  proxies = 0;
  private live = 0;
  private ready = 0;
  private completed = 0;
  private failed = 0;
  private terminating = 0;

  add(facts: PodFacts): void {
    this.count(facts, 1);
  }

  remove(facts: PodFacts): void {
    this.count(facts, -1);
  }

  private count({ life, ready, shape }: PodFacts, step: 1 | -1): void {
    this[life] += step;
    if (ready) this.ready += step;
    if (!shape) return;
    this.proxies += step;
    const left = (this.shapes.get(shape) ?? 0) + step;
    if (left === 0) this.shapes.delete(shape);
    else this.shapes.set(shape, left);
  }

  /** The pods counted, as figures. */
  pods(): PodTally {
    const { live, ready, completed, failed, terminating } = this;
    return { live, ready, unmeshed: live - this.proxies, completed, failed, terminating };
  }
}

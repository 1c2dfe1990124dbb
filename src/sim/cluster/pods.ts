import { pods } from '../resources.ts';
import type { KubeObject } from '../types.ts';
import { withDefaults, withPodAdmission } from '../write/defaults.ts';
import { withOwnership } from '../write/managed-fields.ts';
import {
  type Condition,
  isKind,
  type Meta,
  type Pod,
  type PodSpec,
  type PodTemplate,
  referenceTo,
  type StringMap,
  timestamp,
} from './objects.ts';

export interface PodIdentity {
  readonly name: string;
  readonly generateName?: string;
  readonly labels?: StringMap;
  /** Fields of the spec that the controller sets itself. */
  readonly spec?: Partial<PodSpec>;
}

/** The pod that `owner` makes of a template at time `now`, as it reaches admission. */
export function podFrom(
  owner: KubeObject & { readonly metadata: Meta },
  template: PodTemplate,
  identity: PodIdentity,
  now: number,
): Pod {
  const labels = { ...template.metadata?.labels, ...identity.labels };
  return newPod(
    {
      metadata: {
        name: identity.name,
        ...(identity.generateName === undefined ? {} : { generateName: identity.generateName }),
        namespace: owner.metadata.namespace ?? 'default',
        labels,
        ...(template.metadata?.annotations === undefined
          ? {}
          : { annotations: template.metadata.annotations }),
        ownerReferences: [referenceTo(owner)],
      },
      spec: identity.spec === undefined ? template.spec : { ...template.spec, ...identity.spec },
    },
    'kube-controller-manager',
    now,
  );
}

/** A pod with everything that the API server fills in, written by `manager`. */
export function newPod(
  { metadata, spec }: { readonly metadata: Meta; readonly spec: PodSpec },
  manager: string,
  now: number,
): Pod {
  const sent = withDefaults(pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
  const pod = withPodAdmission(withOwnership(pods, undefined, sent, { manager, subresource: '', now }));
  if (!isKind(pod, 'Pod')) throw new TypeError('defaulting has changed the kind of a pod');
  return pod;
}

export function conditionOf(pod: Pod, type: string): Condition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

/** Condition Ready, whatever the phase and whether or not the pod is being deleted. */
export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True';
}

export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Counts as a replica: neither finished nor being deleted. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && !isTerminating(pod);
}

/** Milliseconds until a ready pod has been ready for `minReadySeconds`; 0 when it has, undefined when it is not ready. */
export function untilAvailable(pod: Pod, minReadySeconds: number, now: number): number | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds === 0) return 0;
  return Math.max(0, Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000 - now);
}

export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  return untilAvailable(pod, minReadySeconds, now) === 0;
}

/** A condition as it follows from the one before: the transition time stays while the status stays. */
export function transition(
  before: readonly Condition[] | undefined,
  next: Omit<Condition, 'lastTransitionTime'> & { readonly type: string; readonly status: string },
  now: number,
): Condition {
  const last = before?.find(({ type }) => type === next.type);
  const since = last?.status === next.status ? last.lastTransitionTime : undefined;
  return { ...next, lastTransitionTime: since ?? timestamp(now) };
}

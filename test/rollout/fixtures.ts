import { annotation } from '../../src/data/linkerd.ts';
import type { WorkloadRecord, WorkloadStatus } from '../../src/kube/records.ts';
import type { ObservedPod } from '../../src/rollout/run/observe.ts';
import type { Plan, PlanItem } from '../../src/rollout/plan/plan.ts';

export const NEW = 'edge-25.10.7';
export const OLD = 'edge-25.4.4';
export const TRUST = 'ab'.repeat(32);

export function item(name: string, changes: Partial<PlanItem> = {}): PlanItem {
  return {
    key: { namespace: 'books', kind: 'Deployment', name },
    uid: `uid-${name}`,
    apiVersion: 'apps/v1',
    resourceVersion: '100',
    effect: { kind: 'upgrades', reason: `${OLD} to ${NEW}` },
    risks: [],
    from: { [OLD]: 2 },
    expected: { version: NEW, trustRootSha256: TRUST },
    pods: 2,
    deadlineSeconds: 60,
    ...changes,
  };
}

export function plan(...items: readonly PlanItem[]): Plan {
  return { scopes: [{ namespace: 'books' }], items, exclusions: [], blocked: [], controlPlaneVersion: NEW };
}

interface WorkloadChanges extends Partial<Omit<WorkloadRecord, 'status'>> {
  readonly restartedAt?: string;
  readonly status?: Partial<WorkloadStatus>;
}

/** A Deployment of two at rest, whose template carries `restartedAt`. */
export function workload(
  name: string,
  { restartedAt = '', status = {}, ...changes }: WorkloadChanges = {},
): WorkloadRecord {
  return {
    kind: 'Deployment',
    namespace: 'books',
    name,
    uid: `uid-${name}`,
    resourceVersion: '100',
    createdAt: 0,
    deletedAt: 0,
    generation: 2,
    owner: undefined,
    labels: {},
    annotations: {},
    replicas: 2,
    paused: false,
    minReadySeconds: 0,
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate', maxUnavailable: '25%', maxSurge: '25%', partition: 0 },
    selector: { matchLabels: { app: name }, matchExpressions: [] },
    template: {
      labels: { app: name },
      annotations: restartedAt === '' ? {} : { [annotation.restartedAt]: restartedAt },
      hostNetwork: false,
      automountServiceAccountToken: undefined,
      containers: [],
    },
    status: {
      observedGeneration: 2,
      replicas: 2,
      updated: 2,
      ready: 2,
      available: 2,
      unavailable: 0,
      conditions: [],
      currentRevision: '',
      updateRevision: '',
      ...status,
    },
    ...changes,
  };
}

/** A ready pod with the new proxy, made by the restart `restartedAt`. */
export function pod(name: string, restartedAt: string, changes: Partial<ObservedPod> = {}): ObservedPod {
  return {
    name,
    live: true,
    restartedAt,
    ready: true,
    proxy: { version: NEW, ready: true, trustRootSha256: TRUST },
    trouble: '',
    restarted: '',
    waitingFor: '',
    ...changes,
  };
}

/** A ready pod from before the restart. */
export function oldPod(name: string): ObservedPod {
  return pod(name, '', { proxy: { version: OLD, ready: true, trustRootSha256: TRUST } });
}

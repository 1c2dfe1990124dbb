import { annotation } from '../../src/data/linkerd.ts';
import type { WorkloadRecord, WorkloadStatus } from '../../src/kube/records.ts';
import type { Plan, PlanItem, Wave } from '../../src/rollout/plan/plan.ts';
import type { RunLimits } from '../../src/rollout/run/limits.ts';
import type { ObservedPod, Trouble } from '../../src/rollout/run/observe.ts';

export const NEW = 'edge-25.10.7';
export const OLD = 'edge-25.4.4';
export const TRUST = 'ab'.repeat(32);

export function item(name: string, changes: Partial<PlanItem> = {}): PlanItem {
  return {
    key: { namespace: 'books', kind: 'Deployment', name },
    uid: `uid-${name}`,
    apiVersion: 'apps/v1',
    resourceVersion: '100',
    templateHash: 'aa',
    method: 'restart',
    effect: { kind: 'upgrades', reason: `${OLD} to ${NEW}` },
    reasons: [{ kind: 'lag', text: '2 of 2 proxies lag behind' }],
    risks: [],
    from: { [OLD]: 2 },
    expected: { version: NEW, trustRootSha256: TRUST },
    pods: 2,
    kept: 0,
    rounds: 1,
    wave: 0,
    deadlineSeconds: 60,
    ...changes,
  };
}

/** A plan of these items with as many waves as they name, none of them a canary. */
export function plan(...items: readonly PlanItem[]): Plan {
  const last = Math.max(0, ...items.map(({ wave }) => wave));
  const waves = Array.from(
    { length: last + 1 },
    (_, index): Wave => ({
      kind: 'namespaces',
      title: `namespaces ${index + 1}`,
    }),
  );
  return {
    scopes: [{ namespace: 'books' }],
    options: {},
    items,
    waves,
    exclusions: [],
    blocked: [],
    controlPlaneVersion: NEW,
  };
}

/** Limits under which nothing holds a run back. */
export const SWIFT: RunLimits = {
  maxParallel: 1,
  perNamespace: 1,
  startsPerMinute: 10_000,
  soakSeconds: 0,
  workloadSoakSeconds: 0,
  deadlineSeconds: undefined,
  failureBudget: 0,
};

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
    createdAt: 0,
    live: true,
    restartedAt,
    ready: true,
    proxy: { version: NEW, ready: true, trustRootSha256: TRUST },
    trouble: undefined,
    restarted: undefined,
    unschedulable: false,
    waitingFor: '',
    ...changes,
  };
}

/** A ready pod from before the restart. */
export function oldPod(name: string): ObservedPod {
  return pod(name, '', { proxy: { version: OLD, ready: true, trustRootSha256: TRUST } });
}

/** What is wrong with a container, as an observed pod tells it. */
export function trouble(text: string, cause: Trouble['cause'] = 'crash-loop', container = 'app'): Trouble {
  return { cause, container, text };
}

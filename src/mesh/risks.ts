import { container as containerName } from '../data/linkerd.ts';
import type { PodDisruptionBudgetRecord, WorkloadRecord } from '../kube/records.ts';
import { rolloutText } from './rolling.ts';
import { selects } from './selectors.ts';
import { surgeOf } from './surge.ts';
import type { Version } from './version.ts';
import type { PodTally, Risk } from './view.ts';
import { count, list } from './words.ts';

export interface RiskInput {
  readonly workload: WorkloadRecord;
  readonly pods: PodTally;
  /** Budgets of the workload's namespace. */
  readonly budgets: Iterable<PodDisruptionBudgetRecord>;
  /** Live proxies that are native sidecars, and those that are not. */
  readonly shapes: { readonly native: number; readonly ordinary: number };
  /** Where a new pod would have its proxy; undefined when it would have none or nobody knows. */
  readonly native: boolean | undefined;
  /** Version of the control plane. */
  readonly controlPlane: Version;
}

/** What can go wrong when a workload is restarted now, each in words. In a fixed order. */
export function risksOf(input: RiskInput): readonly Risk[] {
  return [
    rolling(input),
    unhealthy(input),
    ...downtime(input.workload),
    noReadinessProbe(input.workload),
    spentBudget(input),
    partition(input.workload),
    sidecarMode(input),
    hostPort(input),
    gitops(input.workload),
  ].filter((risk) => risk !== undefined);
}

function rolling({ workload }: RiskInput): Risk | undefined {
  const text = rolloutText(workload);
  return text === '' ? undefined : { kind: 'rolling', text: `its rollout has not finished: ${text}` };
}

function unhealthy({ workload, pods }: RiskInput): Risk | undefined {
  const failure = workload.status.conditions.find(
    (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True',
  );
  if (failure)
    return { kind: 'unhealthy', text: `its pods cannot be created: ${failure.message || failure.reason}` };
  const notReady = pods.live - pods.ready;
  if (notReady > 0) {
    return {
      kind: 'unhealthy',
      text: `${notReady} of ${count(pods.live, 'pod')} ${notReady === 1 ? 'is' : 'are'} not ready`,
    };
  }
  if (pods.live < workload.replicas) {
    return { kind: 'unhealthy', text: `it has ${count(pods.live, 'pod')} instead of ${workload.replicas}` };
  }
  return undefined;
}

/** The ways in which a restart takes the last pod that serves. */
function downtime(workload: WorkloadRecord): readonly Risk[] {
  const { kind, replicas, strategy } = workload;
  if (strategy.type === 'Recreate') {
    return [{ kind: 'recreate', text: 'strategy Recreate: all pods stop before new ones start' }];
  }
  const { below: taken } = surgeOf(workload);
  if (replicas === 1) {
    const text =
      taken > 0
        ? 'its only pod stops before the new one starts'
        : 'it has one pod; the new one starts before the old one stops';
    return [{ kind: 'single-replica', text }];
  }
  if (kind !== 'StatefulSet' && taken >= replicas) {
    return [
      {
        kind: 'single-replica',
        text: `maxUnavailable ${strategy.maxUnavailable} lets all ${replicas} pods stop at once`,
      },
    ];
  }
  return [];
}

const linkerdContainers: ReadonlySet<string> = new Set([
  containerName.proxy,
  containerName.init,
  containerName.networkValidator,
]);

function noReadinessProbe({ template }: WorkloadRecord): Risk | undefined {
  const apps = template.containers.filter(({ name, init }) => !init && !linkerdContainers.has(name));
  if (apps.length === 0 || apps.some((container) => container.readinessProbe)) return undefined;
  return {
    kind: 'no-readiness-probe',
    text: 'no container has a readiness probe: a new pod counts as ready before it serves',
  };
}

function spentBudget({ workload, budgets }: RiskInput): Risk | undefined {
  const spent: string[] = [];
  for (const budget of budgets) {
    if (budget.disruptionsAllowed > 0 || budget.expectedPods === 0) continue;
    if (selects(budget.selector, workload.template.labels)) {
      spent.push(`${budget.name} (${budget.currentHealthy} healthy, ${budget.desiredHealthy} needed)`);
    }
  }
  if (spent.length === 0) return undefined;
  const noun = spent.length === 1 ? 'PodDisruptionBudget' : 'PodDisruptionBudgets';
  return {
    kind: 'budget-spent',
    text: `${noun} ${list(spent.sort())} allow${spent.length === 1 ? 's' : ''} no disruption now; a rolling restart does not wait for it`,
  };
}

function partition({ kind, replicas, strategy }: WorkloadRecord): Risk | undefined {
  const kept = Math.min(strategy.partition, replicas);
  if (kind !== 'StatefulSet' || kept <= 0) return undefined;
  const pods = kept === 1 ? 'pod 0 keeps its' : `pods 0 to ${kept - 1} keep their`;
  return { kind: 'partition', text: `partition ${strategy.partition}: ${pods} old proxy` };
}

function sidecarMode({ shapes, native }: RiskInput): Risk | undefined {
  if (native === true && shapes.ordinary > 0) {
    return {
      kind: 'sidecar-mode',
      text: 'the proxy becomes a native sidecar: it moves to the init containers and starts before them all',
    };
  }
  if (native === false && shapes.native > 0) {
    return {
      kind: 'sidecar-mode',
      text: 'the proxy is a native sidecar now and becomes an ordinary container',
    };
  }
  return undefined;
}

/** Control planes of 2.13.0 to 2.13.6 and 2.14.0 can lose endpoints with a hostPort when their pod is replaced. */
function hostPort({ workload, controlPlane }: RiskInput): Risk | undefined {
  if (controlPlane.kind !== 'numbered' || controlPlane.channel !== 'stable') return undefined;
  const { minor, patch, text } = controlPlane;
  const affected = (minor === 13 && patch <= 6) || (minor === 14 && patch === 0);
  if (!affected || !workload.template.containers.some((container) => container.hostPort)) return undefined;
  return {
    kind: 'host-port',
    text: `it has a hostPort, and clients under ${text} may lose its pods on a restart: upgrade the control plane first`,
  };
}

/** Tools that write workloads back to what Git says, and controllers that own them. */
function gitops({ annotations, labels, owner }: WorkloadRecord): Risk | undefined {
  const keys = [...Object.keys(annotations), ...Object.keys(labels)];
  const marked = (domain: string): boolean =>
    keys.some((key) => key.split('/', 1)[0]?.endsWith(domain) === true);
  if (owner) {
    return { kind: 'gitops', text: `owned by ${owner.kind} ${owner.name}, which may undo the restart` };
  }
  if (marked('toolkit.fluxcd.io')) {
    return { kind: 'gitops', text: 'managed by Flux, which may undo the restart' };
  }
  if (marked('argocd.argoproj.io')) {
    return { kind: 'gitops', text: 'managed by Argo CD, which may undo the restart' };
  }
  return undefined;
}

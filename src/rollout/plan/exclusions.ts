import { annotation } from '../../data/linkerd.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import type { Effect, Risk, RiskKind, WorkloadView } from '../../mesh/view.ts';
import { operandOf, resourceName } from './names.ts';
import { type Advice, operatorAdvice } from './operators.ts';

/** Names of the options, as `--include` takes them. */
export type Included = 'meshes' | 'downgrades' | 'on-delete';

const PROGRAM = 'kubectl linkerd-upgrade';

/** What the restart of a workload is judged by. */
export interface Subject {
  readonly view: WorkloadView;
  readonly record: WorkloadRecord | undefined;
  /** The pods of a workload whose pods have to be deleted by hand, in order of name. */
  readonly podNames: () => readonly string[];
}

/** Why a workload of a namespace that is never restarted stays as it is; undefined for all others. */
export function neverRestarted({ role, namespace }: WorkloadView): Advice | undefined {
  switch (role) {
    case 'control-plane':
      return plain(
        "the control plane's own proxies come with its next upgrade by helm or the CLI, not with a restart",
      );
    case 'system':
      return plain(`${namespace} is never restarted by this program`);
    default:
      return undefined;
  }
}

/** Why a workload with this effect is not restarted unasked, and what to type. */
export function adviceFor(subject: Subject): Advice {
  const { view, record } = subject;
  const { effect } = view;
  switch (effect.kind) {
    case 'pinned':
      return { reason: effect.reason, command: `${PROGRAM} unpin ${pinnedAt(subject)}` };
    case 'static':
      return { reason: effect.reason, command: injectAgain(view) };
    case 'unsupported':
      return record ? obstacle(subject, record) : foreignKind(subject);
    default:
      return plain(effect.reason);
  }
}

/**
 * Why a workload is not restarted before that is asked for.
 * @param missing the option that was not given
 * @param needed all that it takes
 */
export function onlyIncluded(
  view: WorkloadView,
  effect: Effect,
  missing: Included,
  needed: readonly Included[],
): Advice {
  const options = needed.map((option) => `--include ${option}`).join(' ');
  return {
    reason: `${effect.reason}; ${asked[missing]}`,
    command: `${PROGRAM} restart ${operandOf(view)} ${options}`,
  };
}

const asked: Readonly<Record<Included, string>> = {
  meshes: 'pods join the mesh only when that is asked for',
  downgrades: 'an older proxy is given only when that is asked for',
  'on-delete': 'under OnDelete its pods are evicted one by one, and only when that is asked for',
};

/** Conditions under which a restart is left for later; they usually pass by themselves. */
export const postponing: ReadonlySet<RiskKind> = new Set<RiskKind>(['unhealthy', 'rolling']);

/** Why a workload in such a condition is left for later, and how to look at it. */
export function postponed(view: WorkloadView, { kind, text }: Risk): Advice {
  const where = `${resourceName(view)} -n ${view.namespace}`;
  if (kind !== 'rolling') {
    return {
      reason: `${text}; a restart could take its last healthy pods`,
      command: `kubectl describe ${where}`,
    };
  }
  const status =
    view.kind === 'Rollout'
      ? `kubectl argo rollouts status ${view.name} -n ${view.namespace}`
      : `kubectl rollout status ${where}`;
  return { reason: `${text}; wait until that rollout has finished`, command: status };
}

/** Why a workload that an operator's custom resource controls is left to that operator; undefined without one. */
export function controlledBy({ owner, namespace, labels }: WorkloadRecord): Advice | undefined {
  return owner && operatorAdvice({ ...owner, namespace, labels });
}

function plain(reason: string): Advice {
  return { reason, command: '' };
}

function pinnedAt({ view, record }: Subject): string {
  const onTemplate = record?.template.annotations[annotation.pinnedProxyVersion] !== undefined;
  return onTemplate ? operandOf(view) : view.namespace;
}

/** `linkerd inject` leaves a manifest alone that has the proxy, so that one is taken out first. */
function injectAgain(view: WorkloadView): string {
  return `kubectl get ${resourceName(view)} -n ${view.namespace} -o yaml | linkerd uninject - | linkerd inject --manual - | kubectl apply -f -`;
}

/** A workload of a kind that can be restarted, but not as it stands. */
function obstacle({ view }: Subject, record: WorkloadRecord): Advice {
  const { effect } = view;
  const where = `${resourceName(view)} -n ${view.namespace}`;
  if (record.templateOf) {
    return {
      reason: `its template stands in ${record.templateOf}, so what its pods would get cannot be told`,
      command: `kubectl argo rollouts restart ${view.name} -n ${view.namespace}`,
    };
  }
  if (record.deletedAt > 0 || record.replicas === 0) return plain(effect.reason);
  if (record.paused) {
    return record.kind === 'Rollout'
      ? {
          reason: 'it is paused between two steps of its rollout',
          command: `kubectl argo rollouts promote ${view.name} -n ${view.namespace}`,
        }
      : {
          reason: 'it is paused, and a paused Deployment makes no new pods',
          command: `kubectl rollout resume ${where}`,
        };
  }
  const { partition } = record.strategy;
  if (record.kind === 'StatefulSet' && partition >= record.replicas) {
    return {
      reason: `${effect.reason}; a lower partition also lets through whatever update it holds back`,
      command: `kubectl patch ${where} -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'`,
    };
  }
  return plain(effect.reason);
}

/** A kind that nothing restarts, or that only its own controller does. */
function foreignKind({ view, podNames }: Subject): Advice {
  const { kind, namespace, name, apiVersion, effect } = view;
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
      return plain(effect.reason);
    case 'Job':
      return plain('a Job is never restarted: it ends with the proxy it has');
    case 'CronJob':
      return plain('a CronJob is not restarted: its next run picks the new proxy up');
    case 'Pod':
      return plain('a bare pod cannot be restarted: delete it and create it again from its manifest');
    case 'Node':
      return plain(effect.reason);
    case 'ReplicaSet':
    case 'ReplicationController': {
      const [pod] = podNames();
      return {
        reason: `a ${kind} without a Deployment cannot be restarted: delete its pods one by one`,
        command: pod === undefined ? '' : `kubectl delete pod/${pod} -n ${namespace}`,
      };
    }
    default:
      return operatorAdvice({ apiVersion, kind, name, namespace, labels: {} });
  }
}

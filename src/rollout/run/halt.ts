import { container as containerName } from '../../data/linkerd.ts';
import { count } from '../../mesh/words.ts';
import { fullName, operandOf, resourceName } from '../plan/names.ts';
import type { PlanItem } from '../plan/plan.ts';
import { resumeCommand } from '../resume-command.ts';
import type { WorkloadObservation } from './observe.ts';
import type { Failure } from './proof.ts';
import type { FailureCause, Halt, Run } from './run.ts';

/** Details shown of pods that wait. */
const MAX_DETAILS = 5;

/** Causes after which an older proxy may be what helps. */
const mayBeTheProxy: ReadonlySet<FailureCause> = new Set<FailureCause>([
  'crash-loop',
  'deadline',
  'image-pull',
]);

/** The diagnosis of a workload that failed: what happened, what still serves, what to type next. */
export function workloadHalt(
  run: Run,
  scope: Halt['scope'],
  item: PlanItem,
  failure: Failure,
  seen: WorkloadObservation | undefined,
  at: number,
): Halt {
  return {
    at,
    scope,
    cause: failure.cause,
    workload: item.key,
    pod: failure.pod,
    container: failure.container,
    reason: failure.reason,
    details: seen ? detailsOf(item, failure, seen) : [],
    serving: seen ? servingText(seen) : '',
    nextSteps: [...commandsFor(item, failure), resumeCommand(run.id)],
  };
}

/** The diagnosis of a run that stops for a reason outside its workloads. `reasons`: the gravest first. */
export function runHalt(
  run: Run,
  scope: Halt['scope'],
  cause: FailureCause,
  reasons: readonly string[],
  at: number,
): Halt {
  const [reason = 'the control plane is not in a state to inject proxies', ...details] = reasons;
  const looks = cause === 'control-plane' || cause === 'injector' || cause === 'preflight';
  const nextSteps = looks ? ['linkerd check', resumeCommand(run.id)] : [resumeCommand(run.id)];
  return {
    at,
    scope,
    cause,
    workload: undefined,
    pod: '',
    container: '',
    reason,
    details,
    serving: '',
    nextSteps,
  };
}

function detailsOf(item: PlanItem, { cause, reason, pod }: Failure, { pods }: WorkloadObservation): string[] {
  const waiting = pods
    .filter(({ live, waitingFor }) => live && waitingFor !== '' && !reason.includes(waitingFor))
    .map(({ waitingFor }) => waitingFor)
    .slice(0, MAX_DETAILS);
  const details = [...waiting];
  if (item.key.kind === 'StatefulSet' && pod !== '' && (cause === 'deadline' || cause === 'unschedulable')) {
    // Kubernetes documentation, "Forced rollback": with OrderedReady, mending the template alone does not help.
    details.push(
      `the StatefulSet waits for pod ${pod}; once the cause is mended that pod may have to be deleted by hand`,
    );
  }
  if (mayBeTheProxy.has(cause)) {
    details.push(
      'kubectl rollout undo does not bring the old proxy back: the injector adds the proxy when a pod is created',
    );
  }
  return details;
}

/** `2 of 3 wanted pods are ready and serving`. */
function servingText({ workload, pods }: WorkloadObservation): string {
  const live = pods.filter((pod) => pod.live);
  const ready = live.filter((pod) => pod.ready).length;
  const wanted = workload?.replicas ?? live.length;
  return `${ready} of ${wanted} wanted ${wanted === 1 ? 'pod is' : 'pods are'} ready and serving`;
}

function commandsFor(item: PlanItem, { cause, pod, container }: Failure): string[] {
  const { namespace } = item.key;
  const workload = resourceName(item.key);
  const kubectl = `kubectl -n ${namespace}`;
  const commands = [`${kubectl} describe ${pod === '' ? workload : `pod/${pod}`}`];
  switch (cause) {
    case 'crash-loop': {
      const which = container === '' ? '--all-containers' : `-c ${container}`;
      commands.unshift(`${kubectl} logs ${pod} ${which} --previous`);
      break;
    }
    case 'deadline':
      if (pod !== '') {
        commands.push(`${kubectl} logs ${pod} -c ${containerName.proxy}`);
        commands.push(`linkerd check --proxy -n ${namespace}`);
      }
      break;
    case 'rejected':
      commands.push(`${kubectl} describe resourcequota`, `${kubectl} get events --sort-by=.lastTimestamp`);
      break;
    case 'unschedulable':
      commands.push('kubectl get nodes');
      break;
    case 'no-proxy':
    case 'injector':
      commands.push('linkerd check');
      break;
    case 'interference':
    case 'changed':
      commands.unshift(`${kubectl} get ${workload} -o yaml --show-managed-fields`);
      break;
  }
  const old = commonest(item.from);
  if (mayBeTheProxy.has(cause) && old !== '' && old !== item.expected.version) {
    commands.push(`kubectl linkerd-upgrade pin ${operandOf(item.key)} --proxy-version ${old}`);
  }
  return commands;
}

/** The version that most of the proxies ran before; '' when none is known. */
function commonest(from: PlanItem['from']): string {
  const [most] = Object.entries(from)
    .filter(([version]) => /^[\w.-]+$/.test(version))
    .sort(([, a], [, b]) => b - a);
  return most?.[0] ?? '';
}

/** How another failure is told on the card of the first. */
export function alsoFailed({ key }: PlanItem, reason: string): string {
  return `${fullName(key)} failed, too: ${reason}`;
}

/** `3 workloads failed, which is more than the failure budget of 2`. */
export function budgetText(failed: number, budget: number): string {
  return `${count(failed, 'workload')} failed, which is more than the failure budget of ${budget}`;
}

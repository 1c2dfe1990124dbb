import { arrayAt, at, numberAt, stringAt } from '../json.ts';
import type { KubeObject } from '../types.ts';

/** What `kubectl get pods` shows of a pod's containers. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
  /** When a container last ended before it was restarted, in milliseconds since the epoch; undefined if never. */
  readonly lastRestart: number | undefined;
}

/** Source: kubernetes `pkg/printers/internalversion/printers.go`, printPod. */
export function summarizePod(pod: KubeObject): PodSummary {
  const statuses = arrayAt(pod, 'status', 'containerStatuses');
  const initSpecs = arrayAt(pod, 'spec', 'initContainers');
  const initStatuses = arrayAt(pod, 'status', 'initContainerStatuses');
  const sidecars = new Set(initSpecs.filter(restartsAlways).map((spec) => stringAt(spec, 'name')));
  const sidecarStatuses = initStatuses.filter((status) => sidecars.has(stringAt(status, 'name')));
  const counted = [...statuses, ...sidecarStatuses];
  const initializing = initReason(pod, initStatuses, sidecars, initSpecs.length);
  const restarting = initializing === undefined ? counted : initStatuses;
  return {
    ready: counted.filter((status) => at(status, 'ready') === true && isRunning(status)).length,
    total: arrayAt(pod, 'spec', 'containers').length + sidecars.size,
    status: terminating(pod, initializing ?? containerReason(pod, statuses)),
    restarts: restarting.reduce<number>((sum, status) => sum + numberAt(status, 'restartCount'), 0),
    lastRestart: lastRestart(restarting),
  };
}

function lastRestart(statuses: readonly unknown[]): number | undefined {
  const ends = statuses
    .map((status) => Date.parse(stringAt(status, 'lastState', 'terminated', 'finishedAt')))
    .filter((time) => !Number.isNaN(time));
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function restartsAlways(spec: unknown): boolean {
  return stringAt(spec, 'restartPolicy') === 'Always';
}

function isRunning(status: unknown): boolean {
  return at(status, 'state', 'running') !== undefined;
}

function phaseOrReason(pod: KubeObject): string {
  return stringAt(pod, 'status', 'reason') || stringAt(pod, 'status', 'phase');
}

/** `Init:…` while an init container is not done; undefined once all are, or all that matter are up. */
function initReason(
  pod: KubeObject,
  statuses: readonly unknown[],
  sidecars: ReadonlySet<string>,
  total: number,
): string | undefined {
  for (const [index, status] of statuses.entries()) {
    const terminated = at(status, 'state', 'terminated');
    if (terminated !== undefined && numberAt(terminated, 'exitCode') === 0) continue;
    if (sidecars.has(stringAt(status, 'name')) && at(status, 'started') === true) continue;
    if (terminated !== undefined) return `Init:${terminatedReason(terminated)}`;
    const waiting = stringAt(status, 'state', 'waiting', 'reason');
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return stringAt(pod, 'status', 'phase') === 'Pending' ? `Init:${index}/${total}` : undefined;
  }
  return undefined;
}

function terminatedReason(terminated: unknown): string {
  const reason = stringAt(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = numberAt(terminated, 'signal');
  return signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode')}` : `Signal:${signal}`;
}

function containerReason(pod: KubeObject, statuses: readonly unknown[]): string {
  let reason = phaseOrReason(pod);
  let running = false;
  for (const status of [...statuses].reverse()) {
    const waiting = stringAt(status, 'state', 'waiting', 'reason');
    const terminated = at(status, 'state', 'terminated');
    if (waiting !== '') reason = waiting;
    else if (terminated !== undefined) reason = terminatedReason(terminated);
    else if (at(status, 'ready') === true && isRunning(status)) running = true;
  }
  if (reason === 'Completed' && running) return isReady(pod) ? 'Running' : 'NotReady';
  return reason;
}

function isReady(pod: KubeObject): boolean {
  return arrayAt(pod, 'status', 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Ready' && stringAt(condition, 'status') === 'True',
  );
}

function terminating(pod: KubeObject, reason: string): string {
  if (at(pod, 'metadata', 'deletionTimestamp') === undefined) return reason;
  if (stringAt(pod, 'status', 'reason') === 'NodeLost') return 'Unknown';
  const phase = stringAt(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed' ? reason : 'Terminating';
}

import { equal } from '../../json.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import {
  type Condition,
  isKind,
  type Job,
  type JobStatus,
  nonZero,
  type Pod,
  timestamp,
} from '../objects.ts';
import { isActive, isReady, podFrom } from '../pods.ts';
import { type Controller, type Key, keyOf } from './manager.ts';
import { createFor, plainWords } from './pod-creation.ts';
import { keysOfController } from './replica-set.ts';

const COMPONENT = 'job-controller';
const DEFAULT_BACKOFF_LIMIT = 6;
const RETRY_MS = 5_000;

/** Runs a Job's pods until enough of them have succeeded. Source: kubernetes `pkg/controller/job/job_controller.go`. */
export class JobController implements Controller {
  readonly name = COMPONENT;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, type }: StoreEvent): readonly Key[] {
    if (isKind(object, 'Job')) return type === 'DELETED' ? [] : [keyOf(object)];
    return isKind(object, 'Pod') ? keysOfController(object, 'Job') : [];
  }

  sync(namespace: string, name: string): number | undefined {
    const job = this.#cluster.get('Job', namespace, name);
    if (job === undefined || job.metadata.deletionTimestamp !== undefined || isFinishedJob(job)) {
      return undefined;
    }
    const pods = this.#cluster.owned(job.metadata.uid, 'Pod');
    const status = jobStatus(job, pods, this.#cluster.clock.now());
    const ends = status.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed');
    const refused = ends === undefined && !this.#fill(job, status);
    if (!equal(status, job.status)) this.#cluster.update('Job', { ...job, status });
    if (ends !== undefined) this.#announce(job, ends);
    return refused ? RETRY_MS : undefined;
  }

  /** Starts the pods that are missing. Returns false when one was refused. */
  #fill(job: Job, { active = 0, succeeded = 0 }: JobStatus): boolean {
    if (job.spec.suspend === true) return true;
    const { parallelism = 1, completions = parallelism } = job.spec;
    const wanted = Math.min(parallelism, completions - succeeded);
    for (let missing = wanted - active; missing > 0; missing -= 1) {
      if (!this.#create(job)) return false;
    }
    return true;
  }

  #create(job: Job): boolean {
    const generateName = `${job.metadata.name}-`;
    const name = generateName + this.#cluster.random.suffix();
    const labels = jobLabels(job.metadata.name, job.metadata.uid ?? '');
    const pod = podFrom(job, job.spec.template, { name, generateName, labels }, this.#cluster.clock.now());
    return createFor(this.#cluster, COMPONENT, job, pod, plainWords(name)) === undefined;
  }

  #announce(job: Job, { type, reason = '', message = '' }: Condition): void {
    if (type === 'Complete') {
      this.#cluster.events.record(COMPONENT, job, 'Normal', 'Completed', 'Job completed');
    } else this.#cluster.events.record(COMPONENT, job, 'Warning', reason, message);
  }
}

function jobStatus(job: Job, pods: readonly Pod[], now: number): JobStatus {
  const active = pods.filter(isActive);
  const succeeded = pods.filter((pod) => pod.status?.phase === 'Succeeded').length;
  const failed = pods.filter((pod) => pod.status?.phase === 'Failed').length;
  const end = endOf(job, succeeded, failed, timestamp(now));
  return {
    ...(end === undefined ? {} : { conditions: [end] }),
    startTime: job.status?.startTime ?? timestamp(now),
    ...(end?.type === 'Complete' ? { completionTime: timestamp(now) } : {}),
    ...nonZero({ active: active.length, succeeded, failed }),
    uncountedTerminatedPods: {},
    ready: active.filter(isReady).length,
  };
}

function endOf(job: Job, succeeded: number, failed: number, time: string): Condition | undefined {
  const since = { status: 'True', lastProbeTime: time, lastTransitionTime: time };
  if (succeeded >= (job.spec.completions ?? job.spec.parallelism ?? 1)) return { type: 'Complete', ...since };
  if (failed <= (job.spec.backoffLimit ?? DEFAULT_BACKOFF_LIMIT)) return undefined;
  const reason = 'BackoffLimitExceeded';
  return { type: 'Failed', ...since, reason, message: 'Job has reached the specified backoff limit' };
}

/** Whether the Job has completed or failed for good. */
export function isFinishedJob(job: Job): boolean {
  return job.status?.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed') ?? false;
}

/** Labels by which a Job's pods are known. */
function jobLabels(name: string, uid: string): Record<string, string> {
  return {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
}

import { equal } from '../../json.ts';
import type { StoreEvent } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import { type CronJob, controllerOf, isKind, type Job, referenceTo, timestamp } from '../objects.ts';
import { isFinishedJob } from './job.ts';
import { type Controller, type Key, keyOf } from './manager.ts';
import { nextTime } from './schedule.ts';

const COMPONENT = 'cronjob-controller';
const DEFAULT_SUCCESSFUL = 3;
const DEFAULT_FAILED = 1;

/**
 * Starts a Job at each time of the schedule and keeps the last few. Missed times are not made up for.
 * Source: kubernetes `pkg/controller/cronjob/cronjob_controllerv2.go`.
 */
export class CronJobController implements Controller {
  readonly name = COMPONENT;
  readonly #cluster: Cluster;
  /** When each CronJob, by uid, is to start its next Job. */
  readonly #due = new Map<string, { readonly schedule: string; readonly time: number }>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  affected({ object, type }: StoreEvent): readonly Key[] {
    if (isKind(object, 'CronJob')) {
      if (type === 'DELETED') this.#due.delete(object.metadata.uid ?? '');
      return type === 'DELETED' ? [] : [keyOf(object)];
    }
    const owner = isKind(object, 'Job') ? controllerOf(object) : undefined;
    return owner?.kind === 'CronJob' ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
  }

  sync(namespace: string, name: string): number | undefined {
    const cron = this.#cluster.get('CronJob', namespace, name);
    if (cron === undefined || cron.metadata.deletionTimestamp !== undefined) return undefined;
    const now = this.#cluster.clock.now();
    const due = this.#dueTime(cron, now);
    const fires = due !== undefined && due <= now && cron.spec.suspend !== true;
    if (fires) this.#start(cron, due);
    const jobs = this.#cluster.owned(cron.metadata.uid, 'Job');
    this.#dropHistory(cron, jobs);
    this.#writeStatus(cron, jobs, fires ? timestamp(due) : cron.status?.lastScheduleTime);
    const next = this.#dueTime(cron, now);
    return next === undefined ? undefined : Math.max(0, next - now);
  }

  #dueTime(cron: CronJob, now: number): number | undefined {
    const uid = cron.metadata.uid ?? '';
    const known = this.#due.get(uid);
    if (known?.schedule === cron.spec.schedule) return known.time;
    const time = nextTime(cron.spec.schedule, now);
    if (time !== undefined) this.#due.set(uid, { schedule: cron.spec.schedule, time });
    return time;
  }

  #start(cron: CronJob, due: number): void {
    const next = nextTime(cron.spec.schedule, this.#cluster.clock.now());
    const uid = cron.metadata.uid ?? '';
    if (next === undefined) this.#due.delete(uid);
    else this.#due.set(uid, { schedule: cron.spec.schedule, time: next });
    const busy = this.#cluster.owned(cron.metadata.uid, 'Job').some((job) => !isFinishedJob(job));
    if (busy && cron.spec.concurrencyPolicy === 'Forbid') return;
    const name = `${cron.metadata.name}-${Math.floor(due / 60_000)}`;
    const { metadata = {}, spec } = cron.spec.jobTemplate;
    this.#cluster.create('Job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name,
        namespace: cron.metadata.namespace ?? '',
        labels: metadata.labels ?? {},
        annotations: {
          ...metadata.annotations,
          'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due),
        },
        ownerReferences: [referenceTo(cron)],
      },
      spec,
      status: {},
    });
    this.#cluster.events.record(COMPONENT, cron, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
  }

  #writeStatus(cron: CronJob, jobs: readonly Job[], lastScheduleTime: string | undefined): void {
    const active = jobs.filter((job) => !isFinishedJob(job));
    const completions = jobs.flatMap((job) => job.status?.completionTime ?? []).sort();
    const lastSuccessfulTime = completions.at(-1);
    const status = {
      ...(active.length === 0 ? {} : { active: active.map(activeReference) }),
      ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }),
      ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
    };
    if (!equal(status, cron.status ?? {})) this.#cluster.update('CronJob', { ...cron, status });
  }

  #dropHistory(cron: CronJob, jobs: readonly Job[]): void {
    const { successfulJobsHistoryLimit = DEFAULT_SUCCESSFUL, failedJobsHistoryLimit = DEFAULT_FAILED } =
      cron.spec;
    const finished = jobs.filter(isFinishedJob);
    const failed = finished.filter((job) => job.status?.conditions?.some(({ type }) => type === 'Failed'));
    const succeeded = finished.filter((job) => !failed.includes(job));
    const surplus = [
      ...oldest(succeeded, successfulJobsHistoryLimit),
      ...oldest(failed, failedJobsHistoryLimit),
    ];
    for (const { metadata } of surplus) this.#cluster.remove('Job', metadata.namespace ?? '', metadata.name);
  }
}

/** All but the newest `kept`. */
function oldest(jobs: readonly Job[], kept: number): readonly Job[] {
  return jobs.slice(0, Math.max(0, jobs.length - kept));
}

function activeReference(job: Job) {
  const { namespace = '', name, uid = '' } = job.metadata;
  return { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1' };
}

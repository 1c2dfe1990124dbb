import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { LockHolder } from '../../rollout/lock/lock.ts';
import type { RunLimits } from '../../rollout/run/limits.ts';
import type { LockState, PhaseName, Run } from '../../rollout/run/run.ts';
import { stepCounts } from '../state/run-facts.ts';
import type { Role } from '../theme/theme.ts';
import { count, duration, figure } from './words.ts';

/** `3 at a time, 1 a namespace, 60 pod starts a minute, soak 60s, 0 failures`: one line of 80 columns. */
export function limitsText(limits: RunLimits): string {
  const { maxParallel, perNamespace, startsPerMinute, soakSeconds, deadlineSeconds, failureBudget } = limits;
  return [
    `${figure(maxParallel)} at a time`,
    ...(perNamespace < maxParallel ? [`${figure(perNamespace)} a namespace`] : []),
    `${count(startsPerMinute, 'pod start')} a minute`,
    soakSeconds === 0 ? 'no soak' : `soak ${duration(soakSeconds)}`,
    ...(deadlineSeconds === undefined ? [] : [`deadline ${duration(deadlineSeconds)}`]),
    count(failureBudget, 'failure'),
  ].join(', ');
}

/** Pods that a StatefulSet's partition leaves out: `1 pod keeps the old proxy: the partition holds it back`. */
export function keptText(kept: number): string {
  return kept === 1
    ? '1 pod keeps the old proxy: the partition holds it back'
    : `${figure(kept)} pods keep the old proxy: the partition holds them back`;
}

/** Who holds the lock, of which run, since when, and whether it still does. */
export function holderText(
  { holder, run, acquiredAt, unchangedSeconds, stale }: LockHolder,
  now: number,
): string {
  const who = holder.endsWith(`/${run}`) ? holder.slice(0, -run.length - 1) : holder;
  const renewed = `last renewed ${duration(unchangedSeconds)} ago`;
  const life = stale ? `${renewed}, so it is probably gone` : `${renewed}, so it may well be alive`;
  return `${who || 'Somebody'} holds the lock of this cluster for run ${run}, taken ${duration(now - acquiredAt)} ago, ${life}.`;
}

/** `lock held`, with how much that matters. */
export const lockWords: Readonly<Record<LockState, { readonly text: string; readonly role: Role }>> = {
  held: { text: 'lock held', role: 'muted' },
  none: { text: 'without a lock', role: 'caution' },
  lost: { text: 'lock lost', role: 'danger' },
};

/** A phase in a word or two. */
export const phaseWords: Readonly<Record<PhaseName, { readonly text: string; readonly role: Role }>> = {
  preflight: { text: 'checking', role: 'info' },
  running: { text: 'running', role: 'info' },
  soaking: { text: 'soaking', role: 'info' },
  paused: { text: 'paused', role: 'caution' },
  halted: { text: 'halted', role: 'danger' },
  aborting: { text: 'ending', role: 'caution' },
  aborted: { text: 'aborted', role: 'caution' },
  done: { text: 'done', role: 'good' },
};

/** What the run waits for as a whole, in a sentence; '' when for nothing but its steps. */
export function phaseSentence({ phase }: Run, watched: number, now: number): string {
  const watching = watched === 0 ? '' : ` ${count(watched, 'workload is', 'workloads are')} still watched.`;
  switch (phase.phase) {
    case 'preflight': {
      const again = phase.retryAt > now ? ` Next look in ${duration(phase.retryAt - now)}.` : '';
      return phase.waitingFor === ''
        ? 'Looking at everything that must hold before the wave.'
        : `Before the wave: ${phase.waitingFor.replace(/\.$/, '')}.${again}`;
    }
    case 'soaking':
      return `The wave is over and watched for another ${duration(phase.until - now)}; c goes on at once.`;
    case 'paused':
      return `Nothing new is started; c goes on.${watching}`;
    case 'halted':
      return `Nothing is patched any more.${watching}`;
    case 'aborting':
      return `Nothing new is started any more.${watching}`;
    default:
      return '';
  }
}

/** When the last line of its journal was written, in seconds since the epoch. */
export function leftAt({ header, history }: RecordedRun): number {
  return history.at(-1)?.at ?? header.at;
}

/** Where an unfinished run stands: `5 of 12 workloads restarted, 1 failed`. */
export function unfinishedText(recorded: Pick<RecordedRun, 'steps'>): string {
  const { done, partial, failed } = stepCounts(recorded);
  const restarted = `${done + partial} of ${count(recorded.steps.length, 'workload')} restarted`;
  return failed === 0 ? restarted : `${restarted}, ${failed} failed`;
}

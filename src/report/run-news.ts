import type { WorkloadKey } from '../mesh/view.ts';
import { count } from '../mesh/words.ts';
import type { FailureCause, Halt, LockState, Run, RunPhase, Step, StepState } from '../rollout/run/run.ts';
import { nameOf } from './plan-table.ts';
import { timestamp } from './spans.ts';

/** Which wave of how many, counted from 1. */
interface WaveName {
  readonly wave: number;
  readonly waves: number;
  readonly title: string;
}

/** A phase that a run has entered, or that goes on for another reason. Times are RFC 3339. */
export type PhaseNews = { readonly type: 'phase'; readonly run: string } & (
  | (WaveName & { readonly phase: 'preflight'; readonly waitingFor: string })
  | (WaveName & { readonly phase: 'running'; readonly workloads: number; readonly waitingFor: string })
  | (WaveName & { readonly phase: 'soaking'; readonly until: string; readonly seconds: number })
  | (WaveName & { readonly phase: 'paused' | 'aborting' })
  | (WaveName & { readonly phase: 'halted'; readonly halt: HaltNews })
  | { readonly phase: 'aborted' | 'done' }
);

/** The diagnosis; `workload` is null where no single one is to blame. */
export type HaltNews = Omit<Halt, 'at' | 'workload'> & { readonly workload: WorkloadKey | null };

/** A workload that has moved on. `step` counts from 1 in the order of the plan. */
export type WorkloadNews = WorkloadKey & {
  readonly type: 'workload';
  readonly run: string;
  readonly step: number;
  readonly steps: number;
} & (
    | { readonly state: 'queued'; readonly waitingFor: string }
    | { readonly state: 'patching' }
    | {
        readonly state: 'rolling';
        readonly proven: number;
        readonly wanted: number;
        readonly old: number;
        readonly waitingFor: string;
      }
    | { readonly state: 'soaking'; readonly pods: number; readonly until: string }
    | { readonly state: 'done'; readonly pods: number; readonly seconds: number }
    | { readonly state: 'partial'; readonly pods: number; readonly kept: number; readonly seconds: number }
    | { readonly state: 'dropped' | 'skipped'; readonly reason: string }
    | { readonly state: 'failed'; readonly cause: FailureCause; readonly reason: string }
  );

/** Something that happened to a run, as one line of `restart -o json`; docs/schema/run-event.v1.json. */
export type RunNews =
  | PhaseNews
  | WorkloadNews
  | { readonly type: 'pace'; readonly run: string; readonly startsPerMinute: number }
  | { readonly type: 'lock'; readonly run: string; readonly lock: LockState }
  | { readonly type: 'warning'; readonly run: string; readonly text: string };

/** What happened to a run since it was `before`; of a run that was not seen before, the phase it is in. */
export function runNews(before: Run | undefined, after: Run): readonly RunNews[] {
  const run = after.id;
  const warnings = after.warnings.filter((text) => !before?.warnings.includes(text));
  return [
    ...warnings.map((text) => ({ type: 'warning', run, text }) as const),
    ...(before && before.lock !== after.lock ? [{ type: 'lock', run, lock: after.lock } as const] : []),
    ...(before && before.startsPerMinute !== after.startsPerMinute
      ? [{ type: 'pace', run, startsPerMinute: after.startsPerMinute } as const]
      : []),
    ...(before
      ? after.steps.flatMap((step, index) => stepNews(before.steps[index], step, index, after))
      : []),
    ...(before && isSamePhase(before.phase, after.phase) ? [] : [phaseNews(after)]),
  ];
}

function isSamePhase(before: RunPhase, after: RunPhase): boolean {
  if (before === after) {
    return true;
  }
  if (before.phase === 'preflight' && after.phase === 'preflight') {
    return before.wave === after.wave && before.waitingFor === after.waitingFor;
  }
  if (before.phase === 'running' && after.phase === 'running') {
    return before.wave === after.wave && (before.waitingFor ?? '') === (after.waitingFor ?? '');
  }
  if (before.phase === 'halted' && after.phase === 'halted') {
    return before.halt === after.halt;
  }
  return before.phase === after.phase && waveOf(before) === waveOf(after);
}

function waveOf(phase: RunPhase): number {
  return 'wave' in phase ? phase.wave : -1;
}

function phaseNews({ id, phase, plan, steps }: Run): PhaseNews {
  const base = { type: 'phase', run: id } as const;
  if (phase.phase === 'aborted' || phase.phase === 'done') {
    return { ...base, phase: phase.phase };
  }
  const { wave } = phase;
  const named = {
    ...base,
    wave: wave + 1,
    waves: plan.waves.length,
    title: plan.waves[wave]?.title ?? '',
  };
  switch (phase.phase) {
    case 'preflight':
      return { ...named, phase: 'preflight', waitingFor: phase.waitingFor };
    case 'running': {
      const workloads = steps.filter(({ item, status }) => item.wave === wave && !isOver(status)).length;
      return { ...named, phase: 'running', workloads, waitingFor: phase.waitingFor ?? '' };
    }
    case 'soaking': {
      const seconds = Math.round(phase.until - phase.since);
      return { ...named, phase: 'soaking', until: timestamp(phase.until), seconds };
    }
    case 'halted': {
      const { at: _at, workload = null, ...halt } = phase.halt;
      return { ...named, phase: 'halted', halt: { ...halt, workload } };
    }
    default:
      return { ...named, phase: phase.phase };
  }
}

function stepNews(
  before: Step | undefined,
  { item, status }: Step,
  index: number,
  { id, steps }: Run,
): readonly WorkloadNews[] {
  const earlier = before?.status;
  if (earlier === status || !isNews(earlier, status)) {
    return [];
  }
  const base = { type: 'workload', run: id, step: index + 1, steps: steps.length, ...item.key } as const;
  switch (status.state) {
    case 'queued':
      return [{ ...base, state: 'queued', waitingFor: status.waitingFor ?? '' }];
    case 'patching':
      return [{ ...base, state: 'patching' }];
    case 'rolling':
      return [{ ...base, state: 'rolling', ...status.progress }];
    case 'soaking':
      return [{ ...base, state: 'soaking', pods: status.pods, until: timestamp(status.until) }];
    case 'done':
      return [{ ...base, state: 'done', pods: status.pods, seconds: took(status) }];
    case 'partial': {
      const { pods, kept } = status;
      return [{ ...base, state: 'partial', pods, kept, seconds: took(status) }];
    }
    case 'dropped':
    case 'skipped':
      return [{ ...base, state: status.state, reason: status.reason }];
    case 'failed':
      return [{ ...base, state: 'failed', cause: status.cause, reason: status.reason }];
  }
}

/** Whether a step has moved on in a way that somebody who watches wants to know. */
function isNews(before: StepState | undefined, after: StepState): boolean {
  if (after.state === 'queued') {
    const waited = before?.state === 'queued' ? before.waitingFor : undefined;
    return before?.state === 'queued' ? (after.waitingFor ?? '') !== (waited ?? '') : before !== undefined;
  }
  if (after.state === 'rolling' && before?.state === 'rolling') {
    const [was, is] = [before.progress, after.progress];
    return (
      was.proven !== is.proven ||
      was.wanted !== is.wanted ||
      was.old !== is.old ||
      was.waitingFor !== is.waitingFor
    );
  }
  return before?.state !== after.state;
}

/** True for a step that nothing happens to any more unless the operator says so. */
function isOver({ state }: StepState): boolean {
  return !['queued', 'patching', 'rolling', 'soaking'].includes(state);
}

function took({ since, at }: { readonly since: number; readonly at: number }): number {
  return Math.round(at - since);
}

/**
 * What happened to a run since it was `before`, in lines of text. Steps of small progress are passed over.
 * @param told warnings that need not be told again
 */
export function runNewsLines(
  before: Run | undefined,
  after: Run,
  told: ReadonlySet<string> = new Set(),
): readonly string[] {
  return runNews(before, after)
    .filter((news) => news.type !== 'warning' || !told.has(news.text))
    .flatMap((news) => newsLine(news, before));
}

/** What a run in which nothing moves is waiting for, in lines: a long silence would look as if it hung. */
export function waitingLines(run: Run): readonly string[] {
  const { phase, steps } = run;
  const isHeldUp = phase.phase === 'running' && (phase.waitingFor ?? '') !== '';
  const wave = isHeldUp ? newsLine(phaseNews(run), undefined) : [];
  const workloads = steps.flatMap(({ item, status }, index) => {
    const text = waitingText(status);
    return text === '' ? [] : [`${index + 1}/${steps.length} ${nameOf(item.key)}: ${text}`];
  });
  return [...wave, ...workloads];
}

function waitingText(status: StepState): string {
  if (status.state === 'queued') {
    return status.waitingFor ? `waiting: ${status.waitingFor}` : '';
  }
  if (status.state !== 'rolling') {
    return '';
  }
  const { proven, wanted, waitingFor } = status.progress;
  return `${proven} of ${count(wanted, 'pod')} proven${waitingFor === '' ? '' : `, waiting for ${waitingFor}`}`;
}

function newsLine(news: RunNews, before: Run | undefined): readonly string[] {
  switch (news.type) {
    case 'phase':
      return phaseLine(news, before?.phase);
    case 'workload':
      return workloadLine(news, before?.steps[news.step - 1]?.status);
    case 'pace':
      return [`Pace: up to ${count(news.startsPerMinute, 'pod start')} a minute`];
    case 'lock':
      return news.lock === 'lost' ? ['The lock of the run is lost'] : [];
    case 'warning':
      return [`Warning: ${news.text}`];
  }
}

function phaseLine(news: PhaseNews, before: RunPhase | undefined): readonly string[] {
  switch (news.phase) {
    case 'preflight': {
      const isLate = before?.phase === 'preflight' && before.wave === news.wave - 1;
      const what = isLate ? `not begun yet: ${news.waitingFor}` : 'the cluster is looked at first';
      return [`${waveName(news)}: ${what}`];
    }
    case 'running':
      return runningLine(news);
    case 'soaking':
      return [`${waveName(news)}: over, watched for ${news.seconds} s before the next`];
    case 'paused':
      return ['Paused: nothing new is started'];
    case 'aborting':
      return ['Ending: nothing new is started, what was patched is watched to its end'];
    case 'halted':
      return [`HALTED: ${news.halt.reason}`];
    case 'aborted':
    case 'done':
      return [];
  }
}

function runningLine(news: PhaseNews & { readonly phase: 'running' }): readonly string[] {
  if (news.waitingFor !== '') {
    return [`${waveName(news)}: not over yet: ${news.waitingFor}`];
  }
  return news.workloads === 0 ? [] : [`${waveName(news)}: ${count(news.workloads, 'workload')}`];
}

function waveName({ wave, waves, title }: WaveName): string {
  return `Wave ${wave} of ${waves}${title === '' ? '' : `, ${title}`}`;
}

function workloadLine(news: WorkloadNews, before: StepState | undefined): readonly string[] {
  const text = workloadText(news, before);
  return text === '' ? [] : [`${news.step}/${news.steps} ${nameOf(news)}: ${text}`];
}

function workloadText(news: WorkloadNews, before: StepState | undefined): string {
  switch (news.state) {
    case 'queued': {
      const again = before?.state === 'queued' ? '' : 'queued again';
      return news.waitingFor === '' ? again : `waiting: ${news.waitingFor}`;
    }
    case 'patching':
      return 'restarting';
    case 'rolling':
      return rollingText(news, before);
    case 'soaking':
      return '';
    case 'done':
      return `done, ${count(news.pods, 'pod')} proven in ${news.seconds} s`;
    case 'partial':
      return `done in part, ${count(news.pods, 'pod')} proven in ${news.seconds} s; its partition keeps ${count(news.kept, 'old pod')}`;
    case 'dropped':
      return `left alone, ${news.reason}`;
    case 'skipped':
      return `skipped, ${news.reason}`;
    case 'failed':
      return `FAILED, ${news.reason}`;
  }
}

/** A line for each quarter of the pods that is proven, and for proof that did not last. */
function rollingText(
  { proven, wanted, waitingFor }: WorkloadNews & { readonly state: 'rolling' },
  before: StepState | undefined,
): string {
  if (before?.state === 'soaking') {
    return `its proof did not last${waitingFor === '' ? '' : `: ${waitingFor}`}`;
  }
  const quarter = (pods: number, of: number): number => (of === 0 ? 0 : Math.floor((4 * pods) / of));
  const earlier = before?.state === 'rolling' ? quarter(before.progress.proven, before.progress.wanted) : 0;
  return proven > 0 && proven < wanted && quarter(proven, wanted) > earlier
    ? `${proven} of ${count(wanted, 'pod')} proven`
    : '';
}

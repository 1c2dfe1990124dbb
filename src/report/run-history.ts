/** When what was the case in a run, read from its journal. Times are seconds since the epoch. */
import type { JournalRecord, RecordedRun } from '../rollout/journal/record.ts';
import type { RunLimits } from '../rollout/run/limits.ts';
import type { FailureCause, Halt, RunPhase, StepState } from '../rollout/run/run.ts';

/** A stretch of time; `to` is that of the last record where it had not ended by then. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A process that worked on the run: the one that started it, or one that took it up again. */
export interface ProcessSpan extends Span {
  readonly by: string;
  readonly limits: RunLimits;
  readonly locked: boolean;
}

/** `away`: no process worked on the run. */
export interface PhaseSpan extends Span {
  readonly phase: RunPhase['phase'] | 'away';
  readonly wave: number | undefined;
  /** What it waited for, in words, or ''. */
  readonly note: string;
}

export interface Wait extends Span {
  readonly reason: string;
}

export interface Failure {
  readonly at: number;
  readonly cause: FailureCause;
  readonly reason: string;
}

/** One restart of a workload, from its patch to its end. */
export interface Attempt extends Span {
  /** The state that ended it: `queued` when the patch was not taken, `unfinished` when the journal ends before. */
  readonly end: 'done' | 'partial' | 'dropped' | 'skipped' | 'failed' | 'queued' | 'unfinished';
  /** When it was proven and watched on; undefined when it never was. */
  readonly soak: Span | undefined;
}

/** What one step went through. */
export interface StepHistory {
  /** More than one after a retry, or when a patch was not taken. */
  readonly attempts: readonly Attempt[];
  /** Why it waited although its wave ran. */
  readonly waits: readonly Wait[];
  /** All its failures, also those that a retry made good. */
  readonly failures: readonly Failure[];
}

export interface HaltSpan extends Span {
  readonly wave: number;
  readonly halt: Halt;
}

export interface RunHistory {
  /** Of the last record. */
  readonly lastAt: number;
  readonly processes: readonly ProcessSpan[];
  readonly phases: readonly PhaseSpan[];
  readonly halts: readonly HaltSpan[];
  readonly steps: readonly StepHistory[];
}

/** Tells the journal of a run as spans of time. */
export function runHistory({ header, steps, history }: RecordedRun): RunHistory {
  const lastAt = history.at(-1)?.at ?? header.at;
  const processes = processSpans({ header, history }, lastAt);
  return {
    lastAt,
    processes,
    phases: phaseSpans(header.at, history, processes),
    halts: haltSpans(history, lastAt),
    steps: byStep(steps.length, history).map((states) => stepHistory(states, lastAt)),
  };
}

function processSpans(
  { header, history }: Pick<RecordedRun, 'header' | 'history'>,
  lastAt: number,
): readonly ProcessSpan[] {
  const spans: ProcessSpan[] = [];
  const { by, limits, locked } = header;
  let current = { from: header.at, by, limits, locked };
  let before = header.at;
  for (const record of history) {
    if (record.type === 'resumed') {
      spans.push({ ...current, to: before });
      current = { from: record.at, by: record.by, limits: record.limits, locked: record.locked };
    }
    before = record.at;
  }
  return [...spans, { ...current, to: Math.max(lastAt, current.from) }];
}

function phaseSpans(
  startedAt: number,
  history: readonly JournalRecord[],
  processes: readonly ProcessSpan[],
): readonly PhaseSpan[] {
  const spans: PhaseSpan[] = [];
  let open: { readonly phase: RunPhase; readonly from: number } = {
    phase: { phase: 'preflight', wave: 0, since: startedAt, retryAt: startedAt, waitingFor: '' },
    from: startedAt,
  };
  const close = (to: number): void => {
    const span = spanOf(open.phase, open.from, to);
    const last = spans.at(-1);
    // A phase that was written again, for instance with a longer diagnosis, is still the same.
    if (
      last &&
      last.to === span.from &&
      last.phase === span.phase &&
      last.wave === span.wave &&
      last.note === span.note
    ) {
      spans[spans.length - 1] = { ...last, to };
    } else if (span.to > span.from || span.phase === 'done' || span.phase === 'aborted') {
      spans.push(span);
    }
  };
  let process = 0;
  for (const record of history) {
    if (record.type === 'phase') {
      close(record.at);
      open = { phase: record.phase, from: record.at };
    } else if (record.type === 'resumed') {
      const gone = processes[process]?.to ?? record.at;
      process += 1;
      close(gone);
      if (record.at > gone) {
        spans.push({ phase: 'away', wave: undefined, note: '', from: gone, to: record.at });
      }
      open = { ...open, from: record.at };
    }
  }
  close(Math.max(processes.at(-1)?.to ?? open.from, open.from));
  return spans;
}

function spanOf(phase: RunPhase, from: number, to: number): PhaseSpan {
  return {
    phase: phase.phase,
    wave: 'wave' in phase ? phase.wave : undefined,
    note: phase.phase === 'preflight' ? phase.waitingFor : '',
    from,
    to,
  };
}

function haltSpans(history: readonly JournalRecord[], lastAt: number): readonly HaltSpan[] {
  const halts: HaltSpan[] = [];
  let open: HaltSpan | undefined;
  for (const record of history) {
    if (record.type !== 'phase') {
      continue;
    }
    const { phase } = record;
    if (phase.phase !== 'halted') {
      open = undefined;
      continue;
    }
    const { wave, halt } = phase;
    // The diagnosis of a halt grows when the cluster's events have been read: the last one counts.
    const span = { wave, halt, from: open?.from ?? record.at, to: lastAt };
    if (open) {
      halts[halts.length - 1] = span;
    } else {
      halts.push(span);
    }
    open = span;
  }
  return halts.map((span) => ({ ...span, to: endOfHalt(history, span.from) ?? lastAt }));
}

function endOfHalt(history: readonly JournalRecord[], from: number): number | undefined {
  let within = false;
  for (const record of history) {
    if (record.type === 'phase') {
      if (within && record.phase.phase !== 'halted') {
        return record.at;
      }
      within ||= record.phase.phase === 'halted' && record.at === from;
    }
  }
  return undefined;
}

interface RecordedState {
  readonly at: number;
  readonly status: StepState;
}

/** The states that each step went through, oldest first. */
function byStep(steps: number, history: readonly JournalRecord[]): readonly (readonly RecordedState[])[] {
  const states = Array.from({ length: steps }, (): RecordedState[] => []);
  for (const record of history) {
    if (record.type === 'step') {
      states[record.index]?.push({ at: record.at, status: record.status });
    }
  }
  return states;
}

function stepHistory(states: readonly RecordedState[], lastAt: number): StepHistory {
  const waits: Wait[] = [];
  const failures: Failure[] = [];
  for (const [index, { at: from, status }] of states.entries()) {
    const to = states[index + 1]?.at ?? lastAt;
    if (status.state === 'queued' && status.waitingFor) {
      addWait(waits, { from, to, reason: status.waitingFor });
    }
    // An acknowledged failure is written again.
    if (status.state === 'failed' && failures.at(-1)?.at !== status.at) {
      failures.push({ at: status.at, cause: status.cause, reason: status.reason });
    }
  }
  return { attempts: attemptsIn(states, lastAt), waits, failures };
}

function attemptsIn(states: readonly RecordedState[], lastAt: number): readonly Attempt[] {
  const attempts: Attempt[] = [];
  let open: { readonly from: number; soak: Span | undefined } | undefined;
  for (const { at, status } of states) {
    switch (status.state) {
      case 'patching':
      case 'rolling':
        open ??= { from: at, soak: undefined };
        if (open.soak) {
          open.soak = { ...open.soak, to: at };
        }
        break;
      case 'soaking':
        open ??= { from: at, soak: undefined };
        open.soak = { from: at, to: lastAt };
        break;
      default:
        if (open) {
          attempts.push(ended(open, status.state, 'at' in status ? status.at : at));
          open = undefined;
        }
    }
  }
  return open ? [...attempts, ended(open, 'unfinished', lastAt)] : attempts;
}

function ended(
  { from, soak }: { readonly from: number; readonly soak: Span | undefined },
  end: Attempt['end'],
  at: number,
): Attempt {
  const to = Math.max(from, at);
  return { from, to, end, soak: soak && { from: soak.from, to: Math.min(Math.max(soak.from, soak.to), to) } };
}

/** Adds a wait, or lengthens the last one where they touch and have the same reason. */
function addWait(waits: Wait[], wait: Wait): void {
  const last = waits.at(-1);
  if (last && last.to === wait.from && last.reason === wait.reason) {
    waits[waits.length - 1] = { ...last, to: wait.to };
  } else {
    waits.push(wait);
  }
}

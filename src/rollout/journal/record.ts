import type { Plan, PlanItem } from '../plan/plan.ts';
import type { RunLimits } from '../run/limits.ts';
import type { RunPhase, StepState } from '../run/run.ts';

/** First line of a journal. */
export interface RunRecord {
  readonly type: 'run';
  /** Of the journal's form. */
  readonly version: 1;
  /** Seconds since the epoch, as in every record. */
  readonly at: number;
  readonly id: string;
  /** `uid` is that of the namespace kube-system: a run never goes on on another cluster. */
  readonly cluster: { readonly uid: string; readonly server: string; readonly context: string };
  readonly by: string;
  readonly reason: string;
  readonly program: string;
  readonly plan: Plan;
  readonly limits: RunLimits;
  readonly locked: boolean;
}

/** A step has moved on. `item` is what it was decided to be at its turn. Progress is not recorded. */
export interface StepRecord {
  readonly type: 'step';
  readonly at: number;
  readonly index: number;
  readonly item: PlanItem;
  readonly status: StepState;
}

export interface PhaseRecord {
  readonly type: 'phase';
  readonly at: number;
  readonly phase: RunPhase;
}

/** A preflight, or the run itself, warned of something for the first time. */
export interface WarningRecord {
  readonly type: 'warning';
  readonly at: number;
  readonly text: string;
}

/** Another process has taken the run up again. */
export interface ResumeRecord {
  readonly type: 'resumed';
  readonly at: number;
  readonly by: string;
  readonly limits: RunLimits;
  readonly locked: boolean;
}

export type JournalRecord = RunRecord | StepRecord | PhaseRecord | WarningRecord | ResumeRecord;

/** A journal read back: everything that is known of a run without asking the cluster. */
export interface RecordedRun {
  readonly header: RunRecord;
  /** As of the last record. */
  readonly limits: RunLimits;
  readonly steps: readonly { readonly item: PlanItem; readonly status: StepState }[];
  readonly phase: RunPhase;
  /** Oldest first, each once. */
  readonly warnings: readonly string[];
  /** Everything after the header, oldest first: what a report tells. */
  readonly history: readonly JournalRecord[];
  /** The last line was cut, as a crash in the middle of a write leaves it. It is left out. */
  readonly truncated: boolean;
}

/** Where a run writes down what it does, before it does it. */
export interface Journal {
  /** Where it can be found, for people. */
  readonly location: string;
  /**
   * Returns once the record is on stable storage. With `more` another one follows at once, and the last of them puts
   * all on stable storage together. @throws Error in words when it is not there
   */
  append(record: JournalRecord, more?: 'more'): void;
  close(): void;
}

/** Writes records down, all of them on stable storage at once. @throws Error in words */
export function appendAll(journal: Journal, records: readonly JournalRecord[]): void {
  for (const [index, record] of records.entries()) {
    journal.append(record, index + 1 < records.length ? 'more' : undefined);
  }
}

import { clean } from '../../kube/clean.ts';
import type { PlanItem } from '../plan/plan.ts';
import type { RunLimits } from '../run/limits.ts';
import type { RunPhase, StepState } from '../run/run.ts';
import { splitLines } from './lines.ts';
import type { JournalRecord, RecordedRun, RunRecord } from './record.ts';
import { journalRecord } from './record-form.ts';

/** `reason` says what is wrong and in which line. */
export type Replay =
  | { readonly replay: 'run'; readonly run: RecordedRun }
  | { readonly replay: 'unreadable'; readonly reason: string };

/** The version of the journal's form that is written and read here. */
const JOURNAL_VERSION = 1;

/**
 * The run that the text of a journal tells of: statuses, phase and limits as of the last record. What a crash left
 * of a last line is dropped and noted; anything else that is not as it was written makes the journal unreadable,
 * since going on from a wrong memory could patch a workload twice.
 */
export function replay(journal: string): Replay {
  const { lines, truncated } = splitLines(journal);
  const history: JournalRecord[] = [];
  const warnings = new Set<string>();
  let header: RunRecord | undefined;
  let limits: RunLimits | undefined;
  let phase: RunPhase | undefined;
  let steps: { readonly item: PlanItem; readonly status: StepState }[] = [];
  for (const [index, line] of lines.entries()) {
    const unreadable = (why: string): Replay => ({
      replay: 'unreadable',
      reason: `line ${index + 1}: ${clean(why)}`,
    });
    if ('broken' in line) {
      return unreadable(`it is no JSON (${line.broken})`);
    }
    const version = index === 0 ? versionOf(line.value) : JOURNAL_VERSION;
    if (version !== JOURNAL_VERSION) {
      return unreadable(
        `the journal has form ${JSON.stringify(version)}, and this program reads form ${JOURNAL_VERSION}. Use the version of this program that wrote it.`,
      );
    }
    if (!journalRecord.is(line.value)) {
      return unreadable(journalRecord.problem(line.value, ''));
    }
    const record = line.value;
    if (header === undefined) {
      if (record.type !== 'run') {
        return unreadable('a journal begins with a record of type "run"');
      }
      header = record;
      steps = record.plan.items.map((item) => ({ item, status: { state: 'queued' } }));
      continue;
    }
    history.push(record);
    switch (record.type) {
      case 'run':
        return unreadable('a second record of type "run"');
      case 'step':
        if (record.index >= steps.length) {
          return unreadable(`step ${record.index}, and the plan has ${steps.length}`);
        }
        steps[record.index] = { item: record.item, status: record.status };
        break;
      case 'phase':
        phase = record.phase;
        break;
      case 'warning':
        warnings.add(record.text);
        break;
      case 'resumed':
        limits = record.limits;
    }
  }
  if (header === undefined) {
    return { replay: 'unreadable', reason: 'it holds no whole record: the run never began' };
  }
  return {
    replay: 'run',
    run: {
      header,
      limits: limits ?? header.limits,
      steps,
      phase: phase ?? firstPhase(header.at),
      warnings: [...warnings],
      history,
      truncated,
    },
  };
}

/** What a header says its version is; that of today for what is no header, whose form is judged then. */
function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'version' in value ? value.version : JOURNAL_VERSION;
}

/** A run whose journal ends after its header had not looked at anything yet. */
function firstPhase(at: number): RunPhase {
  return { phase: 'preflight', wave: 0, since: at, retryAt: at, waitingFor: '' };
}

import type { JournalRecord } from '../journal/record.ts';
import type { Run, RunPhase, Step, StepState } from './run.ts';

/**
 * What the journal has to be told of a change: every step and phase that is another one now, and every new warning.
 * Progress is not told, nor what a queued step waits for once it is known to wait. Of a run that has just begun
 * (`before` undefined) only warnings and phase are told: the plan says the rest.
 */
export function recordsOf(
  before: Pick<Run, 'steps' | 'phase' | 'warnings'> | undefined,
  after: Run,
  at: number,
): readonly JournalRecord[] {
  const records: JournalRecord[] = [];
  for (const [index, step] of after.steps.entries()) {
    const earlier: Step | undefined = before ? before.steps[index] : step;
    if (earlier !== step && !(earlier && isSameStep(earlier.status, step.status))) {
      records.push({ type: 'step', at, index, item: step.item, status: step.status });
    }
  }
  if (before?.warnings !== after.warnings) {
    const known = new Set(before?.warnings);
    const news = after.warnings.filter((text) => !known.has(text));
    records.push(...news.map((text): JournalRecord => ({ type: 'warning', at, text })));
  }
  if (!before || !isSamePhase(before.phase, after.phase)) {
    records.push({ type: 'phase', at, phase: after.phase });
  }
  return records;
}

function isSameStep(a: StepState, b: StepState): boolean {
  if (a.state !== b.state) {
    return false;
  }
  switch (a.state) {
    case 'queued':
      return b.state === a.state && (a.waitingFor === undefined) === (b.waitingFor === undefined);
    case 'patching':
      return b.state === a.state && a.restartedAt === b.restartedAt;
    case 'failed':
      return b.state === a.state && a.at === b.at && a.acknowledged === b.acknowledged;
    default:
      return true;
  }
}

function isSamePhase(a: RunPhase, b: RunPhase): boolean {
  if (a.phase !== b.phase) {
    return false;
  }
  const isSameHalt = a.phase !== 'halted' || b.phase !== 'halted' || a.halt === b.halt;
  const wave = (phase: RunPhase) => ('wave' in phase ? phase.wave : undefined);
  return isSameHalt && wave(a) === wave(b);
}

import type { Journal, JournalRecord, RecordedRun } from '../rollout/journal/record.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import type { StepState } from '../rollout/run/run.ts';
import { CommandError } from './command-error.ts';
import { namesKind } from './kinds.ts';
import { UsageError } from './pflag.ts';

/** What the operator wants of single workloads of a run before it goes on. */
export interface Decision {
  readonly index: number;
  readonly decision: 'retry' | 'skip';
}

/** States that a decision makes sense in. */
export const fitting: Readonly<Record<Decision['decision'], ReadonlySet<StepState['state']>>> = {
  retry: new Set<StepState['state']>(['failed', 'skipped']),
  skip: new Set<StepState['state']>(['queued', 'failed', 'skipped']),
};

/**
 * The steps of a run that `--retry` and `--skip` name.
 * @throws UsageError for what names no workload, CommandError for one that is not of the run or cannot be decided on
 */
export function decisionsOn(
  run: RecordedRun,
  { retry, skip }: { readonly retry: readonly string[]; readonly skip: readonly string[] },
): readonly Decision[] {
  const retried = retry.map((name) => decisionOn(run, 'retry', name));
  const skipped = skip.map((name) => decisionOn(run, 'skip', name));
  const both = retried.find(({ index }) => skipped.some((other) => other.index === index));
  if (both) {
    const name = run.steps[both.index]?.item.key.name;
    throw new UsageError(`--retry and --skip contradict each other about ${name}`);
  }
  return [...retried, ...skipped];
}

function decisionOn(
  { header, steps }: RecordedRun,
  decision: Decision['decision'],
  operand: string,
): Decision {
  const [namespace = '', kind = '', name = '', ...rest] = operand.split('/');
  if (name === '' || rest.length > 0) {
    throw new UsageError(
      `--${decision} takes NAMESPACE/KIND/NAME, for example --${decision} books/deployment/webapp, not "${operand}"`,
    );
  }
  const index = steps.findIndex(
    ({ item: { key } }) => key.namespace === namespace && key.name === name && namesKind(kind, key.kind),
  );
  const status = steps[index]?.status;
  if (status === undefined) {
    throw new CommandError(`--${decision} ${operand}: run ${header.id} has no such workload`);
  }
  if (!fitting[decision].has(status.state)) {
    throw new CommandError(`--${decision} ${operand}: in run ${header.id} it is ${status.state}`);
  }
  return { index, decision };
}

/**
 * Writes decisions into the journal of their run, so that they hold however the program ends.
 * @throws CommandError when it cannot be written, for instance because another process goes on with the run
 */
export function writeDecisions(
  { openJournal, now }: Pick<RolloutPorts, 'openJournal' | 'now'>,
  { header, steps }: RecordedRun,
  decisions: readonly Decision[],
): void {
  if (decisions.length === 0) {
    return;
  }
  let journal: Journal | undefined;
  try {
    journal = openJournal(header.id);
    for (const { index, decision } of decisions) {
      const step = steps[index];
      if (step) {
        const at = now();
        const status: StepState =
          decision === 'retry'
            ? { state: 'queued' }
            : { state: 'skipped', at, reason: 'left out by the operator' };
        const record: JournalRecord = { type: 'step', at, index, item: step.item, status };
        journal.append(record);
      }
    }
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  } finally {
    journal?.close();
  }
}

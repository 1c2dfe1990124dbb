import type { Store } from '../live/view.ts';
import {
  appendAll,
  type Journal,
  type JournalRecord,
  type RecordedRun,
  type RunRecord,
} from './journal/record.ts';
import type { Plan } from './plan/plan.ts';
import { planRestart } from './plan/planner.ts';
import type { RolloutPorts } from './ports.ts';
import type { Rollout, StartOptions, StartOutcome } from './rollout.ts';
import type { Reduction } from './run/events.ts';
import { newRun, type RunState, resumedRun } from './run/machine.ts';
import { recordsOf } from './run/records.ts';
import type { Run } from './run/run.ts';
import { createRunner, type Runner } from './runner.ts';

/** What a front end drives: plans, and performs one run at a time. */
export function createRollout(ports: RolloutPorts): Rollout {
  const listeners = new Set<() => void>();
  let runner: Runner | undefined;
  /** While a run is being begun. */
  let beginning: Promise<StartOutcome> | undefined;

  const run: Store<Run | undefined> = {
    get: () => runner?.get(),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return {
    plan: (scopes, options) => planRestart(ports.planning(), scopes, options),
    preflight: (plan, options) => ports.preflight(plan.items, options),
    start: (plan, options) => alone(() => start(plan, options)),
    resume: (recorded, options) => alone(() => resume(recorded, options)),
    act: (action) => runner?.dispatch(action),
    leave,
    run,
  };

  /** One run at a time; another one is not even begun while one is being started. */
  async function alone(begin: () => Promise<StartOutcome>): Promise<StartOutcome> {
    if (beginning || (runner && !runner.isOver())) {
      return refused('a run is already active; abort it, or wait until it has ended');
    }
    beginning = (runner?.closed ?? Promise.resolve()).then(begin);
    try {
      return await beginning;
    } finally {
      beginning = undefined;
    }
  }

  /** Whoever leaves while a run is being begun gives up its lock, and leaves it if it has begun all the same. */
  async function leave(): Promise<void> {
    if (beginning) {
      await ports.lock.release().catch(() => undefined);
      await beginning.catch(() => undefined);
    }
    await runner?.leave();
  }

  async function start(plan: Plan, options: StartOptions): Promise<StartOutcome> {
    const [blocked] = plan.blocked;
    if (blocked !== undefined) {
      return refused(`nothing may be restarted now: ${blocked}`);
    }
    if (plan.items.length === 0) {
      return refused('the plan restarts nothing');
    }
    const cluster = await clusterOrWhyNot();
    if (typeof cluster === 'string') {
      return refused(cluster);
    }
    const id = ports.newRunId();
    const { limits, by, reason, probe } = options;
    return locked(id, options, (lock) => {
      const now = ports.now();
      const first = newRun({ id, plan, limits, by, reason, lock }, now);
      const header: JournalRecord = {
        type: 'run',
        version: 1,
        at: now,
        id,
        cluster,
        by,
        reason,
        program: ports.program,
        plan,
        limits,
        locked: lock === 'held',
      };
      const journal = ports.openJournal(id);
      try {
        launch(journal, [header, ...recordsOf(undefined, first.state.run, now)], first, probe);
      } catch (error) {
        journal.close();
        throw error;
      }
    });
  }

  async function resume(recorded: RecordedRun, options: Omit<StartOptions, 'reason'>): Promise<StartOutcome> {
    const { header } = recorded;
    if (recorded.phase.phase === 'done' || recorded.phase.phase === 'aborted') {
      return refused(`run ${header.id} is over: it is ${recorded.phase.phase}`);
    }
    const cluster = await clusterOrWhyNot();
    if (typeof cluster === 'string') {
      return refused(cluster);
    }
    if (cluster.uid !== header.cluster.uid) {
      const { context, server } = header.cluster;
      return refused(
        `run ${header.id} belongs to another cluster (context ${context || 'without a name'}, ${server}); choose it with --context`,
      );
    }
    const { limits, by, probe } = options;
    let journal: Journal;
    try {
      // First of all: it keeps a second process off a run whose lock this one would be given at once.
      journal = ports.openJournal(header.id, 1 + recorded.history.length);
    } catch (error) {
      return refused(messageOf(error));
    }
    let outcome: StartOutcome | undefined;
    try {
      outcome = await locked(header.id, options, (lock) => {
        const now = ports.now();
        const first = resumedRun(recorded, { limits, by, lock }, now);
        const again: JournalRecord = { type: 'resumed', at: now, by, limits, locked: lock === 'held' };
        launch(journal, [again, ...recordsOf(recorded, first.state.run, now)], first, probe);
      });
      return outcome;
    } finally {
      if (outcome?.outcome !== 'started') {
        journal.close();
      }
    }
  }

  async function clusterOrWhyNot(): Promise<RunRecord['cluster'] | string> {
    try {
      return await ports.cluster();
    } catch (error) {
      return `it is not known which cluster this is: ${messageOf(error)}`;
    }
  }

  /** Takes the lock and begins; gives the lock back when the beginning fails. */
  async function locked(
    id: string,
    { by, lock }: Omit<StartOptions, 'reason'>,
    begin: (lock: 'held' | 'none') => void,
  ): Promise<StartOutcome> {
    const answer = await ports.lock.acquire({ by, run: id, takeOver: lock === 'take-over' });
    if (answer.answer === 'taken') {
      return { outcome: 'locked', by: answer.by };
    }
    if (answer.answer === 'unavailable' && lock !== 'without') {
      return { outcome: 'no-lock', reason: answer.reason };
    }
    try {
      begin(answer.answer === 'held' ? 'held' : 'none');
      return { outcome: 'started' };
    } catch (error) {
      await ports.lock.release().catch(() => undefined);
      return refused(messageOf(error));
    }
  }

  /** Nothing begins before it is written down. */
  function launch(
    journal: Journal,
    records: readonly JournalRecord[],
    first: Reduction<RunState>,
    probe: boolean,
  ): void {
    appendAll(journal, records);
    runner = createRunner(ports, { journal, first, probe, onChange: tell });
    tell();
  }

  /** A listener that throws is a mistake of this program, which ends it; the step that it was told of is done first. */
  function tell(): void {
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

function refused(reason: string): StartOutcome {
  return { outcome: 'refused', reason };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

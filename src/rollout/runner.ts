import { KubeError } from '../kube/errors.ts';
import { announcementsOf } from './announcements.ts';
import { appendAll, type Journal } from './journal/record.ts';
import { decide } from './plan/planner.ts';
import type { PatchOutcome, RolloutPorts } from './ports.ts';
import type { PreflightReport } from './preflight/report.ts';
import type { Command, Decision, Reduction, RefusalKind, RunEvent } from './run/events.ts';
import { candidates, ended, namespacesInPlay, type RunState, reduce } from './run/machine.ts';
import type { WorkloadObservation } from './run/observe.ts';
import { recordsOf } from './run/records.ts';
import type { Run } from './run/run.ts';

/** One run being carried out. */
export interface Runner {
  /** As it is shown: a halt appears together with what explains it. */
  get(): Run;
  dispatch(event: RunEvent): void;
  /** Starts nothing new, waits a little for what is on its way, and gives back lock and journal. */
  leave(): Promise<void>;
  /** Resolves once lock and journal have been given back. */
  readonly closed: Promise<void>;
  isOver(): boolean;
}

export interface RunnerOptions {
  readonly journal: Journal;
  /** The state to begin with, already in the journal, and what it asks for. */
  readonly first: Reduction<RunState>;
  readonly probe: boolean;
  readonly onChange: () => void;
}

type Answered = Exclude<PatchOutcome, { readonly outcome: 'lost' }>;
type CommandOf<T extends Command['type']> = Command & { readonly type: T };

/** Deadlines have to be noticed even when the cluster is silent. */
const TICK_MILLISECONDS = 1000;
const READ_BACK_PAUSE_MILLISECONDS = 1000;
/** A halt is not kept back longer for want of an explanation. */
const EXPLANATION_MILLISECONDS = 3000;
/** So long a run that is left waits for writes that are on their way. */
const PARTING_MILLISECONDS = 5000;
const NOT_LOCKED = 'it is not sure that the lock of the cluster is held, so nothing was sent';
const BUSY = 'the server has asked to be left alone for a while';
/** Ticks further apart than this: the computer slept. */
const SLEPT_SECONDS = 15;
/** By then the reflectors have noticed that their watches died while the computer slept. */
const WAKING_SECONDS = 30;

/**
 * Feeds the state machine with what is seen, writes down each change before anything follows from it, and carries out
 * its commands.
 */
export function createRunner(ports: RolloutPorts, options: RunnerOptions): Runner {
  const { journal, first, probe, onChange } = options;
  const closing = Promise.withResolvers<void>();
  const writes = new Set<Promise<void>>();
  let state = first.state;
  let shown = state.run;
  let holdsBack = false;
  let isOpen = true;
  let isJournalBroken = false;
  let preflights = 0;
  let lookedAt = ports.now();
  let trustedFrom = 0;

  const stopListening = [
    ports.subscribe(look),
    ports.every(TICK_MILLISECONDS, look),
    ports.lock.onLost((reason) => dispatch({ type: 'lock-lost', reason })),
  ];
  perform(first.commands);
  if (ended(state.run)) {
    void close();
  } else {
    queueMicrotask(look);
  }

  return {
    get: () => shown,
    dispatch,
    leave,
    closed: closing.promise,
    isOver: () => !isOpen || ended(state.run),
  };

  function look(): void {
    if (!isOpen || ended(state.run)) {
      return;
    }
    // One time for all: what is looked at depends on what may be over by then.
    const now = ports.now();
    const next = decisions(now);
    const gate = ports.gate();
    const active = new Map<number, WorkloadObservation>();
    for (const index of state.active.keys()) {
      const step = state.run.steps[index];
      if (step) {
        active.set(index, ports.observe(step.item));
      }
    }
    const names = [...namespacesInPlay(state, next, now)];
    const sick = new Map(names.map((namespace) => [namespace, ports.sickPods(namespace)]));
    const fresh = isAwake(now) && gate.fresh;
    dispatch({ type: 'observed', gate: { ...gate, fresh }, active, next, sick }, now);
  }

  /**
   * While it is not sure that the lock is ours nothing new is decided on; nor while a patch would wait for a busy
   * server, since by the time it is sent the run may have halted.
   */
  function decisions(at: number): ReadonlyMap<number, Decision> {
    const chosen = mayWrite() && !ports.isServerBusy() ? candidates(state, at) : [];
    if (chosen.length === 0) {
      return new Map();
    }
    const planning = ports.planning();
    const [now, offset] = [ports.serverNow(), ports.utcOffsetMinutes()];
    return new Map(
      chosen.flatMap((index) => {
        const step = state.run.steps[index];
        return step ? [[index, decide(planning, step.item, now, offset)] as const] : [];
      }),
    );
  }

  function mayWrite(): boolean {
    return state.run.lock === 'none' || (state.run.lock === 'held' && ports.lock.isHeld());
  }

  /** False for a while after a sleep, whose picture is as old as the sleep was long, though nothing says so yet. */
  function isAwake(now: number): boolean {
    if (now - lookedAt > SLEPT_SECONDS) {
      trustedFrom = now + WAKING_SECONDS;
    }
    lookedAt = now;
    return now >= trustedFrom;
  }

  function dispatch(event: RunEvent, now = ports.now()): void {
    if (!isOpen) {
      return;
    }
    const before = state;
    const { state: next, commands } = reduce(before, event, now);
    if (next === before) {
      return;
    }
    state = next;
    const failure = next.run === before.run ? undefined : writeDown(before.run, next.run);
    if (failure !== undefined) {
      giveUp(commands, failure);
      return;
    }
    holdsBack ||= hasHalted(before.run, next.run) && commands.some(({ type }) => type === 'explain');
    if (next.run !== before.run) {
      for (const announcement of announcementsOf(before.run, next.run)) {
        void ports.announce(announcement);
      }
      show();
    }
    perform(commands);
    if (ended(next.run)) {
      void close();
    } else if (makesRoom(before, next)) {
      // Whoever has just ended makes room for the next workload at once.
      queueMicrotask(look);
    }
  }

  /** Says in words what went wrong when a change cannot be written down. */
  function writeDown(before: Run, after: Run): string | undefined {
    if (isJournalBroken) {
      return undefined;
    }
    try {
      appendAll(journal, recordsOf(before, after, ports.now()));
      return undefined;
    } catch (error) {
      isJournalBroken = true;
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** What is not written down is not done: commands are taken back, and the run halts. */
  function giveUp(commands: readonly Command[], message: string): void {
    for (const command of commands) {
      takeBack(command, message);
    }
    dispatch({ type: 'journal-failed', message });
    show();
    if (ended(state.run)) {
      // Only its end could not be written down: there is nothing left to halt.
      void close();
    }
  }

  function takeBack(command: Command, message: string): void {
    if (command.type === 'patch') {
      dispatch({
        type: 'refused',
        index: command.index,
        kind: 'busy',
        message: `not restarted: ${message}`,
        retryAfterSeconds: 0,
      });
    } else if (command.type === 'evict') {
      dispatch({ type: 'evicted', index: command.index, pod: command.pod, kind: 'busy', message });
    }
  }

  function perform(commands: readonly Command[]): void {
    for (const command of commands) {
      const work = carryOut(command).finally(() => writes.delete(work));
      if (command.type === 'patch' || command.type === 'evict') {
        writes.add(work);
      }
    }
  }

  async function carryOut(command: Command): Promise<void> {
    switch (command.type) {
      case 'preflight':
        return preflight(command);
      case 'patch':
        return unlessHeldUp(command, patch);
      case 'read-back':
        return askWhatBecame(command);
      case 'evict':
        return unlessHeldUp(command, evict);
      case 'explain':
        return explain(command);
    }
  }

  /**
   * Sends a write if that may be done at this moment, and puts it off if not: evictions come on their own, and the
   * lock may have run out while the journal was written. Whether it is lost only the lock itself can tell.
   */
  async function unlessHeldUp<C extends CommandOf<'patch' | 'evict'>>(
    command: C,
    send: (command: C) => Promise<void>,
  ): Promise<void> {
    if (!mayWrite()) {
      return takeBack(command, NOT_LOCKED);
    }
    return ports.isServerBusy() ? takeBack(command, BUSY) : send(command);
  }

  async function preflight({ wave }: CommandOf<'preflight'>): Promise<void> {
    preflights += 1;
    const asked = preflights;
    const items = state.run.steps
      .filter(({ item, status }) => status.state === 'queued' && item.wave <= wave)
      .map(({ item }) => item);
    try {
      const report = await ports.preflight(items, { probe });
      if (asked === preflights) {
        dispatch({ type: 'preflighted', wave, report });
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (asked !== preflights) {
        return;
      }
      if (error instanceof KubeError) {
        dispatch({ type: 'preflight-failed', wave, message });
      } else {
        // A mistake in this program does not pass by trying again.
        dispatch({ type: 'preflighted', wave, report: brokenPreflight(message) });
      }
    }
  }

  async function patch({ index, item, restartedAt }: CommandOf<'patch'>): Promise<void> {
    const { id, by, reason } = state.run;
    const outcome = await ports.patch({ item, restartedAt, run: { id, by, reason } });
    // The newer object of a conflict may be the work of an earlier attempt that brought no answer.
    const isSure =
      outcome.outcome === 'patched' || (outcome.outcome === 'refused' && outcome.kind !== 'conflict');
    const answer = isSure ? outcome : await readBack(item, restartedAt, outcome);
    tell(index, restartedAt, answer);
  }

  async function askWhatBecame({ index, item, restartedAt }: CommandOf<'read-back'>): Promise<void> {
    const message = 'the program ended before the restart was sent';
    tell(index, restartedAt, await readBack(item, restartedAt, { kind: 'unanswered', message }));
  }

  function tell(index: number, restartedAt: string, answer: Answered | undefined): void {
    if (answer?.outcome === 'patched') {
      const { generation } = answer;
      dispatch({ type: 'patched', index, mark: { restartedAt, generation } });
      look();
    } else if (answer) {
      const { kind, message, retryAfterSeconds } = answer;
      dispatch({ type: 'refused', index, kind, message, retryAfterSeconds });
    }
  }

  /**
   * Only the server knows what became of a patch without an answer: it is never repeated blindly. Undefined when
   * nobody is interested any more.
   */
  async function readBack(
    item: CommandOf<'patch'>['item'],
    restartedAt: string,
    { kind, message }: { readonly kind: RefusalKind; readonly message: string },
  ): Promise<Answered | undefined> {
    while (!ports.closed.aborted && isOpen) {
      const answer = await ports.readPatchMark(item);
      switch (answer.found) {
        case 'mark': {
          const isOurs = isWrittenBy(state.run.id, restartedAt, answer.run, answer.mark.restartedAt);
          return isOurs
            ? { outcome: 'patched', generation: answer.mark.generation }
            : { outcome: 'refused', kind, message, retryAfterSeconds: 0 };
        }
        case 'gone':
          return { outcome: 'refused', kind: 'gone', message, retryAfterSeconds: 0 };
        case 'refusal': {
          const unknown = `whether it was restarted is not known: ${message}; ${answer.message}`;
          return { outcome: 'refused', kind: 'refused', message: unknown, retryAfterSeconds: 0 };
        }
        case 'silence':
          await ports.sleep(READ_BACK_PAUSE_MILLISECONDS);
      }
    }
    return undefined;
  }

  async function evict({ index, item, pod }: CommandOf<'evict'>): Promise<void> {
    dispatch({ type: 'evicted', index, pod, ...(await ports.evict(item, pod)) });
  }

  /** Controllers tell by events what they tell nowhere else; a halt is shown together with it. */
  async function explain({ index, item, since }: CommandOf<'explain'>): Promise<void> {
    const reveal = (): void => {
      holdsBack = false;
      show();
    };
    void ports.sleep(EXPLANATION_MILLISECONDS).then(reveal);
    const details = await ports.explain(item, since);
    dispatch({ type: 'explained', index, details });
    reveal();
  }

  async function leave(): Promise<void> {
    dispatch({ type: 'pause' });
    const patience = ports.sleep(PARTING_MILLISECONDS);
    await Promise.race([Promise.all(writes), patience]);
    await close();
  }

  async function close(): Promise<void> {
    if (!isOpen) {
      return closing.promise;
    }
    isOpen = false;
    for (const stop of stopListening) {
      stop();
    }
    holdsBack = false;
    show();
    await ports.lock.release().catch(() => undefined);
    journal.close();
    closing.resolve();
  }

  function show(): void {
    if (!holdsBack && shown !== state.run) {
      shown = state.run;
      onChange();
    }
  }
}

/**
 * True when what stands in the template is the work of this very patch: its token, or a younger one on top of it while
 * the annotations still name our run (`kubectl rollout restart` replaces the token only). An older one of our run is
 * from before a retry.
 */
function isWrittenBy(run: string, restartedAt: string, foundRun: string, foundAt: string): boolean {
  return foundAt === restartedAt || (foundRun === run && Date.parse(foundAt) > Date.parse(restartedAt));
}

function hasHalted(before: Run, after: Run): boolean {
  return before.phase.phase !== 'halted' && after.phase.phase === 'halted';
}

function makesRoom(before: RunState, after: RunState): boolean {
  return (
    after.active.size < before.active.size ||
    after.run.phase.phase !== before.run.phase.phase ||
    (after.run.steps !== before.run.steps && dropped(after.run) > dropped(before.run))
  );
}

function dropped({ steps }: Run): number {
  return steps.filter(({ status }) => status.state === 'dropped').length;
}

function brokenPreflight(message: string): PreflightReport {
  const text = `the preflight broke off by an error of this program, so nothing is known: ${message}`;
  return { findings: [{ check: 'control-plane', severity: 'blocker', text }], exclusions: [], probes: [] };
}

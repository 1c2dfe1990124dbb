import type { Freshness, Store } from '../live/view.ts';
import { haltCard } from '../report/halt-card.ts';
import { countSteps } from '../report/run-counts.ts';
import type { BeginEvent, EndEvent } from '../report/run-event.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { atRest } from '../rollout/run/machine.ts';
import type { Run } from '../rollout/run/run.ts';
import type { NotBegun } from './begin-run.ts';
import type { Output } from './connect.ts';
import { tellOfContact } from './contact.ts';
import { exitCode } from './exit-codes.ts';
import { onSignals } from './signals.ts';
import type { Teller } from './teller.ts';

/** A run that is begun and told of until it is over, or somebody wants to leave. */
export interface Followed {
  readonly rollout: Rollout;
  /** The cluster as it is seen, and whether it is. */
  readonly view: Store<{ readonly freshness: Freshness }>;
  readonly how: BeginEvent['type'];
  /** Begins it; what it does afterwards belongs to the beginning. */
  readonly begin: () => Promise<'begun' | NotBegun>;
  /** The command that goes on with a run. */
  readonly resume: (run: string) => string;
  readonly teller: Teller;
  readonly output: Output;
}

/** Between two looks at whether somebody who waits should be told what for. */
const IDLE_MILLISECONDS = 5_000;
/** So long writes that are on their way, and then the lock, have time to come to an end. */
const LEAVING_MILLISECONDS = 8_000;
/** As long as nothing was begun there is less to bring to an end. */
const LEAVING_EARLY_MILLISECONDS = 2_000;

/**
 * Begins a run and tells of it until nothing happens any more. Ctrl-C and SIGTERM pause it: what was patched is
 * watched to its end; a second one, or a hang-up, leaves at once. On every way out the lock is given back.
 * @returns the exit code
 */
export async function followRun(followed: Followed): Promise<number> {
  const { rollout, teller, output, how } = followed;
  const leaving = Promise.withResolvers<'left'>();
  let begun = false;
  const stopListening = onSignals({
    pause() {
      if (!begun) {
        leaving.resolve('left');
        return;
      }
      output.err(
        'Nothing new is started; what was patched is watched to its end. Ctrl-C (or SIGTERM) again leaves at once.\n',
      );
      rollout.act({ type: 'pause' });
    },
    leave: () => leaving.resolve('left'),
  });
  let before: Run | undefined;
  const tell = (): void => {
    const run = rollout.run.get();
    if (run && run !== before) {
      teller.moved(before, run);
      before = run;
    }
  };
  const stopTelling: (() => void)[] = [];
  const beginning = followed.begin();
  try {
    const answer = await Promise.race([beginning, leaving.promise]);
    if (typeof answer === 'object') {
      return notBegun(answer, teller, output);
    }
    const first = rollout.run.get();
    if (answer === 'left' || first === undefined) {
      return end(followed, first, 'left');
    }
    begun = true;
    teller.began(how, first);
    tell();
    stopTelling.push(
      rollout.run.subscribe(tell),
      tellOfContact(followed.view, first.id, teller),
      tellWhenIdle(followed),
    );
    const left = await Promise.race([rest(rollout), leaving.promise]);
    return end(followed, rollout.run.get(), left);
  } finally {
    for (const stop of stopTelling) {
      stop();
    }
    // Whoever left while the run was being begun leaves it as soon as it has.
    const left = beginning.then(
      () => rollout.leave(),
      () => undefined,
    );
    await inTime(left, begun ? LEAVING_MILLISECONDS : LEAVING_EARLY_MILLISECONDS);
    stopListening();
  }
}

function tellWhenIdle({ rollout, teller }: Followed): () => void {
  const timer = setInterval(() => {
    const run = rollout.run.get();
    if (run) {
      teller.idle(run);
    }
  }, IDLE_MILLISECONDS);
  return () => clearInterval(timer);
}

/** Resolves once nothing happens to the run any more. */
function rest({ run }: Rollout): Promise<'rest'> {
  return new Promise((resolve) => {
    const unsubscribe = run.subscribe(look);
    function look(): void {
      const current = run.get();
      if (current && atRest(current)) {
        unsubscribe();
        resolve('rest');
      }
    }
    look();
  });
}

/** Waits for a promise, but not for ever. */
async function inTime(promise: Promise<void>, milliseconds: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function notBegun({ reason, by, code }: NotBegun, teller: Teller, output: Output): number {
  output.err(`error: ${reason}\n`);
  teller.refused(reason, by);
  teller.ended({ run: '', result: 'refused', exitCode: code, counts: countSteps([]), resume: '' });
  return code;
}

/** Says how the run ended, and how to go on with it. */
function end({ teller, output, resume }: Followed, run: Run | undefined, left: 'rest' | 'left'): number {
  const id = run?.id ?? '';
  const { result, exitCode: code } = resultOf(run, left);
  const isOver = result === 'done' || result === 'aborted';
  const command = run === undefined || isOver ? '' : resume(id);
  teller.ended({ run: id, result, exitCode: code, counts: countSteps(run?.steps ?? []), resume: command });
  if (run?.phase.phase === 'halted') {
    output.err(['', ...haltCard(run.phase.halt, command)].map((line) => `${line}\n`).join(''));
  } else if (run === undefined) {
    output.err('Nothing was restarted.\n');
  } else if (command !== '') {
    output.err(`To go on: ${command}\n`);
  }
  return code;
}

function resultOf(run: Run | undefined, left: 'rest' | 'left'): Pick<EndEvent, 'result' | 'exitCode'> {
  const phase = run?.phase.phase;
  if (phase === 'halted') {
    return { result: 'halted', exitCode: exitCode.halted };
  }
  if (phase === 'done') {
    // Within its failure budget a run goes on to its end, and yet could not do all that was asked.
    const failed = run?.steps.some(({ status }) => status.state === 'failed') ?? false;
    return { result: 'done', exitCode: failed ? exitCode.failed : exitCode.fine };
  }
  if (phase === 'aborted') {
    return { result: 'aborted', exitCode: exitCode.interrupted };
  }
  return { result: left === 'left' ? 'left' : 'paused', exitCode: exitCode.interrupted };
}

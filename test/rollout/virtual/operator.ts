import type { Run } from '../../../src/rollout/run/run.ts';
import type { Random } from '../../support/seeded-random.ts';
import type { Program } from './program.ts';
import type { Key } from './scenario.ts';
import type { WatchOver } from './watch-over.ts';
import type { World } from './world.ts';

/** Somebody who looks at the run: presses keys, and answers when it halts or waits for him. */
export interface Operator {
  /** Sits down in front of a process. */
  watch(program: Program): void;
  press(program: Program, key: Key): void;
}

/** After so many answers he has had enough and ends the run. */
const PATIENCE = 8;

/** An operator whose answers are random; after `until` (milliseconds since the epoch) he only wants it to end. */
export function createOperator(world: World, random: Random, watcher: WatchOver, until: number): Operator {
  let answers = 0;
  /** The halt or pause that he is about to answer. */
  let answering: object | undefined;

  function look(program: Program): void {
    const run = program.rollout.run.get();
    if (run?.phase.phase !== 'halted' && run?.phase.phase !== 'paused') return;
    if (answering === run.phase) return;
    answering = run.phase;
    program.computer.after(2_000 + random.below(40_000), () => {
      answering = undefined;
      const now = program.rollout.run.get();
      if (now?.phase.phase === 'halted' || now?.phase.phase === 'paused') answer(program, now);
    });
  }

  function answer(program: Program, run: Run): void {
    answers += 1;
    if (answers > PATIENCE || random.chance(0.15)) {
      press(program, 'abort');
      return;
    }
    if (world.clock.now() < until && run.phase.phase === 'halted' && random.chance(0.5)) {
      press(program, random.chance(0.7) ? 'retry' : 'skip');
    }
    press(program, 'proceed');
    look(program);
  }

  function press(program: Program, key: Key): void {
    const run = program.rollout.run.get();
    if (run === undefined) return;
    world.tell(`key ${key} (${run.phase.phase})`);
    switch (key) {
      case 'pause':
      case 'proceed':
      case 'abort':
        watcher.hear(run, key);
        program.rollout.act({ type: key });
        return;
      case 'retry':
      case 'skip': {
        const index = choose(run, key);
        if (index === undefined) return;
        watcher.hearStep(run, key, index);
        program.rollout.act({ type: key, index });
        return;
      }
      case 'leave':
        return;
    }
  }

  function choose({ steps }: Run, key: 'retry' | 'skip'): number | undefined {
    const wanted = key === 'retry' ? ['failed', 'skipped'] : ['queued', 'failed'];
    const indexes = steps.flatMap(({ status }, index) => (wanted.includes(status.state) ? [index] : []));
    return indexes.length === 0 ? undefined : random.pick(indexes);
  }

  return {
    watch(program) {
      answering = undefined;
      program.rollout.run.subscribe(() => look(program));
      look(program);
    },
    press,
  };
}

import assert from 'node:assert/strict';
import type { RecordedRun } from '../../../src/rollout/journal/record.ts';
import type { StartOptions, StartOutcome } from '../../../src/rollout/rollout.ts';
import type { Run } from '../../../src/rollout/run/run.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { createOperator } from './operator.ts';
import { launch, type Program } from './program.ts';
import { wrongAtRest } from './rest.ts';
import { createScenario, type Death, describeScenario, type Scenario, TROUBLED_MS } from './scenario.ts';
import { type WatchOver, watchOver } from './watch-over.ts';
import { createWorld, type World } from './world.ts';

/** What became of a seed. */
export interface Played {
  readonly scenario: string;
  readonly log: readonly string[];
  /** Invariants that were broken, in words. */
  readonly broken: readonly string[];
  /** What happened in it, for counting: `done`, `halted crash-loop`, `resumed`. */
  readonly marks: ReadonlySet<string>;
}

const fleets: readonly (() => Fleet)[] = [
  once(() => createFleet()),
  once(() => createFleet({ failurePolicy: 'Fail' })),
];

/** Plays the scenario of a seed from its plan to its rest. The same seed gives the same log. */
export async function play(seed: number): Promise<Played> {
  const fleet = fleets[seed % fleets.length]?.();
  assert.ok(fleet);
  const scenario = createScenario(seed, fleet);
  const random = seededRandom(scenario.chance);
  const world = createWorld({ fleet, members: scenario.members, seed, random });
  const stage = new Stage(scenario, world);
  await stage.run();
  const { watcher, marks } = stage;
  return { scenario: describeScenario(scenario), log: world.log, broken: watcher.broken, marks };
}

/** Longest time that a run may take, in virtual milliseconds: far beyond all deadlines together. */
const PATIENCE_MS = 4 * 3_600_000;
/** After the last mishap, whatever it set off comes to its end within this time. */
const AFTERMATH_MS = 100_000;
const SECOND_MS = 1_000;
/** Times that the operator tries to take a run up again: far longer than anything keeps him from it. */
const ATTEMPTS = 60;

class Stage {
  readonly watcher: WatchOver;
  readonly marks = new Set<string>();
  readonly #scenario: Scenario;
  readonly #world: World;
  readonly #operator: ReturnType<typeof createOperator>;
  readonly #deaths: Death[];
  #program: Program;
  /** The operator has left the run in an orderly way. */
  #hasLeft = false;
  /** The run has come to rest: what happens from here on only shows whether the picture is right. */
  #isDone = false;

  constructor(scenario: Scenario, world: World) {
    this.#scenario = scenario;
    this.#world = world;
    this.#deaths = [...scenario.deaths];
    this.watcher = watchOver(world, scenario.limits);
    const until = world.clock.now() + TROUBLED_MS;
    this.#operator = createOperator(world, world.random, this.watcher, until);
    this.#program = this.#launch();
  }

  async run(): Promise<void> {
    const world = this.#world;
    await world.goOn(SECOND_MS);
    const homes = [...new Set(world.members.map(({ namespace }) => namespace))].sort();
    const { rollout } = this.#program;
    const plan = rollout.plan(
      homes.map((namespace) => ({ namespace })),
      { onDelete: this.#scenario.onDelete },
    );
    if (plan.items.length === 0) {
      this.marks.add('nothing to do');
      return;
    }
    this.#unleash();
    this.#watchLife();
    const outcome = await this.#wait(
      rollout.start(plan, { ...this.#options(this.#scenario.lock), reason: 'a test' }),
    );
    if (outcome === undefined) {
      if (!this.#program.computer.isDead) this.#isBroken('the start never ends');
    } else if (outcome.outcome !== 'started') {
      this.marks.add(`start ${outcome.outcome}`);
      world.tell(`start: ${JSON.stringify(outcome)}`);
      assert.equal(this.watcher.restarts.size, 0, 'a run that was not started restarts nothing');
      return;
    }
    while (!(await this.#isOver())) {
      if (!(await this.#takeUp())) return;
    }
    await this.#checkRest();
  }

  /** Lets a process live until its run or itself has ended. True when the run has. */
  async #isOver(): Promise<boolean> {
    const world = this.#world;
    const program = this.#program;
    const run = (): Run | undefined => program.rollout.run.get();
    const ended = (): boolean => run()?.phase.phase === 'done' || run()?.phase.phase === 'aborted';
    const isOver = (): boolean => program.computer.isDead || this.#hasLeft || ended();
    if (!(await world.goOn(PATIENCE_MS, isOver))) {
      this.#isBroken(`the run never comes to rest: ${JSON.stringify(run()?.phase)}`);
      return true;
    }
    if (program.computer.isDead) {
      this.marks.add('killed');
      return false;
    }
    if (!this.#hasLeft) return ended();
    this.marks.add('left');
    this.watcher.hearLeave();
    await this.#wait(program.rollout.leave());
    program.kill();
    return false;
  }

  /** Another process takes the run up again. False when there is nothing to take up. */
  async #takeUp(): Promise<boolean> {
    const world = this.#world;
    let lock = this.#scenario.lock;
    for (let attempt = 1; ; attempt++) {
      await world.goOn(SECOND_MS + world.random.below(attempt * 20_000));
      world.disk.failNext(0);
      const recorded = world.disk.replay();
      if (recorded.replay === 'unreadable') {
        this.marks.add('killed before it began');
        if (this.watcher.restarts.size > 0) this.#isBroken(`I6: ${recorded.reason}`);
        return false;
      }
      const { phase } = recorded.run.phase;
      if (phase === 'done' || phase === 'aborted') {
        this.marks.add('killed after its end');
        return false;
      }
      this.#program = this.#launch();
      this.#hasLeft = false;
      await world.goOn(SECOND_MS);
      this.#watchLife();
      const outcome = await this.#resume(recorded.run, lock);
      if (this.#program.computer.isDead) return true;
      if (outcome?.outcome === 'started') {
        this.marks.add('resumed');
        return true;
      }
      world.tell(`resume: ${JSON.stringify(outcome)}`);
      this.#program.kill();
      if (outcome?.outcome === 'no-lock') lock = 'without';
      if (outcome?.outcome === 'locked' && attempt > 3) lock = 'take-over';
      if (attempt > ATTEMPTS) {
        this.#isBroken(`I6: the run cannot be taken up: ${JSON.stringify(outcome)}`);
        return false;
      }
    }
  }

  #resume(recorded: RecordedRun, lock: StartOptions['lock']): Promise<StartOutcome | undefined> {
    this.watcher.hearResume();
    return this.#wait(this.#program.rollout.resume(recorded, this.#options(lock)));
  }

  #options(lock: StartOptions['lock']): Omit<StartOptions, 'reason'> {
    return { limits: this.#scenario.limits, by: 'ann@laptop', lock, probe: false };
  }

  #launch(): Program {
    const { skewMs, lagMs } = this.#scenario;
    let records = 0;
    const death = this.#deaths.shift();
    const program = launch({
      world: this.#world,
      skewMs,
      lagMs,
      onSent: (sender, request) => this.watcher.onSent(sender, request),
      onServed: ({ method, path }, code) => {
        if (method !== 'GET') this.#world.tell(`${method} ${path} ${code}`);
        if (path.includes('/eviction') && code === 201) this.marks.add('evicted');
      },
      onRecord: (writer, record) => {
        const what = record.type === 'step' ? `${record.index} ${record.status.state}` : '';
        this.#world.tell(
          `journal: ${record.type} ${what}${record.type === 'phase' ? record.phase.phase : ''}`,
        );
        records += 1;
        if (death?.after === 'records' && records === death.records) this.#die(writer);
      },
    });
    if (death?.after === 'time') this.#world.clock.after(death.ms, () => this.#die(program));
    this.#world.tell('a process starts');
    this.watcher.follow(program);
    return program;
  }

  #die(program: Program): void {
    if (this.#isDone || program.computer.isDead || program !== this.#program) return;
    this.#world.tell('the process is killed');
    program.kill();
  }

  /** The operator sits down, and ends what only another process can go on with. */
  #watchLife(): void {
    const program = this.#program;
    this.#operator.watch(program);
    program.rollout.run.subscribe(() => {
      const run = program.rollout.run.get();
      if (run?.phase.phase !== 'halted') return;
      const { cause } = run.phase.halt;
      this.marks.add(`halted ${cause}`);
      if (cause === 'lock' || cause === 'journal') {
        program.computer.after(20_000, () => {
          this.#hasLeft = true;
        });
      }
    });
  }

  #unleash(): void {
    const world = this.#world;
    const { mishaps, keys } = this.#scenario;
    for (const { at, on, mishap } of mishaps) {
      world.clock.after(at, () => {
        const program = this.#program.computer.isDead ? undefined : this.#program;
        world.tell(mishap({ world, on, random: world.random, program }));
      });
    }
    for (const { at, key } of keys) {
      world.clock.after(at, () => {
        const { computer, rollout } = this.#program;
        if (computer.isDead || computer.isAsleep || rollout.run.get() === undefined) return;
        if (key === 'leave') this.#hasLeft = true;
        this.#operator.press(this.#program, key);
        world.stir();
      });
    }
  }

  /** The result of a promise of the program; undefined when it dies before. */
  async #wait<T>(promise: Promise<T>): Promise<T | undefined> {
    const program = this.#program;
    let settled = false;
    let result: T | undefined;
    void promise.then((value) => {
      result = value;
      settled = true;
    });
    this.#world.stir();
    await this.#world.goOn(PATIENCE_MS, () => settled || program.computer.isDead);
    return result;
  }

  async #checkRest(): Promise<void> {
    const program = this.#program;
    const run = program.rollout.run.get();
    assert.ok(run);
    this.#isDone = true;
    this.marks.add(run.phase.phase);
    for (const { status } of run.steps) this.marks.add(`step ${status.state}`);
    await this.#world.goOn(TROUBLED_MS + AFTERMATH_MS);
    this.#world.cluster.stop();
    await this.#world.goOn(PATIENCE_MS, () => !program.computer.isAsleep && program.session.behind === 0);
    this.watcher.atRest(program, run);
    for (const what of wrongAtRest(this.#world, program, run)) this.#isBroken(what);
  }

  #isBroken(what: string): void {
    this.watcher.note(what);
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

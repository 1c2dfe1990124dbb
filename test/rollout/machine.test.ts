import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Command,
  type Decision,
  ended,
  type Gate,
  newRun,
  nextQueued,
  type RunEvent,
  type RunState,
  reduce,
} from '../../src/rollout/run/machine.ts';
import type { WorkloadObservation } from '../../src/rollout/run/observe.ts';
import { item, oldPod, plan, pod, workload } from './fixtures.ts';

const AT = '2026-11-21T19:30:16Z';
const open: Gate = { fresh: true, blocked: [] };

/** Drives the machine and keeps what it commanded. */
function drive(...names: readonly string[]) {
  let state = newRun('run-1', plan(...names.map((name) => item(name))), 0);
  const commands: Command[] = [];
  let now = 0;
  const send = (event: RunEvent): RunState => {
    const reduction = reduce(state, event, now);
    state = reduction.state;
    commands.push(...reduction.commands);
    return state;
  };
  return {
    send,
    commands,
    at(seconds: number) {
      now = seconds;
      return this;
    },
    state: () => state,
    status: (index: number) => state.run.steps[index]?.status,
    phase: () => state.run.phase.phase,
    /** Lets the next queued workload take its turn. */
    turn(decision?: Decision, gate = open) {
      const next = nextQueued(state.run);
      const restart = next && ({ decision: 'restart', item: next.item, restartedAt: AT } as const);
      return send({ type: 'observed', gate, active: undefined, next: decision ?? restart });
    },
    see(observation: WorkloadObservation, gate = open) {
      return send({ type: 'observed', gate, active: observation, next: undefined });
    },
  };
}

const done = (name: string): WorkloadObservation => ({
  workload: workload(name, { restartedAt: AT }),
  pods: [pod('a', AT), pod('b', AT)],
});

const rolling = (name: string): WorkloadObservation => ({
  workload: workload(name, { restartedAt: AT, generation: 3 }),
  pods: [oldPod('a'), oldPod('b')],
});

test('restarts one workload after the other, each only after the proof of the one before', () => {
  const run = drive('a', 'b');
  run.turn();
  assert.deepEqual(
    run.commands.map(({ item: { key } }) => key.name),
    ['a'],
  );
  run.send({ type: 'patched', generation: 2 });
  run.see(rolling('a'));
  assert.equal(run.status(0)?.state, 'rolling');
  assert.equal(run.commands.length, 1, 'nothing else starts while a workload rolls');
  run.see(done('a'));
  assert.equal(run.status(0)?.state, 'done');
  run.turn();
  run.send({ type: 'patched', generation: 2 });
  run.see(done('b'));
  assert.equal(run.phase(), 'done');
  assert.deepEqual(
    run.commands.map(({ item: { key } }) => key.name),
    ['a', 'b'],
  );
});

test('the first failure halts, names the reason, and nothing is patched after it', () => {
  const run = drive('a', 'b');
  run.turn();
  run.send({ type: 'patched', generation: 2 });
  const bare = { ...done('a'), pods: [pod('x', AT, { proxy: undefined }), oldPod('y')] };
  run.see(bare);
  const { phase } = run.state().run;
  assert.equal(phase.phase, 'halted');
  assert.equal(phase.phase === 'halted' && phase.halt.reason, 'pod x came up without a proxy');
  run.turn();
  run.send({ type: 'patched', generation: 2 });
  assert.equal(run.commands.length, 1);
  assert.equal(run.status(1)?.state, 'queued');
});

test('halts before the first patch when something forbids restarting', () => {
  const run = drive('a');
  run.turn(undefined, { fresh: true, blocked: ['the proxy injector is down'] });
  assert.equal(run.phase(), 'halted');
  assert.deepEqual(run.commands, []);
});

test('halts when the injector goes down while a workload rolls', () => {
  const run = drive('a', 'b');
  run.turn();
  run.send({ type: 'patched', generation: 2 });
  run.see(rolling('a'), { fresh: true, blocked: ['the proxy injector is down'] });
  assert.equal(run.phase(), 'halted');
});

test('patches nothing, and lets no deadline run, while the picture is not live', () => {
  const run = drive('a');
  const blind = { fresh: false, blocked: [] };
  run.turn(undefined, blind);
  assert.deepEqual(run.commands, []);
  run.turn();
  run.send({ type: 'patched', generation: 2 });
  run.see(rolling('a'));
  run.at(1000).see(rolling('a'), blind);
  run.at(1050).see(rolling('a'));
  assert.equal(run.phase(), 'running');
  run.at(1061).see(rolling('a'));
  assert.equal(run.phase(), 'halted');
});

test('the deadline runs from the last sign of movement', () => {
  const run = drive('a');
  run.turn();
  run.send({ type: 'patched', generation: 2 });
  run.at(10).see(rolling('a'));
  run.at(60).see({ ...rolling('a'), pods: [oldPod('a'), pod('b', AT)] });
  run.at(119).see({ ...rolling('a'), pods: [oldPod('a'), pod('b', AT)] });
  assert.equal(run.phase(), 'running');
  run.at(121).see({ ...rolling('a'), pods: [oldPod('a'), pod('b', AT)] });
  const { phase } = run.state().run;
  assert.match(phase.phase === 'halted' ? phase.halt.reason : '', /no progress for 60 s/);
});

test('a workload that needs nothing any more is dropped and the next one has its turn', () => {
  const run = drive('a', 'b');
  run.turn({ decision: 'drop', reason: 'its proxies became current in the meantime' });
  assert.equal(run.status(0)?.state, 'dropped');
  assert.equal(run.phase(), 'running');
  run.turn();
  assert.deepEqual(
    run.commands.map(({ item: { key } }) => key.name),
    ['b'],
  );
});

test('a workload that changed after the review is not patched: the run halts', () => {
  const run = drive('a');
  run.turn({ decision: 'refuse', reason: 'it is pinned now' });
  assert.equal(run.phase(), 'halted');
  assert.deepEqual(run.commands, []);
});

test('a conflict is decided on anew, but not for ever', () => {
  const run = drive('a');
  for (let conflict = 0; conflict < 5; conflict++) {
    run.turn();
    run.send({ type: 'refused', kind: 'conflict', message: 'modified' });
    assert.equal(run.status(0)?.state, 'queued');
  }
  run.turn();
  run.send({ type: 'refused', kind: 'conflict', message: 'modified' });
  assert.equal(run.phase(), 'halted');
  assert.equal(run.commands.length, 6);
});

test('a busy server and an unanswered patch are tried again, but not for ever', () => {
  for (const kind of ['busy', 'unanswered'] as const) {
    const run = drive('a');
    for (let attempt = 0; attempt < 6; attempt++) {
      run.turn();
      run.send({ type: 'refused', kind, message: 'try later' });
    }
    assert.equal(run.phase(), 'halted');
    assert.equal(run.commands.length, 6);
  }
});

test('attempts on one workload do not count for the next', () => {
  const run = drive('a', 'b');
  for (let attempt = 0; attempt < 5; attempt++) {
    run.turn();
    run.send({ type: 'refused', kind: 'conflict', message: 'modified' });
  }
  run.turn({ decision: 'drop', reason: 'gone' });
  run.turn();
  run.send({ type: 'refused', kind: 'conflict', message: 'modified' });
  assert.equal(run.phase(), 'running');
});

test('a workload in motion keeps its turn, says why, and is restarted once it has settled', () => {
  const run = drive('a');
  run.turn({ decision: 'wait', reason: '2 of 3 updated' });
  assert.deepEqual(run.status(0), { state: 'queued', waitingFor: '2 of 3 updated' });
  run.at(59).turn({ decision: 'wait', reason: '2 of 3 updated' });
  assert.equal(run.phase(), 'running');
  run.turn();
  assert.equal(run.commands.length, 1);
  assert.equal(run.status(0)?.state, 'patching');
});

test('a workload that stays in motion halts after its deadline', () => {
  const run = drive('a');
  run.turn({ decision: 'wait', reason: '2 of 3 updated' });
  run.at(61).turn({ decision: 'wait', reason: '2 of 3 updated' });
  const { phase } = run.state().run;
  assert.equal(phase.phase === 'halted' && phase.halt.reason, 'it did not settle for 60 s: 2 of 3 updated');
  assert.deepEqual(run.commands, []);
});

test('what events tell is added to a halt and to nothing else', () => {
  const run = drive('a');
  run.send({ type: 'explained', details: ['early'] });
  assert.equal(run.phase(), 'running');
  run.turn({ decision: 'refuse', reason: 'pinned' });
  run.send({ type: 'explained', details: ['FailedCreate: quota'] });
  const { phase } = run.state().run;
  assert.deepEqual(phase.phase === 'halted' && phase.halt.details, ['FailedCreate: quota']);
});

test('a workload that is gone is dropped; a refusal halts', () => {
  const gone = drive('a');
  gone.turn();
  gone.send({ type: 'refused', kind: 'gone', message: 'not found' });
  assert.equal(gone.status(0)?.state, 'dropped');
  assert.equal(gone.phase(), 'done');
  const refused = drive('a');
  refused.turn();
  refused.send({ type: 'refused', kind: 'refused', message: 'forbidden' });
  assert.equal(refused.phase(), 'halted');
});

test('stop starts nothing new and watches what rolls to its end', () => {
  const run = drive('a', 'b');
  run.turn();
  run.send({ type: 'patched', generation: 2 });
  run.send({ type: 'stop' });
  assert.equal(run.phase(), 'stopping');
  run.see(done('a'));
  assert.equal(run.status(0)?.state, 'done');
  assert.equal(run.phase(), 'stopped');
  assert.equal(run.commands.length, 1);
});

test('stop before anything was patched ends the run at once', () => {
  const run = drive('a');
  run.send({ type: 'stop' });
  assert.equal(run.phase(), 'stopped');
  run.turn();
  assert.deepEqual(run.commands, []);
});

/** A small generator with a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('whatever happens in whatever order: one at a time, each patched once, nothing after the end', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const chance = random(seed);
    const names = ['a', 'b', 'c', 'd'].slice(0, 1 + Math.floor(chance() * 4));
    const run = drive(...names);
    const accepted = new Map<string, number>();
    let over = false;
    for (let step = 0; step < 60; step++) {
      const before = run.commands.length;
      const { active } = run.state();
      const name = active && run.state().run.steps[active.index]?.item.key.name;
      const gate = { fresh: chance() > 0.1, blocked: chance() > 0.97 ? ['injector down'] : [] };
      const dice = chance();
      if (dice > 0.98) {
        run.send({ type: 'stop' });
      } else if (name !== undefined && run.status(active?.index ?? 0)?.state === 'patching') {
        if (dice < 0.6) {
          accepted.set(name, (accepted.get(name) ?? 0) + 1);
          run.send({ type: 'patched', generation: 2 });
        } else {
          const kind = dice < 0.8 ? 'conflict' : dice < 0.9 ? 'gone' : 'refused';
          run.send({ type: 'refused', kind, message: 'no' });
        }
      } else if (name !== undefined) {
        run.see(
          dice < 0.5 ? rolling(name) : dice < 0.95 ? done(name) : { workload: undefined, pods: [] },
          gate,
        );
      } else {
        run.turn(dice < 0.1 ? { decision: 'drop', reason: 'current' } : undefined, gate);
      }
      const patched = run.commands.length - before;
      assert.ok(patched <= 1, `seed ${seed}: two patches at once`);
      assert.ok(!(over && patched > 0), `seed ${seed}: a patch after the end`);
      const moving = run
        .state()
        .run.steps.filter(({ status }) => status.state === 'patching' || status.state === 'rolling');
      assert.ok(moving.length <= 1, `seed ${seed}: ${moving.length} workloads at once`);
      over = ended(run.state().run);
      if (over) {
        assert.ok(run.phase() !== 'done' || moving.length === 0, `seed ${seed}: done while something moves`);
      }
    }
    for (const [name, times] of accepted) {
      assert.equal(times, 1, `seed ${seed}: ${name} was patched ${times} times`);
    }
  }
});

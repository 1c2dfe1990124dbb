/** What the operator, the lock, the journal and a crash do to the machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedRun } from '../../src/rollout/journal/record.ts';
import { atRest, ended, resumedRun } from '../../src/rollout/run/machine.ts';
import type { StepState } from '../../src/rollout/run/run.ts';
import { item, plan, SWIFT, trouble } from './fixtures.ts';
import { AT, drive, halfway, withPod } from './machine-driver.ts';

const two = () => drive([item('a'), item('b')]).preflight();
const crash = { pods: { a: withPod(item('a'), { trouble: trouble('container app: CrashLoopBackOff') }) } };

test('a pause starts nothing new and watches what rolls; going on begins with a preflight', () => {
  const run = two().start().send({ type: 'pause' });
  assert.equal(atRest(run.run()), false, 'something moves');
  run.finish('a').look();
  assert.deepEqual([run.phase(), run.states(), run.patched()], ['paused', ['done', 'queued'], ['a']]);
  assert.equal(atRest(run.run()), true);
  run.send({ type: 'proceed' });
  assert.equal(run.phase(), 'preflight');
  run.preflight().start();
  assert.deepEqual(run.patched(), ['a', 'b']);
});

test('a failure halts a paused run; the control plane does only while something rolls', () => {
  const failed = two().start().send({ type: 'pause' }).look(crash);
  assert.equal(failed.halt().cause, 'crash-loop');
  const blocked = { gate: { blocked: ['the control plane is half rolled'] } };
  const rolling = two().start().send({ type: 'pause' }).look(blocked);
  assert.equal(rolling.phase(), 'halted');
  const idle = two().send({ type: 'pause' }).look(blocked);
  assert.equal(idle.phase(), 'paused');
});

test('a paused run with nothing left is done when it goes on', () => {
  const run = drive([item('a')])
    .preflight()
    .start()
    .send({ type: 'pause' })
    .finish('a');
  assert.equal(run.send({ type: 'proceed' }).phase(), 'done');
});

test('an abort starts nothing new, watches what rolls to its end, and then the run is over', () => {
  const run = two().start().send({ type: 'abort' });
  assert.equal(run.phase(), 'aborting');
  const aborting = run.run();
  assert.equal(run.at(5).send({ type: 'abort' }).run(), aborting, 'saying it twice changes nothing');
  run.send({ type: 'proceed' }).send({ type: 'pause' }).send({ type: 'retry', index: 1 });
  run.finish('a');
  assert.deepEqual([run.phase(), run.states()], ['aborted', ['done', 'queued']]);
  run.send({ type: 'proceed' }).look();
  assert.deepEqual([run.phase(), run.patched()], ['aborted', ['a']]);
});

test('an abort before anything was patched ends the run at once, also while a preflight is made', () => {
  assert.equal(two().send({ type: 'abort' }).phase(), 'aborted');
  const early = drive([item('a')])
    .send({ type: 'abort' })
    .preflight()
    .look();
  assert.deepEqual([early.phase(), early.patched()], ['aborted', []]);
});

test('a failure while aborting is kept, and the run ends aborted', () => {
  const run = two().start().send({ type: 'abort' }).look(crash);
  assert.deepEqual([run.phase(), run.states()], ['aborted', ['failed', 'queued']]);
});

test('a busy server while aborting ends the run: nothing is repeated', () => {
  const run = two().look().send({ type: 'abort' }).refuse('a', 'busy');
  assert.deepEqual([run.phase(), run.states()], ['aborted', ['queued', 'queued']]);
});

test('going on after a halt acknowledges the failures, which then count no longer', () => {
  const run = two().start().look(crash);
  run.send({ type: 'proceed' });
  assert.deepEqual([run.phase(), run.count('preflight')], ['preflight', 2]);
  const status = run.status('a');
  assert.equal(status.state === 'failed' && status.acknowledged, true);
  run.preflight().start().finish('b');
  assert.deepEqual([run.phase(), run.states()], ['done', ['failed', 'done']]);
});

test('failures that the operator has seen leave the whole budget to later ones', () => {
  const names = ['a', 'b', 'c', 'd'];
  const run = drive(
    names.map((name) => item(name)),
    { limits: { failureBudget: 1 } },
  ).preflight();
  const fail = (name: string) =>
    run.start().look({
      pods: { [name]: withPod(item(name), { trouble: trouble('container app: CrashLoopBackOff') }) },
    });
  fail('a');
  assert.equal(fail('b').phase(), 'halted');
  run.send({ type: 'proceed' }).preflight();
  assert.equal(fail('c').phase(), 'running');
  assert.equal(fail('d').phase(), 'halted');
});

test('what explains another failure is not added to the card', () => {
  const run = drive([item('a'), item('b')], { limits: { failureBudget: 1 } })
    .preflight()
    .start()
    .look(crash);
  run.start().look({ pods: { b: withPod(item('b'), { proxy: undefined }) } });
  run.send({ type: 'explained', index: 0, details: ['of a'] });
  run.send({ type: 'explained', index: 1, details: ['of b'] });
  assert.ok(run.halt().details.includes('of b'));
  assert.ok(!run.halt().details.includes('of a'));
});

test('a failed workload is restarted again only when the operator says so', () => {
  const run = two().start().look(crash);
  run.send({ type: 'retry', index: 0 });
  assert.deepEqual([run.phase(), run.states()], ['halted', ['queued', 'queued']]);
  run.look();
  assert.deepEqual(run.patched(), ['a'], 'still halted');
  run.send({ type: 'proceed' }).preflight().start();
  assert.deepEqual(run.patched(), ['a', 'a']);
});

test('a workload that is left out is not restarted, and can be taken back', () => {
  const run = two().send({ type: 'skip', index: 0 }).look();
  assert.deepEqual([run.states(), run.patched()], [['skipped', 'patching'], ['b']]);
  run.accept().send({ type: 'retry', index: 0 }).finish('b').start();
  assert.deepEqual(run.patched(), ['b', 'a']);
});

test('what makes no sense changes nothing', () => {
  const run = two().start();
  const before = run.run();
  for (const index of [0, 7, -1]) {
    run.send({ type: 'retry', index }).send({ type: 'skip', index });
  }
  run.send({ type: 'proceed' });
  assert.equal(run.run(), before);
  run.finish('a').send({ type: 'skip', index: 0 }).send({ type: 'retry', index: 0 });
  assert.equal(run.status('a').state, 'done');
});

test('a soak is cut short by going on', () => {
  const next = item('b', { wave: 1 });
  const run = drive([item('a'), next], { limits: { soakSeconds: 300 } })
    .preflight()
    .start()
    .finish('a');
  assert.equal(run.phase(), 'soaking');
  assert.equal(run.send({ type: 'proceed' }).phase(), 'preflight');
});

for (const [cause, event] of [
  ['lock', { type: 'lock-lost', reason: 'bob@other holds it' }],
  ['journal', { type: 'journal-failed', message: 'no space left on device' }],
] as const) {
  test(`without its ${cause} a run halts, watches what rolls, and is never revived in place`, () => {
    const run = two().start().send(event);
    assert.deepEqual([run.halt().cause, run.halt().scope], [cause, 'run']);
    assert.deepEqual(run.halt().nextSteps, ['kubectl linkerd-upgrade restart --resume run-1']);
    run.finish('a').send({ type: 'proceed' }).look();
    assert.deepEqual([run.phase(), run.patched(), run.states()], ['halted', ['a'], ['done', 'queued']]);
    assert.equal(two().start().send({ type: 'pause' }).send(event).phase(), 'halted');
    assert.equal(two().start().look(crash).send(event).halt().cause, cause, 'over any other card');
    const bare = { pods: { a: withPod(item('a'), { proxy: undefined }) } };
    assert.equal(two().start().send(event).look(bare).halt().cause, cause, 'and no other card over it');
    assert.equal(run.send({ type: 'abort' }).phase(), 'aborted');
  });
}

test('a lost lock is shown', () => {
  assert.equal(two().send({ type: 'lock-lost', reason: 'gone' }).run().lock, 'lost');
});

function recorded(statuses: readonly StepState[], phase: RecordedRun['phase']): RecordedRun {
  const items = statuses.map((_, index) => item(`w${index}`, { wave: index < 2 ? 0 : 1 }));
  const header = {
    type: 'run',
    version: 1,
    at: -1000,
    id: 'run-9',
    cluster: { uid: 'u', server: 's', context: 'c' },
    by: 'bob@old',
    reason: 'upgrade',
    program: 'test',
    plan: plan(...items),
    limits: SWIFT,
    locked: true,
  } as const;
  const steps = items.map((one, index) => ({
    item: one,
    status: statuses[index] ?? ({ state: 'queued' } as const),
  }));
  return { header, limits: SWIFT, steps, phase, warnings: [], history: [], truncated: false };
}

const MARK = { restartedAt: AT, generation: 2 };
const PROGRESS = { proven: 1, wanted: 2, old: 1, waitingFor: '' };

test('a run taken up again looks before it leaps', () => {
  const old = recorded(
    [
      { state: 'patching', since: -100, restartedAt: AT },
      { state: 'rolling', since: -200, mark: MARK, progress: PROGRESS },
      { state: 'failed', at: -300, cause: 'crash-loop', reason: 'x', acknowledged: false },
      { state: 'queued', waitingFor: 'long ago' },
      { state: 'done', since: -400, at: -350, pods: 2 },
    ],
    { phase: 'running', wave: 0 },
  );
  const first = resumedRun(old, { limits: SWIFT, by: 'ann@new', lock: 'none' }, 0);
  const run = drive([], { first });
  assert.deepEqual(run.commands, [
    { type: 'read-back', index: 0, item: item('w0'), restartedAt: AT },
    { type: 'preflight', wave: 0 },
  ]);
  const { id, by, reason, startedAt, lock } = run.run();
  assert.deepEqual([id, by, reason, startedAt, lock], ['run-9', 'ann@new', 'upgrade', -1000, 'none']);
  assert.match(run.run().warnings.join(), /holds no lock/);
  assert.deepEqual(run.states(), ['patching', 'rolling', 'failed', 'queued', 'done']);
  const failed = run.status('w2');
  assert.equal(failed.state === 'failed' && failed.acknowledged, true);
  assert.deepEqual(run.status('w3'), { state: 'queued' });
  run.preflight().look();
  assert.deepEqual(run.patched(), [], 'what is in progress holds its slots');
  run.accept().finish('w0', 'w1');
  assert.deepEqual(run.run().phase.phase, 'preflight');
  run.preflight().start();
  assert.deepEqual(run.patched(), ['w3']);
});

test('a patch that never arrived is decided on anew, with the same token', () => {
  const old = recorded([{ state: 'patching', since: -100, restartedAt: AT }], { phase: 'running', wave: 0 });
  const run = drive([], { first: resumedRun(old, { limits: SWIFT, by: 'ann', lock: 'held' }, 0) });
  run.refuse('w0', 'unanswered').preflight().at(2);
  run.look({ decisions: { w0: { decision: 'restart', item: item('w0'), restartedAt: 'later' } } });
  assert.deepEqual(run.commands.at(-1), { type: 'patch', index: 0, item: item('w0'), restartedAt: AT });
});

test('a workload that was watched is proven anew', () => {
  const soaking = { state: 'soaking', since: -200, until: -100, mark: MARK, pods: 2 } as const;
  const old = recorded([soaking], { phase: 'paused', wave: 0, since: 0 });
  const run = drive([], { first: resumedRun(old, { limits: SWIFT, by: 'ann', lock: 'held' }, 0) });
  assert.equal(run.status('w0').state, 'rolling');
  run.look({ pods: { w0: halfway(item('w0'), 1) } });
  assert.equal(run.status('w0').state, 'rolling');
  run.preflight().finish('w0');
  assert.deepEqual([run.states(), run.phase()], [['done'], 'done']);
});

test('a run that was being aborted only watches what it patched', () => {
  const old = recorded(
    [{ state: 'rolling', since: -200, mark: MARK, progress: PROGRESS }, { state: 'queued' }],
    { phase: 'aborting', wave: 0, since: -50 },
  );
  const run = drive([], { first: resumedRun(old, { limits: SWIFT, by: 'ann', lock: 'held' }, 0) });
  assert.deepEqual([run.phase(), run.commands], ['aborting', []]);
  run.finish('w0').look();
  assert.deepEqual([run.phase(), run.patched()], ['aborted', []]);
});

test('a run that has nothing left is done as soon as it is taken up', () => {
  const old = recorded([{ state: 'done', since: 0, at: 0, pods: 1 }], { phase: 'paused', wave: 0, since: 0 });
  const { state } = resumedRun(old, { limits: SWIFT, by: 'ann', lock: 'held' }, 0);
  assert.equal(ended(state.run), true);
});

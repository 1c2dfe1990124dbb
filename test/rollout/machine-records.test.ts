/** What of a change goes into the journal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordsOf } from '../../src/rollout/run/records.ts';
import type { Run, RunPhase, StepState } from '../../src/rollout/run/run.ts';
import { item, trouble } from './fixtures.ts';
import { AT, drive, withPod } from './machine-driver.ts';

const base: Run = drive([item('a'), item('b')]).run();
const MARK = { restartedAt: AT, generation: 2 };
const running: RunPhase = { phase: 'running', wave: 0 };

function told(before: StepState, after: StepState): number {
  const run = (status: StepState): Run => ({ ...base, steps: [{ item: item('a'), status }] });
  return recordsOf(run(before), run(after), 7).length;
}

function toldOfPhase(before: RunPhase, after: RunPhase): number {
  return recordsOf({ ...base, phase: before }, { ...base, phase: after }, 7).length;
}

test('of a run that has just begun only its phase is told: the plan says the rest', () => {
  assert.deepEqual(recordsOf(undefined, base, 7), [{ type: 'phase', at: 7, phase: base.phase }]);
});

test('a step that is another one now is told, with what it was decided to be', () => {
  const decided = item('b', { resourceVersion: '200' });
  const status = { state: 'patching', since: 5, restartedAt: AT } as const;
  const [a] = base.steps;
  assert.ok(a);
  assert.deepEqual(recordsOf(base, { ...base, steps: [a, { item: decided, status }] }, 7), [
    { type: 'step', at: 7, index: 1, item: decided, status },
  ]);
});

test('that a step waits is told once, whatever it waits for', () => {
  const queued: StepState = { state: 'queued' };
  const waiting = (waitingFor: string): StepState => ({ state: 'queued', waitingFor });
  assert.equal(told(queued, waiting('the pace')), 1);
  assert.equal(told(waiting('the pace'), waiting('the namespace')), 0);
  assert.equal(told(waiting('the pace'), queued), 1);
});

test('a warning is told when it is new', () => {
  const [before, after] = [
    { ...base, warnings: ['a'] },
    { ...base, warnings: ['a', 'b'] },
  ];
  assert.deepEqual(recordsOf(before, after, 7), [{ type: 'warning', at: 7, text: 'b' }]);
  assert.deepEqual(recordsOf(undefined, before, 7).slice(0, 1), [{ type: 'warning', at: 7, text: 'a' }]);
});

test('progress alone is not told', () => {
  const rolling = (proven: number): StepState => ({
    state: 'rolling',
    since: 1,
    mark: MARK,
    progress: { proven, wanted: 2, old: 2 - proven, waitingFor: 'it' },
  });
  assert.equal(told(rolling(0), rolling(1)), 0);
  const soaking = (until: number): StepState => ({ state: 'soaking', since: 1, until, mark: MARK, pods: 2 });
  assert.equal(told(soaking(5), soaking(9)), 0);
  assert.equal(told(rolling(1), soaking(5)), 1);
});

test('another token and an acknowledgement are told', () => {
  const patching = (restartedAt: string): StepState => ({ state: 'patching', since: 1, restartedAt });
  assert.equal(told(patching(AT), patching(AT)), 0);
  assert.equal(told(patching(AT), patching('another')), 1);
  const failed = (acknowledged: boolean): StepState => ({
    state: 'failed',
    at: 1,
    cause: 'deadline',
    reason: 'x',
    acknowledged,
  });
  assert.equal(told(failed(false), failed(false)), 0);
  assert.equal(told(failed(false), failed(true)), 1);
});

test('a phase is told when it changes, and a diagnosis when it grows', () => {
  assert.equal(toldOfPhase(running, running), 0);
  assert.equal(toldOfPhase(running, { ...running, waitingFor: 'a namespace' }), 0);
  assert.equal(toldOfPhase(running, { phase: 'running', wave: 1 }), 1);
  assert.equal(toldOfPhase(running, { phase: 'paused', wave: 0, since: 3 }), 1);
  const run = drive([item('a')])
    .preflight()
    .start();
  run.look({ pods: { a: withPod(item('a'), { trouble: trouble('container app: CrashLoopBackOff') }) } });
  const before = run.run().phase;
  assert.equal(toldOfPhase(before, before), 0);
  run.send({ type: 'explained', index: 0, details: ['BackOff: restarting failed container'] });
  assert.equal(toldOfPhase(before, run.run().phase), 1);
});

/** OnDelete workloads: the machine evicts their old pods one by one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atRest } from '../../src/rollout/run/machine.ts';
import type { WorkloadObservation } from '../../src/rollout/run/observe.ts';
import { item, oldPod, pod, workload } from './fixtures.ts';
import { AT, type Driver, drive } from './machine-driver.ts';

const db = item('db', {
  method: 'evict',
  key: { namespace: 'books', kind: 'StatefulSet', name: 'db' },
  pods: 3,
});

/** The pods db-0 … db-2: `new`, `old`, `starting`, or not there. */
function seen(states: string, changes: Parameters<typeof workload>[1] = {}): WorkloadObservation {
  const pods = states.split(' ').flatMap((state, index) => {
    const name = `db-${index}`;
    switch (state) {
      case 'new':
        return pod(name, AT);
      case 'old':
        return oldPod(name);
      case 'starting':
        return pod(name, AT, { ready: false, waitingFor: `pod ${name} is not ready` });
      default:
        return [];
    }
  });
  const updated = pods.filter(({ restartedAt }) => restartedAt === AT).length;
  const status = { replicas: 3, updated, ready: 3, available: 3 };
  return {
    workload: workload('db', { kind: 'StatefulSet', restartedAt: AT, replicas: 3, status, ...changes }),
    pods,
  };
}

const look = (run: Driver, states: string, changes = {}) => run.look({ pods: { db: seen(states, changes) } });
const evicted = (run: Driver) =>
  run.commands.flatMap((command) => (command.type === 'evict' ? [command.pod] : []));
const answer = (run: Driver, podName: string, kind: 'evicted' | 'budget' | 'busy' | 'gone' | 'refused') =>
  run.send({ type: 'evicted', index: 0, pod: podName, kind, message: 'because' });
const begin = () =>
  drive([db, item('next')])
    .preflight()
    .start();

test('old pods go one at a time from the highest ordinal, each only when all others are ready', () => {
  const run = look(begin(), 'old old old');
  assert.deepEqual(evicted(run), ['db-2']);
  look(run, 'old old old');
  assert.deepEqual(evicted(run), ['db-2'], 'one at a time, also before the answer');
  answer(run, 'db-2', 'evicted');
  look(run, 'old old old');
  look(run, 'old old -');
  look(run, 'old old starting');
  assert.deepEqual(evicted(run), ['db-2']);
  look(run, 'old old new');
  assert.deepEqual(evicted(run), ['db-2', 'db-1']);
  answer(run, 'db-1', 'evicted');
  look(run, 'old - new');
  look(run, 'old new new');
  answer(run, 'db-0', 'evicted');
  look(run, '- new new');
  look(run, 'new new new');
  assert.equal(run.status('db').state, 'done');
  assert.equal(run.patched().length, 1);
});

test('nothing is evicted before the controller knows the new template: the pod would come back as it was', () => {
  const run = look(begin(), 'old old old', { generation: 3 });
  assert.deepEqual(evicted(run), []);
});

test('a budget that allows nothing is waited for, in words, and asked again', () => {
  const run = look(begin(), 'old old old');
  answer(run, 'db-2', 'budget');
  look(run, 'old old old');
  const status = run.status('db');
  assert.match(
    status.state === 'rolling' ? status.progress.waitingFor : '',
    /a disruption budget to allow the eviction of pod db-2: because/,
  );
  look(run.at(9), 'old old old');
  assert.deepEqual(evicted(run), ['db-2']);
  look(run.at(10), 'old old old');
  assert.deepEqual(evicted(run), ['db-2', 'db-2']);
});

test('a budget that never allows anything ends at the deadline', () => {
  const run = look(begin(), 'old old old');
  answer(run, 'db-2', 'budget');
  look(run.at(61), 'old old old');
  assert.equal(run.halt().cause, 'deadline');
  assert.match(run.halt().reason, /waiting for a disruption budget/);
});

test('a busy server is asked later and slows the run down; a pod that is gone is no matter', () => {
  const run = drive([db], { limits: { startsPerMinute: 40 } })
    .preflight()
    .start();
  answer(look(run, 'old old old'), 'db-2', 'busy');
  assert.equal(run.run().startsPerMinute, 5);
  look(run.at(4), 'old old old');
  assert.equal(evicted(run).length, 1);
  answer(look(run.at(5), 'old old old'), 'db-2', 'gone');
  look(run, 'old old new');
  assert.deepEqual(evicted(run), ['db-2', 'db-2', 'db-1']);
});

test('a refusal fails the workload and names the pod', () => {
  const run = answer(look(begin(), 'old old old'), 'db-2', 'refused');
  assert.deepEqual([run.halt().cause, run.halt().pod, run.halt().reason], ['refused', 'db-2', 'because']);
});

test('nothing is evicted in a pause or after a halt, no deadline runs meanwhile, and the run is at rest', () => {
  const run = look(begin(), 'old old old');
  answer(run, 'db-2', 'evicted').send({ type: 'pause' });
  look(run, 'old old starting');
  assert.equal(atRest(run.run()), false);
  look(run, 'old old new');
  assert.equal(atRest(run.run()), true);
  look(run.at(5000), 'old old new');
  assert.deepEqual([run.phase(), evicted(run)], ['paused', ['db-2']]);
  run.send({ type: 'proceed' }).preflight();
  look(run, 'old old new');
  assert.deepEqual(evicted(run), ['db-2', 'db-1']);
});

test('an abort in the middle leaves the rest as it is, and says so', () => {
  const run = look(begin(), 'old old old');
  answer(run, 'db-2', 'evicted').send({ type: 'abort' });
  look(run, 'old old -');
  assert.equal(run.phase(), 'aborting');
  look(run, 'old old new');
  const status = run.status('db');
  assert.match(status.state === 'skipped' ? status.reason : '', /aborted when 1 of its 3 pods/);
  assert.equal(run.phase(), 'aborted');
});

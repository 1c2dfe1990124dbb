import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextTime } from '../../../src/sim/cluster/controllers/schedule.ts';
import {
  cronJob,
  deployment,
  disruptionBudget,
  job,
  namespace,
  statefulSet,
} from '../../../src/sim/cluster/scenario/builders.ts';
import { numberAt } from '../../../src/sim/json.ts';
import * as resources from '../../../src/sim/resources.ts';
import { recordedJson } from '../../support/wire.ts';
import { bench, MESHED, NOW, restart } from './support.ts';

test('a Job runs its pods to completion and then rests', () => {
  const made = bench();
  const report = job('batch', 'report');
  made.sim.world.createAll([
    namespace('batch', MESHED),
    { ...report, spec: { ...report.spec, completions: 3, parallelism: 2 } },
  ]);
  made.clock.advance(1_000);
  assert.equal(made.get('Job', 'batch', 'report').status?.active, 2);
  made.settle();
  const { status } = made.get('Job', 'batch', 'report');
  assert.deepEqual(
    [status?.active ?? 0, status?.succeeded, status?.conditions?.[0]?.type],
    [0, 3, 'Complete'],
  );
  assert.ok(status?.completionTime);
});

test('a Job gives up after its backoff limit', () => {
  const made = bench();
  const report = job('batch', 'report');
  made.sim.setWorkloadBehaviour('batch', 'report', { kind: 'completes', afterMs: 1_000, exitCode: 1 });
  made.sim.world.createAll([namespace('batch'), { ...report, spec: { ...report.spec, backoffLimit: 1 } }]);
  made.settle();
  const { status } = made.get('Job', 'batch', 'report');
  assert.deepEqual(
    [status?.failed, status?.conditions?.[0]?.type, status?.conditions?.[0]?.reason],
    [2, 'Failed', 'BackoffLimitExceeded'],
  );
});

test('a CronJob starts a Job at each time of its schedule and keeps the last three', () => {
  const made = bench();
  made.sim.world.createAll([namespace('batch', MESHED), cronJob('batch', 'nightly', '*/10 * * * *')]);
  made.settle(11);
  assert.equal(made.sim.cluster.list('Job', 'batch').length, 1);
  made.settle(60);
  const jobs = made.sim.cluster.list('Job', 'batch');
  assert.equal(jobs.length, 3);
  assert.equal(made.get('CronJob', 'batch', 'nightly').status?.lastScheduleTime, '2026-11-21T21:10:00Z');
  // The Jobs that were dropped have taken their pods along.
  assert.equal(made.sim.cluster.list('Pod', 'batch').length, 3);
});

test('schedules name the next time', () => {
  const next = (schedule: string): string | undefined => {
    const time = nextTime(schedule, NOW);
    return time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);
  };
  assert.equal(next('0 * * * *'), '2026-11-21T21:00');
  assert.equal(next('*/15 20-22 * * *'), '2026-11-21T20:15');
  assert.equal(next('30 4 1,15 * *'), '2026-12-01T04:30');
  assert.equal(next('@weekly'), '2026-11-22T00:00');
  assert.equal(next('0 0 29 2 *'), '2028-02-29T00:00');
  assert.equal(next('0 0 30 2 *'), undefined);
  assert.equal(next('every day'), undefined);
});

test('a budget counts as the recorded one did, and follows the pods', () => {
  const made = bench();
  made.sim.world.createAll([
    namespace('books', MESHED),
    deployment('books', 'authors', { replicas: 2 }),
    disruptionBudget('books', 'authors', { minAvailable: 2 }),
    statefulSet('books', 'store', { replicas: 5 }),
    disruptionBudget('books', 'store', { maxUnavailable: '40%' }),
  ]);
  made.settle();
  const counters = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'];
  const of = (budget: unknown): readonly number[] =>
    counters.map((field) => numberAt(budget, 'status', field));
  assert.deepEqual(of(made.get('PodDisruptionBudget', 'books', 'authors')), of(recordedJson('083-pdb.json')));
  assert.deepEqual(of(made.get('PodDisruptionBudget', 'books', 'store')), [2, 5, 3, 5]);
  made.sim.setWorkloadBehaviour('books', 'store', { kind: 'never-ready' }, true);
  made.settle();
  assert.deepEqual(of(made.get('PodDisruptionBudget', 'books', 'store')), [0, 0, 3, 5]);
});

test('what a deleted owner owned goes with it', () => {
  const made = bench();
  made.sim.world.createAll([
    namespace('books', MESHED),
    deployment('books', 'webapp'),
    statefulSet('books', 'store'),
  ]);
  made.settle();
  restart(made, 'StatefulSet', 'books', 'store');
  made.settle();
  made.sim.cluster.remove('Deployment', 'books', 'webapp');
  made.sim.cluster.remove('StatefulSet', 'books', 'store');
  made.settle();
  for (const resource of [resources.pods, resources.replicaSets, resources.controllerRevisions]) {
    assert.deepEqual(made.sim.store.list(resource, 'books'), [], resource.plural);
  }
});

test('a namespace that is deleted is emptied, then gone', () => {
  const made = bench();
  made.sim.world.createAll([
    namespace('books', MESHED),
    deployment('books', 'webapp'),
    job('books', 'report'),
  ]);
  made.settle();
  made.sim.world.change('Namespace', '', 'books', (found) => ({
    ...found,
    metadata: { ...found.metadata, deletionTimestamp: new Date(made.clock.now()).toISOString() },
  }));
  made.clock.advance(1_000);
  assert.equal(made.get('Namespace', '', 'books').status?.phase, 'Terminating');
  made.settle();
  assert.equal(made.sim.cluster.get('Namespace', '', 'books'), undefined);
  for (const resource of resources.resourceTypes.filter(({ namespaced }) => namespaced)) {
    assert.deepEqual(made.sim.store.list(resource, 'books'), [], resource.plural);
  }
});

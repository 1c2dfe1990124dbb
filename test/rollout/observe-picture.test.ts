/** What the run reads out of the model of the mesh. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodRecord } from '../../src/kube/records.ts';
import { createMeshModel } from '../../src/mesh/model.ts';
import { controlPlaneRestartsIn, observeIn, sickPodsIn } from '../../src/rollout/run/picture.ts';
import { container, pod } from '../support/records.ts';

const NOW = 1_700_001_000;

function modelOf(...pods: readonly PodRecord[]) {
  const model = createMeshModel();
  model.applyAll(pods.map((record) => ({ type: 'upsert', record })));
  return model;
}

const inShop = (name: string, changes: Partial<PodRecord> = {}) =>
  pod({ namespace: 'shop', name, uid: name, createdAt: NOW - 1000, ready: true, ...changes });

const crashing = [container({ name: 'app', state: 'waiting', reason: 'CrashLoopBackOff', ready: false })];
const starting = [container({ name: 'app', state: 'running', ready: false })];

test('pods that do not start, find no node, or are late are in trouble; others are not', () => {
  const model = modelOf(
    inShop('well'),
    inShop('crashing', { ready: false, containers: crashing }),
    inShop('pending', { ready: false, createdAt: NOW - 5, unschedulable: '0/3 nodes are available' }),
    inShop('late', { ready: false, createdAt: NOW - 121, containers: starting }),
    inShop('starting', { ready: false, createdAt: NOW - 119, containers: starting }),
    inShop('going', { ready: false, deletedAt: NOW, containers: crashing }),
    inShop('evicted', { ready: false, phase: 'Failed' }),
    inShop('batch', {
      ready: false,
      containers: crashing,
      owner: { apiVersion: 'batch/v1', kind: 'Job', name: 'batch', uid: 'j' },
    }),
    pod({ namespace: 'other', name: 'elsewhere', uid: 'e', ready: false, containers: crashing }),
  );
  const sick = sickPodsIn(model, 'shop', NOW);
  assert.deepEqual([...sick.keys()].sort(), ['crashing', 'late', 'pending']);
  assert.equal(sick.get('crashing'), 'container app of pod crashing: CrashLoopBackOff');
  assert.match(sick.get('pending') ?? '', /pod pending cannot be scheduled: 0\/3 nodes are available/);
});

test('restarts of the control plane are those of its components, by pod', () => {
  const component = (name: string, restarts: readonly number[], changes: Partial<PodRecord> = {}) =>
    pod({
      namespace: 'linkerd',
      name,
      uid: name,
      controlPlaneComponent: 'destination',
      containers: restarts.map((count, index) => container({ name: `c${index}`, restarts: count })),
      ...changes,
    });
  const model = modelOf(
    component('destination-a', [1, 2]),
    component('destination-b', [0]),
    component('going', [9], { deletedAt: NOW }),
    component('somebody-else', [9], { controlPlaneComponent: '' }),
  );
  assert.deepEqual(
    controlPlaneRestartsIn(model),
    new Map([
      ['destination-a', 3],
      ['destination-b', 0],
    ]),
  );
});

test('a workload that is gone is seen as gone', () => {
  const seen = observeIn(modelOf(), { namespace: 'shop', kind: 'Deployment', name: 'web' });
  assert.deepEqual(seen, { workload: undefined, pods: [] });
});

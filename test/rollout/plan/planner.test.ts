import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanOptions } from '../../../src/rollout/plan/plan.ts';
import { planRestart } from '../../../src/rollout/plan/planner.ts';
import { deployment, meshedPod, namespace, owner, pod } from '../../support/records.ts';
import {
  type AppOptions,
  app,
  BEHIND,
  CURRENT,
  keyOf,
  names,
  recordOf,
  scopes,
  VIOLATION,
  world,
} from './world.ts';

const books = scopes('books');

test('an item is bound to what was seen and to what its pods must become', () => {
  const input = world(app('books', 'webapp', { replicas: 4 }));
  const { items, exclusions } = planRestart(input, books);
  const [item] = items;
  assert.deepEqual(exclusions, []);
  assert.ok(item);
  assert.match(item.templateHash, /^[0-9a-f]{64}$/);
  assert.deepEqual(
    { ...item, templateHash: '' },
    {
      key: keyOf('books', 'webapp'),
      uid: 'deployment-books-webapp',
      apiVersion: 'apps/v1',
      resourceVersion: '1',
      templateHash: '',
      method: 'restart',
      effect: { kind: 'upgrades', reason: `from ${BEHIND} to ${CURRENT}` },
      reasons: [{ kind: 'lag', text: '4 of 4 proxies are behind the control plane' }],
      risks: [],
      from: { [BEHIND]: 4 },
      expected: { version: CURRENT, trustRootSha256: '' },
      pods: 4,
      kept: 0,
      rounds: 2,
      wave: 0,
      deadlineSeconds: 600,
    },
  );
});

test('without a word on it, only what upgrades, renews or repairs is planned', () => {
  const input = world(
    app('books', 'behind'),
    app('books', 'repair', { version: CURRENT, unmeshed: 1 }),
    app('books', 'current', { version: CURRENT }),
    app('books', 'plain', { version: '' }),
    app('books', 'ahead', { version: 'edge-99.1.1' }),
    app('books', 'daemons', { kind: 'DaemonSet', fields: { strategy: { type: 'OnDelete' } } }),
  );
  assert.deepEqual(names(planRestart(input, books).items).toSorted(), ['books/behind', 'books/repair']);
});

for (const [name, options] of [
  ['plain', { meshes: true }],
  ['ahead', { downgrades: true }],
  ['daemons', { onDelete: true }],
] as const satisfies readonly (readonly [string, PlanOptions])[]) {
  test(`${JSON.stringify(options)} takes in just the workload it is about`, () => {
    const input = world(
      app('books', 'plain', { version: '' }),
      app('books', 'ahead', { version: 'edge-99.1.1' }),
      app('books', 'daemons', { kind: 'DaemonSet', fields: { strategy: { type: 'OnDelete' } } }),
    );
    assert.deepEqual(names(planRestart(input, books, options).items), [`books/${name}`]);
  });
}

test('OnDelete is evicted pod by pod, with the effect that the eviction has', () => {
  const input = world(
    app('books', 'db', { kind: 'StatefulSet', replicas: 3, fields: { strategy: { type: 'OnDelete' } } }),
  );
  const [item] = planRestart(input, books, { onDelete: true }).items;
  assert.deepEqual(
    [item?.method, item?.effect.kind, item?.pods, item?.rounds, item?.expected.version],
    ['evict', 'upgrades', 3, 3, CURRENT],
  );
});

for (const [what, options, given] of [
  ['has the current proxy', { version: CURRENT }, { onDelete: true }],
  ['would get an older proxy', { version: 'edge-99.1.1' }, { onDelete: true }],
  ['has no proxy', { version: '' }, { onDelete: true }],
  [
    'belongs to another control plane',
    { pod: { controlPlaneNamespace: 'linkerd-two' } },
    { onDelete: true, downgrades: true, meshes: true },
  ],
] as const satisfies readonly (readonly [string, AppOptions, PlanOptions])[]) {
  test(`an OnDelete workload that ${what} is not evicted`, () => {
    const input = world(
      namespace('linkerd-two'),
      app('books', 'daemons', { kind: 'DaemonSet', fields: { strategy: { type: 'OnDelete' } }, ...options }),
    );
    assert.deepEqual(planRestart(input, books, given).items, []);
  });
}

test('a partition that lets some pods through is planned with those it keeps', () => {
  const input = world(
    app('books', 'db', { kind: 'StatefulSet', replicas: 5, fields: { strategy: { partition: 2 } } }),
  );
  const [item] = planRestart(input, books).items;
  assert.deepEqual([item?.pods, item?.kept, item?.rounds], [3, 2, 3]);
  assert.match(item?.reasons[0]?.text ?? '', /; pods 0 to 1 keep theirs, below the partition$/);
});

test('a partition that keeps all pods is no item', () => {
  const input = world(
    app('books', 'db', { kind: 'StatefulSet', replicas: 3, fields: { strategy: { partition: 3 } } }),
  );
  assert.deepEqual(planRestart(input, books).items, []);
});

test('what runs in the namespaces of control plane and system is never planned', () => {
  const input = world(app('kube-system', 'proxy'), app('linkerd', 'extra'));
  const { items, exclusions } = planRestart(input, scopes('kube-system', 'linkerd'), {
    meshes: true,
    downgrades: true,
    onDelete: true,
  });
  assert.deepEqual(items, []);
  assert.equal(exclusions.length, 5);
});

test('a workload that an operator owns is left to it', () => {
  const input = world(
    app('books', 'pg', {
      kind: 'StatefulSet',
      fields: {
        owner: owner('PostgresCluster', 'main', { apiVersion: 'postgres-operator.crunchydata.com/v1beta1' }),
      },
    }),
  );
  const { items, exclusions } = planRestart(input, books);
  assert.deepEqual(items, []);
  assert.match(exclusions[0]?.command ?? '', /^kubectl patch postgrescluster\./);
});

test('a workload named twice is planned once, and one workload alone can be asked for', () => {
  const input = world(app('b', 'one'), app('b', 'two'), app('a', 'three'));
  const asked = [{ namespace: 'b', workload: { kind: 'Deployment', name: 'two' } }, ...scopes('b')];
  assert.deepEqual(names(planRestart(input, asked).items).toSorted(), ['b/one', 'b/two']);
  assert.deepEqual(names(planRestart(input, asked.slice(0, 1)).items), ['b/two']);
});

test('a workload that cannot be read is left out by name', () => {
  const input = world(app('books', 'webapp'));
  const { items, exclusions } = planRestart({ mesh: input.mesh, workload: () => undefined }, books);
  assert.deepEqual(items, []);
  assert.equal(exclusions[0]?.reason, 'its Deployment is not readable');
});

test('in motion or unhealthy is left for later', () => {
  const input = world(
    app('books', 'rolling', { fields: { status: { updated: 1 } } }),
    app('books', 'unready', { pod: { ready: false } }),
  );
  const { items, exclusions } = planRestart(input, books);
  assert.deepEqual(items, []);
  assert.deepEqual(
    exclusions.map(({ key, command }) => [key.name, command]),
    [
      ['rolling', 'kubectl rollout status deployment/rolling -n books'],
      ['unready', 'kubectl describe deployment/unready -n books'],
    ],
  );
});

test('the deadline is the workload’s own, else ten minutes', () => {
  const input = world(
    app('books', 'own', { fields: { progressDeadlineSeconds: 90 } }),
    app('books', 'set', { kind: 'StatefulSet' }),
  );
  const deadlines = planRestart(input, books).items.map(({ key, deadlineSeconds }) => [
    key.name,
    deadlineSeconds,
  ]);
  assert.deepEqual(deadlines.toSorted(), [
    ['own', 90],
    ['set', 600],
  ]);
});

test('a pod that no record stands behind yet is not planned', () => {
  const input = world(
    meshedPod(VIOLATION, {
      namespace: 'books',
      name: 'web-5d9c7b-x',
      owner: owner('ReplicaSet', 'web-5d9c7b'),
      templateHash: '5d9c7b',
    }),
  );
  const { items, exclusions } = planRestart(input, books);
  assert.deepEqual([items.length, exclusions.length], [0, 1]);
  input.apply(deployment({ namespace: 'books', name: 'web', replicas: 1 }));
  assert.deepEqual(names(planRestart(input, books).items), ['books/web']);
  input.apply(pod({ namespace: 'books', name: 'alone' }));
  assert.equal(planRestart(input, books).exclusions.at(0)?.key.kind, 'Pod');
  assert.equal(recordOf(input, keyOf('books', 'web')).replicas, 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeRecord } from '../../../src/kube/records.ts';
import type { Scope } from '../../../src/rollout/plan/plan.ts';
import { planRestart } from '../../../src/rollout/plan/planner.ts';
import type { PlanningInput } from '../../../src/rollout/plan/planning-input.ts';
import { configMap, meshedNamespace, templateContainer } from '../../support/records.ts';
import { type Random, seededRandom } from '../../support/seeded-random.ts';
import { app, CURRENT, contents, names, scopes, VIOLATION, world } from './world.ts';

const twice = (namespace: string, name: string) => app(namespace, name, { replicas: 2 });

test('canary, batches that double, delicate, extensions, gateways', () => {
  const input = world(
    app('books', 'web', { replicas: 4 }),
    twice('shop', 'web'),
    app('shop', 'single', { replicas: 1 }),
    app('shop', 'db', { kind: 'StatefulSet' }),
    app('staging', 'web', { replicas: 3 }),
    app('staging', 'api', { replicas: 2 }),
    app('edge', 'traefik'),
    meshedNamespace('linkerd-viz', { labels: { 'linkerd.io/extension': 'viz' } }),
    twice('linkerd-viz', 'tap'),
    meshedNamespace('linkerd-multicluster', { labels: { 'linkerd.io/extension': 'multicluster' } }),
    twice('linkerd-multicluster', 'linkerd-gateway'),
    twice('linkerd-multicluster', 'controller-west'),
  );
  const all = scopes('books', 'shop', 'staging', 'edge', 'linkerd-viz', 'linkerd-multicluster');
  const plan = planRestart(input, all);
  assert.deepEqual(contents(plan), [
    ['canary', 'staging/api'],
    ['namespaces', 'staging/web'],
    ['namespaces', 'books/web', 'shop/web'],
    ['delicate', 'shop/db', 'shop/single'],
    ['extensions', 'linkerd-multicluster/controller-west', 'linkerd-viz/tap'],
    ['gateways', 'edge/traefik', 'linkerd-multicluster/linkerd-gateway'],
  ]);
  assert.deepEqual(
    plan.waves.map(({ title }) => title),
    [
      'canary staging/api, small and redundant',
      'namespace staging, proxies behind',
      'namespaces books and shop, proxies behind',
      'delicate workloads, StatefulSets and single replicas',
      'Linkerd extensions multicluster and viz',
      'ingress controllers and gateways, whose restart ends connections',
    ],
  );
});

test('derived order: violations, stale trust, missing proxies, lag; inside a class the least critical first', () => {
  const stale = { pod: { trustRootSha256: 'ab'.repeat(32) } };
  const input = world(
    configMap('linkerd-identity-trust-roots', { 'ca-bundle.crt': 'the bundle of today' }),
    app('a-lag', 'web', { replicas: 3 }),
    app('b-missing', 'web', { version: CURRENT, unmeshed: 1, replicas: 3 }),
    app('c-stale', 'web', { ...stale, version: CURRENT, replicas: 3 }),
    app('d-prod', 'web', { version: VIOLATION, replicas: 3 }),
    app('e-plain', 'web', { version: VIOLATION, replicas: 3 }),
    app('f-test', 'web', { version: VIOLATION, replicas: 3 }),
    app('f-test', 'canary', { version: VIOLATION }),
  );
  const plan = planRestart(input, scopes('a-lag', 'b-missing', 'c-stale', 'd-prod', 'e-plain', 'f-test'));
  assert.deepEqual(names(plan.items), [
    'f-test/canary',
    'f-test/web',
    'e-plain/web',
    'd-prod/web',
    'c-stale/web',
    'b-missing/web',
    'a-lag/web',
  ]);
  assert.deepEqual(
    plan.waves.map(({ title }) => title),
    [
      'canary f-test/canary, small and redundant',
      'namespace f-test, skew violations',
      'namespaces e-plain and d-prod, skew violations',
      'namespaces c-stale, b-missing and a-lag',
    ],
  );
});

test('asked order: namespaces and workloads as they were named', () => {
  const input = world(
    twice('b', 'one'),
    twice('b', 'two'),
    twice('a', 'three'),
    app('c', 'four', { replicas: 3 }),
  );
  const asked = [
    { namespace: 'c' },
    { namespace: 'b', workload: { kind: 'Deployment', name: 'two' } },
    { namespace: 'b' },
    { namespace: 'a' },
  ];
  assert.deepEqual(contents(planRestart(input, asked, { order: 'asked' })), [
    ['canary', 'a/three'],
    ['namespaces', 'c/four'],
    ['namespaces', 'b/two', 'b/one'],
  ]);
});

test('inside a namespace: the gravest reason, then what is least at stake, then the fewest pods', () => {
  const input = world(
    app('books', 'a-large', { replicas: 5 }),
    app('books', 'b-small', { replicas: 3 }),
    app('books', 'c-daemons', { kind: 'DaemonSet', replicas: 2 }),
    app('books', 'd-violation', { version: VIOLATION, replicas: 9 }),
    app('books', 'e-recreate', { fields: { strategy: { type: 'Recreate' } } }),
    app('books', 'f-single', { replicas: 1 }),
    app('books', 'g-set', { kind: 'StatefulSet' }),
    app('books', 'h-evicted', { kind: 'DaemonSet', fields: { strategy: { type: 'OnDelete' } } }),
    app('books', 'z-canary', { replicas: 2 }),
  );
  assert.deepEqual(contents(planRestart(input, scopes('books'), { onDelete: true })), [
    ['canary', 'books/z-canary'],
    ['namespaces', 'books/d-violation', 'books/b-small', 'books/a-large', 'books/c-daemons'],
    ['delicate', 'books/g-set', 'books/h-evicted', 'books/f-single', 'books/e-recreate'],
  ]);
});

for (const [what, records] of [
  ['a plan of one', [twice('books', 'web')]],
  ['no redundant one', [app('books', 'a', { replicas: 1 }), app('books', 'b', { replicas: 1 })]],
  ['no Deployment', [app('a', 'a', { kind: 'DaemonSet' }), app('b', 'b', { kind: 'DaemonSet' })]],
  [
    'none that can be seen to be ready',
    ['a', 'b'].map((name) =>
      app('books', name, {
        fields: { template: { containers: [templateContainer({ readinessProbe: false })] } },
      }),
    ),
  ],
  ['none that is meshed already', [app('a', 'a', { version: '' }), app('b', 'b', { version: '' })]],
] as const) {
  test(`no canary: ${what}`, () => {
    const plan = planRestart(world(...records), scopes('a', 'b', 'books'), { meshes: true });
    assert.ok(plan.items.length > 0);
    assert.ok(plan.waves.every(({ kind }) => kind !== 'canary'));
  });
}

test('what a whole cluster shares does not stand against a canary', () => {
  const flux = { annotations: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } };
  const input = world(app('a', 'a', { fields: flux }), app('b', 'b', { fields: flux }));
  assert.deepEqual(contents(planRestart(input, scopes('a', 'b')))[0], ['canary', 'a/a']);
});

test('sizes of the batches: 1, 2, 4, and the rest', () => {
  const spaces = Array.from({ length: 10 }, (_, index) => `team-${index}`);
  const input = world(...spaces.map((name) => app(name, 'daemons', { kind: 'DaemonSet' })));
  const plan = planRestart(input, scopes(...spaces));
  assert.deepEqual(
    plan.waves.map((_, index) => plan.items.filter(({ wave }) => wave === index).length),
    [1, 2, 4, 3],
  );
  assert.equal(plan.waves[2]?.title, '4 namespaces, team-3, team-4 and 2 more, proxies behind');
});

const SEEDS = 200;

test(`the same cluster gives the same plan in whatever order it is read and asked for (${SEEDS} seeds)`, () => {
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const random = seededRandom(seed);
    const records = randomApps(random);
    const spaces = [...new Set(records.map(({ namespace }) => namespace))].filter((name) => name !== '');
    const options = {
      meshes: random.chance(0.5),
      onDelete: random.chance(0.5),
      downgrades: random.chance(0.5),
    };
    const asked = [...scopes(...spaces), ...singly(records, random)];
    const { scopes: _first, ...first } = planRestart(world(records), asked, options);
    const shuffled = scrambled(world(random.shuffle(records)), random);
    const { scopes: _second, ...second } = planRestart(shuffled, random.shuffle(asked), options);
    assert.deepEqual(second, first, `seed ${seed}`);

    assert.ok(
      first.items.every(({ wave }, index) => wave >= (first.items[index - 1]?.wave ?? 0)),
      `seed ${seed}`,
    );
    assert.deepEqual(
      [...new Set(first.items.map(({ wave }) => wave))],
      [...first.waves.keys()],
      `seed ${seed}: no wave is empty`,
    );
    const place = ['canary', 'namespaces', 'delicate', 'extensions', 'gateways'];
    const kinds = first.waves.map(({ kind }) => place.indexOf(kind));
    assert.deepEqual(kinds, kinds.toSorted(), `seed ${seed}: waves are in order`);
  }
});

/** Some workloads, asked for by name. */
function singly(records: readonly KubeRecord[], random: Random): readonly Scope[] {
  return records.flatMap(({ namespace, kind, name }) =>
    kind !== 'Pod' && kind !== 'Namespace' && random.chance(0.3)
      ? [{ namespace, workload: { kind, name } }]
      : [],
  );
}

/** The same picture, with its lists in another order. */
function scrambled(input: PlanningInput, random: Random): PlanningInput {
  const { mesh } = input;
  return {
    workload: input.workload,
    mesh: {
      ...mesh,
      namespaces: random.shuffle(mesh.namespaces),
      workloads: (namespace) => random.shuffle(mesh.workloads(namespace)),
    },
  };
}

function randomApps(random: Random): readonly KubeRecord[] {
  const spaces = ['books', 'shop-prod', 'shop-dev', 'viz', 'edge'];
  const apps = Array.from({ length: 1 + random.below(14) }, (_, index) =>
    app(random.pick(spaces), `${random.pick(['web', 'db', 'traefik', 'linkerd-gateway'])}-${index}`, {
      kind: random.pick(['Deployment', 'Deployment', 'StatefulSet', 'DaemonSet']),
      replicas: 1 + random.below(4),
      version: random.pick([VIOLATION, 'edge-26.7.1', CURRENT, 'edge-99.1.1', '']),
      unmeshed: random.below(2),
      fields: {
        strategy: { type: random.pick(['RollingUpdate', 'RollingUpdate', 'Recreate', 'OnDelete']) },
        labels: random.chance(0.2) ? { 'app.kubernetes.io/name': 'ingress-nginx' } : {},
      },
    }),
  );
  return [meshedNamespace('viz', { labels: { 'linkerd.io/extension': 'viz' } }), ...apps.flat()];
}

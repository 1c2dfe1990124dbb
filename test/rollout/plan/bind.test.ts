import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import type { KubeRecord, WorkloadRecord } from '../../../src/kube/records.ts';
import { planDocument } from '../../../src/report/plan-document.ts';
import { bindPlan, type PlanChange } from '../../../src/rollout/plan/bind.ts';
import type { PlanDocument } from '../../../src/rollout/plan/document.ts';
import { idOf } from '../../../src/rollout/plan/names.ts';
import type { Plan, PlanOptions } from '../../../src/rollout/plan/plan.ts';
import { planRestart } from '../../../src/rollout/plan/planner.ts';
import { DEFAULT_LIMITS } from '../../../src/rollout/run/limits.ts';
import { configMap, linkerdConfig, meshedNamespace } from '../../support/records.ts';
import { type Random, seededRandom } from '../../support/seeded-random.ts';
import {
  app,
  BEHIND,
  CURRENT,
  contents,
  keyOf,
  names,
  recordOf,
  scopes,
  VIOLATION,
  type World,
  world,
} from './world.ts';

const UID = 'uid-of-kube-system';

function documentOf(input: World, spaces: readonly string[], options: PlanOptions = {}): PlanDocument {
  return planDocument(planRestart(input, scopes(...spaces), options), {
    cluster: { uid: UID, server: 'https://127.0.0.1:6443', context: 'prod' },
    createdAt: 0,
    limits: DEFAULT_LIMITS,
  });
}

function bound(document: PlanDocument, input: World): { plan: Plan; changes: readonly PlanChange[] } {
  const binding = bindPlan(document, input, UID);
  assert.equal(binding.outcome, 'bound');
  return binding.outcome === 'bound' ? binding : assert.fail();
}

test('on an unchanged cluster a bound plan is the plan', () => {
  const input = world(app('books', 'web'), app('books', 'api'), app('shop', 'db', { kind: 'StatefulSet' }));
  const document = documentOf(input, ['books', 'shop']);
  const { plan, changes } = bound(document, input);
  assert.deepEqual(plan, planRestart(input, scopes('books', 'shop')));
  assert.deepEqual(changes, []);
});

for (const [what, made, asked, pattern] of [
  ['on another cluster', UID, 'another', /made on another cluster \(prod, https:\/\/127.0.0.1:6443\)/],
  ['nobody knows where', '', '', /does not say which cluster/],
] as const) {
  test(`a plan that was made ${what} is refused`, () => {
    const input = world(app('books', 'web'));
    const document = documentOf(input, ['books']);
    const binding = bindPlan({ ...document, cluster: { ...document.cluster, uid: made } }, input, asked);
    assert.equal(binding.outcome, 'refused');
    assert.match(binding.outcome === 'refused' ? binding.reason : '', pattern);
  });
}

const other = (record: WorkloadRecord) => ({
  ...record,
  template: { ...record.template, labels: { ...record.template.labels, version: '2' } },
});

for (const [what, change, expected] of [
  [
    'its status alone changed',
    (input, record) => input.apply({ ...record, resourceVersion: '9' }),
    undefined,
  ],
  [
    'its template changed',
    (input, record) => input.apply(other(record)),
    ['kept', /template changed after the review; effect and target are the same/],
  ],
  ['it was deleted', (input, record) => input.remove(record), ['left-out', /deleted after the review$/]],
  [
    'it is being deleted',
    (input, record) => input.apply({ ...record, deletedAt: 5 }),
    ['left-out', /deleted after the review$/],
  ],
  ['it was made anew', (input, record) => input.apply({ ...record, uid: 'x' }), ['left-out', /made anew/]],
  [
    'it was scaled to zero',
    (input, record) => input.apply({ ...record, replicas: 0 }),
    ['left-out', /scaled to zero/],
  ],
  [
    'it is current by now',
    (input) => input.apply(...app('books', 'web', { version: CURRENT })),
    ['left-out', /current by now/],
  ],
  ['it is paused', (input, record) => input.apply({ ...record, paused: true }), ['left-out', /paused/]],
  [
    'it would get another version',
    (input) => input.apply(linkerdConfig('edge-26.9.1')),
    ['left-out', /would now give edge-26.9.1, not edge-26.8.3/],
  ],
  [
    'it would get another trust root',
    (input) => input.apply(configMap('linkerd-identity-trust-roots', { 'ca-bundle.crt': 'x' })),
    ['left-out', /trust root/],
  ],
  [
    'only its trust root would change now',
    (input) =>
      input.apply(
        configMap('linkerd-identity-trust-roots', { 'ca-bundle.crt': 'x' }),
        ...app('books', 'web', { version: CURRENT, pod: { trustRootSha256: 'ab'.repeat(32) } }),
      ),
    ['left-out', /something else than reviewed \(renews, not upgrades\)/],
  ],
  [
    'it is pinned',
    (input) =>
      input.apply(meshedNamespace('books', { annotations: { [annotation.pinnedProxyVersion]: BEHIND } })),
    ['left-out', /proxy-version/],
  ],
  [
    'it is rolling',
    (input, record) => input.apply({ ...record, status: { ...record.status, updated: 0 } }),
    ['left-out', /has not finished/],
  ],
] as const satisfies readonly (readonly [
  string,
  (input: World, record: WorkloadRecord) => void,
  readonly [PlanChange['change'], RegExp] | undefined,
])[]) {
  test(`a reviewed workload when ${what}: ${expected?.[0] ?? 'as reviewed'}`, () => {
    const input = world(app('books', 'web'));
    const document = documentOf(input, ['books']);
    change(input, recordOf(input, keyOf('books', 'web')));
    const { plan, changes } = bound(document, input);
    assert.deepEqual(names(plan.items), expected?.[0] === 'left-out' ? [] : ['books/web']);
    assert.deepEqual(
      plan.exclusions.map(({ key, reason }) => [key.name, reason]),
      changes.filter((told) => told.change === 'left-out').length === 0
        ? []
        : [['web', plan.exclusions[0]?.reason]],
    );
    assert.deepEqual(
      changes.map((told) => told.change),
      expected ? [expected[0]] : [],
    );
    if (expected) assert.match(changes[0]?.text ?? '', expected[1]);
    if (plan.items.length === 0) assert.deepEqual(plan.waves, []);
  });
}

test('a repair that was reviewed is not stretched to meshing the whole workload', () => {
  const input = world(app('books', 'web', { version: CURRENT, unmeshed: 1 }));
  const document = documentOf(input, ['books']);
  assert.deepEqual(
    document.restarts.map(({ effect }) => effect.kind),
    ['meshes'],
  );
  input.apply(...app('books', 'web', { version: '' }));
  assert.deepEqual(bound(document, input).plan.items, []);
});

test('the newest version of an object is what its patch goes by', () => {
  const input = world(app('books', 'web'));
  const document = documentOf(input, ['books']);
  input.apply({ ...recordOf(input, keyOf('books', 'web')), resourceVersion: '9' });
  assert.equal(bound(document, input).plan.items[0]?.resourceVersion, '9');
});

test('what was not reviewed is named and not added', () => {
  const input = world(app('books', 'web'), app('books', 'paused', { fields: { paused: true } }));
  const document = documentOf(input, ['books']);
  input.apply(...app('books', 'new'), { ...recordOf(input, keyOf('books', 'paused')), paused: false });
  const { plan, changes } = bound(document, input);
  assert.deepEqual(names(plan.items), ['books/web']);
  assert.deepEqual(changes.map(({ key, change }) => [key.name, change]).toSorted(), [
    ['new', 'not-added'],
    ['paused', 'not-added'],
  ]);
  assert.match(
    changes.find(({ key }) => key.name === 'paused')?.text ?? '',
    /left out when the plan was made \(it is paused/,
  );
  assert.deepEqual(names(plan.exclusions), ['books/new', 'books/paused']);
});

test('waves and order stay those that were reviewed, without waves of which nothing is left', () => {
  const input = world(
    app('a', 'web', { replicas: 2 }),
    app('b', 'web', { replicas: 3 }),
    app('c', 'one', { replicas: 1 }),
  );
  const document = documentOf(input, ['a', 'b', 'c']);
  input.apply(...app('b', 'web', { replicas: 3, version: CURRENT }));
  // Today it would come first.
  input.apply(...app('c', 'one', { replicas: 1, version: VIOLATION }));
  assert.deepEqual(contents(bound(document, input).plan), [
    ['canary', 'a/web'],
    ['delicate', 'c/one'],
  ]);
});

const SEEDS = 300;

test(`a bound plan restarts nothing but what was reviewed, as it was reviewed (${SEEDS} seeds)`, () => {
  let keptAll = 0;
  let leftOut = 0;
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const random = seededRandom(seed);
    const spaces = ['books', 'shop'];
    const input = world(
      Array.from({ length: 1 + random.below(8) }, (_, index) => randomApp(random, index)).flat(),
    );
    const options = {
      meshes: random.chance(0.3),
      downgrades: random.chance(0.3),
      onDelete: random.chance(0.3),
    };
    const document = documentOf(input, spaces, options);
    for (let steps = random.below(5); steps > 0; steps -= 1) disturb(input, random);

    const { plan, changes } = bound(document, input);
    const reviewed = new Map(document.restarts.map((restart) => [idOf(restart), restart]));
    for (const item of plan.items) {
      const restart = reviewed.get(idOf(item.key));
      assert.ok(restart, `seed ${seed}: ${idOf(item.key)} was not reviewed`);
      assert.deepEqual(
        [item.uid, item.effect.kind, item.expected, item.method, item.kept],
        [
          restart.uid,
          restart.effect.kind,
          { version: restart.to, trustRootSha256: restart.trustRootSha256 },
          restart.method,
          restart.kept,
        ],
        `seed ${seed}: ${idOf(item.key)} is not what was reviewed`,
      );
      const { resourceVersion, uid } = recordOf(input, item.key);
      assert.deepEqual([item.resourceVersion, item.uid], [resourceVersion, uid], `seed ${seed}`);
      const isTold = changes.some(({ key, change }) => change === 'kept' && idOf(key) === idOf(item.key));
      assert.equal(isTold, item.templateHash !== restart.templateHash, `seed ${seed}: ${idOf(item.key)}`);
    }
    const order = document.restarts.map(idOf);
    const positions = plan.items.map(({ key }) => order.indexOf(idOf(key)));
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
      `seed ${seed}: order`,
    );

    const said = new Set(changes.filter(({ change }) => change === 'left-out').map(({ key }) => idOf(key)));
    const gone = order.filter((id) => !plan.items.some(({ key }) => idOf(key) === id));
    assert.deepEqual([...said].toSorted(), gone.toSorted(), `seed ${seed}: each that is left out is named`);
    const waves = new Set(plan.items.map(({ wave }) => wave));
    assert.deepEqual([...waves], [...plan.waves.keys()], `seed ${seed}: waves`);
    if (gone.length > 0) leftOut += 1;
    else if (plan.items.length > 0) keptAll += 1;
  }
  assert.ok(keptAll > 20 && leftOut > 20, `${keptAll} plans kept whole, ${leftOut} cut`);
});

function randomApp(random: Random, index: number): readonly KubeRecord[] {
  return app(random.pick(['books', 'shop']), `app-${index}`, {
    kind: random.pick(['Deployment', 'StatefulSet', 'DaemonSet']),
    replicas: 1 + random.below(4),
    version: random.pick([VIOLATION, BEHIND, BEHIND, CURRENT, 'edge-99.1.1', '']),
    unmeshed: random.chance(0.2) ? 1 : 0,
    fields: { strategy: { type: random.pick(['RollingUpdate', 'OnDelete']), partition: random.below(2) } },
  });
}

/** Something happens to the cluster. */
function disturb(input: World, random: Random): void {
  const views = ['books', 'shop'].flatMap((name) => input.mesh.workloads(name));
  if (views.length === 0) return;
  const { namespace, kind, name } = random.pick(views);
  const record = input.workload({ namespace, kind, name });
  if (!record) return;
  const { template, strategy } = record;
  const steps: readonly (() => void)[] = [
    () => input.apply({ ...record, resourceVersion: String(2 + random.below(100)) }),
    () => input.apply(other(record)),
    () => input.remove(record),
    () => input.apply({ ...record, uid: 'made-anew' }),
    () => input.apply({ ...record, replicas: random.below(4) }),
    () => input.apply({ ...record, paused: true }),
    () => input.apply({ ...record, strategy: { ...strategy, type: 'OnDelete' } }),
    () =>
      input.apply({
        ...record,
        strategy: { ...strategy, type: 'RollingUpdate', partition: random.below(3) },
      }),
    () =>
      input.apply({ ...record, template: { ...template, annotations: { [annotation.inject]: 'disabled' } } }),
    () => input.apply(...randomApp(random, random.below(12))),
    () => input.apply(linkerdConfig(random.pick([CURRENT, 'edge-26.9.1']))),
    () =>
      input.apply(configMap('linkerd-identity-trust-roots', { 'ca-bundle.crt': random.pick(['a', 'b']) })),
  ];
  random.pick(steps)();
}

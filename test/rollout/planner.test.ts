import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkloadRecord } from '../../src/kube/records.ts';
import type { ControlPlaneView, EffectKind, RiskKind, WorkloadView } from '../../src/mesh/view.ts';
import { blockedBy, decide, type PlanningInput, planRestart } from '../../src/rollout/plan/planner.ts';
import { CURRENT, controlPlaneView, liveView, workloadView } from '../support/views.ts';
import { workload } from './fixtures.ts';

const upgrades = { effect: { kind: 'upgrades', reason: `edge-25.4.4 to ${CURRENT}` } } as const;

function inputOf(
  views: readonly WorkloadView[],
  controlPlane: Partial<ControlPlaneView> = {},
): PlanningInput {
  const { mesh } = liveView({ workloads: views, controlPlane });
  const records = new Map<string, WorkloadRecord>();
  for (const { namespace, kind, name, uid, replicas } of views) {
    if (kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet') {
      records.set(`${namespace}/${kind}/${name}`, { ...workload(name), namespace, kind, uid, replicas });
    }
  }
  return { mesh, workload: ({ namespace, kind, name }) => records.get(`${namespace}/${kind}/${name}`) };
}

const names = (items: readonly { readonly key: { readonly name: string } }[]) =>
  items.map(({ key }) => key.name);

test('only workloads that a restart upgrades or renews are restarted; every other is left out with its reason', () => {
  const kinds: readonly EffectKind[] = [
    'upgrades',
    'renews',
    'nothing',
    'downgrades',
    'pinned',
    'static',
    'unmeshes',
    'meshes',
    'unsupported',
    'unknown',
  ];
  const views = kinds.map((kind) =>
    workloadView('books', kind, { effect: { kind, reason: `because ${kind}` } }),
  );
  const plan = planRestart(inputOf(views), [{ namespace: 'books' }]);
  assert.deepEqual(names(plan.items), ['renews', 'upgrades']);
  assert.deepEqual(
    plan.exclusions.map(({ key, reason }) => [key.name, reason]),
    kinds.slice(2).map((kind) => [kind, `because ${kind}`]),
  );
});

test('an item is bound to what was seen and to what its pods must become', () => {
  const view = workloadView('books', 'webapp', { ...upgrades, running: [['edge-25.4.4', 'behind-one', 3]] });
  const [item] = planRestart(inputOf([view], { trustRootSha256: 'ab' }), [{ namespace: 'books' }]).items;
  assert.deepEqual(item, {
    key: { namespace: 'books', kind: 'Deployment', name: 'webapp' },
    uid: 'uid-books-webapp',
    apiVersion: 'apps/v1',
    resourceVersion: '100',
    effect: upgrades.effect,
    risks: [],
    from: { 'edge-25.4.4': 3 },
    expected: { version: CURRENT, trustRootSha256: 'ab' },
    pods: 3,
    deadlineSeconds: 600,
  });
});

for (const role of ['control-plane', 'system'] as const) {
  test(`a workload of a ${role} namespace is never restarted`, () => {
    const view = workloadView('linkerd', 'linkerd-identity', { ...upgrades, role });
    const plan = planRestart(inputOf([view]), [{ namespace: 'linkerd' }]);
    assert.deepEqual([plan.items.length, plan.exclusions.length], [0, 1]);
  });
}

for (const kind of ['unhealthy', 'rolling', 'partition'] as const) {
  test(`a workload with the risk ${kind} is left for later`, () => {
    const view = workloadView('books', 'webapp', { ...upgrades, risks: [{ kind, text: 'as it is' }] });
    const plan = planRestart(inputOf([view]), [{ namespace: 'books' }]);
    assert.equal(plan.items.length, 0);
    assert.match(plan.exclusions[0]?.reason ?? '', /^as it is; /);
  });
}

test('order: redundant Deployments from the smallest, DaemonSets, StatefulSets, single replicas, Recreate', () => {
  const view = (name: string, kind: string, pods: number, risk?: RiskKind) =>
    workloadView('books', name, {
      ...upgrades,
      kind,
      replicas: pods,
      risks: risk ? [{ kind: risk, text: '' }] : [],
    });
  const views = [
    view('e-recreate', 'Deployment', 2, 'recreate'),
    view('d-single', 'Deployment', 1, 'single-replica'),
    view('c-set', 'StatefulSet', 3),
    view('b-daemons', 'DaemonSet', 9),
    view('a-large', 'Deployment', 5),
    view('a-small', 'Deployment', 2),
  ];
  assert.deepEqual(names(planRestart(inputOf(views), [{ namespace: 'books' }]).items), [
    'a-small',
    'a-large',
    'b-daemons',
    'c-set',
    'd-single',
    'e-recreate',
  ]);
});

test('scopes keep their order, and a workload named twice is planned once', () => {
  const views = [
    workloadView('b', 'one', upgrades),
    workloadView('b', 'two', upgrades),
    workloadView('a', 'three', upgrades),
  ];
  const scopes = [
    { namespace: 'b', workload: { kind: 'Deployment', name: 'two' } },
    { namespace: 'a' },
    { namespace: 'b' },
  ];
  assert.deepEqual(names(planRestart(inputOf(views), scopes).items), ['two', 'three', 'one']);
});

for (const [what, controlPlane, pattern] of [
  ['the injector is down', { injector: { state: 'down', reason: 'no ready pod' } }, /without a proxy/],
  [
    'the injector is down with policy Fail',
    { injector: { state: 'down', reason: 'no ready pod' }, failurePolicy: 'Fail' },
    /no pod could start/,
  ],
  [
    'the injector is not known',
    { injector: { state: 'unknown', reason: 'forbidden' } },
    /not known: forbidden/,
  ],
  ['the control plane is half rolled', { halfRolled: 'identity still runs edge-25.4.4' }, /half rolled/],
  ['the version is not known', { version: '' }, /version of the control plane is not known/],
] as const) {
  test(`blocked while ${what}`, () => {
    const reasons = blockedBy(controlPlaneView(controlPlane));
    assert.equal(reasons.length, 1);
    assert.match(reasons[0] ?? '', pattern);
  });
}

test('a healthy control plane blocks nothing', () => {
  assert.deepEqual(blockedBy(controlPlaneView()), []);
});

/** What is decided when a workload planned as `before` is found as `after`. */
function decided(
  before: WorkloadView,
  after: readonly WorkloadView[],
  controlPlane: Partial<ControlPlaneView> = {},
) {
  const [planned] = planRestart(inputOf([before]), [{ namespace: 'books' }]).items;
  assert.ok(planned);
  return decide(inputOf(after, controlPlane), planned, 0, 0);
}

const webapp = workloadView('books', 'webapp', upgrades);

test('when its turn comes, an unchanged workload is restarted on the version it has then', () => {
  const decision = decided(webapp, [{ ...webapp }]);
  assert.equal(decision.decision, 'restart');
  assert.equal(decision.decision === 'restart' && decision.restartedAt, '1970-01-01T00:00:00Z');
});

for (const [what, after, controlPlane, expected] of [
  ['is gone', [], {}, 'drop'],
  ['became current', [{ ...webapp, effect: { kind: 'nothing', reason: '' } }], {}, 'drop'],
  ['has a namesake’s uid', [{ ...webapp, uid: 'another' }], {}, 'drop'],
  ['is pinned now', [{ ...webapp, effect: { kind: 'pinned', reason: 'pinned' } }], {}, 'refuse'],
  ['would be unmeshed now', [{ ...webapp, effect: { kind: 'unmeshes', reason: 'off' } }], {}, 'refuse'],
  ['would get another version', [{ ...webapp, target: 'edge-26.9.1' }], {}, 'refuse'],
  ['would get another trust root', [webapp], { trustRootSha256: 'cd' }, 'refuse'],
] as const) {
  test(`when its turn comes and it ${what}: ${expected}`, () => {
    assert.equal(decided(webapp, after, controlPlane).decision, expected);
  });
}

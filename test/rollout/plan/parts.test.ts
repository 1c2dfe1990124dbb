/** The small parts of a plan: rounds, environments, gateways, reasons, hashes, estimates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OWN_DOMAIN } from '../../../src/data/own.ts';
import type { UpdateStrategy, WorkloadRecord } from '../../../src/kube/records.ts';
import { canonicalJson } from '../../../src/rollout/plan/canonical-json.ts';
import { environmentOf } from '../../../src/rollout/plan/environment.ts';
import { estimateOf } from '../../../src/rollout/plan/estimate.ts';
import { isGateway } from '../../../src/rollout/plan/gateways.ts';
import { planRestart } from '../../../src/rollout/plan/planner.ts';
import { reasonsFor } from '../../../src/rollout/plan/reasons.ts';
import { roundsOf } from '../../../src/rollout/plan/rounds.ts';
import { templateHash } from '../../../src/rollout/plan/template-hash.ts';
import { daemonSet, deployment, statefulSet, template, templateContainer } from '../../support/records.ts';
import { namespaceView, podTally, CURRENT as TARGET, workloadView } from '../../support/views.ts';
import { app, scopes, world } from './world.ts';

const rounds: readonly (readonly [
  rounds: number,
  record: (fields: { replicas: number; strategy: Partial<UpdateStrategy> }) => WorkloadRecord,
  replicas: number,
  strategy: Partial<UpdateStrategy>,
])[] = [
  [2, deployment, 4, {}],
  [10, deployment, 10, { maxSurge: '1', maxUnavailable: '0' }],
  [5, deployment, 10, { maxSurge: '1', maxUnavailable: '10%' }],
  [1, deployment, 10, { type: 'Recreate' }],
  [1, deployment, 1, {}],
  [3, deployment, 3, { maxSurge: '0', maxUnavailable: '0' }],
  [3, statefulSet, 3, {}],
  [9, daemonSet, 9, {}],
  [4, daemonSet, 10, { maxUnavailable: '25%' }],
  [2, daemonSet, 10, { maxUnavailable: '0', maxSurge: '50%' }],
  [7, daemonSet, 7, { type: 'OnDelete', maxUnavailable: '3' }],
];

for (const [expected, record, replicas, strategy] of rounds) {
  const workload = record({ replicas, strategy });
  test(`${workload.kind} of ${replicas} with ${JSON.stringify(strategy)}: ${expected} rounds`, () => {
    assert.equal(roundsOf(workload, replicas), expected);
  });
}

test('rounds count the pods that are started, not those that are kept', () => {
  assert.equal(roundsOf(statefulSet({ replicas: 5 }), 2), 2);
  assert.equal(roundsOf(statefulSet({ replicas: 5 }), 0), 0);
});

for (const [name, labels, expected] of [
  ['shop', {}, 'unknown'],
  ['shop-dev', {}, 'non-production'],
  ['qa2', {}, 'non-production'],
  ['shop-prod', {}, 'production'],
  ['pre-prod', {}, 'non-production'],
  ['nonprod-shop', {}, 'non-production'],
  ['products', {}, 'unknown'],
  ['developers', {}, 'unknown'],
  ['shop', { env: 'staging' }, 'non-production'],
  ['shop-dev', { 'example.com/environment': 'production' }, 'production'],
  ['shop-dev', { environment: 'blue' }, 'non-production'],
  ['shop', { tier: 'prod' }, 'unknown'],
] as const) {
  test(`namespace ${name} with ${JSON.stringify(labels)} is ${expected}`, () => {
    assert.equal(environmentOf(name, labels), expected);
  });
}

const image = (name: string) => ({ template: { containers: [templateContainer({ image: name })] } });
for (const [what, fields, expected] of [
  ['a web server', image('registry.example/shop/web:1'), false],
  ['an image that only begins like one', image('registry.example/traefik-dashboard:1'), false],
  ['ingress-nginx by image', image('registry.k8s.io/ingress-nginx/controller:v1.9@sha256:ab'), true],
  ['Traefik by image', image('docker.io/library/traefik:v3'), true],
  [
    'one whose init container has such an image',
    { template: { containers: [templateContainer({ image: 'docker.io/library/traefik:v3', init: true })] } },
    false,
  ],
  ['Kong by name', { name: 'kong' }, true],
  ['the multicluster gateway by name', { name: 'linkerd-gateway' }, true],
  ['Contour by label', { labels: { 'app.kubernetes.io/name': 'contour' } }, true],
  ['a Gateway’s pods', { template: { labels: { 'gateway.networking.k8s.io/gateway-name': 'web' } } }, true],
  ['ingress mode', { template: { annotations: { 'linkerd.io/inject': 'ingress' } } }, true],
] as const) {
  test(`${what} takes traffic in: ${expected}`, () => {
    assert.equal(isGateway(deployment(fields), undefined), expected);
  });
}

test('ingress mode of a namespace holds for what says nothing itself', () => {
  const namespace = namespaceView('edge', { inject: 'ingress' });
  assert.equal(isGateway(deployment(), namespace), true);
  const own = deployment({ template: { annotations: { 'linkerd.io/inject': 'enabled' } } });
  assert.equal(isGateway(own, namespace), false);
});

const upgrades = { kind: 'upgrades', reason: 'from old to new' } as const;

test('reasons stand with their figures, the gravest first', () => {
  const view = workloadView('books', 'web', {
    running: [
      ['edge-24.8.2', 'violation', 1],
      ['edge-26.7.1', 'behind', 2],
      [TARGET, 'current', 1],
    ],
    staleTrust: 1,
    pods: podTally(5, { unmeshed: 1 }),
  });
  assert.deepEqual(
    reasonsFor(view, upgrades, 0).map(({ kind, text }) => `${kind}: ${text}`),
    [
      'violation: 1 of 4 proxies violates the version skew',
      'stale-trust: 1 of 4 proxies trusts another root',
      'missing-proxy: 1 of 5 pods has no proxy',
      'lag: 2 of 4 proxies are behind the control plane',
    ],
  );
});

test('a proxy at its pinned target is no reason, whatever its class', () => {
  const view = workloadView('books', 'web', {
    target: 'edge-24.8.2',
    running: [['edge-24.8.2', 'violation', 2]],
    staleTrust: 2,
  });
  assert.deepEqual(
    reasonsFor(view, { kind: 'renews', reason: '' }, 0).map(({ kind }) => kind),
    ['stale-trust'],
  );
});

test('without any other reason the effect is one', () => {
  assert.deepEqual(reasonsFor(workloadView('books', 'web'), { kind: 'renews', reason: 'it is gone' }, 0), [
    { kind: 'other', text: 'it is gone' },
  ]);
});

test('the template’s hash follows what is deployed, and not restarts', () => {
  const hash = templateHash(template());
  assert.match(hash, /^[0-9a-f]{64}$/);
  const restarted = { 'kubectl.kubernetes.io/restartedAt': 'now', [`${OWN_DOMAIN}/run`]: 'r1' };
  assert.equal(templateHash(template({ annotations: restarted })), hash);
  for (const other of [
    template({ labels: { app: 'other' } }),
    template({ annotations: { 'config.linkerd.io/proxy-version': 'edge-26.7.1' } }),
    template({ containers: [templateContainer({ image: 'registry.example/app:2' })] }),
    template({ hostNetwork: true }),
    template({ automountServiceAccountToken: false }),
  ]) {
    assert.notEqual(templateHash(other), hash);
  }
  assert.notEqual(
    templateHash(template({ automountServiceAccountToken: false })),
    templateHash(template({ automountServiceAccountToken: true })),
  );
});

test('canonical JSON is one text for equal data', () => {
  assert.equal(
    canonicalJson({ b: [{ d: 1, c: undefined }], a: { __proto__: null, y: 'ä', x: null } }),
    '{"a":{"x":null,"y":"ä"},"b":[{"d":1}]}',
  );
  assert.equal(
    canonicalJson(JSON.parse('{"b":1,"__proto__":{"z":1,"a":2}}')),
    '{"__proto__":{"a":2,"z":1},"b":1}',
  );
});

const limits = {
  maxParallel: 2,
  perNamespace: 1,
  startsPerMinute: 60,
  soakSeconds: 100,
  workloadSoakSeconds: 5,
};

/** `waves` of workloads: namespace, pods and rounds of each. */
function estimated(
  waves: readonly (readonly (readonly [namespace: string, pods: number, rounds: number])[])[],
  changes: Partial<typeof limits> = {},
) {
  const [item] = planRestart(world(app('books', 'web')), scopes('books')).items;
  assert.ok(item);
  const items = waves.flatMap((wave, index) =>
    wave.map(([namespace, pods, rounds]) => ({
      ...item,
      key: { ...item.key, namespace },
      pods,
      rounds,
      wave: index,
    })),
  );
  const plan = { items, waves: waves.map(() => ({ kind: 'namespaces', title: '' }) as const) };
  return estimateOf(plan, { ...limits, ...changes }, 10);
}

for (const [what, expected, waves, changes] of [
  ['nothing', 0, [], {}],
  ['one workload: rounds and its soak', 35, [[['a', 6, 3]]], {}],
  [
    'two namespaces at a time',
    15,
    [
      [
        ['a', 1, 1],
        ['b', 1, 1],
      ],
    ],
    {},
  ],
  [
    'one at a time in a namespace',
    30,
    [
      [
        ['a', 1, 1],
        ['a', 1, 1],
      ],
    ],
    {},
  ],
  [
    'a third waits for its slot',
    30,
    [
      [
        ['a', 1, 1],
        ['b', 1, 1],
        ['c', 1, 1],
      ],
    ],
    {},
  ],
  ['waves with a soak between, none after the last', 130, [[['a', 1, 1]], [['b', 1, 1]]], {}],
  [
    'a quarter of the pace at first: 15 starts, the rest a minute later',
    75,
    [
      [
        ['a', 15, 1],
        ['b', 1, 1],
      ],
    ],
    {},
  ],
  [
    'twice the pace in the second wave',
    130,
    [
      [['a', 1, 1]],
      [
        ['a', 15, 1],
        ['b', 15, 1],
      ],
    ],
    {},
  ],
  [
    'never more than the limit',
    190,
    [
      [['a', 1, 1]],
      [
        ['a', 15, 1],
        ['b', 1, 1],
      ],
    ],
    { startsPerMinute: 15 },
  ],
  [
    'one bigger than a minute’s starts goes alone',
    75,
    [
      [
        ['a', 500, 1],
        ['b', 1, 1],
      ],
    ],
    {},
  ],
  [
    'a pace of less than four',
    75,
    [
      [
        ['a', 1, 1],
        ['b', 1, 1],
      ],
    ],
    { startsPerMinute: 1 },
  ],
] as const) {
  test(`estimate of ${what}`, () => {
    const { seconds, pods } = estimated(waves, changes);
    assert.equal(seconds, expected);
    assert.equal(
      pods,
      waves.flat().reduce((sum, [, count]) => sum + count, 0),
    );
  });
}

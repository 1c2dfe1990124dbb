/** What the admission policy leaves of far-reaching rights: what this program does, and nothing else. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { JsonRequest, KubeClient } from '../../src/kube/client.ts';
import { KubeError } from '../../src/kube/errors.ts';
import {
  daemonSets,
  deployments,
  namespaces,
  pods,
  rollouts,
  statefulSets,
} from '../../src/sim/resources.ts';
import type { AdmissionAttempt } from '../../src/sim/server/validation.ts';
import type { ResourceType } from '../../src/sim/types.ts';
import { admissionPolicies } from './admission-policies.ts';
import { type GrantedCluster, grantedCluster, printed } from './granted-cluster.ts';
import { SWIFTLY } from './swiftly.ts';
import { flat, written } from './told.ts';

const POLICY = ['--for', 'restart', 'argo', '--admission-policy'];
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const PIN = 'config.linkerd.io/proxy-version';

const WEB = '/apis/apps/v1/namespaces/books/deployments/web';
const DB = '/apis/apps/v1/namespaces/books/statefulsets/db';
const AGENT = '/apis/apps/v1/namespaces/books/daemonsets/agent';
const CANARY = '/apis/argoproj.io/v1alpha1/namespaces/books/rollouts/canary';
const BOOKS = '/api/v1/namespaces/books';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/linkerd/leases';

type Write = Pick<JsonRequest, 'method' | 'path' | 'body' | 'query' | 'contentType'>;

function patch(path: string, body: object, type = 'merge-patch'): Write {
  return { method: 'PATCH', path, body, contentType: `application/${type}+json` };
}

const ofTemplate = (metadata: object): object => ({ spec: { template: { metadata } } });
const ofPods = (spec: object): object => ({ spec: { template: { spec } } });
const container = { name: 'web', image: 'registry.example/other:2' };

/** What is refused, by what it would change, and the words about it. */
const refused: readonly (readonly [what: string, write: Write, words: RegExp])[] = [
  ['an image', patch(WEB, ofPods({ containers: [container] }), 'strategic-merge-patch'), /no image/],
  ['an image of a StatefulSet', patch(DB, ofPods({ containers: [container] })), /no image/],
  ['an image of a DaemonSet', patch(AGENT, ofPods({ containers: [container] })), /no image/],
  ['a further container', patch(WEB, ofPods({ initContainers: [container] })), /no container/],
  ['the service account of pods', patch(WEB, ofPods({ serviceAccountName: 'admin' })), /pods themselves/],
  ['host network', patch(WEB, ofPods({ hostNetwork: true })), /pods themselves/],
  ['replicas', patch(WEB, { spec: { replicas: 0 } }), /no replicas/],
  ['replicas by the scale', patch(`${WEB}/scale`, { spec: { replicas: 0 } }), /neither scale nor status/],
  ['the status', patch(`${WEB}/status`, { status: { replicas: 7 } }), /neither scale nor status/],
  [
    'the strategy',
    patch(WEB, { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }),
    /no strategy/,
  ],
  ['whether it is paused', patch(WEB, { spec: { paused: true } }), /of a spec it may change/],
  ['a label', patch(WEB, { metadata: { labels: { tier: 'x' } } }), /labels, finalizers or owners/],
  ['a finalizer', patch(WEB, { metadata: { finalizers: ['x.example/keep'] } }), /finalizers/],
  [
    'an owner',
    patch(WEB, {
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u' }] },
    }),
    /owners/,
  ],
  ['an annotation of the object', patch(WEB, { metadata: { annotations: { a: 'b' } } }), /these annotations/],
  [
    'our annotation on the object',
    patch(WEB, { metadata: { annotations: { 'kubectl-linkerd-upgrade/run': 'x' } } }),
    /these annotations/,
  ],
  ['a label of pods', patch(WEB, ofTemplate({ labels: { tier: 'x' } })), /labels of pods/],
  [
    'another annotation of pods',
    patch(WEB, ofTemplate({ annotations: { a: 'b' } })),
    /annotations of a restart only/,
  ],
  [
    'the proxy away',
    patch(WEB, ofTemplate({ annotations: { 'linkerd.io/inject': 'disabled' } })),
    /of a restart only/,
  ],
  [
    'an annotation of pods away',
    patch(WEB, ofTemplate({ annotations: { 'app.example/kept': null } })),
    /of a restart only/,
  ],
  ['the annotations of pods away', patch(WEB, ofTemplate({ annotations: null })), /of a restart only/],
  [
    'an image beside a restart',
    patch(WEB, {
      spec: {
        template: { metadata: { annotations: { [RESTARTED_AT]: 'now' } }, spec: { containers: [container] } },
      },
    }),
    /no image/,
  ],
  ['a pin of a workload', patch(WEB, ofTemplate({ annotations: { [PIN]: 'edge-1' } })), /of a restart only/],
  [
    'a pin of a namespace',
    patch(BOOKS, { metadata: { annotations: { [PIN]: 'edge-1' } } }),
    /these annotations/,
  ],
  [
    'injection of a namespace',
    patch(BOOKS, { metadata: { annotations: { 'linkerd.io/inject': 'disabled' } } }),
    /these annotations/,
  ],
  ['a label of a namespace', patch(BOOKS, { metadata: { labels: { a: 'b' } } }), /labels/],
  ['replicas of a Rollout', patch(CANARY, { spec: { replicas: 0 } }), /no replicas/],
  [
    'the template of a Rollout',
    patch(CANARY, ofTemplate({ annotations: { [RESTARTED_AT]: 'now' } })),
    /of a spec it may change/,
  ],
  [
    'another annotation of a Rollout',
    patch(CANARY, { metadata: { annotations: { a: 'b' } } }),
    /these annotations/,
  ],
  ['the status of a pod', patch(`${BOOKS}/pods/POD/status`, { status: { reason: 'x' } }), /of a pod but its/],
  ['a deletion', { method: 'DELETE', path: WEB }, /neither create nor delete/],
  ['the deletion of a pod', { method: 'DELETE', path: `${BOOKS}/pods/POD` }, /neither create nor delete/],
  [
    'a new workload',
    {
      method: 'POST',
      path: '/apis/apps/v1/namespaces/books/deployments',
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'miner' },
        spec: {
          selector: { matchLabels: { app: 'miner' } },
          template: { metadata: { labels: { app: 'miner' } }, spec: { containers: [container] } },
        },
      },
    },
    /neither create nor delete/,
  ],
  [
    'a pod that is not only tried',
    {
      method: 'POST',
      path: `${BOOKS}/pods`,
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'miner' }, spec: { containers: [container] } },
    },
    /dry runs only/,
  ],
  [
    'another Lease',
    {
      method: 'POST',
      path: LEASES,
      body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'other' }, spec: {} },
    },
    /no Lease but kubectl-linkerd-upgrade/,
  ],
];

/** What passes, and is undone by nobody. */
const allowed: readonly (readonly [what: string, write: Write])[] = [
  [
    'a restart as kubectl does it',
    patch(WEB, ofTemplate({ annotations: { [RESTARTED_AT]: 'now' } }), 'strategic-merge-patch'),
  ],
  [
    'our annotations',
    patch(
      DB,
      ofTemplate({
        annotations: {
          'kubectl-linkerd-upgrade/run': 'r',
          'kubectl-linkerd-upgrade/by': 'b',
          'kubectl-linkerd-upgrade/reason': 'w',
        },
      }),
    ),
  ],
  ['a restart of a DaemonSet', patch(AGENT, ofTemplate({ annotations: { [RESTARTED_AT]: 'now' } }))],
  [
    'a restart of a Rollout',
    patch(CANARY, {
      metadata: { annotations: { 'kubectl-linkerd-upgrade/run': 'r' } },
      spec: { restartAt: '2026-11-22T00:00:00Z' },
    }),
  ],
  [
    'a pod that is only tried',
    {
      method: 'POST',
      path: `${BOOKS}/pods`,
      query: { dryRun: 'All' },
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'tried' }, spec: { containers: [container] } },
    },
  ],
  [
    'our Lease',
    {
      method: 'POST',
      path: LEASES,
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'kubectl-linkerd-upgrade' },
        spec: {},
      },
    },
  ],
  // Not what the policy is about; RBAC is.
  [
    'a ConfigMap',
    {
      method: 'POST',
      path: `${BOOKS}/configmaps`,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
    },
  ],
];

const send = (client: KubeClient, write: Write) => client.json({ ...write, operation: 'try this' });

async function bounded(t: TestContext, ...words: readonly string[]): Promise<GrantedCluster> {
  const cluster = await grantedCluster(t);
  await cluster.grant(...words);
  await cluster.allowEverything();
  return cluster;
}

/** Subresources, some of which the simulated server lacks. */
const partsRefused = [
  ['UPDATE', pods, 'ephemeralcontainers'],
  ['UPDATE', pods, 'resize'],
  ['CREATE', pods, 'binding'],
  ['CONNECT', pods, 'exec'],
  ['CONNECT', pods, 'attach'],
  ['CONNECT', pods, 'portforward'],
  ['CONNECT', pods, 'proxy'],
  ...[deployments, statefulSets, daemonSets, rollouts].flatMap((resource) => [
    ['UPDATE', resource, 'scale'] as const,
    ['UPDATE', resource, 'status'] as const,
  ]),
  ['UPDATE', namespaces, 'finalize'],
  ['UPDATE', namespaces, 'status'],
] as const;

describe('with far-reaching rights and the policy', () => {
  let cluster: GrantedCluster;
  const cleanups: (() => unknown)[] = [];
  before(async () => {
    cluster = await grantedCluster({ after: (cleanup) => void cleanups.push(cleanup) });
    await cluster.grant(...POLICY);
    await cluster.allowEverything();
    await send(cluster.administrator, patch(WEB, ofTemplate({ annotations: { 'app.example/kept': 'yes' } })));
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  for (const [what, write, words] of refused) {
    test(`refused: ${what}`, async () => {
      const [pod] = cluster.simulation.cluster.cluster.list('Pod');
      const path = write.path.replace(
        'books/pods/POD',
        `${pod?.metadata.namespace}/pods/${pod?.metadata.name}`,
      );
      await assert.rejects(
        send(cluster.client, { ...write, path }),
        (error: unknown) =>
          error instanceof KubeError &&
          error.kind === 'forbidden' &&
          /ValidatingAdmissionPolicy '[\w-]+' with binding '[\w-]+' denied request: /.test(error.detail) &&
          words.test(error.detail),
      );
      // It is the policy that refuses it, and it binds nobody else.
      if (write.method === 'PATCH')
        await send(cluster.administrator, { ...write, path, query: { dryRun: 'All' } });
    });
  }

  /** Whether the policy lets something happen to an object that stays as it is, or becomes `changed`. */
  function judge(
    operation: AdmissionAttempt['operation'],
    resource: ResourceType,
    subresource: string,
    changed: object = {},
  ): void {
    const oldObject = { metadata: { name: 'web' }, spec: {}, status: { replicas: 1 } };
    const user = { name: 'system:serviceaccount:ci:restarter', groups: [] };
    const place = { namespace: 'books', name: 'web' };
    const object = { ...oldObject, ...changed };
    admissionPolicies(cluster.simulation.store)({
      ...place,
      operation,
      resource,
      subresource,
      user,
      dryRun: false,
      object,
      oldObject,
    });
  }

  for (const [operation, resource, subresource] of partsRefused) {
    test(`refused: ${operation} of ${resource.plural}/${subresource}`, () => {
      assert.throws(() => judge(operation, resource, subresource), /denied request: /);
    });
  }

  test('of a pod the eviction passes, and nothing but its creation', () => {
    judge('CREATE', pods, 'eviction');
    assert.throws(() => judge('UPDATE', pods, 'eviction'), /denied request: /);
  });

  test('the status of a Rollout stays, even where its definition has no such subresource', () => {
    judge('UPDATE', rollouts, '', { spec: { restartAt: '2026-11-22T00:00:00Z' } });
    assert.throws(() => judge('UPDATE', rollouts, '', { status: { replicas: 2 } }), /not change the status/);
  });

  for (const [what, write] of allowed) {
    test(`passes: ${what}`, async () => {
      await send(cluster.client, write);
    });
  }
});

test('the program does all that it does, within the policy', async (t) => {
  const cluster = await bounded(t, ...POLICY);
  const told = await cluster.run(
    'restart',
    'books',
    ...SWIFTLY,
    '--include',
    'on-delete',
    '--reason',
    "it's due",
  );
  assert.equal(told.code, 0, flat(told));
  assert.match(flat(told), /5 of 5 dry-run pods accepted/);
  const refusals = cluster.asked().filter(({ code }) => code >= 400 && code !== 404 && code !== 429);
  assert.deepEqual(
    refusals.map(({ verb, path, code }) => `${verb} ${path}: ${code}`),
    [],
  );
});

for (const target of ['books', 'books/deploy/web', 'books/sts/db', 'books/ds/agent']) {
  test(`pin ${target}: refused by the policy, unless it was made for pins`, async (t) => {
    const pin = ['pin', target, '--proxy-version', 'edge-25.10.7', '--yes'];
    const without = await bounded(t, ...POLICY);
    const refusal = await without.run(...pin);
    assert.equal(refusal.code, 1);
    assert.match(refusal.err, /denied request: (it may not change these annotations|of a pod template)/);
    const within = await bounded(t, 'restart', 'pin', '--admission-policy');
    await written(within, ...pin);
    await written(within, 'unpin', target, '--yes');
  });
}

for (const [subject, user, groups] of [
  ['User:ann', 'ann', []],
  ['User:o\'hara \\ "x"', 'o\'hara \\ "x"', []],
  ['Group:sre', 'somebody', ['sre']],
  ['ServiceAccount:ci/restarter', 'system:serviceaccount:ci:restarter', []],
] as const) {
  test(`the policy binds ${subject} and nobody else`, async (t) => {
    const cluster = await grantedCluster(t, {
      users: [
        { name: user, groups },
        { name: 'somebody', groups: [] },
      ],
    });
    await cluster.grant('restart', '--admission-policy', '--subject', subject);
    const scale = patch(`${WEB}/scale`, { spec: { replicas: 1 } });
    const [bound, other] = cluster.others;
    assert.ok(bound && other);
    await cluster.allowEverything();
    await assert.rejects(send(bound, scale), /denied request/);
    await send(other, scale);
  });
}

test('what is printed says that it needs somebody', () => {
  assert.throws(() => printed(['--admission-policy'], []), /add --subject/);
});

/** Fields that the recordings do not hold, written by BinaryWriter after the published .proto files. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clean } from '../../../src/kube/clean.ts';
import { DecodeError } from '../../../src/kube/decode-error.ts';
import { NOTHING } from '../../../src/kube/kept.ts';
import { Cursor } from '../../../src/kube/protobuf/cursor.ts';
import { decodeStatus } from '../../../src/kube/protobuf/status.ts';
import type { KubeRecord } from '../../../src/kube/records.ts';
import {
  configMaps,
  daemonSets,
  deployments,
  mutatingWebhookConfigurations,
  namespaces,
  podDisruptionBudgets,
  pods,
  type Resource,
  replicaSets,
  statefulSets,
} from '../../../src/kube/resources.ts';
import { type Fields, message, meta } from '../../support/protobuf.ts';

function decode<R extends KubeRecord>(resource: Resource<R>, fields: Fields): R {
  const bytes = message(fields);
  const cursor = new Cursor();
  cursor.reset(bytes, 0, bytes.length);
  return resource.createDecoder()(cursor);
}

/** The record must be what the same object in JSON gives. */
function same<R extends KubeRecord>(resource: Resource<R>, fields: Fields, json: Record<string, unknown>): R {
  const record = decode(resource, fields);
  const metadata = {
    name: 'x',
    namespace: 'default',
    uid: 'uid-x',
    resourceVersion: '7',
    creationTimestamp: '2023-11-14T22:13:20Z',
    ...(json.metadata ?? {}),
  };
  assert.deepEqual(record, resource.fromJson({ ...json, metadata }));
  return record;
}

test('a native sidecar and a failing container', () => {
  const pod = same(
    pods,
    {
      1: meta('x', { 9: { 1: 1_700_000_100 } }),
      2: {
        2: [{ 1: 'app', 2: 'app:1' }],
        20: [
          { 1: 'linkerd-proxy', 2: 'proxy:edge-26.8.3', 24: 'Always' },
          { 1: 'setup', 2: 'setup:1', 24: 'Never' },
        ],
      },
      3: {
        1: 'Running',
        2: [
          { 1: 'Ready', 2: 'False' },
          { 1: 'PodScheduled', 2: 'False', 6: '0/3 nodes are available' },
        ],
        3: 'the node was low\non memory',
        4: 'Evicted',
        8: [{ 1: 'app', 2: { 3: { 1: 137, 2: 9, 3: 'OOMKilled', 4: 'gone' } }, 4: false, 5: 300 }],
        10: [{ 1: 'linkerd-proxy', 2: { 2: {} }, 4: true, 9: true }],
      },
    },
    {
      metadata: { deletionTimestamp: '2023-11-14T22:15:00Z' },
      spec: {
        initContainers: [
          { name: 'linkerd-proxy', image: 'proxy:edge-26.8.3', restartPolicy: 'Always' },
          { name: 'setup', image: 'setup:1', restartPolicy: 'Never' },
        ],
        containers: [{ name: 'app', image: 'app:1' }],
      },
      status: {
        phase: 'Running',
        conditions: [
          { type: 'Ready', status: 'False' },
          { type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' },
        ],
        message: 'the node was low\non memory',
        reason: 'Evicted',
        containerStatuses: [
          {
            name: 'app',
            state: { terminated: { exitCode: 137, signal: 9, reason: 'OOMKilled', message: 'gone' } },
            ready: false,
            restartCount: 300,
          },
        ],
        initContainerStatuses: [
          { name: 'linkerd-proxy', state: { running: {} }, ready: true, started: true },
        ],
      },
    },
  );
  assert.deepEqual(
    pod.containers.map(({ name, init, sidecar, ready, state, exitCode }) => [
      name,
      init,
      sidecar,
      ready,
      state,
      exitCode,
    ]),
    [
      ['linkerd-proxy', true, true, true, 'running', 0],
      ['setup', true, false, false, 'unknown', 0],
      ['app', false, false, false, 'terminated', 137],
    ],
  );
  assert.equal(pod.unschedulable, '0/3 nodes are available');
  assert.equal(pod.message, 'the node was low\\non memory');
  assert.equal(pod.deletedAt, 1_700_000_100);
});

test('the order of fields does not matter', () => {
  const forward = { 1: meta('x'), 2: { 2: { 1: 'app', 2: 'app:1' } }, 3: { 8: { 1: 'app', 4: true } } };
  const backward = Buffer.concat([
    message({ 3: { 8: { 1: 'app', 4: true } } }),
    message({ 2: forward[2] }),
    message({ 1: forward[1] }),
  ]);
  const cursor = new Cursor();
  cursor.reset(backward, 0, backward.length);
  assert.deepEqual(pods.createDecoder()(cursor), decode(pods, forward));
});

test('only the controller is an owner', () => {
  const references = [
    { 1: 'ConfigMap', 3: 'other', 4: 'u1', 5: 'v1', 6: false },
    { 1: 'Rollout', 3: 'web', 4: 'u2', 5: 'argoproj.io/v1alpha1', 6: true },
  ];
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'u2' };
  assert.deepEqual(decode(replicaSets, { 1: meta('x', { 13: references }) }).owner, owner);
  assert.equal(decode(replicaSets, { 1: meta('x', { 13: references.slice(0, 1) }) }).owner, undefined);
});

test('a template with everything that is a risk', () => {
  const record = same(
    deployments,
    {
      1: meta('x', {
        7: 3,
        11: { 1: 'app', 2: 'web' },
        12: [
          { 1: 'meta.helm.sh/release-name', 2: 'web' },
          { 1: 'argocd.argoproj.io/tracking-id', 2: 'id' },
          { 1: 'kubectl.kubernetes.io/last-applied-configuration', 2: '{}' },
          { 1: 'config.linkerd.io/proxy-version', 2: 'edge-26.1.1' },
          { 1: 'notlinkerd.io/x', 2: 'y' },
        ],
      }),
      2: {
        1: 2,
        2: { 1: { 1: 'app', 2: 'web' }, 2: { 1: 'tier', 2: 'In', 3: ['a', 'b'] } },
        3: {
          1: {
            11: { 1: 'app', 2: 'web' },
            12: [
              { 1: 'linkerd.io/inject', 2: 'enabled' },
              { 1: 'kubectl.kubernetes.io/restartedAt', 2: '2026-01-01T00:00:00Z' },
              { 1: 'prometheus.io/scrape', 2: 'true' },
            ],
          },
          2: {
            2: {
              1: 'app',
              2: 'app:1',
              6: [{ 3: 80 }, { 2: 8080, 3: 81 }],
              9: [{ 1: 'token', 3: '/var/run/secrets/kubernetes.io/serviceaccount' }],
              11: { 3: 5 },
            },
            11: true,
            20: { 1: 'init', 2: 'init:1' },
            21: false,
          },
        },
        4: { 1: 'RollingUpdate', 2: { 1: { 1: 0, 2: -1, 3: '' }, 2: { 1: 1, 2: 0, 3: '25%' } } },
        5: 30,
        7: true,
        9: 600,
      },
      3: { 1: 2, 2: 4, 3: 3, 4: 2, 5: 1, 6: { 1: 'Progressing', 2: 'True', 4: 'r', 5: 'm' }, 7: 1 },
    },
    {
      metadata: {
        generation: 3,
        labels: { app: 'web' },
        annotations: {
          'meta.helm.sh/release-name': 'web',
          'argocd.argoproj.io/tracking-id': 'id',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'config.linkerd.io/proxy-version': 'edge-26.1.1',
          'notlinkerd.io/x': 'y',
        },
      },
      spec: {
        replicas: 2,
        selector: {
          matchLabels: { app: 'web' },
          matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }],
        },
        template: {
          metadata: {
            labels: { app: 'web' },
            annotations: {
              'linkerd.io/inject': 'enabled',
              'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z',
              'prometheus.io/scrape': 'true',
            },
          },
          spec: {
            hostNetwork: true,
            automountServiceAccountToken: false,
            initContainers: [{ name: 'init', image: 'init:1' }],
            containers: [
              {
                name: 'app',
                image: 'app:1',
                ports: [{ containerPort: 80 }, { hostPort: 8080, containerPort: 81 }],
                volumeMounts: [{ name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
                readinessProbe: { periodSeconds: 5 },
              },
            ],
          },
        },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: -1, maxSurge: '25%' } },
        minReadySeconds: 30,
        paused: true,
        progressDeadlineSeconds: 600,
      },
      status: {
        observedGeneration: 2,
        replicas: 4,
        updatedReplicas: 3,
        availableReplicas: 2,
        unavailableReplicas: 1,
        readyReplicas: 1,
        conditions: [{ type: 'Progressing', status: 'True', reason: 'r', message: 'm' }],
      },
    },
  );
  assert.deepEqual(Object.keys(record.annotations).sort(), [
    'argocd.argoproj.io/tracking-id',
    'config.linkerd.io/proxy-version',
    'meta.helm.sh/release-name',
  ]);
  assert.equal(record.template.automountServiceAccountToken, false);
  assert.deepEqual(
    record.template.containers.map(({ hostPort, readinessProbe }) => [hostPort, readinessProbe]),
    [
      [false, false],
      [true, true],
    ],
  );
  assert.equal(record.strategy.maxUnavailable, '-1');
});

test('a partitioned StatefulSet and a DaemonSet with conditions', () => {
  const statefulSet = same(
    statefulSets,
    {
      1: meta('x'),
      2: { 1: 5, 7: { 1: 'RollingUpdate', 2: { 1: 3, 2: { 1: 1, 2: 0, 3: '10%' } } }, 9: 4 },
      3: {
        1: 9,
        2: 5,
        3: 4,
        4: 3,
        5: 2,
        6: 'a',
        7: 'b',
        10: { 1: 'T', 2: 'True', 3: { 1: 1 }, 4: 'R', 5: 'M' },
        11: 3,
      },
    },
    {
      spec: {
        replicas: 5,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3, maxUnavailable: '10%' } },
        minReadySeconds: 4,
      },
      status: {
        observedGeneration: 9,
        replicas: 5,
        readyReplicas: 4,
        currentReplicas: 3,
        updatedReplicas: 2,
        currentRevision: 'a',
        updateRevision: 'b',
        availableReplicas: 3,
        conditions: [{ type: 'T', status: 'True', reason: 'R', message: 'M' }],
      },
    },
  );
  assert.equal(statefulSet.status.unavailable, 2);
  const daemonSet = same(
    daemonSets,
    {
      1: meta('x'),
      2: { 1: {}, 2: {}, 3: { 1: 'RollingUpdate', 2: { 1: { 1: 0, 2: 1, 3: '' } } }, 4: 1 },
      3: { 1: 7, 2: 9, 3: 8, 4: 6, 5: 5, 6: 4, 7: 3, 8: 2, 10: { 1: 'T', 2: 'True', 4: 'R', 5: 'M' } },
    },
    {
      spec: {
        selector: {},
        template: {},
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
        minReadySeconds: 1,
      },
      status: {
        currentNumberScheduled: 7,
        numberMisscheduled: 9,
        desiredNumberScheduled: 8,
        numberReady: 6,
        observedGeneration: 5,
        updatedNumberScheduled: 4,
        numberAvailable: 3,
        numberUnavailable: 2,
        conditions: [{ type: 'T', status: 'True', reason: 'R', message: 'M' }],
      },
    },
  );
  assert.equal(daemonSet.replicas, 8);
});

test('a workload without replicas wants one', () => {
  assert.equal(decode(deployments, { 1: meta('x'), 2: {} }).replicas, 1);
  assert.equal(decode(deployments, { 1: meta('x'), 2: { 1: 0 } }).replicas, 0);
});

test('webhooks by service and by URL', () => {
  const { webhooks } = same(
    mutatingWebhookConfigurations,
    {
      1: meta('x', { 11: { 1: 'a', 2: 'b' } }),
      2: [
        {
          1: 'one',
          2: { 1: { 1: 'linkerd', 2: 'linkerd-proxy-injector', 3: '/' }, 2: 'CA' },
          4: 'Fail',
          5: {},
          7: 10,
        },
        { 1: 'two', 2: { 3: 'https://example.com' }, 11: { 2: { 1: 'k', 2: 'Exists' } } },
      ],
    },
    {
      metadata: { labels: { a: 'b' } },
      webhooks: [
        {
          name: 'one',
          clientConfig: {
            service: { namespace: 'linkerd', name: 'linkerd-proxy-injector', path: '/' },
            caBundle: 'Q0E=',
          },
          failurePolicy: 'Fail',
          namespaceSelector: {},
          timeoutSeconds: 10,
        },
        {
          name: 'two',
          clientConfig: { url: 'https://example.com' },
          objectSelector: { matchExpressions: [{ key: 'k', operator: 'Exists' }] },
        },
      ],
    },
  );
  assert.deepEqual(
    webhooks.map(({ serviceNamespace }) => serviceNamespace),
    ['linkerd', ''],
  );
});

test('a budget without selector selects nothing, one with an empty selector everything', () => {
  const status = { 3: 1, 4: 3, 5: 2, 6: 3 };
  const json = { disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 };
  const without = same(podDisruptionBudgets, { 1: meta('x'), 2: {}, 3: status }, { spec: {}, status: json });
  assert.deepEqual(without.selector, NOTHING);
  const empty = same(
    podDisruptionBudgets,
    { 1: meta('x'), 2: { 2: {} }, 3: status },
    { spec: { selector: {} }, status: json },
  );
  assert.deepEqual(empty.selector, { matchLabels: {}, matchExpressions: [] });
});

test('strings are cleaned, ConfigMap data is not, and a key may be __proto__', () => {
  const namespace = same(
    namespaces,
    {
      1: meta('x', { 11: { 1: 'team', 2: 'a\u202eb' }, 12: { 1: 'linkerd.io/inject', 2: 'ena\x1bbled' } }),
      3: { 1: 'Active' },
    },
    {
      metadata: { labels: { team: 'a\u202eb' }, annotations: { 'linkerd.io/inject': 'ena\x1bbled' } },
      status: { phase: 'Active' },
    },
  );
  assert.equal(namespace.labels.team, clean('a\u202eb'));
  assert.equal(namespace.annotations['linkerd.io/inject'], 'ena\\x1bbled');
  const bundle = '-----BEGIN CERTIFICATE-----\r\nabc\n';
  const { data } = same(
    configMaps,
    {
      1: meta('x'),
      2: [
        { 1: 'ca-bundle.crt', 2: bundle },
        { 1: '__proto__', 2: 'own' },
      ],
    },
    { data: JSON.parse(`{"ca-bundle.crt":${JSON.stringify(bundle)},"__proto__":"own"}`) },
  );
  assert.equal(data['ca-bundle.crt'], bundle);
  assert.equal(Object.getOwnPropertyDescriptor(data, '__proto__')?.value, 'own');
});

test('a Status with causes', () => {
  const bytes = message({
    1: { 3: 'token' },
    2: 'Failure',
    3: 'too many',
    4: 'TooManyRequests',
    5: { 1: 'n', 2: 'g', 3: 'k', 4: [{ 1: 'r', 2: 'm', 3: 'f' }], 5: 12 },
    6: 429,
  });
  const cursor = new Cursor();
  cursor.reset(bytes, 0, bytes.length);
  assert.deepEqual(decodeStatus(cursor), {
    message: 'too many',
    reason: 'TooManyRequests',
    code: 429,
    continueToken: 'token',
    details: {
      name: 'n',
      group: 'g',
      kind: 'k',
      retryAfterSeconds: 12,
      causes: [{ reason: 'r', message: 'm', field: 'f' }],
    },
  });
});

for (const value of [
  0,
  1,
  127,
  128,
  2 ** 28 - 1,
  2 ** 28,
  2 ** 31,
  2 ** 32 + 5,
  Number.MAX_SAFE_INTEGER,
  -1,
  -128,
  -(2 ** 31),
  -(2 ** 40) - 3,
]) {
  test(`the varint ${value}`, () => {
    const bytes = message({ 1: value });
    const cursor = new Cursor();
    cursor.reset(bytes, 0, bytes.length);
    assert.equal(cursor.next(), 1);
    assert.equal(cursor.number(), value);
  });
}

for (const [what, bytes] of [
  ['a length beyond the end', [0x0a, 0x05, 0x61]],
  ['a varint that never ends', [0x08, ...Array<number>(11).fill(0xff)]],
  ['a cut varint', [0x08, 0x80]],
  ['a group', [0x0b, 0x0c]],
  ['wire type 7', [0x0f, 0x00]],
  ['field number 0', [0x02, 0x00]],
  ['a text where a message belongs', [0x08, 0x01]],
  ['nothing at all', []],
] as const) {
  test(`${what} is a DecodeError`, () => {
    const buffer = Buffer.from(bytes);
    const cursor = new Cursor();
    cursor.reset(buffer, 0, buffer.length);
    assert.throws(() => pods.createDecoder()(cursor), DecodeError);
  });
}

test('fixed-width fields of a future version are skipped', () => {
  const future = Buffer.concat([
    Buffer.from([0xf9, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 0xfd, 0x01, 1, 2, 3, 4]),
    message({ 1: meta('x') }),
  ]);
  const cursor = new Cursor();
  cursor.reset(future, 0, future.length);
  assert.equal(pods.createDecoder()(cursor).name, 'x');
});

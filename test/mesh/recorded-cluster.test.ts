/** The cluster recorded from a real API server, from its JSON answers to what the mesh view says of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podOf } from '../../src/kube/json/pod.ts';
import {
  configMapOf,
  namespaceOf,
  ownerLinkOf,
  podDisruptionBudgetOf,
  webhookConfigurationOf,
} from '../../src/kube/json/small-kinds.ts';
import { isObject, type JsonObject } from '../../src/kube/json/value.ts';
import { workloadOf } from '../../src/kube/json/workload.ts';
import type { KubeRecord } from '../../src/kube/records.ts';
import { createMeshModel } from '../../src/mesh/model.ts';
import type { MeshView } from '../../src/mesh/view.ts';
import { upsert } from '../support/records.ts';
import { recordedJson } from '../support/wire.ts';

function items(file: string): readonly JsonObject[] {
  const list = recordedJson(file).items;
  assert.ok(Array.isArray(list), `${file} is a list`);
  return list.filter(isObject);
}

function recordedView(): MeshView {
  const records: readonly KubeRecord[] = [
    ...items('013-namespaces.json').map(namespaceOf),
    ...items('015-pods-all.json').map(podOf),
    ...items('023-deployments.json').map((object) => workloadOf('Deployment', object)),
    ...items('025-statefulsets.json').map((object) => workloadOf('StatefulSet', object)),
    ...items('027-daemonsets.json').map((object) => workloadOf('DaemonSet', object)),
    ...items('029-replicasets.json').map((object) => ownerLinkOf('ReplicaSet', object)),
    ...items('033-jobs.json').map((object) => ownerLinkOf('Job', object)),
    configMapOf(recordedJson('037-linkerd-config.json')),
    configMapOf(recordedJson('041-trust-roots.json')),
    ...items('043-webhooks.json').map(webhookConfigurationOf),
    ...items('045-pdbs.json').map(podDisruptionBudgetOf),
  ];
  const model = createMeshModel();
  model.applyAll(records.map(upsert));
  for (const kind of ['Pod', 'Namespace', 'MutatingWebhookConfiguration'] as const) model.markListed(kind);
  return model.view();
}

test('the recorded control plane', () => {
  const { controlPlane } = recordedView();
  assert.equal(controlPlane.version, 'edge-25.4.4');
  assert.equal(controlPlane.release, '2.18');
  assert.equal(controlPlane.install, 'cli');
  assert.equal(controlPlane.failurePolicy, 'Ignore');
  assert.equal(controlPlane.evidence, 'config');
  assert.equal(controlPlane.ready, true);
  assert.deepEqual(controlPlane.injector, { state: 'ready' });
});

test('the proxies of the recorded namespaces', () => {
  const { namespaces, totals } = recordedView();
  const meshed = namespaces.filter((namespace) => namespace.proxies > 0);
  assert.deepEqual(
    meshed.map(({ name, worst, byVersion }) => [name, worst, byVersion]),
    [
      // Two pods of a bare ReplicaSet; the finished Job's pod does not count.
      ['batch', 'violation', { 'edge-24.8.2': 2 }],
      ['books', 'behind-one', { 'edge-24.11.8': 6, 'edge-25.4.4': 2 }],
      ['emojivoto', 'violation', { 'edge-24.8.2': 6 }],
      ['infra', 'violation', { 'edge-24.11.8': 2, 'edge-24.8.2': 2 }],
      ['legacy', 'violation', { 'edge-24.2.4': 2, 'edge-25.4.4': 3 }],
      ['linkerd', 'current', { 'edge-25.4.4': 3 }],
      ['linkerd-multicluster', 'current', { 'edge-25.4.4': 2 }],
      ['linkerd-viz', 'current', { 'edge-25.4.4': 4 }],
      ['payments', 'behind-one', { 'edge-24.11.8': 3 }],
      ['pinned', 'violation', { 'edge-24.8.2': 2 }],
      ['stuck', 'behind-one', { 'edge-24.11.8': 3 }],
    ],
  );
  assert.equal(totals.proxies, 42);
  assert.equal(totals.pods.completed, 1);
  assert.equal(totals.pods.unmeshed, 2);
  assert.equal(totals.staleTrust, 0);
});

test('what a restart would do to the recorded workloads', () => {
  const view = recordedView();
  const effects = view.namespaces
    .filter((namespace) => namespace.role === 'application')
    .flatMap((namespace) => view.workloads(namespace.name))
    .map(({ kind, name, effect }) => `${kind} ${name}: ${effect.kind}`);
  assert.deepEqual(effects, [
    'Job report: nothing',
    'ReplicaSet old-style: unsupported',
    'Deployment authors: upgrades',
    'Deployment books: upgrades',
    'Deployment traffic: upgrades',
    'Deployment webapp: nothing',
    'Deployment emoji: upgrades',
    'Deployment voting: upgrades',
    'Deployment web: upgrades',
    'DaemonSet agent: unsupported',
    'Pod bare: unsupported',
    'StatefulSet db: unsupported',
    'Deployment mainframe: upgrades',
    'StatefulSet queue: nothing',
    'Deployment api: upgrades',
    'Deployment paused: unsupported',
    'Deployment locked: pinned',
    'Deployment nomesh: nothing',
    'Deployment fragile: upgrades',
  ]);
});

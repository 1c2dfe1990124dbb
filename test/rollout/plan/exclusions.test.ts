/** What is said of workloads that stay as they are, and what is offered to type. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeRecord } from '../../../src/kube/records.ts';
import { planRestart } from '../../../src/rollout/plan/planner.ts';
import { link, meshedNamespace, meshedPod, owner, templateContainer } from '../../support/records.ts';
import { type AppOptions, app, scopes, world } from './world.ts';

const NOW = "'$(date -u +%FT%TZ)'";
const restartedAt = `kubectl.kubernetes.io/restartedAt`;

function onlyExclusion(...records: readonly (KubeRecord | readonly KubeRecord[])[]) {
  const plan = planRestart(world(...records), scopes('books'));
  assert.deepEqual(plan.items, []);
  const [first, ...others] = plan.exclusions;
  assert.ok(first);
  assert.deepEqual(others, []);
  return first;
}

const pin = { 'config.linkerd.io/proxy-version': 'edge-26.7.1' };
const proxyInTemplate = [
  templateContainer(),
  templateContainer({ name: 'linkerd-proxy', image: 'cr.l5d.io/linkerd/proxy:edge-24.8.2' }),
];

const ownWorkloads: readonly (readonly [string, AppOptions, RegExp, string])[] = [
  [
    'is pinned on its template',
    { fields: { template: { annotations: pin } }, version: 'edge-24.8.2' },
    /annotation config.linkerd.io\/proxy-version on the pod template/,
    'kubectl linkerd-upgrade unpin books/deployment/web',
  ],
  [
    'has its proxy written into the template',
    { fields: { template: { containers: proxyInTemplate } }, version: 'edge-24.8.2' },
    /written into the pod template/,
    'kubectl get deployment/web -n books -o yaml | linkerd uninject - | linkerd inject --manual - | kubectl apply -f -',
  ],
  ['is paused', { fields: { paused: true } }, /paused/, 'kubectl rollout resume deployment/web -n books'],
  [
    'is kept by its partition',
    { kind: 'StatefulSet', fields: { strategy: { partition: 5 } } },
    /partition 5 keeps all 2 pods.*lets through whatever update it holds back/,
    `kubectl patch statefulset/web -n books -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'`,
  ],
  [
    'is OnDelete',
    { kind: 'StatefulSet', fields: { strategy: { type: 'OnDelete' } } },
    /evicted one by one, and only when that is asked for/,
    'kubectl linkerd-upgrade restart books/statefulset/web --include on-delete',
  ],
  [
    'is OnDelete and would get an older proxy',
    { kind: 'StatefulSet', version: 'edge-99.1.1', fields: { strategy: { type: 'OnDelete' } } },
    /an older proxy is given only when that is asked for/,
    'kubectl linkerd-upgrade restart books/statefulset/web --include downgrades --include on-delete',
  ],
  [
    'would get an older proxy',
    { version: 'edge-99.1.1' },
    /goes back from edge-99.1.1/,
    'kubectl linkerd-upgrade restart books/deployment/web --include downgrades',
  ],
  [
    'has no proxy yet',
    { version: '' },
    /pods join the mesh only when that is asked for/,
    'kubectl linkerd-upgrade restart books/deployment/web --include meshes',
  ],
  ['is scaled to zero', { replicas: 0 }, /scaled to zero, so nothing runs/, ''],
];

for (const [what, options, reason, command] of ownWorkloads) {
  test(`a workload that ${what}`, () => {
    const exclusion = onlyExclusion(app('books', 'web', options));
    assert.match(exclusion.reason, reason);
    assert.equal(exclusion.command, command);
  });
}

test('a workload that is pinned by its namespace is unpinned there', () => {
  const exclusion = onlyExclusion(
    meshedNamespace('books', { annotations: pin }),
    app('books', 'web', { version: 'edge-24.8.2' }),
  );
  assert.equal(exclusion.command, 'kubectl linkerd-upgrade unpin books');
});

/** A pod that belongs to something of this kind. */
const podOf = (kind: string, name: string, apiVersion: string) =>
  meshedPod('edge-26.7.1', {
    namespace: 'books',
    name: `${name}-1`,
    owner: owner(kind, name, { apiVersion }),
  });

const foreign: readonly (readonly [string, readonly KubeRecord[], RegExp, string])[] = [
  ['a bare pod', [meshedPod('edge-26.7.1', { namespace: 'books' })], /^a bare pod/, ''],
  ['a Job', [podOf('Job', 'import', 'batch/v1')], /^a Job is never restarted/, ''],
  [
    'a CronJob',
    [
      meshedPod('edge-26.7.1', { namespace: 'books', owner: owner('Job', 'nightly-1') }),
      link('Job', 'nightly-1', owner('CronJob', 'nightly'), { namespace: 'books' }),
    ],
    /next run picks the new proxy up/,
    '',
  ],
  [
    'a ReplicaSet without a Deployment',
    [podOf('ReplicaSet', 'alone', 'apps/v1'), link('ReplicaSet', 'alone', undefined, { namespace: 'books' })],
    /delete its pods one by one/,
    'kubectl delete pod/alone-1 -n books',
  ],
  ['a static pod', [podOf('Node', 'node-1', 'v1')], /kubelet/, ''],
  [
    'an Argo Rollout that is not read',
    [podOf('Rollout', 'web', 'argoproj.io/v1alpha1')],
    /^an Argo Rollout/,
    'kubectl argo rollouts restart web -n books',
  ],
  [
    'a CloudNativePG Cluster',
    [podOf('Cluster', 'main', 'postgresql.cnpg.io/v1')],
    /^CloudNativePG restarts the Cluster main/,
    `kubectl annotate cluster.postgresql.cnpg.io/main -n books --overwrite ${restartedAt}=$(date -u +%FT%TZ)`,
  ],
  [
    'a StrimziPodSet',
    [podOf('StrimziPodSet', 'kafka', 'core.strimzi.io/v1beta2')],
    /^Strimzi restarts the StrimziPodSet kafka/,
    'kubectl annotate strimzipodset.core.strimzi.io/kafka -n books --overwrite strimzi.io/manual-rolling-update=true',
  ],
  [
    'an OpenKruise CloneSet',
    [podOf('CloneSet', 'web', 'apps.kruise.io/v1alpha1')],
    /in-place/,
    `kubectl patch cloneset.apps.kruise.io/web -n books --type merge -p '{"spec":{"template":{"metadata":{"annotations":{"${restartedAt}":"${NOW}"}}}}}'`,
  ],
  [
    'an OpenKruise StatefulSet',
    [podOf('StatefulSet', 'db', 'apps.kruise.io/v1beta1')],
    /^OpenKruise restarts the StatefulSet db/,
    `kubectl patch statefulset.apps.kruise.io/db -n books --type merge -p '{"spec":{"template":{"metadata":{"annotations":{"${restartedAt}":"${NOW}"}}}}}'`,
  ],
  [
    'something that nobody knows',
    [podOf('Widget', 'w', 'example.com/v1')],
    /^Widget w \(example.com\) controls it/,
    '',
  ],
];

for (const [what, records, reason, command] of foreign) {
  test(`what belongs to ${what}`, () => {
    const exclusion = onlyExclusion(...records);
    assert.match(exclusion.reason, reason);
    assert.equal(exclusion.command, command);
  });
}

const owned: readonly (readonly [kind: string, apiVersion: string, RegExp, string])[] = [
  [
    'PostgresCluster',
    'postgres-operator.crunchydata.com/v1beta1',
    /^Crunchy Postgres/,
    `kubectl patch postgrescluster.postgres-operator.crunchydata.com/main -n books --type merge -p '{"spec":{"metadata":{"annotations":{"restarted":"${NOW}"}}}}'`,
  ],
  [
    'Elasticsearch',
    'elasticsearch.k8s.elastic.co/v1',
    /^ECK.*podTemplate/,
    'kubectl edit elasticsearch.elasticsearch.k8s.elastic.co/main -n books',
  ],
  [
    'Revision',
    'serving.knative.dev/v1',
    /a Knative Revision never changes/,
    `kubectl patch service.serving.knative.dev/hello -n books --type merge -p '{"spec":{"template":{"metadata":{"annotations":{"${restartedAt}":"${NOW}"}}}}}'`,
  ],
  [
    'Grafana',
    'grafana.example/v1',
    /^Grafana main \(grafana.example\) controls it and may undo a restart/,
    '',
  ],
];

for (const [kind, apiVersion, reason, command] of owned) {
  test(`a workload that a ${kind} owns`, () => {
    const exclusion = onlyExclusion(
      app('books', 'web', {
        fields: {
          labels: { 'serving.knative.dev/service': 'hello' },
          owner: owner(kind, 'main', { apiVersion }),
        },
      }),
    );
    assert.match(exclusion.reason, reason);
    assert.equal(exclusion.command, command);
  });
}

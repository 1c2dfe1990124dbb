import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeRecord, PodRecord } from '../../src/kube/records.ts';
import { trustRootHash } from '../../src/mesh/control-plane.ts';
import { createMeshModel, type MeshModel } from '../../src/mesh/model.ts';
import type { NamespaceView, WorkloadView } from '../../src/mesh/view.ts';
import {
  budget,
  component,
  configMap,
  container,
  controlPlane,
  deployment,
  injectorWebhook,
  link,
  linkerdConfig,
  meshedNamespace,
  meshedPod,
  namespace,
  owner,
  pod,
  proxyContainer,
  remove,
  statefulSet,
  upsert,
} from '../support/records.ts';

function modelOf(...records: readonly KubeRecord[]): MeshModel {
  const model = createMeshModel();
  model.applyAll(records.map(upsert));
  for (const kind of ['Pod', 'Namespace', 'MutatingWebhookConfiguration'] as const) model.markListed(kind);
  return model;
}

function namespaceOf(model: MeshModel, name: string): NamespaceView {
  const found = model.view().namespaces.find((view) => view.name === name);
  assert.ok(found, `namespace ${name} is in the view`);
  return found;
}

function workloadOf(model: MeshModel, kind: string, name: string, space = 'apps'): WorkloadView {
  const found = model
    .view()
    .workloads(space)
    .find((view) => view.kind === kind && view.name === name);
  assert.ok(found, `${kind} ${name} is in the view`);
  return found;
}

/** A pod of Deployment `apps/<app>` by way of its ReplicaSet. */
function replica(app: string, index: number, version: string, fields: Partial<PodRecord> = {}): PodRecord {
  return meshedPod(version, {
    name: `${app}-6f7d-${index}`,
    uid: `uid-${app}-${index}`,
    owner: owner('ReplicaSet', `${app}-6f7d`),
    templateHash: '6f7d',
    ...fields,
  });
}

test('a mesh in the middle of an upgrade', () => {
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    deployment({ name: 'web' }),
    deployment({ name: 'api', replicas: 1 }),
    replica('web', 1, 'edge-25.10.7'),
    replica('web', 2, 'edge-25.9.4'),
    replica('api', 1, 'edge-24.11.8', { ready: false }),
  );
  const view = model.view();
  assert.deepEqual(
    view.namespaces.map((entry) => `${entry.name} ${entry.role}`),
    ['apps application', 'linkerd control-plane'],
  );
  const apps = namespaceOf(model, 'apps');
  assert.equal(apps.proxies, 3);
  assert.deepEqual(apps.byVersion, { 'edge-24.11.8': 1, 'edge-25.10.7': 1, 'edge-25.9.4': 1 });
  assert.equal(apps.byClass.violation, 1);
  assert.equal(apps.byClass['behind-one'], 1);
  assert.equal(apps.byClass.current, 1);
  assert.equal(apps.worst, 'violation');
  assert.equal(apps.inject, 'enabled');
  assert.equal(apps.workloads, 2);
  assert.equal(apps.effects.upgrades, 2);
  assert.deepEqual(apps.pods, { live: 3, ready: 2, unmeshed: 0, completed: 0, failed: 0, terminating: 0 });

  const [api, web] = view.workloads('apps');
  assert.ok(api && web);
  assert.deepEqual([api.name, web.name], ['api', 'web']);
  assert.equal(web.target, 'edge-25.10.7');
  assert.equal(web.uid, 'deployment-apps-web');
  assert.equal(web.apiVersion, 'apps/v1');
  assert.deepEqual(
    api.risks.map((risk) => risk.kind),
    ['unhealthy', 'single-replica'],
  );

  assert.deepEqual(
    view
      .pods({ namespace: 'apps', kind: 'Deployment', name: 'web' })
      .map((shown) => `${shown.name} ${shown.proxy?.class}`),
    ['web-6f7d-1 current', 'web-6f7d-2 behind-one'],
  );
  assert.equal(view.totals.proxies, 6);
  assert.equal(view.totals.namespaces, 2);
  assert.equal(view.totals.workloads, 5);
  assert.equal(view.controlPlane.ready, true);
  assert.equal(view.controlPlane.failurePolicy, 'Ignore');
});

test('only live pods count as proxies', () => {
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    deployment(),
    replica('web', 1, 'edge-25.10.7'),
    replica('web', 2, 'edge-24.8.2', { deletedAt: 1 }),
    replica('web', 3, 'edge-24.8.2', { phase: 'Failed', reason: 'Evicted' }),
    replica('web', 4, 'edge-24.8.2', { phase: 'Succeeded' }),
    pod({ name: 'lone' }),
  );
  const web = workloadOf(model, 'Deployment', 'web');
  assert.equal(web.worst, 'current');
  assert.deepEqual(web.byVersion, { 'edge-25.10.7': 1 });
  assert.deepEqual(web.pods, { live: 1, ready: 1, unmeshed: 0, completed: 1, failed: 1, terminating: 1 });
  assert.equal(namespaceOf(model, 'apps').pods.unmeshed, 1);
  assert.deepEqual(
    model
      .view()
      .pods(web)
      .map((one) => `${one.status} ${one.life} ${one.proxy?.version}`),
    [
      'Running live edge-25.10.7',
      'Terminating terminating edge-24.8.2',
      'Evicted failed edge-24.8.2',
      'Succeeded completed edge-24.8.2',
    ],
  );
});

test('pods without a readable version are unknown, never current', () => {
  const byDigest = proxyContainer('', { image: `cr.l5d.io/linkerd/proxy@sha256:${'0'.repeat(64)}` });
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    deployment(),
    replica('web', 1, '', { createdBy: '', containers: [byDigest, container()] }),
  );
  assert.deepEqual(workloadOf(model, 'Deployment', 'web').byVersion, { unknown: 1 });
  assert.equal(workloadOf(model, 'Deployment', 'web').worst, 'unknown');
});

test('a pod is regrouped when its ReplicaSet or Job arrives', () => {
  const rollout = owner('Rollout', 'shop', { apiVersion: 'argoproj.io/v1alpha1' });
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    meshedPod('edge-25.9.4', { name: 'shop-1', uid: 'a', owner: owner('ReplicaSet', 'shop-77') }),
    meshedPod('edge-25.9.4', { name: 'nightly-1', uid: 'b', owner: owner('Job', 'nightly-1') }),
  );
  const kinds = (): string[] =>
    model
      .view()
      .workloads('apps')
      .map((view) => `${view.kind} ${view.name}`);
  assert.deepEqual(kinds(), ['Job nightly-1', 'ReplicaSet shop-77']);

  const replicaSet = link('ReplicaSet', 'shop-77', rollout);
  model.apply(upsert(replicaSet));
  model.apply(upsert(link('Job', 'nightly-1', owner('CronJob', 'nightly'))));
  assert.deepEqual(kinds(), ['CronJob nightly', 'Rollout shop']);
  assert.match(
    workloadOf(model, 'Rollout', 'shop').effect.reason,
    /kubectl argo rollouts restart shop -n apps/,
  );
  assert.equal(model.work.regrouped, 2);

  model.apply(remove(replicaSet));
  assert.deepEqual(kinds(), ['CronJob nightly', 'ReplicaSet shop-77']);
});

test('a Deployment without pods appears, and goes when it is deleted', () => {
  const idle = deployment({ name: 'idle', replicas: 0 });
  const model = modelOf(...controlPlane('edge-25.10.7'), meshedNamespace('apps'), idle);
  const view = workloadOf(model, 'Deployment', 'idle');
  assert.equal(view.effect.kind, 'unsupported');
  assert.match(view.effect.reason, /scaled to zero/);
  assert.equal(namespaceOf(model, 'apps').workloads, 0);
  model.apply(remove(idle));
  assert.deepEqual(model.view().workloads('apps'), []);
});

test('a delete counts only for the object it names', () => {
  const first = replica('web', 1, 'edge-25.9.4');
  const model = modelOf(...controlPlane('edge-25.10.7'), meshedNamespace('apps'), deployment(), first);
  const before = model.view();
  const second = replica('web', 1, 'edge-25.10.7', { uid: 'another' });
  model.apply(upsert(second));
  model.apply(remove(first));
  assert.deepEqual(workloadOf(model, 'Deployment', 'web').byVersion, { 'edge-25.10.7': 1 });
  const revision = model.view().revision;
  for (const record of [deployment(), namespace('apps'), linkerdConfig('x'), injectorWebhook()]) {
    model.apply(remove({ ...record, uid: 'another' }));
  }
  assert.equal(model.view().revision, revision, 'none of them was taken in');
  model.apply(remove(second));
  assert.equal(namespaceOf(model, 'apps').proxies, 0);
  assert.equal(before.totals.proxies, 4, 'an earlier view keeps its answers');
  assert.equal(before.pods({ namespace: 'apps', kind: 'Deployment', name: 'web' })[0]?.uid, first.uid);
});

test('deleting everything leaves nothing behind', () => {
  const records: readonly KubeRecord[] = [
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    deployment(),
    link('ReplicaSet', 'web-6f7d', owner('Deployment', 'web')),
    replica('web', 1, 'edge-25.10.7'),
    budget(),
  ];
  const model = modelOf(...records);
  model.view();
  model.applyAll(records.map(remove));
  const view = model.view();
  assert.deepEqual(view.namespaces, []);
  assert.deepEqual(view.totals.pods, {
    live: 0,
    ready: 0,
    unmeshed: 0,
    completed: 0,
    failed: 0,
    terminating: 0,
  });
  assert.equal(view.totals.namespaces + view.totals.workloads + view.totals.proxies, 0);
  assert.equal(view.controlPlane.evidence, 'none');
});

test('changes of the control plane change what workloads expect', () => {
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    deployment(),
    replica('web', 1, 'edge-25.10.7', { trustRootSha256: trustRootHash('first') }),
  );
  const web = (): WorkloadView => workloadOf(model, 'Deployment', 'web');
  assert.equal(web().effect.kind, 'nothing');

  const bundle = configMap('linkerd-identity-trust-roots', { 'ca-bundle.crt': 'second' });
  model.apply(upsert(bundle));
  assert.equal(web().effect.kind, 'renews');
  assert.equal(web().staleTrust, 1);
  assert.equal(model.view().totals.staleTrust, 1);
  model.apply(upsert({ ...bundle, data: { 'ca-bundle.crt': 'first' } }));
  assert.equal(web().staleTrust, 0);

  model.apply(upsert(linkerdConfig('edge-26.6.3', 'proxy: {nativeSidecar: false}')));
  assert.equal(web().effect.kind, 'upgrades');
  assert.equal(web().worst, 'behind-one');
  assert.match(model.view().controlPlane.halfRolled, /^linkerd-config says edge-26\.6\.3, but/);
  assert.equal(model.view().controlPlane.injector.state, 'unknown');

  const [injector] = component('proxy-injector', 'edge-25.10.7');
  model.apply(upsert({ ...injector, status: { ...injector.status, available: 0 } }));
  assert.equal(web().effect.kind, 'unmeshes');
  model.apply(upsert(injectorWebhook({ failurePolicy: 'Fail' })));
  assert.equal(web().effect.kind, 'unsupported');
  model.apply(remove(injectorWebhook()));
  assert.equal(web().effect.kind, 'unmeshes');
  assert.match(web().effect.reason, /does not exist/);
});

test('changes of a namespace reach its workloads', () => {
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    deployment(),
    replica('web', 1, 'edge-25.9.4'),
  );
  const effect = (): string => workloadOf(model, 'Deployment', 'web').effect.kind;
  assert.equal(effect(), 'upgrades');
  model.apply(
    upsert(meshedNamespace('apps', { annotations: { 'config.linkerd.io/proxy-version': 'edge-25.9.4' } })),
  );
  assert.equal(effect(), 'pinned');
  assert.equal(namespaceOf(model, 'apps').pin, 'edge-25.9.4');
  model.apply(upsert(namespace('apps')));
  assert.equal(effect(), 'unmeshes');
  model.apply(remove(namespace('apps')));
  assert.equal(effect(), 'unknown');
});

test('a spent budget is a risk while it is spent', () => {
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    deployment(),
    replica('web', 1, 'edge-25.9.4'),
    replica('web', 2, 'edge-25.9.4'),
  );
  const risks = (): string[] => workloadOf(model, 'Deployment', 'web').risks.map((risk) => risk.kind);
  assert.deepEqual(risks(), []);
  model.apply(upsert(budget({ disruptionsAllowed: 0 })));
  assert.deepEqual(risks(), ['budget-spent']);
  model.apply(upsert(budget({ disruptionsAllowed: 1 })));
  assert.deepEqual(risks(), []);
  model.apply(upsert(budget({ disruptionsAllowed: 0 })));
  assert.deepEqual(risks(), ['budget-spent']);
  const elsewhere = { matchLabels: { app: 'db' }, matchExpressions: [] };
  model.apply(upsert(budget({ disruptionsAllowed: 0, selector: elsewhere })));
  assert.deepEqual(risks(), [], 'a budget that selects other pods now');
  model.apply(upsert(budget({ disruptionsAllowed: 0 })));
  assert.deepEqual(risks(), ['budget-spent']);
  model.apply(remove(budget()));
  assert.deepEqual(risks(), []);
});

test('namespaces have roles', () => {
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    namespace('kube-system'),
    namespace('linkerd-viz', { labels: { 'linkerd.io/extension': 'viz' } }),
    namespace('linkerd-cni', { labels: { 'linkerd.io/cni-resource': 'true' } }),
    namespace('shop'),
  );
  assert.deepEqual(
    model.view().namespaces.map(({ name, role, extension }) => [name, role, extension]),
    [
      ['kube-system', 'system', ''],
      ['linkerd', 'control-plane', ''],
      ['linkerd-cni', 'system', ''],
      ['linkerd-viz', 'extension', 'viz'],
      ['shop', 'application', ''],
    ],
  );
});

test('the control plane is found where the webhook points, or where the operator says', () => {
  const records = [
    linkerdConfig('edge-25.10.7'),
    configMap('linkerd-config', { values: 'linkerdVersion: edge-25.4.4' }, { namespace: 'mesh' }),
  ];
  const versionIn = (model: MeshModel): string => {
    const { namespace: space, version } = model.view().controlPlane;
    return `${space} ${version}`;
  };
  assert.equal(versionIn(modelOf(...records)), 'linkerd edge-25.10.7');
  assert.equal(
    versionIn(modelOf(...records, injectorWebhook({ serviceNamespace: 'mesh' }))),
    'mesh edge-25.4.4',
  );
  const fixed = createMeshModel({ controlPlaneNamespace: 'linkerd' });
  fixed.applyAll([...records, injectorWebhook({ serviceNamespace: 'mesh' })].map(upsert));
  assert.equal(versionIn(fixed), 'linkerd edge-25.10.7');
});

test('a linkerd-config that makes no sense is told, and nothing is promised on top of it', () => {
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    deployment(),
    ...[1, 2].map((index) => replica('web', index, 'edge-25.9.4')),
  );
  const effect = (): string => model.view().workloads('apps')[0]?.effect.kind ?? '';
  assert.equal(effect(), 'upgrades');
  model.apply(upsert(configMap('linkerd-config', { values: 'proxy: {}' })));
  assert.equal(effect(), 'unknown');
  const { injector, version, evidence } = model.view().controlPlane;
  assert.deepEqual([version, evidence], ['edge-25.10.7', 'deployment']);
  assert.deepEqual(injector, {
    state: 'unknown',
    reason: 'ConfigMap linkerd/linkerd-config: its values name no linkerdVersion',
  });
});

test('of a partitioned StatefulSet only the pods from the partition on are renewed', () => {
  const member = (index: number, version: string): PodRecord =>
    meshedPod(version, { name: `db-${index}`, uid: `db-${index}`, owner: owner('StatefulSet', 'db') });
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    statefulSet({ name: 'db', replicas: 12, strategy: { partition: 10 } }),
    ...Array.from({ length: 12 }, (_, index) => member(index, index < 10 ? 'edge-25.9.4' : 'edge-25.10.7')),
  );
  const { effect, byVersion, risks } = workloadOf(model, 'StatefulSet', 'db');
  assert.deepEqual(effect, { kind: 'nothing', reason: 'already at edge-25.10.7' });
  assert.deepEqual(byVersion, { 'edge-25.10.7': 2, 'edge-25.9.4': 10 });
  assert.deepEqual(
    risks.filter(({ kind }) => kind === 'partition').map(({ text }) => text),
    ['partition 10: pods 0 to 9 keep their old proxy'],
  );
  model.apply(upsert(member(11, 'edge-25.8.1')));
  assert.equal(workloadOf(model, 'StatefulSet', 'db').effect.reason, 'from edge-25.8.1 to edge-25.10.7');
});

test('a pod that comes back with another uid counts as that uid does', () => {
  const model = createMeshModel({ isCounted: ({ uid }) => uid === 'chosen' });
  const member = (uid: string): PodRecord => meshedPod('edge-25.10.7', { name: 'db-0', uid });
  for (const [uid, proxies] of [
    ['chosen', 1],
    ['other', 0],
    ['chosen', 1],
  ] as const) {
    model.apply(upsert(member(uid)));
    assert.equal(model.view().totals.proxies, proxies, uid);
  }
});

test('where the webhook calls another control plane, nobody can say what a restart does', () => {
  const model = createMeshModel({ controlPlaneNamespace: 'linkerd' });
  const records = [...controlPlane('edge-25.10.7'), injectorWebhook({ serviceNamespace: 'mesh' })];
  model.applyAll(
    [...records, meshedNamespace('apps'), deployment(), replica('web', 1, 'edge-25.9.4')].map(upsert),
  );
  assert.deepEqual(model.view().workloads('apps')[0]?.effect, {
    kind: 'unknown',
    reason: "the injector's webhook calls the control plane in namespace mesh",
  });
});

test('other control planes are named, and orphans told from them', () => {
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    namespace('mesh-b'),
    meshedPod('edge-25.10.7', { name: 'a', controlPlaneNamespace: 'mesh-b' }),
    meshedPod('edge-25.10.7', { name: 'b', controlPlaneNamespace: 'gone' }),
  );
  assert.deepEqual(model.view().controlPlane.others, [
    { namespace: 'gone', proxies: 1, exists: false },
    { namespace: 'mesh-b', proxies: 1, exists: true },
  ]);
  assert.equal(namespaceOf(model, 'apps').byClass.unknown, 2);
  model.markListed('Namespace', false);
  assert.deepEqual(
    model.view().controlPlane.others.map((other) => other.exists),
    [true, true],
  );
});

test('control-plane proxies are counted, but their trust root is not held against them', () => {
  const [deploymentRecord, podRecord] = component('identity', 'edge-25.10.7');
  const model = modelOf(
    ...controlPlane('edge-25.10.7'),
    configMap('linkerd-identity-trust-roots', { 'ca-bundle.crt': 'bundle' }),
    deploymentRecord,
    { ...podRecord, trustRootSha256: 'made from other bytes' },
  );
  const linkerd = namespaceOf(model, 'linkerd');
  assert.equal(linkerd.proxies, 3);
  assert.equal(linkerd.staleTrust, 0);
  assert.equal(linkerd.effects.unsupported, 3);
  assert.equal(model.view().controlPlane.trustRootSha256, trustRootHash('bundle'));
});

test('an empty model answers', () => {
  const view = createMeshModel().view();
  assert.deepEqual(view.namespaces, []);
  assert.deepEqual(view.workloads('none'), []);
  assert.deepEqual(view.pods({ namespace: 'none', kind: 'Pod', name: 'none' }), []);
  assert.equal(view.controlPlane.version, '');
  assert.equal(view.controlPlane.injector.state, 'unknown');
});

test('parts that did not change are the same objects', async (t) => {
  const records: readonly KubeRecord[] = [
    ...controlPlane('edge-25.10.7'),
    meshedNamespace('apps'),
    meshedNamespace('shop'),
    deployment({ name: 'web' }),
    deployment({ name: 'api' }),
    deployment({ name: 'cart', namespace: 'shop' }),
    replica('web', 1, 'edge-25.9.4'),
    replica('web', 2, 'edge-25.9.4'),
    replica('api', 1, 'edge-25.9.4'),
    replica('cart', 1, 'edge-25.9.4', { namespace: 'shop' }),
  ];
  const web = { namespace: 'apps', kind: 'Deployment', name: 'web' };

  await t.test('without a change the view itself', () => {
    const model = modelOf(...records);
    assert.equal(model.view(), model.view());
  });
  await t.test('a change that shows nowhere', () => {
    const model = modelOf(...records);
    const before = model.view();
    const podsBefore = before.pods(web);
    model.apply(upsert(replica('web', 1, 'edge-25.9.4', { resourceVersion: '2' })));
    const after = model.view();
    assert.ok(after.revision > before.revision);
    assert.equal(after.namespaces, before.namespaces);
    assert.equal(after.totals, before.totals);
    assert.equal(after.controlPlane, before.controlPlane);
    assert.equal(after.workloads('apps'), before.workloads('apps'));
    assert.equal(after.pods(web), podsBefore);
  });
  await t.test('a pod that becomes unready', () => {
    const model = modelOf(...records);
    const before = model.view();
    const podsBefore = before.pods(web);
    model.apply(upsert(replica('web', 1, 'edge-25.9.4', { ready: false })));
    const after = model.view();
    assert.notEqual(after.namespaces, before.namespaces);
    const [apps, linkerd, shop] = [0, 1, 2].map(
      (index) => after.namespaces[index] === before.namespaces[index],
    );
    assert.deepEqual([apps, linkerd, shop], [false, true, true]);
    const [api, changed] = after.workloads('apps');
    assert.equal(api, before.workloads('apps')[0]);
    assert.notEqual(changed, before.workloads('apps')[1]);
    assert.equal(after.workloads('shop'), before.workloads('shop'));
    assert.notEqual(after.pods(web)[0], podsBefore[0]);
    assert.equal(after.pods(web)[1], podsBefore[1]);
  });
});

test('the work of one change does not grow with the cluster', () => {
  const work = (workloads: number): number[] => {
    const records: KubeRecord[] = [...controlPlane('edge-25.10.7')];
    for (let index = 0; index < workloads; index += 1) {
      const space = `team-${index % (workloads / 10)}`;
      const app = `app-${index}`;
      records.push(
        meshedNamespace(space),
        deployment({ namespace: space, name: app }),
        link('ReplicaSet', `${app}-6f7d`, owner('Deployment', app), { namespace: space }),
        replica(app, 1, 'edge-25.9.4', { namespace: space }),
      );
    }
    const model = modelOf(...records);
    model.view();
    const before = model.work;
    const space = 'team-3';
    model.apply(upsert(replica('app-3', 1, 'edge-25.10.7', { namespace: space })));
    model.view();
    model.apply(upsert(link('ReplicaSet', 'app-3-6f7d', owner('Deployment', 'app-3'), { namespace: space })));
    model.view();
    model.apply(upsert(deployment({ namespace: space, name: 'app-3', generation: 2 })));
    model.view();
    model.apply(upsert(meshedNamespace(space)));
    model.view();
    const { work: after } = model;
    return [
      after.workloads - before.workloads,
      after.namespaces - before.namespaces,
      after.regrouped - before.regrouped,
    ];
  };
  // One workload each for pod and Deployment, and the ten of the namespace.
  assert.deepEqual(work(100), [12, 3, 0]);
  assert.deepEqual(work(1000), [12, 3, 0]);
});

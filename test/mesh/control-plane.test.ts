import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodRecord, WorkloadRecord } from '../../src/kube/records.ts';
import { type LinkerdConfig, parseLinkerdConfig } from '../../src/mesh/config.ts';
import {
  type ControlPlaneEvidence,
  describeControlPlane,
  trustRootHash,
} from '../../src/mesh/control-plane.ts';
import { component, container, deployment, owner, pod } from '../support/records.ts';

function config(version: string, extra = ''): LinkerdConfig {
  const result = parseLinkerdConfig({ values: `linkerdVersion: ${version}\n${extra}` });
  assert.ok(result.ok);
  return result.config;
}

type Parts = readonly (readonly [WorkloadRecord, PodRecord])[];

function parts(version: string): Parts {
  return [
    component('destination', version),
    component('identity', version),
    component('proxy-injector', version),
  ];
}

function describe(fields: Partial<ControlPlaneEvidence> & { parts?: Parts } = {}) {
  const { parts: given = parts('edge-25.10.7'), ...rest } = fields;
  return describeControlPlane({
    namespace: 'linkerd',
    config: config('edge-25.10.7'),
    configProblem: '',
    trustRootSha256: '',
    deployments: given.map(([record]) => record),
    pods: given.map(([, record]) => record),
    podsComplete: true,
    injectorVersions: [],
    ...rest,
  });
}

test('a settled control plane', () => {
  assert.deepEqual(describe({ config: config('edge-25.10.7', 'cliVersion: linkerd/cli edge-25.10.7') }), {
    namespace: 'linkerd',
    version: 'edge-25.10.7',
    release: '2.19',
    channel: 'edge',
    target: 'edge-25.10.7',
    ready: true,
    components: [
      { name: 'destination', version: 'edge-25.10.7', ready: 1, replicas: 1 },
      { name: 'identity', version: 'edge-25.10.7', ready: 1, replicas: 1 },
      { name: 'proxy-injector', version: 'edge-25.10.7', ready: 1, replicas: 1 },
    ],
    injector: { state: 'ready' },
    halfRolled: '',
    install: 'cli',
    trustRootSha256: '',
    evidence: 'config',
  });
});

test('the version comes from the best evidence there is', async (t) => {
  const unlabelled: Parts = parts('edge-25.10.7').map(([record, own]) => [
    { ...record, labels: { 'linkerd.io/control-plane-component': own.controlPlaneComponent } },
    own,
  ]);
  const rows: readonly [
    name: string,
    fields: Parameters<typeof describe>[0],
    version: string,
    evidence: string,
  ][] = [
    ['linkerd-config', { config: config('edge-25.11.3') }, 'edge-25.11.3', 'config'],
    ['label of the Deployments', { config: undefined }, 'edge-25.10.7', 'deployment'],
    ['images of the pods', { config: undefined, parts: unlabelled }, 'edge-25.10.7', 'pods'],
    [
      'the newest injector that made a proxy',
      { config: undefined, parts: [], injectorVersions: ['edge-25.9.4', 'edge-25.10.7', 'edge-25.4.4'] },
      'edge-25.10.7',
      'pods',
    ],
    ['nothing', { config: undefined, parts: [] }, '', 'none'],
  ];
  for (const [name, fields, version, evidence] of rows) {
    await t.test(name, () => {
      const described = describe(fields);
      assert.equal(described.version, version);
      assert.equal(described.target, version);
      assert.equal(described.evidence, evidence);
    });
  }
});

test('proxy.image.version is the target', () => {
  const described = describe({ config: config('edge-25.10.7', 'proxy: {image: {version: edge-25.9.4}}') });
  assert.equal(described.version, 'edge-25.10.7');
  assert.equal(described.target, 'edge-25.9.4');
});

test('a half-rolled control plane says what is left', async (t) => {
  await t.test('configuration new, pods old', () => {
    const described = describe({ config: config('edge-25.11.3') });
    assert.equal(
      described.halfRolled,
      'linkerd-config says edge-25.11.3, but 1 of 1 destination container runs edge-25.10.7, ' +
        '1 of 1 identity container runs edge-25.10.7 and 1 of 1 proxy-injector container runs edge-25.10.7',
    );
    assert.equal(described.ready, false);
  });
  await t.test('one component left', () => {
    const described = describe({
      config: config('edge-25.11.3'),
      parts: [...parts('edge-25.11.3').slice(0, 2), component('proxy-injector', 'edge-25.10.7')],
    });
    assert.equal(
      described.halfRolled,
      'linkerd-config says edge-25.11.3, but 1 of 1 proxy-injector container runs edge-25.10.7',
    );
    assert.deepEqual(described.injector, {
      state: 'unknown',
      reason:
        'Deployment linkerd/linkerd-proxy-injector still runs edge-25.10.7 while edge-25.11.3 is wanted',
    });
  });
  await t.test('without configuration the pods are held against each other', () => {
    const described = describe({
      config: undefined,
      parts: [component('identity', 'edge-25.10.7'), component('destination', 'edge-25.11.3')].map(
        ([record, own]) => [
          { ...record, labels: { 'linkerd.io/control-plane-component': own.controlPlaneComponent } },
          own,
        ],
      ),
    });
    assert.equal(
      described.halfRolled,
      'the newest pods run edge-25.11.3, but 1 of 1 identity container runs edge-25.10.7',
    );
  });
  await t.test('a tag set apart for the controllers is no half roll', () => {
    const described = describe({ config: config('edge-25.11.3', 'controllerImageVersion: edge-25.10.7') });
    assert.equal(described.halfRolled, '');
    assert.equal(described.ready, true);
  });
  await t.test('nor is a policy controller of its own tag', () => {
    const [record, own] = component('destination', 'stable-2.14.10');
    const policy = container({ name: 'policy', image: 'cr.l5d.io/linkerd/policy-controller:custom' });
    const withPolicy: Parts = [[record, { ...own, containers: [...own.containers, policy] }]];
    const values = 'policyController: {image: {version: custom}}';
    assert.equal(describe({ config: config('stable-2.14.10', values), parts: withPolicy }).halfRolled, '');
    assert.match(
      describe({ config: config('stable-2.14.10'), parts: withPolicy }).halfRolled,
      /policy container runs custom/,
    );
  });
  await t.test('pods that are being deleted and the heartbeat do not count', () => {
    const [, old] = component('destination', 'edge-25.9.4');
    const heartbeat = pod({
      namespace: 'linkerd',
      name: 'linkerd-heartbeat-1',
      controlPlaneComponent: 'heartbeat',
      owner: owner('Job', 'linkerd-heartbeat-1'),
    });
    const current = parts('edge-25.10.7');
    const described = describe({
      pods: [...current.map(([, own]) => own), { ...old, name: 'old', deletedAt: 1 }, heartbeat],
    });
    assert.equal(described.halfRolled, '');
    assert.deepEqual(
      described.components.map(({ name }) => name),
      ['destination', 'identity', 'proxy-injector'],
    );
  });
});

test('the injector is up only while Deployment and pods say so', async (t) => {
  const [injector, injectorPod] = component('proxy-injector', 'edge-25.10.7');
  const others = parts('edge-25.10.7').slice(0, 2);
  const withInjector = (record: Partial<WorkloadRecord>, own: Partial<PodRecord>): Parts => [
    ...others,
    [
      { ...injector, ...record },
      { ...injectorPod, ...own },
    ],
  ];
  const unavailable = { status: { ...injector.status, available: 0 } };
  const rows: readonly [
    name: string,
    fields: Parameters<typeof describe>[0],
    state: string,
    reason: RegExp,
  ][] = [
    ['ready', {}, 'ready', /^$/],
    [
      'no available replica',
      { parts: withInjector(unavailable, {}) },
      'down',
      /has no available replica \(0 of 1\)/,
    ],
    ['scaled to zero', { parts: withInjector({ replicas: 0 }, {}) }, 'down', /is scaled to zero/],
    [
      'pod not ready',
      { parts: withInjector({}, { ready: false }) },
      'down',
      /no proxy-injector pod is ready .*\(0 of 1\)/,
    ],
    [
      'pod being deleted',
      { parts: withInjector({}, { deletedAt: 1 }) },
      'down',
      /no proxy-injector pod runs/,
    ],
    ['nothing of it at all', { parts: others }, 'down', /no proxy-injector pod runs/],
    ['pods not readable', { pods: [], podsComplete: false }, 'ready', /^$/],
    [
      'first pods still arriving',
      { pods: [], deployments: [], podsComplete: false },
      'unknown',
      /have been read/,
    ],
  ];
  for (const [name, fields, state, reason] of rows) {
    await t.test(name, () => {
      const described = describe(fields).injector;
      assert.equal(described.state, state);
      assert.match(described.state === 'ready' ? '' : described.reason, reason);
    });
  }
});

test('components show what is wanted and what is ready', () => {
  const [record, own] = component('identity', 'edge-25.10.7');
  const described = describe({
    parts: [[{ ...record, replicas: 3 }, own]],
    pods: [own, { ...own, name: 'second', ready: false }],
  });
  assert.deepEqual(described.components, [
    { name: 'identity', version: 'edge-25.10.7', ready: 1, replicas: 3 },
  ]);
  assert.equal(described.ready, false);
});

test('without any pod the Deployments tell readiness', () => {
  const described = describe({ pods: [], podsComplete: false });
  assert.deepEqual(described.components[0], { name: 'destination', version: '', ready: 1, replicas: 1 });
  assert.equal(described.ready, true);
});

test('the way of installation follows from marks', async (t) => {
  const marked = (fields: Parameters<typeof deployment>[0]): WorkloadRecord =>
    deployment({
      namespace: 'linkerd',
      name: 'linkerd-destination',
      ...fields,
      labels: { 'linkerd.io/control-plane-component': 'destination', ...fields?.labels },
    });
  const createdBy = (value: string) => ({ annotations: { 'linkerd.io/created-by': value } });
  const rows: readonly [name: string, record: WorkloadRecord, values: string, install: string][] = [
    ['release annotation', marked({ annotations: { 'meta.helm.sh/release-name': 'linkerd' } }), '', 'helm'],
    [
      'managed by Helm',
      marked({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }),
      'cliVersion: x',
      'helm',
    ],
    ['cliVersion in the values', marked({}), 'cliVersion: linkerd/cli edge-25.10.7', 'cli'],
    ['made by the CLI', marked(createdBy('linkerd/cli edge-25.10.7')), '', 'cli'],
    ['rendered by Helm without a release', marked(createdBy('linkerd/helm edge-25.10.7')), '', 'gitops'],
    ['no mark', marked({}), '', 'unknown'],
  ];
  for (const [name, record, values, install] of rows) {
    await t.test(name, () =>
      assert.equal(
        describe({ deployments: [record], pods: [], config: config('edge-25.10.7', values) }).install,
        install,
      ),
    );
  }
});

test('the trust root is hashed as stored', () => {
  const hash = trustRootHash('-----BEGIN CERTIFICATE-----\n');
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.notEqual(hash, trustRootHash('-----BEGIN CERTIFICATE-----'));
  assert.equal(trustRootHash(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

/** Which notices concern a cluster, and why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notices } from '../../src/data/notices.ts';
import { applicableNotices, judgeNotice, predicates, type Verdict } from '../../src/guide/applicability.ts';
import type { Evidence, Installation, Inventory } from '../../src/guide/inventory.ts';
import { extension, inventory, link, linkerdConfig } from '../support/inventories.ts';
import { controlPlaneView, namespaceView, workloadView } from '../support/views.ts';

const CLI: Installation = { method: 'cli' };
const OLD_CHART: Installation = {
  method: 'helm',
  release: 'mesh',
  namespace: 'default',
  chart: 'linkerd2-2.11.4',
};
const HELM: Installation = {
  method: 'helm',
  release: 'linkerd-control-plane',
  namespace: 'linkerd',
  chart: 'linkerd-control-plane-2025.10.7',
};
const GIT: Installation = { method: 'gitops', tool: 'Argo CD application linkerd' };
const OPERATOR: Installation = { method: 'operator', resource: 'controlplane/linkerd' };
const UNKNOWN: Installation = { method: 'unknown', why: 'no marks' };

const SHOP = { namespaces: [namespaceView('shop', { running: [['edge-25.4.4', 'behind-one', 4]] })] };

const values = (map: Readonly<Record<string, unknown>>): Partial<Evidence> => ({
  value: (path) => map[path],
});
const objectsOf = (crd: string, ...names: readonly string[]): Partial<Evidence> => ({
  customResources: { state: 'known', value: new Map([[crd, { annotations: {}, served: ['v1'] }]]) },
  objects: new Map([[crd, { state: 'known', value: names }]]),
});
const bundle = (bundleVersion: string, changes = {}): Pick<Inventory, 'gatewayApi'> => ({
  gatewayApi: {
    state: 'known',
    value: {
      bundleVersion,
      owner: 'linkerd-helm',
      isKept: false,
      servesHttpRouteV1: true,
      servesGrpcRouteV1: true,
      ...changes,
    },
  },
});
const multicluster = (...links: readonly ReturnType<typeof link>[]): Partial<Inventory> => ({
  extensions: { state: 'known', value: [extension('multicluster')] },
  links: { state: 'known', value: links },
});
const viz = (installation: Installation): Partial<Inventory> => ({
  extensions: { state: 'known', value: [extension('viz', { installation })] },
});

type Input = Parameters<typeof inventory>[0];

function judge(id: string, input: Input, from: string, to: string): Verdict {
  return judgeNotice({ id }, { inventory: inventory(input), from, to });
}

test('every notice has its predicate, and no predicate is without a notice', () => {
  const known = notices.map(({ id }) => id).toSorted();
  assert.deepEqual(Object.keys(predicates).toSorted(), known);
});

test('a notice without a predicate is never said not to apply', () => {
  assert.equal(judge('3.0-news', {}, 'edge-26.6.3', 'edge-26.9.1').applies, 'unknown');
});

/** [notice, inventory, from, to, verdict, what the reason has to name] */
const cases: readonly (readonly [string, Input, string, string, Verdict['applies'], RegExp])[] = [
  ['any-one-step', {}, 'edge-24.11.8', 'edge-25.4.4', 'no', /one step/],
  ['any-one-step', {}, 'edge-24.11.8', 'edge-25.10.7', 'yes', /skips a release/],
  [
    'any-kubernetes',
    { kubernetes: 'v1.29.14' },
    'edge-25.10.7',
    'edge-26.6.3',
    'yes',
    /1\.31 or later, this is 1\.29/,
  ],
  ['any-kubernetes', { kubernetes: 'v1.31.4' }, 'edge-25.10.7', 'edge-26.6.3', 'no', /1\.31\.4/],
  ['any-kubernetes', { kubernetes: '' }, 'edge-25.10.7', 'edge-26.6.3', 'unknown', /cannot be read/],
  ['any-extensions', viz(CLI), 'edge-25.10.7', 'edge-26.6.3', 'yes', /1 extension: viz \(edge-26\.8\.3\)/],
  ['any-extensions', {}, 'edge-25.10.7', 'edge-26.6.3', 'no', /no extension/],
  ['any-restart', { view: SHOP }, 'edge-25.10.7', 'edge-26.6.3', 'yes', /edge-25\.4\.4 \(4\)/],
  [
    'any-relink',
    multicluster(link('west', { mirror: 'legacy' }), link('east')),
    'edge-24.8.2',
    'edge-24.11.8',
    'yes',
    /1 Link: west/,
  ],
  ['any-relink', multicluster(link('west')), 'edge-24.8.2', 'edge-24.11.8', 'no', /no Link/],
  [
    'any-relink',
    multicluster(link('west', { mirror: 'unknown' })),
    'edge-24.8.2',
    'edge-24.11.8',
    'unknown',
    /west/,
  ],
  [
    '2.9-images-ghcr',
    { evidence: { proxyRegistries: ['registry.example/mesh'] } },
    'stable-2.8.1',
    'stable-2.9.5',
    'yes',
    /registry\.example\/mesh/,
  ],
  ['2.9-images-ghcr', {}, 'stable-2.8.1', 'stable-2.9.5', 'unknown', /ask who runs/],
  [
    '2.9-old-secrets',
    { installation: CLI },
    'stable-2.8.1',
    'stable-2.9.5',
    'unknown',
    /kubectl -n linkerd get secret linkerd-proxy-injector-tls/,
  ],
  ['2.9-old-secrets', { installation: HELM }, 'stable-2.8.1', 'stable-2.9.5', 'no', /with Helm/],
  [
    '2.10-viz',
    { evidence: { controlPlaneDeployments: ['linkerd-web', 'linkerd-identity'] } },
    'stable-2.9.5',
    'stable-2.10.2',
    'yes',
    /linkerd-web/,
  ],
  [
    '2.10-viz',
    { evidence: { controlPlaneDeployments: ['linkerd-identity'] } },
    'stable-2.9.5',
    'stable-2.10.2',
    'no',
    /no Deployment/,
  ],
  [
    '2.10-viz',
    { evidence: { controlPlaneDeployments: [] } },
    'stable-2.9.5',
    'stable-2.10.2',
    'unknown',
    /could not be read/,
  ],
  [
    '2.10-helm-global',
    { installation: OLD_CHART, evidence: values({ global: { a: 1 } }) },
    'stable-2.9.5',
    'stable-2.10.2',
    'yes',
    /"a":1/,
  ],
  [
    '2.11-ingress',
    { evidence: { ingressMode: ['ingress/Deployment/nginx'] } },
    'stable-2.10.2',
    'stable-2.11.5',
    'unknown',
    /nginx.*owners/,
  ],
  ['2.11-ingress', {}, 'stable-2.10.2', 'stable-2.11.5', 'no', /no workload/],
  ['2.11-psp', { kubernetes: 'v1.25.0' }, 'stable-2.10.2', 'stable-2.11.5', 'no', /no PodSecurityPolicy/],
  ['2.11-psp', { kubernetes: 'v1.24.3' }, 'stable-2.10.2', 'stable-2.11.5', 'unknown', /ask whoever/],
  ['2.11-localhost', { view: { namespaces: [] } }, 'stable-2.10.2', 'stable-2.11.5', 'no', /no meshed pods/],
  [
    '2.11-localhost',
    { view: SHOP },
    'stable-2.10.2',
    'stable-2.11.5',
    'unknown',
    /4 proxies in 1 namespace.*ask their owners/,
  ],
  [
    '2.12-helm-adopt',
    { installation: OLD_CHART },
    'stable-2.11.4',
    'stable-2.12.6',
    'yes',
    /release mesh in namespace default \(chart linkerd2-2\.11\.4\)/,
  ],
  [
    '2.12-helm-adopt',
    { installation: HELM },
    'stable-2.11.4',
    'stable-2.12.6',
    'no',
    /linkerd-control-plane-2025/,
  ],
  ['2.12-helm-adopt', { installation: GIT }, 'stable-2.11.4', 'stable-2.12.6', 'no', /from Git/],
  ['2.12-helm-install', { installation: GIT }, 'stable-2.11.4', 'stable-2.12.6', 'yes', /two/],
  [
    '2.12-helm-adopt',
    { installation: UNKNOWN },
    'stable-2.11.4',
    'stable-2.12.6',
    'unknown',
    /cannot be told/,
  ],
  ['2.12-helm2', { installation: OLD_CHART }, 'stable-2.11.4', 'stable-2.12.6', 'no', /Helm 3/],
  ['2.12-ext-helm', viz(OLD_CHART), 'stable-2.11.4', 'stable-2.12.6', 'yes', /viz was installed with Helm/],
  ['2.12-ext-helm', viz(CLI), 'stable-2.11.4', 'stable-2.12.6', 'no', /none of/],
  [
    '2.12-ext-helm',
    { installation: OLD_CHART, cni: { state: 'known', value: { version: 'v0.1', ready: 1, wanted: 1 } } },
    'stable-2.11.4',
    'stable-2.12.6',
    'yes',
    /CNI plugin is installed/,
  ],
  ['2.12-ext-helm', viz(UNKNOWN), 'stable-2.11.4', 'stable-2.12.6', 'unknown', /no marks/],
  [
    '2.12-smi',
    { evidence: objectsOf('trafficsplits.split.smi-spec.io', 'shop/web') },
    'stable-2.11.4',
    'stable-2.12.6',
    'yes',
    /1 TrafficSplit: shop\/web/,
  ],
  ['2.12-smi', {}, 'stable-2.11.4', 'stable-2.12.6', 'no', /absent/],
  [
    '2.12.1-jaeger',
    { extensions: { state: 'known', value: [extension('jaeger')] } },
    'stable-2.11.4',
    'stable-2.12.0',
    'yes',
    /jaeger is installed/,
  ],
  [
    '2.12.1-jaeger',
    { extensions: { state: 'known', value: [extension('jaeger')] } },
    'stable-2.11.4',
    'stable-2.12.6',
    'no',
    /repaired/,
  ],
  [
    '2.13.7-hostport',
    { evidence: { hostPorts: ['shop/DaemonSet/agent'] } },
    'stable-2.13.2',
    'stable-2.13.7',
    'yes',
    /shop\/DaemonSet\/agent/,
  ],
  ['2.15-channel', {}, 'stable-2.14.10', 'edge-24.4.5', 'yes', /stable-2\.14\.10 to edge-24\.4\.5/],
  ['2.15-channel', {}, 'edge-23.8.3', 'edge-24.4.5', 'no', /not of the stable/],
  [
    '2.15-native-wait',
    {
      evidence: { waitBeforeExit: ['shop/Deployment/web'], alphaNativeSidecar: ['shop'] },
      view: { controlPlane: controlPlaneView({ nativeSidecar: false }) },
    },
    'edge-23.8.3',
    'edge-24.4.5',
    'yes',
    /shop\/Deployment\/web/,
  ],
  [
    '2.16-ipv6',
    { evidence: { ipv6: { state: 'known', value: true } } },
    'edge-24.4.5',
    'edge-24.8.2',
    'yes',
    /IPv6/,
  ],
  [
    '2.16-ipv6',
    { evidence: { ipv6: { state: 'unreadable', why: 'nodes is forbidden' } } },
    'edge-24.4.5',
    'edge-24.8.2',
    'unknown',
    /nodes is forbidden.*ask/,
  ],
  [
    '2.16-grpcroute',
    bundle('v1.2.1', { owner: 'other' }),
    'edge-24.4.5',
    'edge-24.8.2',
    'yes',
    /not Linkerd's/,
  ],
  [
    '2.16-shutdown',
    {
      evidence: { meshedJobs: ['shop/CronJob/nightly'] },
      view: { controlPlane: controlPlaneView({ nativeSidecar: false }) },
    },
    'edge-24.4.5',
    'edge-24.8.2',
    'unknown',
    /nightly/,
  ],
  [
    '2.16-shutdown',
    { evidence: { meshedJobs: ['shop/CronJob/nightly'] } },
    'edge-24.4.5',
    'edge-24.8.2',
    'no',
    /native/,
  ],
  ['2.17-crds', {}, 'edge-24.8.2', 'edge-24.11.8', 'yes', /egressnetworks\.policy\.linkerd\.io is absent/],
  ['2.17-link-crd', multicluster(link('west')), 'edge-24.8.2', 'edge-24.9.3', 'yes', /1 Link: west/],
  ['2.17-link-crd', multicluster(link('west')), 'edge-24.8.2', 'edge-24.11.8', 'no', /edge-24\.10\.3/],
  [
    '2.17-json-log',
    { evidence: values({ 'proxy.logFormat': 'json' }) },
    'edge-24.8.2',
    'edge-24.11.8',
    'yes',
    /json/,
  ],
  [
    '2.17-json-log',
    { evidence: { hasValues: false } },
    'edge-24.8.2',
    'edge-24.11.8',
    'unknown',
    /look for proxy\.logFormat/,
  ],
  ['2.18-gateway-crds', {}, 'edge-24.11.8', 'edge-25.4.4', 'yes', /absent/],
  [
    '2.18-gateway-crds',
    bundle('v0.7.1', { servesGrpcRouteV1: false }),
    'edge-24.11.8',
    'edge-25.4.4',
    'yes',
    /^GRPCRoute .* is not served as v1/,
  ],
  ['2.18-gateway-crds', bundle('v1.1.1'), 'edge-24.11.8', 'edge-25.4.4', 'no', /served as v1/],
  [
    '2.18-gateway-version',
    bundle('v1.0.0'),
    'edge-24.11.8',
    'edge-25.4.4',
    'yes',
    /v1\.0\.0, outside 1\.1\.1 to 1\.2\.1/,
  ],
  ['2.18-gateway-version', bundle('v1.2.1'), 'edge-24.11.8', 'edge-25.4.4', 'no', /within/],
  ['2.18-gateway-version', bundle('v1.3.0'), 'edge-24.11.8', 'edge-25.4.4', 'yes', /v1\.3\.0, outside/],
  ['2.18-gateway-version', bundle(''), 'edge-24.11.8', 'edge-25.4.4', 'unknown', /ask whoever/],
  [
    '2.18-gateway-owner-helm',
    { ...bundle('v1.1.1'), installation: HELM },
    'edge-24.11.8',
    'edge-25.4.4',
    'yes',
    /lack helm\.sh\/resource-policy: keep/,
  ],
  [
    '2.18-gateway-owner-helm',
    { ...bundle('v1.1.1', { isKept: true }), installation: HELM },
    'edge-24.11.8',
    'edge-25.4.4',
    'no',
    /keep/,
  ],
  [
    '2.18-gateway-owner-cli',
    { ...bundle('v1.1.1'), installation: HELM },
    'edge-24.11.8',
    'edge-25.4.4',
    'no',
    /with Helm/,
  ],
  [
    '2.18-port-4143',
    { evidence: { portPolicies: { state: 'known', value: ['shop/only-http'] } } },
    'edge-24.11.8',
    'edge-25.4.4',
    'yes',
    /shop\/only-http/,
  ],
  [
    '2.18-multicluster',
    multicluster(link('west', { mirror: 'legacy' }), link('east', { mirror: 'legacy' })),
    'edge-24.11.8',
    'edge-25.4.4',
    'yes',
    /2 Links: west and east, mirrored/,
  ],
  [
    '2.18-link-probe',
    multicluster(link('west', { probePeriod: '3' })),
    'edge-25.1.1',
    'edge-25.4.4',
    'yes',
    /west/,
  ],
  [
    '2.18-link-probe',
    multicluster(link('west', { probePeriod: '3s' })),
    'edge-25.1.1',
    'edge-25.4.4',
    'no',
    /no Link/,
  ],
  [
    '2.18-appprotocol',
    { evidence: { appProtocols: { state: 'known', value: ['shop/web'] } } },
    'edge-24.11.8',
    'edge-25.4.4',
    'yes',
    /shop\/web/,
  ],
  [
    '2.18-closewait',
    { evidence: values({ 'proxyInit.closeWaitTimeoutSecs': 30 }) },
    'edge-24.11.8',
    'edge-25.4.4',
    'yes',
    /30/,
  ],
  [
    '2.18-closewait',
    { evidence: values({ 'proxyInit.closeWaitTimeoutSecs': 30, 'proxyInit.runAsRoot': true }) },
    'edge-24.11.8',
    'edge-25.4.4',
    'no',
    /runAsRoot/,
  ],
  [
    '2.19-jaeger',
    { extensions: { state: 'known', value: [extension('jaeger', { version: 'edge-25.4.4' })] } },
    'edge-25.4.4',
    'edge-25.10.7',
    'yes',
    /namespace linkerd-jaeger, edge-25\.4\.4/,
  ],
  [
    '2.19-jaeger',
    { extensions: { state: 'unreadable', why: 'forbidden' } },
    'edge-25.4.4',
    'edge-25.10.7',
    'unknown',
    /forbidden/,
  ],
  [
    '2.19-armv7',
    { evidence: { architectures: { state: 'known', value: { arm: 2, arm64: 3 } } } },
    'edge-25.4.4',
    'edge-25.10.7',
    'yes',
    /2 nodes have architecture arm/,
  ],
  [
    '2.19-armv7',
    { evidence: { architectures: { state: 'known', value: { arm64: 3 } } } },
    'edge-25.4.4',
    'edge-25.10.7',
    'no',
    /no node/,
  ],
  [
    '2.19-nft',
    { evidence: values({ 'proxyInit.iptablesMode': 'nft' }) },
    'edge-25.4.4',
    'edge-25.10.7',
    'no',
    /already/,
  ],
  ['2.19-nft', {}, 'edge-25.4.4', 'edge-25.10.7', 'unknown', /kernels.*ask/],
  ['2.20-native', {}, 'edge-25.10.7', 'edge-26.6.3', 'no', /already/],
  [
    '2.20-native',
    { view: { ...SHOP, controlPlane: controlPlaneView({ nativeSidecar: false }) } },
    'edge-25.10.7',
    'edge-26.6.3',
    'yes',
    /4 proxies in 1 namespace/,
  ],
  [
    '2.20-native',
    {
      config: linkerdConfig({ nativeSidecar: false }),
      evidence: values({ 'proxy.nativeSidecar': false }),
      view: { controlPlane: controlPlaneView({ nativeSidecar: false }) },
    },
    'edge-25.10.7',
    'edge-26.6.3',
    'unknown',
    /your own values/,
  ],
  [
    '2.20-native-annotation',
    { evidence: { betaNativeSidecar: ['shop', 'books/Deployment/web'] } },
    'edge-25.10.7',
    'edge-26.6.3',
    'yes',
    /1 namespace with the beta annotation: shop$/,
  ],
  [
    '2.20-native-annotation',
    { evidence: { betaNativeSidecar: ['books/Deployment/web'] } },
    'edge-25.10.7',
    'edge-26.6.3',
    'no',
    /no namespace/,
  ],
  [
    '2.20-gateway-version',
    bundle('v1.1.1'),
    'edge-25.10.7',
    'edge-26.6.3',
    'yes',
    /outside 1\.2\.1 to 1\.5\.1/,
  ],
  ['2.20-kubernetes', { kubernetes: 'v1.30.2' }, 'edge-25.10.7', 'edge-26.6.3', 'yes', /v1\.30\.2/],
  ['2.21-kubernetes-max', { kubernetes: 'v1.36.0' }, 'edge-26.6.3', 'edge-26.9.1', 'yes', /1\.36/],
  ['2.21-check', bundle('v1.2.1'), 'edge-26.6.3', 'edge-26.9.1', 'no', /there/],
  [
    '2.21-trace-identity',
    {
      evidence: values({
        'proxy.tracing.enabled': true,
        identityTrustDomain: 'example.org',
        clusterDomain: 'cluster.local',
      }),
    },
    'edge-26.6.3',
    'edge-26.9.1',
    'yes',
    /example\.org/,
  ],
];

for (const [id, input, from, to, applies, reason] of cases) {
  test(`${id} ${applies}: ${reason.source}`, () => {
    const verdict = judge(id, input, from, to);
    assert.equal(verdict.applies, applies, verdict.why);
    assert.match(verdict.why, reason);
  });
}

test('names that could not all be read leave a notice open', () => {
  const unreadable = [{ what: 'deployments in namespace secret (effects are not known)', why: 'forbidden' }];
  const verdict = judge('2.14.1-hostport', { unreadable }, 'stable-2.14.0', 'stable-2.14.10');
  assert.equal(verdict.applies, 'unknown');
  assert.match(verdict.why, /deployments in namespace secret/);
});

test('a workload with the proxy in its template is named', () => {
  const view = {
    namespaces: [namespaceView('shop', { effects: { static: 1 } })],
    workloads: [workloadView('shop', 'web', { effect: { kind: 'static', reason: 'proxy in the template' } })],
  };
  const verdict = judge('any-manual-injection', { view }, 'edge-25.10.7', 'edge-26.6.3');
  assert.deepEqual(verdict, {
    applies: 'yes',
    why: '1 workload with the proxy in its template: shop/deployment/web',
  });
});

test('a notice for one way of installation is never certain for another, and every verdict has a reason', () => {
  const others = { cli: [HELM, OLD_CHART, GIT, OPERATOR], helm: [CLI, OPERATOR] } as const;
  for (const notice of notices) {
    for (const installation of [CLI, HELM, OLD_CHART, GIT, OPERATOR, UNKNOWN]) {
      const extensions = ['viz', 'jaeger', 'multicluster'].map((name) => extension(name, { installation }));
      const input: Input = {
        view: SHOP,
        installation,
        extensions: { state: 'known', value: extensions },
        links: { state: 'known', value: [link('west', { mirror: 'legacy' })] },
        ...bundle('v1.1.1'),
      };
      const verdict = judge(notice.id, input, 'edge-25.4.4', 'edge-25.10.7');
      assert.notEqual(verdict.why, '', notice.id);
      const foreign = notice.installMethod === '' ? [] : others[notice.installMethod];
      if (foreign.some((other) => other === installation)) {
        assert.notEqual(verdict.applies, 'yes', `${notice.id}: ${verdict.why}`);
      }
    }
  }
});

test('notices of a step come by severity, those that do not apply are left out', () => {
  const found = applicableNotices(
    inventory({ view: SHOP, kubernetes: 'v1.29.14' }),
    'edge-25.11.1',
    'edge-26.6.3',
  );
  const severities = found.map(({ notice }) => notice.severity);
  const order = ['action', 'warning', 'info'];
  assert.deepEqual(
    severities,
    severities.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
  );
  const ids = found.map(({ notice }) => notice.id);
  assert.ok(ids.includes('2.20-kubernetes'));
  assert.ok(!ids.includes('2.20-gateway-version'), 'the Gateway API is absent');
  assert.ok(!ids.includes('2.19-jaeger'), 'behind us');
});

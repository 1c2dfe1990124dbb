/**
 * The notices of the upgrade guide and of the releases since, each where it applies and where it does not, as far as
 * test/guide/applicability.test.ts does not have them: together they show every notice.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { notices } from '../../../src/data/notices.ts';
import { judgeNotice, type Verdict } from '../../../src/guide/applicability.ts';
import type { Evidence, Installation, Inventory } from '../../../src/guide/inventory.ts';
import { extension, type InventoryInput, inventory, link, linkerdConfig } from '../../support/inventories.ts';
import { controlPlaneView, namespaceView, workloadView } from '../../support/views.ts';

/** The step that a notice is about, by the release in its id. */
const steps: Readonly<Record<string, readonly [from: string, to: string]>> = {
  any: ['edge-25.10.7', 'edge-26.6.3'],
  '2.9': ['stable-2.8.1', 'stable-2.9.5'],
  '2.9.3': ['stable-2.9.2', 'stable-2.9.3'],
  '2.9.4': ['stable-2.9.3', 'stable-2.9.4'],
  '2.10': ['stable-2.9.3', 'stable-2.10.2'],
  '2.11': ['stable-2.10.2', 'stable-2.11.5'],
  '2.12': ['stable-2.11.4', 'stable-2.12.6'],
  '2.13': ['stable-2.12.6', 'stable-2.13.7'],
  '2.14': ['stable-2.13.7', 'stable-2.14.10'],
  '2.15': ['stable-2.14.10', 'edge-24.4.5'],
  '2.16': ['edge-24.4.5', 'edge-24.9.2'],
  '2.17': ['edge-24.8.2', 'edge-24.11.8'],
  '2.18': ['edge-24.11.8', 'edge-25.4.4'],
  '2.19': ['edge-25.4.4', 'edge-25.10.7'],
  '2.20': ['edge-25.10.7', 'edge-26.6.3'],
  '2.21': ['edge-26.6.3', 'edge-26.9.1'],
};

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
  chart: 'linkerd-control-plane-2025.4.4',
};
const GIT: Installation = { method: 'gitops', tool: 'Flux' };
const cli: InventoryInput = {};
const helm: InventoryInput = { installation: HELM };
const oldChart: InventoryInput = { installation: OLD_CHART };

const meshed: InventoryInput = {
  view: { namespaces: [namespaceView('shop', { running: [['edge-25.4.4', 'behind-one', 4]] })] },
};
const empty: InventoryInput = { view: { namespaces: [] } };
const on = (kubernetes: string): InventoryInput => ({ kubernetes });
const evidence = (changes: Partial<Evidence>): InventoryInput => ({ evidence: changes });
const values = (map: Readonly<Record<string, unknown>>): InventoryInput =>
  evidence({ value: (path) => map[path] });
const objects = (crd: string, ...names: readonly string[]): Partial<Evidence> => ({
  customResources: { state: 'known', value: new Map([[crd, { annotations: {}, served: ['v1'] }]]) },
  objects: new Map([[crd, { state: 'known', value: names }]]),
});
const installed = (name: string, installation: Installation = { method: 'cli' }): InventoryInput => ({
  extensions: { state: 'known', value: [extension(name, { installation })] },
});
const linked: InventoryInput = { links: { state: 'known', value: [link('west'), link('east')] } };
const gateway = (changes: Partial<Extract<Inventory['gatewayApi'], { state: 'known' }>['value']>) =>
  ({
    gatewayApi: {
      state: 'known',
      value: {
        bundleVersion: 'v1.1.1',
        owner: 'linkerd-helm',
        isKept: false,
        servesHttpRouteV1: true,
        servesGrpcRouteV1: true,
        ...changes,
      },
    },
  }) satisfies InventoryInput;

const TRAFFIC_SPLITS = 'trafficsplits.split.smi-spec.io';
const SERVERS = 'servers.policy.linkerd.io';
const EXTERNAL_WORKLOADS = 'externalworkloads.workload.linkerd.io';
const oldProxies: InventoryInput = {
  view: { namespaces: [namespaceView('shop', { running: [['stable-2.8.1', 'behind-one', 2]] })] },
};
const viz = (workload: string): InventoryInput => ({
  ...installed('viz'),
  view: {
    namespaces: [namespaceView('linkerd-viz')],
    workloads: [workloadView('linkerd-viz', workload)],
  },
});

type Row = readonly [id: string, input: InventoryInput, applies: Verdict['applies'], why: RegExp];

const rows: readonly Row[] = [
  // ——— every step
  ['any-health', meshed, 'yes', /4 proxies in 1 namespace/],
  ['any-release-notes', cli, 'yes', /edge-25\.10\.7 to edge-26\.6\.3/],
  ['any-order', { ...meshed, ...installed('viz') }, 'yes', /1 extension \(viz\), 4 proxies/],
  ['any-cli-crds', cli, 'yes', /with the CLI; edge-26\.6\.3 is 2\.13 or later/],
  ['any-cli-crds', helm, 'no', /with Helm/],
  ['any-helm', helm, 'yes', /with Helm as release linkerd-control-plane/],
  ['any-helm', cli, 'no', /with the CLI/],

  // ——— 2.9
  ['2.9-multicluster', installed('multicluster'), 'yes', /multicluster is installed/],
  [
    '2.9-multicluster',
    { view: { namespaces: [namespaceView('linkerd-multicluster')] } },
    'yes',
    /namespace linkerd-multicluster/,
  ],
  ['2.9-multicluster', cli, 'unknown', /does not label its extensions/],
  ['2.9-ingress', evidence({ ingressMode: ['edge/Deployment/nginx'] }), 'unknown', /nginx.*ask/],
  ['2.9-helm-values', oldChart, 'yes', /with Helm/],
  ['2.9-helm-values', cli, 'no', /with the CLI/],
  ['2.9-http1-skew', oldProxies, 'no', /stable-2\.9\.5 accepts/],
  ['2.9.3-repair', cli, 'unknown', /Secrets are never read here; kubectl .* linkerd-config-overrides/],
  ['2.9.3-repair', oldChart, 'no', /with Helm/],
  ['2.9.4-repair', cli, 'unknown', /linkerd-config-overrides/],

  // ——— 2.10
  ['2.10-repair', cli, 'unknown', /linkerd-config-overrides/],
  ['2.10-kubernetes', on('v1.15.12'), 'yes', /v1\.15\.12/],
  ['2.10-kubernetes', on('v1.16.0'), 'no', /v1\.16\.0/],
  ['2.10-ports', meshed, 'unknown', /4 proxies.*ask their owners/],
  ['2.10-ports', empty, 'no', /no meshed pods/],
  ['2.10-viz-helm', oldChart, 'yes', /with Helm/],
  ['2.10-viz-helm', cli, 'no', /with the CLI/],
  [
    '2.10-prometheus-data',
    evidence({ controlPlaneDeployments: ['linkerd-prometheus'] }),
    'unknown',
    /linkerd-prometheus; whether its data is persisted/,
  ],
  ['2.10-prometheus-data', cli, 'no', /no Deployment linkerd-prometheus/],

  // ——— 2.11
  ['2.11-kubernetes', on('v1.16.15'), 'yes', /v1\.16\.15/],
  ['2.11-kubernetes', on('v1.17.0'), 'no', /v1\.17\.0/],
  ['2.11-multicluster', { ...installed('multicluster'), ...linked }, 'yes', /2 Links: west and east/],
  ['2.11-multicluster', cli, 'no', /not installed/],
  ['2.11-multicluster-values', installed('multicluster', OLD_CHART), 'unknown', /with which options/],
  ['2.11-multicluster-values', installed('multicluster'), 'no', /none of multicluster/],
  ['2.11-container-order', meshed, 'unknown', /first container.*ask/],
  ['2.11-linkerd-await', meshed, 'unknown', /linkerd-await/],
  [
    '2.11-controller',
    evidence({
      controlPlaneDeployments: ['linkerd-controller'],
      value: (path) => (path === 'publicAPIResources' ? { cpu: { limit: '1' } } : undefined),
    }),
    'unknown',
    /publicAPIResources/,
  ],
  ['2.11-controller', cli, 'no', /no Deployment linkerd-controller/],
  ['2.11-opaque-ports', meshed, 'unknown', /443, 4444/],
  ['2.11-metric', cli, 'unknown', /dashboards/],

  // ——— 2.12
  ['2.12-notes', cli, 'yes', /stable-2\.11\.4 to stable-2\.12\.6/],
  ['2.12-kubernetes', on('v1.20.15'), 'yes', /v1\.20\.15/],
  ['2.12-kubernetes', on('v1.21.0'), 'no', /v1\.21\.0/],
  ['2.12-crds', cli, 'yes', /with the CLI/],
  ['2.12-crds', oldChart, 'no', /with Helm/],
  ['2.12-smi-cli', evidence(objects(TRAFFIC_SPLITS, 'shop/web')), 'yes', /1 TrafficSplit: shop\/web/],
  ['2.12-smi-cli', evidence(objects(TRAFFIC_SPLITS)), 'no', /no TrafficSplit/],
  ['2.12-helm-values', oldChart, 'yes', /release mesh in namespace default/],
  ['2.12-helm-values', cli, 'no', /with the CLI/],
  [
    '2.12-helm-smi',
    { ...oldChart, ...evidence(objects(TRAFFIC_SPLITS, 'shop/web')) },
    'yes',
    /1 TrafficSplit: shop\/web/,
  ],
  ['2.12-helm-smi', oldChart, 'no', /absent/],
  ['2.12-helm-cleanup', oldChart, 'yes', /release mesh/],
  ['2.12-helm-cleanup', { installation: GIT }, 'no', /from Git/],
  ['2.12-multicluster-helm', { ...installed('multicluster', OLD_CHART), ...linked }, 'yes', /2 Links/],
  ['2.12-multicluster-helm', installed('multicluster'), 'no', /none of multicluster/],
  ['2.12-grafana', viz('grafana'), 'yes', /Deployment grafana runs/],
  ['2.12-grafana', viz('web'), 'no', /no Deployment grafana/],
  ['2.12-grafana', cli, 'no', /not installed/],
  ['2.12-ingress', evidence({ ingressMode: ['edge/Deployment/nginx'] }), 'unknown', /skip outbound ports/],
  ['2.12-ingress', cli, 'no', /no workload/],
  ['2.12-charts', oldChart, 'yes', /with Helm/],
  ['2.12-charts', cli, 'no', /with the CLI/],

  // ——— 2.13 and 2.14
  ['2.13-notes', cli, 'yes', /stable-2\.13\.7/],
  ['2.13-prune', cli, 'yes', /with the CLI/],
  ['2.13-prune', oldChart, 'no', /with Helm/],
  [
    '2.13-cni',
    { cni: { state: 'known', value: { version: 'v1.1.1', ready: 2, wanted: 3 } } },
    'yes',
    /2 of 3/,
  ],
  ['2.13-cni', cli, 'no', /not installed/],
  ['2.14-multicluster', { ...installed('multicluster'), ...linked }, 'yes', /2 Links: west and east/],
  ['2.14-multicluster', cli, 'no', /not installed/],
  ['2.14-none', cli, 'yes', /stable-2\.14\.10/],

  // ——— since stable releases have ended
  ['2.15-installer', cli, 'unknown', /leaves the stable channel.*run\.linkerd\.io\/install/],
  ['2.15-helm-repo', helm, 'yes', /with Helm.*leaves the stable channel/],
  ['2.15-helm-repo', cli, 'no', /with the CLI/],
  ['2.15-kubernetes', on('v1.21.9'), 'yes', /v1\.21\.9/],
  ['2.15-externalworkload', evidence(objects(EXTERNAL_WORKLOADS, 'shop/vm')), 'yes', /shop\/vm/],
  ['2.16-headers', meshed, 'unknown', /debug logs/],
  ['2.16-proxyinit-resources', values({ 'proxyInit.resources': { cpu: '1' } }), 'unknown', /default/],
  ['2.16-proxyinit-resources', cli, 'no', /not set/],
  ['2.16-grpcroute-restart', cli, 'unknown', /once it is added later/],
  ['2.16-metric-patches', cli, 'unknown', /patchs/],
  ['2.17-grpc-timeout', meshed, 'unknown', /UNAVAILABLE/],
  ['2.17-server-v1beta1', evidence(objects(SERVERS, 'shop/http')), 'unknown', /1 Server: shop\/http/],
  ['2.17-server-v1beta1', cli, 'no', /absent/],
  ['2.17-token', cli, 'unknown', /automountServiceAccountToken/],
  ['2.17-link-check', linked, 'yes', /2 Links: west \(made by edge-26\.8\.3\)/],
  ['2.17-link-check', cli, 'no', /no Links/],
  ['2.18-gateway-values', helm, 'unknown', /helm get values -n linkerd linkerd-crds/],
  ['2.18-gateway-values', cli, 'no', /with the CLI/],
  ['2.18-tracing', values({ 'proxy.tracing.enabled': true }), 'yes', /proxy\.tracing\.enabled/],
  ['2.18-tracing', cli, 'no', /jaeger is not installed/],
  ['2.18-kubernetes', on('v1.22.17'), 'yes', /v1\.22\.17/],
  ['2.18-half-open', meshed, 'unknown', /close without having sent/],
  ['2.18-inbound-labels', cli, 'unknown', /labels/],
  ['2.18-cores', values({ 'proxy.cores': 2 }), 'yes', /proxy\.cores: 2/],
  ['2.18-cores', cli, 'no', /not set/],
  ['2.18-tls13', on('v1.31.4'), 'no', /speaks TLS 1\.3/],
  ['2.18-tls13', on(''), 'unknown', /ask whoever/],
  ['2.19-opencensus', installed('jaeger'), 'unknown', /what the collector speaks/],
  ['2.19-opencensus', cli, 'no', /jaeger is not installed/],
  ['2.19-crds-chart', { ...helm, ...gateway({}) }, 'yes', /lack helm\.sh\/resource-policy/],
  ['2.19-crds-chart', { ...helm, ...gateway({ owner: 'other' }) }, 'no', /not Linkerd's/],
  ['2.19-policy-image', evidence({ proxyRegistries: ['registry.example/mesh'] }), 'yes', /registry\.example/],
  ['2.19-policy-image', cli, 'no', /not set/],
  ['2.19-undefined-port', meshed, 'unknown', /ports that a Service does not list/],
  ['2.19-port-names', cli, 'unknown', /PodMonitors/],
  ['2.19-histograms', cli, 'unknown', /histograms/],
  ['2.19-subscribers', cli, 'unknown', /ip_port_subscribers/],
  ['2.19-native-beta', evidence({ alphaNativeSidecar: ['shop'] }), 'yes', /alpha annotation: shop/],
  ['2.19-native-beta', cli, 'no', /no place/],
  ['2.19-native-bug', cli, 'yes', /whole mesh/],
  [
    '2.19-native-bug',
    { view: { controlPlane: controlPlaneView({ nativeSidecar: false }) } },
    'no',
    /no place with native sidecars/,
  ],
  ['2.19-kubernetes', on('v1.28.9'), 'yes', /v1\.28\.9/],
  ['2.19-tls', cli, 'unknown', /inspects TLS/],
  ['2.20-wait', { config: linkerdConfig({ waitBeforeExitSeconds: 10 }) }, 'yes', /: 10$/],
  ['2.20-wait', cli, 'no', /no place/],
  ['2.20-proxy-init', values({ 'proxyInit.image.name': 'mirror.example/init' }), 'yes', /mirror\.example/],
  ['2.20-proxy-init', cli, 'no', /not set/],
  ['2.20-server-ns', evidence(objects(SERVERS, 'shop/http')), 'unknown', /another namespace/],
  ['2.20-externalworkload-ns', evidence(objects(EXTERNAL_WORKLOADS, 'shop/vm')), 'unknown', /Services/],
  ['2.20-authn-removal', cli, 'unknown', /authentications/],
  ['2.20-pause-image', installed('multicluster'), 'unknown', /registry\.k8s\.io/],
  ['2.20-pause-image', cli, 'no', /not installed/],
  ['2.20-multicluster-policy', installed('multicluster'), 'unknown', /Prometheus/],
  ['2.20-multicluster-policy', cli, 'no', /not installed/],
  [
    '2.21-undefined-port',
    evidence(objects('serviceprofiles.linkerd.io', 'shop/web')),
    'unknown',
    /1 ServiceProfile: shop\/web/,
  ],
];

for (const [id, input, applies, why] of rows) {
  test(`${id} ${applies}: ${why.source}`, () => {
    const [from, to] = steps[id.slice(0, id.indexOf('-'))] ?? ['', ''];
    const verdict = judgeNotice({ id }, { inventory: inventory(input), from, to });
    assert.equal(verdict.applies, applies, verdict.why);
    assert.match(verdict.why, why);
  });
}

test('a proxy of 2.8 is refused by 2.9.0 to 2.9.3 only', () => {
  const judge = (to: string): string =>
    judgeNotice({ id: '2.9-http1-skew' }, { inventory: inventory(oldProxies), from: 'stable-2.8.1', to })
      .applies;
  assert.deepEqual(['stable-2.9.0', 'stable-2.9.3', 'stable-2.9.4'].map(judge), ['yes', 'yes', 'no']);
});

test('every notice is judged on a cluster that it was made for', () => {
  const other = readFileSync(new URL('../applicability.test.ts', import.meta.url), 'utf8');
  const here = new Set(rows.map(([id]) => id));
  const missing = notices.filter(({ id }) => !here.has(id) && !other.includes(`'${id}'`));
  assert.deepEqual(
    missing.map(({ id }) => id),
    [],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  controlPlaneChart,
  controlPlaneInstallation,
  extensionInstallation,
  isHighlyAvailable,
} from '../../../src/guide/inventory/installation.ts';
import type { Installation } from '../../../src/guide/inventory.ts';
import type { WorkloadRecord } from '../../../src/kube/records.ts';
import { parseLinkerdConfig } from '../../../src/mesh/config.ts';
import { deployment } from '../../support/records.ts';
import { controlPlaneView } from '../../support/views.ts';

const CREATED_BY = 'linkerd.io/created-by';
const component = { 'linkerd.io/control-plane-component': 'destination' };
const byHelm = { 'meta.helm.sh/release-name': 'mesh', 'meta.helm.sh/release-namespace': 'default' };
const operated = { state: 'known', value: ['linkerd-control-plane'] } as const;
const absent = { state: 'absent' } as const;

interface Case {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly cliVersion?: string;
  readonly version?: string;
  readonly operated?: Parameters<typeof controlPlaneInstallation>[0]['operated'];
  readonly expected: Installation;
}

const cases: readonly Case[] = [
  {
    name: "a ControlPlane of Buoyant's comes before any other mark",
    annotations: { ...byHelm, [CREATED_BY]: 'linkerd/cli edge-25.10.7' },
    operated,
    expected: { method: 'operator', resource: 'controlplane/linkerd-control-plane' },
  },
  {
    name: 'that ControlPlanes may not be read leaves the other marks to decide',
    annotations: byHelm,
    operated: { state: 'unreadable', why: 'no' },
    expected: {
      method: 'helm',
      release: 'mesh',
      namespace: 'default',
      chart: 'linkerd-control-plane-2025.10.7',
    },
  },
  {
    name: 'the chart is what its label says',
    annotations: byHelm,
    labels: { 'helm.sh/chart': 'own-linkerd-1.0.0' },
    expected: { method: 'helm', release: 'mesh', namespace: 'default', chart: 'own-linkerd-1.0.0' },
  },
  {
    name: 'a release without a namespace is that of its objects',
    annotations: { 'meta.helm.sh/release-name': 'mesh' },
    version: 'stable-2.11.4',
    expected: { method: 'helm', release: 'mesh', namespace: 'linkerd', chart: 'linkerd2-2.11.4' },
  },
  {
    name: 'a HelmRelease of Flux is changed in Git, although it is a release of Helm too',
    annotations: byHelm,
    labels: { 'helm.toolkit.fluxcd.io/name': 'linkerd', 'helm.toolkit.fluxcd.io/namespace': 'flux-system' },
    expected: { method: 'gitops', tool: 'Flux HelmRelease flux-system/linkerd' },
  },
  {
    name: 'a Kustomization of Flux holds what the CLI rendered',
    annotations: { [CREATED_BY]: 'linkerd/cli edge-25.10.7' },
    labels: { 'kustomize.toolkit.fluxcd.io/name': 'mesh' },
    expected: { method: 'gitops', tool: 'Flux Kustomization mesh' },
  },
  {
    name: 'Argo CD by annotation',
    annotations: { 'argocd.argoproj.io/tracking-id': 'mesh:apps/Deployment:linkerd/linkerd-destination' },
    expected: { method: 'gitops', tool: 'Argo CD application mesh' },
  },
  {
    name: 'Argo CD by label',
    labels: { 'argocd.argoproj.io/instance': 'mesh' },
    expected: { method: 'gitops', tool: 'Argo CD application mesh' },
  },
  {
    name: 'the CLI by its own version in the values',
    cliVersion: 'linkerd/cli edge-25.10.7',
    expected: { method: 'cli' },
  },
  {
    name: 'the CLI by the annotation',
    annotations: { [CREATED_BY]: 'linkerd/cli edge-25.10.7' },
    expected: { method: 'cli' },
  },
  {
    name: "Helm's templates without a release",
    annotations: { [CREATED_BY]: 'linkerd/helm edge-25.10.7' },
    expected: { method: 'gitops', tool: 'manifests rendered from the chart, without a Helm release' },
  },
  {
    name: 'no mark at all',
    expected: {
      method: 'unknown',
      why: 'its Deployments carry no mark of the CLI, Helm or another tool',
    },
  },
];

for (const { name, annotations = {}, labels = {}, cliVersion, version = 'edge-25.10.7', ...rest } of cases) {
  test(`installation of a control plane: ${name}`, () => {
    const one = deployment({ namespace: 'linkerd', labels: { ...component, ...labels }, annotations });
    // What else lives in the namespace says nothing of Linkerd.
    const other = deployment({
      namespace: 'linkerd',
      name: 'other',
      annotations: { 'meta.helm.sh/release-name': 'x' },
    });
    const found = controlPlaneInstallation({
      deployments: [other, one],
      config: configWith(cliVersion),
      version,
      operated: rest.operated ?? absent,
    });
    assert.deepEqual(found, rest.expected);
  });
}

test('installation of a control plane: nothing readable', () => {
  assert.deepEqual(
    controlPlaneInstallation({ deployments: [], config: undefined, version: '', operated: absent }),
    { method: 'unknown', why: 'neither its Deployments nor its configuration could be read' },
  );
  assert.deepEqual(
    controlPlaneInstallation({ deployments: [], config: configWith(''), version: '', operated: absent }),
    { method: 'unknown', why: 'its Deployments could not be read' },
  );
});

function configWith(cliVersion = ''): ReturnType<typeof parsed> {
  return parsed(`linkerdVersion: edge-25.10.7\ncliVersion: "${cliVersion}"\n`);
}

function parsed(values: string) {
  const result = parseLinkerdConfig({ values });
  return result.ok ? result.config : undefined;
}

for (const [version, chart] of [
  ['stable-2.9.5', 'linkerd2-2.9.5'],
  ['stable-2.11.4', 'linkerd2-2.11.4'],
  ['stable-2.12.0', 'linkerd-control-plane'],
  ['stable-2.14.10', 'linkerd-control-plane'],
  ['edge-21.10.1', 'linkerd2'],
  ['edge-24.2.5', 'linkerd-control-plane'],
  ['edge-24.3.1', 'linkerd-control-plane-2024.3.1'],
  ['edge-25.10.7', 'linkerd-control-plane-2025.10.7'],
  ['enterprise-2.18.4', 'linkerd-enterprise-control-plane-2.18.4'],
  ['dev-undefined', ''],
] as const) {
  test(`${version} comes by chart ${JSON.stringify(chart)}`, () => {
    assert.equal(controlPlaneChart(version), chart);
  });
}

const cli = { method: 'cli' } as const;
const gitops = {
  method: 'gitops',
  tool: 'manifests rendered from the chart, without a Helm release',
} as const;

function extension(annotations: Readonly<Record<string, string>>): readonly WorkloadRecord[] {
  return [deployment({ namespace: 'linkerd-viz', name: 'web', annotations })];
}

test('an extension is judged by its own marks, whatever made the control plane', () => {
  const marks = { name: 'viz', version: 'edge-25.10.7' };
  assert.deepEqual(
    extensionInstallation(
      { ...marks, deployments: extension({ ...byHelm, [CREATED_BY]: 'linkerd/helm x' }) },
      cli,
    ),
    { method: 'helm', release: 'mesh', namespace: 'default', chart: '' },
  );
  const byCli = extension({ [CREATED_BY]: 'linkerd/cli edge-25.10.7' });
  assert.deepEqual(extensionInstallation({ ...marks, deployments: byCli }, gitops), cli);
  const rendered = extension({ [CREATED_BY]: 'linkerd/helm edge-25.10.7' });
  assert.deepEqual(extensionInstallation({ ...marks, deployments: rendered }, cli), gitops);
});

test('the CLI of before edge-25.8.1 gave viz and jaeger out as made by Helm', () => {
  const deployments = extension({ [CREATED_BY]: 'linkerd/helm x' });
  const judged = (name: string, version: string, controlPlane: Installation): Installation['method'] =>
    extensionInstallation({ name, version, deployments }, controlPlane).method;
  assert.equal(judged('viz', 'edge-25.7.6', cli), 'cli');
  assert.equal(judged('jaeger', 'stable-2.14.10', cli), 'cli');
  assert.equal(judged('viz', 'edge-25.7.6', gitops), 'unknown');
  assert.equal(judged('viz', '', gitops), 'unknown');
  assert.equal(judged('viz', 'edge-25.8.1', cli), 'gitops');
  assert.equal(judged('viz', 'enterprise-2.19.4', cli), 'gitops');
  assert.equal(judged('multicluster', 'edge-25.7.6', cli), 'gitops');
});

test('highly available: several replicas of every component, and Fail', () => {
  const components = ['destination', 'identity', 'proxy-injector'].map((name) => ({
    name,
    version: 'edge-25.10.7',
    ready: 3,
    replicas: 3,
  }));
  const all = { components, failurePolicy: 'Fail' };
  assert.equal(isHighlyAvailable(controlPlaneView(all)), true);
  assert.equal(isHighlyAvailable(controlPlaneView({ ...all, failurePolicy: 'Ignore' })), false);
  assert.equal(isHighlyAvailable(controlPlaneView({ ...all, components: components.slice(1) })), false);
  const single = components.map((one, index) => (index === 0 ? { ...one, replicas: 1 } : one));
  assert.equal(isHighlyAvailable(controlPlaneView({ ...all, components: single })), false);
  // Beside them others may run alone, as Buoyant's own component does.
  const enterprise = { name: 'linkerd-enterprise', version: 'x', ready: 1, replicas: 1 };
  assert.equal(
    isHighlyAvailable(controlPlaneView({ ...all, components: [...components, enterprise] })),
    true,
  );
});

/** The inventory of every scenario, read from a simulated API server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Extension, Inventory, Link } from '../../../src/guide/inventory.ts';
import type { Part } from '../../../src/kube/part.ts';
import {
  buoyantInstall,
  cliInstall,
  everythingToNotice,
  gitopsInstall,
  guideScenarios,
  halfRolledUpgrade,
  helmInstallToUpgrade,
  jaegerBefore219,
  oldChart,
  oldKubernetes,
  twoControlPlanes,
  twoLinks,
  vizWithoutAnnotation,
  vizWithoutLabel,
} from '../../../src/sim/cluster/scenario/guide-scenarios.ts';
import { demoScenario, freshInstall } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { customResourceDefinitions } from '../../../src/sim/resources.ts';
import { inventoryOf } from './inventories.ts';

function known<T>(part: Part<T>): T {
  if (part.state !== 'known') throw new Error(`not known: ${JSON.stringify(part)}`);
  return part.value;
}

function extension(inventory: Inventory, name: string): Extension {
  const found = known(inventory.extensions).find((one) => one.name === name);
  assert.ok(found, `extension ${name}`);
  return found;
}

function nothingMissing(inventory: Inventory): void {
  assert.deepEqual(inventory.unreadable, []);
  assert.equal(inventory.evidence.hasValues, true);
}

test('installed by the CLI', async (t) => {
  const { inventory } = await inventoryOf(t, cliInstall(), {
    cli: { state: 'known', value: 'edge-25.10.7' },
  });
  nothingMissing(inventory);
  assert.deepEqual(inventory.installation, { method: 'cli' });
  assert.equal(inventory.highlyAvailable, false);
  assert.deepEqual(inventory.cli, { state: 'known', value: 'edge-25.10.7' });
  assert.equal(inventory.kubernetes, 'v1.31.4');
  assert.equal(inventory.config?.linkerdVersion, 'edge-25.10.7');
  assert.equal(inventory.evidence.value('identity.issuer.scheme'), 'linkerd.io/tls');
  assert.deepEqual(inventory.mesh.totals.byClass['behind-one'], 4);
  assert.deepEqual(extension(inventory, 'viz'), {
    name: 'viz',
    namespace: 'linkerd-viz',
    version: 'edge-25.10.7',
    followsLinkerd: true,
    installation: { method: 'cli' },
    proxies: { 'edge-25.10.7': 5 },
    problems: [],
  });
  assert.deepEqual([inventory.links.state, inventory.cni.state], ['absent', 'absent']);
  assert.deepEqual(known(inventory.gatewayApi), {
    bundleVersion: 'v1.2.1',
    owner: 'other',
    isKept: false,
    servesHttpRouteV1: true,
    servesGrpcRouteV1: true,
  });
});

test('installed by Helm with the HA values', async (t) => {
  const { inventory } = await inventoryOf(t, helmInstallToUpgrade());
  nothingMissing(inventory);
  const release = {
    release: 'linkerd-control-plane',
    namespace: 'linkerd',
    chart: 'linkerd-control-plane-2025.10.7',
  };
  assert.deepEqual(inventory.installation, { method: 'helm', ...release });
  assert.equal(inventory.highlyAvailable, true);
  const { installation } = extension(inventory, 'viz');
  assert.deepEqual(installation, {
    method: 'helm',
    release: 'linkerd-viz',
    namespace: 'linkerd-viz',
    chart: '',
  });
});

test('held to what Git says', async (t) => {
  const { inventory } = await inventoryOf(t, gitopsInstall());
  assert.deepEqual(inventory.installation, { method: 'gitops', tool: 'Argo CD application linkerd' });
  const { installation } = extension(inventory, 'viz');
  assert.deepEqual(installation, { method: 'gitops', tool: 'Argo CD application linkerd-viz' });
});

test("run by Buoyant's operator", async (t) => {
  const { inventory } = await inventoryOf(t, buoyantInstall());
  const resource = 'controlplane/linkerd-control-plane';
  assert.deepEqual(inventory.installation, { method: 'operator', resource });
  assert.equal(inventory.controlPlane.version, 'enterprise-2.18.4');
  assert.deepEqual(inventory.evidence.proxyRegistries, ['ghcr.io/buoyantio']);
  const { version, followsLinkerd, proxies, problems } = extension(inventory, 'buoyant');
  assert.deepEqual(
    { version, followsLinkerd, proxies, problems },
    {
      version: 'v0.37.0',
      followsLinkerd: false,
      proxies: {},
      problems: [],
    },
  );
});

test('2.11 with the single chart', async (t) => {
  const { inventory } = await inventoryOf(t, oldChart());
  nothingMissing(inventory);
  const release = { release: 'linkerd', namespace: 'default', chart: 'linkerd2-2.11.4' };
  assert.deepEqual(inventory.installation, { method: 'helm', ...release });
  assert.equal(inventory.gatewayApi.state, 'absent');
  const splits = inventory.evidence.objects.get('trafficsplits.split.smi-spec.io');
  assert.deepEqual(splits, { state: 'known', value: ['shop/web-split'] });
  assert.deepEqual(extension(inventory, 'viz').problems, []);
});

test('two links, of which one is mirrored the old way', async (t) => {
  const { inventory } = await inventoryOf(t, twoLinks());
  const common = { namespace: 'linkerd-multicluster', probePeriod: '3s' };
  const expected: readonly Link[] = [
    { ...common, name: 'east', targetCluster: 'east', version: 'edge-25.4.4', mirror: 'controller' },
    { ...common, name: 'west', targetCluster: 'west', version: 'edge-24.11.8', mirror: 'legacy' },
  ];
  assert.deepEqual(known(inventory.links), expected);
  const { version, problems, installation } = extension(inventory, 'multicluster');
  assert.deepEqual(
    { version, problems, installation },
    {
      version: 'edge-25.4.4',
      problems: [],
      installation: { method: 'cli' },
    },
  );
});

test('jaeger before 2.19, and the CNI plugin', async (t) => {
  const { inventory } = await inventoryOf(t, jaegerBefore219());
  const { version, followsLinkerd } = extension(inventory, 'jaeger');
  assert.deepEqual({ version, followsLinkerd }, { version: 'edge-25.9.4', followsLinkerd: true });
  assert.deepEqual(known(inventory.cni), { version: 'v1.6.2', ready: 3, wanted: 3 });
  assert.equal(inventory.config?.cniEnabled, true);
});

test('the version of Kubernetes is the server’s', async (t) => {
  const { inventory } = await inventoryOf(t, oldKubernetes());
  assert.equal(inventory.kubernetes, 'v1.29.14');
});

test('viz whose namespace has lost an annotation, and one whose namespace never got its label', async (t) => {
  const annotated = extension((await inventoryOf(t, vizWithoutAnnotation())).inventory, 'viz');
  assert.deepEqual(annotated.proxies, {});
  assert.match(
    annotated.problems.join('\n'),
    /^namespace linkerd-viz lacks the annotation linkerd.io\/inject/,
  );
  const labelled = extension((await inventoryOf(t, vizWithoutLabel())).inventory, 'viz');
  assert.deepEqual(labelled.proxies, { 'edge-25.10.7': 5 });
  assert.match(
    labelled.problems.join('\n'),
    /^namespace linkerd-viz lacks the label linkerd.io\/extension=viz/,
  );
});

test('a control plane in the middle of its upgrade', async (t) => {
  const { inventory } = await inventoryOf(t, halfRolledUpgrade());
  assert.equal(inventory.controlPlane.version, 'edge-25.11.3');
  assert.match(inventory.controlPlane.halfRolled, /linkerd-config says edge-25.11.3/);
});

test('two control planes, and proxies of a third that is gone', async (t) => {
  const { inventory } = await inventoryOf(t, twoControlPlanes());
  assert.deepEqual(
    inventory.controlPlane.others.map(({ namespace, exists }) => ({ namespace, exists })),
    [
      { namespace: 'linkerd-gone', exists: false },
      { namespace: 'linkerd-old', exists: true },
    ],
  );
});

test('what single notices ask about', async (t) => {
  const { inventory } = await inventoryOf(t, everythingToNotice());
  nothingMissing(inventory);
  const { evidence } = inventory;
  const { hostPorts, ingressMode, alphaNativeSidecar, betaNativeSidecar, waitBeforeExit, meshedJobs } =
    evidence;
  assert.deepEqual(
    { hostPorts, ingressMode, alphaNativeSidecar, betaNativeSidecar, waitBeforeExit, meshedJobs },
    {
      hostPorts: ['ingress/deployment/metrics'],
      ingressMode: ['ingress/deployment/nginx'],
      alphaNativeSidecar: ['ingress/daemonset/agent'],
      betaNativeSidecar: ['ledger'],
      waitBeforeExit: ['shop'],
      meshedJobs: ['shop/cronjob/invoices'],
    },
  );
  assert.deepEqual(known(evidence.architectures), { amd64: 3, arm: 1 });
  assert.equal(known(evidence.ipv6), true);
  assert.deepEqual(known(evidence.appProtocols), ['shop/web']);
  assert.deepEqual(known(evidence.portPolicies), ['shop/only-http']);
  const deployments = ['linkerd-destination', 'linkerd-identity', 'linkerd-proxy-injector'];
  assert.deepEqual(evidence.controlPlaneDeployments, deployments);
  assert.equal(evidence.value('proxyInit.closeWaitTimeoutSecs'), 30);
  const workloads = evidence.objects.get('externalworkloads.workload.linkerd.io');
  assert.deepEqual(workloads, { state: 'known', value: ['shop/vm-1'] });
  const { owner, bundleVersion, servesHttpRouteV1 } = known(inventory.gatewayApi);
  assert.deepEqual(
    { owner, bundleVersion, servesHttpRouteV1 },
    {
      owner: 'linkerd-cli',
      bundleVersion: 'v0.7.1',
      servesHttpRouteV1: false,
    },
  );
  assert.deepEqual(
    known(inventory.extensions).map(({ name, version }) => `${name} ${version}`),
    ['multicluster edge-24.11.8', 'smi v0.2.8', 'viz edge-24.11.8'],
  );
});

test('objects are asked for in a version that is served, and not at all without a definition', async (t) => {
  const { simulation } = await inventoryOf(t, everythingToNotice());
  const paths = simulation.server.audit.entries.map(({ path }) => path.split('?')[0] ?? '');
  assert.ok(paths.includes('/apis/policy.linkerd.io/v1beta3/servers'));
  assert.ok(!paths.some((path) => path.endsWith('/trafficsplits') || path.endsWith('/controlplanes')));
  const definitions = simulation.store
    .list(customResourceDefinitions, '')
    .map(({ metadata }) => metadata.name);
  assert.ok(!definitions.includes('trafficsplits.split.smi-spec.io'));
});

test('the demo', async (t) => {
  const { inventory } = await inventoryOf(t, demoScenario());
  nothingMissing(inventory);
  assert.deepEqual(inventory.installation, { method: 'cli' });
  assert.deepEqual(
    known(inventory.extensions).map(
      ({ name, version, installation }) => `${name} ${version} ${installation.method}`,
    ),
    ['multicluster edge-25.4.4 cli', 'viz edge-25.11.3 cli'],
  );
  assert.equal(known(inventory.gatewayApi).owner, 'linkerd-cli');
});

for (const [name, scenario] of Object.entries({ ...guideScenarios, fresh: freshInstall })) {
  test(`${name}: reads only, never Secrets, and little`, async (t) => {
    const { simulation } = await inventoryOf(t, scenario());
    const { entries } = simulation.server.audit;
    assert.ok(entries.every(({ method }) => method === 'GET'));
    assert.ok(entries.every(({ path }) => !path.includes('/secrets')));
    assert.ok(entries.length < 60, `${entries.length} requests`);
  });
}

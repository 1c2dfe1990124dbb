/** What an inventory says where little may be read, and where the server fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inventory } from '../../../src/guide/inventory.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import {
  buoyantInstall,
  cliInstall,
  everythingToNotice,
  jaegerBefore219,
  twoLinks,
} from '../../../src/sim/cluster/scenario/guide-scenarios.ts';
import type { PolicyRule } from '../../../src/sim/server/authorizer.ts';
import { faultTimes } from '../../../src/sim/server/faults.ts';
import { inventoryOf, ONLY_PODS } from './inventories.ts';

const READ = ['get', 'list', 'watch'];
const namespaces: PolicyRule = { verbs: READ, apiGroups: [''], resources: ['namespaces'] };
const workloads: readonly PolicyRule[] = [
  ...ONLY_PODS,
  { verbs: READ, apiGroups: ['apps'], resources: ['*'] },
  { verbs: READ, apiGroups: ['batch'], resources: ['*'] },
  { verbs: READ, apiGroups: ['policy'], resources: ['*'] },
];
const surroundings: readonly PolicyRule[] = [
  { verbs: READ, apiGroups: [''], resources: ['services'] },
  { verbs: READ, apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'] },
];
const definitions: PolicyRule = {
  verbs: READ,
  apiGroups: ['apiextensions.k8s.io'],
  resources: ['customresourcedefinitions'],
};

function missing({ unreadable }: Inventory): string {
  return unreadable.map(({ what }) => what).join('\n');
}

test('pods and nothing else: the data plane is all there is, and every other part says why', async (t) => {
  const { inventory } = await inventoryOf(t, twoLinks(), { rights: { '': ONLY_PODS } });
  assert.equal(inventory.mesh.totals.proxies, 15);
  assert.deepEqual(inventory.mesh.totals.byClass.violation, 0);
  const parts = [inventory.extensions, inventory.cni, inventory.gatewayApi, inventory.links];
  assert.deepEqual(new Set(parts.map(({ state }) => state)), new Set(['unreadable']));
  assert.equal(inventory.installation.method, 'unknown');
  assert.equal(inventory.config, undefined);
  assert.equal(inventory.evidence.hasValues, false);
  assert.equal(inventory.evidence.value('linkerdVersion'), undefined);
  for (const part of [
    'extensions',
    'Links',
    'CustomResourceDefinitions',
    'nodes',
    'linkerd-config',
    'linkerd-cni',
  ]) {
    assert.match(missing(inventory), new RegExp(`(^|\\n|/| )${part}`), part);
  }
  assert.equal(missing(inventory).match(/linkerd-config/g)?.length, 1, missing(inventory));
  assert.ok(
    inventory.unreadable.every(({ what, why }) => /\(.+\)$/.test(what) && why !== ''),
    missing(inventory),
  );
});

test('no rights at all to the control plane’s namespace', async (t) => {
  const own = Object.fromEntries(
    ['shop', 'ledger', 'linkerd-viz'].map((name) => [name, [...workloads, ...surroundings]]),
  );
  const { inventory, simulation } = await inventoryOf(t, cliInstall(), {
    rights: { '': [namespaces, definitions], ...own },
  });
  // What runs tells the version: the injector has written its own on the pods.
  assert.equal(inventory.controlPlane.version, 'edge-25.10.7');
  assert.equal(inventory.controlPlane.evidence, 'pods');
  assert.equal(inventory.mesh.totals.byClass['behind-one'], 4);
  const [viz] = inventory.extensions.state === 'known' ? inventory.extensions.value : [];
  assert.deepEqual([viz?.version, viz?.proxies], ['edge-25.10.7', { 'edge-25.10.7': 5 }]);
  assert.equal(inventory.gatewayApi.state, 'known');
  assert.deepEqual(inventory.evidence.appProtocols, { state: 'known', value: [] });
  assert.deepEqual(inventory.installation, {
    method: 'unknown',
    why: 'neither its Deployments nor its configuration could be read',
  });
  assert.match(missing(inventory), /linkerd\/linkerd-config/);
  assert.match(missing(inventory), /pods in namespace linkerd /);
  assert.ok(simulation.server.audit.entries.every(({ path }) => !path.includes('/secrets')));
});

test('a finding in a namespace that may be read counts; none in all that may be read does not', async (t) => {
  const some = { '': [namespaces, ...workloads], shop: surroundings };
  const { inventory } = await inventoryOf(t, everythingToNotice(), { rights: some });
  assert.deepEqual(inventory.evidence.appProtocols, { state: 'known', value: ['shop/web'] });
  assert.match(missing(inventory), /Services of meshed namespaces/);
  const other = { '': [namespaces, ...workloads], ledger: surroundings };
  const blind = await inventoryOf(t, everythingToNotice(), { rights: other });
  assert.equal(blind.inventory.evidence.appProtocols.state, 'unreadable');
  assert.equal(blind.inventory.evidence.portPolicies.state, 'unreadable');
});

test('without definitions the server’s discovery names the versions', async (t) => {
  const links: PolicyRule = { verbs: READ, apiGroups: ['multicluster.linkerd.io'], resources: ['links'] };
  const { inventory } = await inventoryOf(t, twoLinks(), {
    rights: { '': [namespaces, ...workloads, links] },
  });
  assert.equal(inventory.evidence.customResources.state, 'unreadable');
  assert.equal(inventory.links.state === 'known' ? inventory.links.value.length : 0, 2);
  const operator: PolicyRule = { verbs: READ, apiGroups: ['linkerd.buoyant.io'], resources: ['*'] };
  const buoyant = await inventoryOf(t, buoyantInstall(), {
    rights: { '': [namespaces, ...workloads, operator] },
  });
  assert.equal(buoyant.inventory.installation.method, 'operator');
});

test('values that rule the CNI plugin out spare the question', async (t) => {
  const config: PolicyRule = { verbs: ['get'], apiGroups: [''], resources: ['configmaps'] };
  const rights = { '': [...ONLY_PODS, config] };
  const { inventory } = await inventoryOf(t, cliInstall(), { rights });
  assert.equal(inventory.cni.state, 'absent');
  const withCni = await inventoryOf(t, jaegerBefore219(), { rights });
  assert.equal(withCni.inventory.cni.state, 'unreadable');
});

test('one namespace looked at, and extensions are known all the same', async (t) => {
  const { inventory } = await inventoryOf(t, cliInstall(), { namespaces: ['shop'] });
  assert.deepEqual(
    inventory.mesh.namespaces.map(({ name }) => name),
    ['linkerd', 'shop'],
  );
  const [viz] = inventory.extensions.state === 'known' ? inventory.extensions.value : [];
  assert.equal(viz?.version, 'edge-25.10.7');
});

test('a kind that the server fails at is one part that cannot be read', async (t) => {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: 500,
    message: 'conversion webhook failed',
  };
  const { inventory } = await inventoryOf(t, twoLinks(), {
    afterMesh: ({ server }) =>
      void server.faults.onRequest(
        faultTimes(10, ({ resource }) => resource === 'links', { kind: 'respond', status: 500, body }),
      ),
  });
  assert.deepEqual(inventory.links, { state: 'unreadable', why: 'conversion webhook failed' });
  assert.deepEqual(inventory.unreadable, [
    { what: 'Links (which clusters are linked is not known)', why: 'conversion webhook failed' },
  ]);
});

test('a server that breaks off is an error, and ends the other requests', async (t) => {
  const signals: (AbortSignal | undefined)[] = [];
  const read = inventoryOf(t, twoLinks(), {
    onRequest: ({ signal }) => void signals.push(signal),
    afterMesh: ({ server }) => {
      const cut = { kind: 'reset', after: 'nothing' } as const;
      const never = { kind: 'hang', after: 'nothing' } as const;
      server.faults.onRequest(faultTimes(10, ({ resource }) => resource === 'services', cut));
      server.faults.onRequest(faultTimes(10, ({ resource }) => resource === 'nodes', never));
    },
  });
  await assert.rejects(read, (error) => error instanceof KubeError && error.kind === 'network');
  assert.ok(signals.length > 0 && signals.every((signal) => signal?.aborted === true));
});

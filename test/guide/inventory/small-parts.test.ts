/** Links, the CNI plugin, the Gateway API, values, Services and NetworkPolicies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cniPlugin, isCniPlugin } from '../../../src/guide/inventory/cni.ts';
import { configValues } from '../../../src/guide/inventory/evidence.ts';
import { gatewayApi } from '../../../src/guide/inventory/gateway-api.ts';
import { linkOf } from '../../../src/guide/inventory/links.ts';
import {
  hasForeignProtocol,
  hasIpv6,
  hasIpv6Range,
  leavesOutProxyPort,
  nameOf,
} from '../../../src/guide/inventory/networking.ts';
import type { JsonObject } from '../../../src/kube/json/value.ts';
import { configMap, daemonSet, template, templateContainer } from '../../support/records.ts';

function link(annotations: JsonObject, spec: JsonObject = {}): JsonObject {
  return { metadata: { name: 'west', namespace: 'mc', annotations }, spec };
}

test('a Link says by which CLI it was made, and what mirrors its services', () => {
  const made = link(
    { 'linkerd.io/created-by': 'linkerd/cli edge-25.4.4' },
    { targetClusterName: 'west-1', probeSpec: { period: '3s' } },
  );
  assert.deepEqual(
    linkOf(made, () => new Set(['controller-west', 'linkerd-service-mirror-west'])),
    {
      name: 'west',
      namespace: 'mc',
      targetCluster: 'west-1',
      version: 'edge-25.4.4',
      mirror: 'legacy',
      probePeriod: '3s',
    },
  );
  const mirrorBy = (deployments: readonly string[] | undefined) =>
    linkOf(made, () => deployments && new Set(deployments)).mirror;
  assert.equal(mirrorBy(['controller-west']), 'controller');
  assert.equal(mirrorBy(['controller-east']), 'none');
  assert.equal(mirrorBy(undefined), 'unknown');
});

test('a Link that no CLI made has no version; without a target it is its own', () => {
  const bare = linkOf(link({ 'linkerd.io/created-by': 'linkerd/helm edge-25.4.4' }), () => undefined);
  assert.equal(bare.version, '');
  assert.equal(bare.targetCluster, 'west');
  assert.equal(bare.probePeriod, '');
});

test('what a Link says is cleaned', () => {
  const evil = link({ 'linkerd.io/created-by': 'linkerd/cli \u001b[2J' }, { targetClusterName: 'a\u202eb' });
  const { version, targetCluster } = linkOf(evil, () => undefined);
  assert.equal(version, '\\x1b[2J');
  assert.equal(targetCluster, 'a\\u202eb');
});

test('the CNI plugin is a DaemonSet with a label and a container that installs', () => {
  const installer = template({
    containers: [templateContainer({ name: 'install-cni', image: 'cr.l5d.io/linkerd/cni-plugin:v1.6.2' })],
  });
  const labels = { 'linkerd.io/cni-resource': 'true' };
  const plugin = daemonSet({ namespace: 'linkerd-cni', labels, template: installer, replicas: 3 });
  assert.equal(isCniPlugin(plugin), true);
  assert.equal(isCniPlugin(daemonSet({ template: installer })), false);
  assert.equal(isCniPlugin(daemonSet({ labels })), false);
  assert.equal(isCniPlugin(daemonSet({ template: { ...installer, labels } })), true);
  const { version, wanted } = cniPlugin(plugin);
  assert.deepEqual({ version, wanted }, { version: 'v1.6.2', wanted: 3 });
});

const HTTP = 'httproutes.gateway.networking.k8s.io';
const GRPC = 'grpcroutes.gateway.networking.k8s.io';

function definitions(
  all: Readonly<Record<string, { annotations?: Record<string, string>; served: string[] }>>,
) {
  const entries = Object.entries(all).map(
    ([name, { annotations = {}, served }]) => [name, { annotations, served }] as const,
  );
  return gatewayApi({ state: 'known', value: new Map(entries) });
}

test('the Gateway API: whose, which, and what it serves', () => {
  const bundle = { 'gateway.networking.k8s.io/bundle-version': 'v1.2.1' };
  assert.deepEqual(definitions({ [HTTP]: { annotations: bundle, served: ['v1', 'v1beta1'] } }), {
    state: 'known',
    value: {
      bundleVersion: 'v1.2.1',
      owner: 'other',
      isKept: false,
      servesHttpRouteV1: true,
      servesGrpcRouteV1: false,
    },
  });
  const owned = (createdBy: string, more: Record<string, string> = {}) => {
    const part = definitions({
      [HTTP]: { annotations: { 'linkerd.io/created-by': createdBy, ...more }, served: ['v1beta1'] },
      [GRPC]: { served: ['v1'] },
    });
    return part.state === 'known' ? part.value : undefined;
  };
  assert.equal(owned('linkerd/cli edge-24.11.8')?.owner, 'linkerd-cli');
  assert.equal(owned('linkerd/helm edge-24.11.8')?.owner, 'linkerd-helm');
  assert.equal(owned('', { 'helm.sh/resource-policy': 'keep' })?.isKept, true);
  assert.equal(owned('')?.servesHttpRouteV1, false);
  assert.equal(owned('')?.servesGrpcRouteV1, true);
});

test('the Gateway API may be absent, and may be out of sight', () => {
  assert.deepEqual(definitions({}), { state: 'absent' });
  const unreadable = { state: 'unreadable', why: 'no' } as const;
  assert.deepEqual(gatewayApi(unreadable), unreadable);
});

test('values by path, also where 2.9 kept them', () => {
  const { hasValues, value } = configValues(
    configMap('linkerd-config', {
      values:
        'global:\n  proxy:\n    cores: 2\n  clusterDomain: a\nclusterDomain: "b\\e"\nproxyInit: {closeWaitTimeoutSecs: 30}\n',
    }),
  );
  assert.equal(hasValues, true);
  assert.equal(value('proxy.cores'), 2);
  assert.equal(value('global.proxy.cores'), 2);
  assert.equal(value('clusterDomain'), 'b\\x1b');
  assert.equal(value('proxyInit.closeWaitTimeoutSecs'), 30);
  assert.deepEqual(value('proxyInit'), { closeWaitTimeoutSecs: 30 });
  assert.equal(value('proxyInit.image.version'), undefined);
  assert.equal(value('constructor.name'), undefined);
});

for (const [name, data] of [
  ['no YAML', { values: '{{' }],
  ['no mapping', { values: 'text' }],
  ['the form of 2.8', { global: '{}' }],
] as const) {
  test(`values are not known: ${name}`, () => {
    const { hasValues, value } = configValues(configMap('linkerd-config', data));
    assert.equal(hasValues, false);
    assert.equal(value('proxy'), undefined);
  });
}
test('values are not known: no ConfigMap', () => assert.equal(configValues(undefined).hasValues, false));

function service(appProtocol: string | undefined, ipFamilies: readonly string[] = []): JsonObject {
  return { spec: { ipFamilies, ports: [{ port: 80 }, { port: 443, appProtocol }] } };
}

test('protocols that Linkerd does not know', () => {
  for (const known of [undefined, 'http', 'kubernetes.io/h2c', 'linkerd.io/opaque', 'linkerd.io/tcp']) {
    assert.equal(hasForeignProtocol(service(known)), false, String(known));
  }
  for (const foreign of ['https', 'grpc', 'kubernetes.io/wss', 'tcp']) {
    assert.equal(hasForeignProtocol(service(foreign)), true, foreign);
  }
});

test('IPv6 by Services and by nodes', () => {
  assert.equal(hasIpv6(service('http', ['IPv4', 'IPv6'])), true);
  assert.equal(hasIpv6(service('http', ['IPv4'])), false);
  assert.equal(hasIpv6Range({ spec: { podCIDRs: ['10.0.0.0/24', 'fd00::/64'] } }), true);
  assert.equal(hasIpv6Range({ spec: { podCIDR: '10.0.0.0/24' } }), false);
});

const http = { ports: [{ port: 8080 }] };
const proxy = { ports: [{ port: 4143 }] };
const dns = { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] };
const friends = [{ podSelector: { matchLabels: { app: 'friend' } } }];

const policies: readonly (readonly [name: string, spec: JsonObject, leavesOut: boolean])[] = [
  ['denies all', { policyTypes: ['Ingress'] }, false],
  ['allows all ports of some peers', { ingress: [{ from: friends }] }, false],
  ['one port', { ingress: [http] }, true],
  ['one port out', { egress: [http] }, true],
  ['the port of the proxy beside', { ingress: [{ ports: [...http.ports, ...proxy.ports] }] }, false],
  ['the port of the proxy by its name', { ingress: [{ ports: [{ port: 'linkerd-proxy' }] }] }, false],
  ['another by its name', { ingress: [{ ports: [{ port: 'http' }] }] }, true],
  [
    'the port of the proxy for UDP',
    { ingress: [{ ports: [{ port: 4143, protocol: 'UDP' }, ...http.ports] }] },
    true,
  ],
  ['a range around it', { ingress: [{ ports: [{ port: 4000, endPort: 5000 }] }] }, false],
  ['a range beside it', { ingress: [{ ports: [{ port: 8000, endPort: 9000 }] }] }, true],
  ['any TCP port', { ingress: [{ ports: [{ protocol: 'TCP' }] }] }, false],
  ['another rule opens it to all', { ingress: [http, proxy] }, false],
  [
    'another rule opens it to the same',
    {
      ingress: [
        { ...http, from: friends },
        { ...proxy, from: friends },
      ],
    },
    false,
  ],
  ['another rule opens it to others', { ingress: [http, { ...proxy, from: friends }] }, true],
  ['only the other direction opens it', { ingress: [http], egress: [proxy] }, true],
  ['DNS beside all else', { egress: [dns, { to: friends }] }, false],
  ['DNS alone', { egress: [dns] }, false],
];

for (const [name, spec, leavesOut] of policies) {
  test(`a NetworkPolicy and port 4143: ${name}`, () => {
    assert.equal(leavesOutProxyPort({ spec }), leavesOut);
  });
}

test('objects are named with their namespace where they have one', () => {
  assert.equal(nameOf({ metadata: { namespace: 'shop', name: 'web' } }), 'shop/web');
  assert.equal(nameOf({ metadata: { name: 'linkerd' } }), 'linkerd');
});

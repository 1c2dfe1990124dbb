import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeExtension,
  type ExtensionHome,
  registryOf,
} from '../../../src/guide/inventory/extensions.ts';
import type { Extension } from '../../../src/guide/inventory.ts';
import type { WorkloadRecord } from '../../../src/kube/records.ts';
import { deployment, namespace, template, templateContainer } from '../../support/records.ts';

interface Part {
  readonly label?: string;
  readonly images?: readonly string[];
}

function parts(all: Readonly<Record<string, Part>>): readonly WorkloadRecord[] {
  return Object.entries(all).map(([name, { label, images = [] }]) =>
    deployment({
      name,
      namespace: 'home',
      labels: label === undefined ? {} : { 'app.kubernetes.io/version': label },
      template: template({
        containers: [
          templateContainer({ name: 'linkerd-proxy', image: 'cr.l5d.io/linkerd/proxy:edge-1.1.1' }),
          ...images.map((image, index) => templateContainer({ name: `c${index}`, image })),
        ],
      }),
    }),
  );
}

function described(name: string, home: Partial<ExtensionHome> = {}): Extension {
  const record = namespace('home', { labels: { 'linkerd.io/extension': name } });
  const all = {
    name,
    namespace: 'home',
    record,
    deployments: [],
    proxies: {},
    unmeshed: [],
    namespaces: ['home'],
  };
  return describeExtension({ ...all, ...home }, { method: 'cli' });
}

const versions: readonly {
  readonly name: string;
  readonly extension: string;
  readonly all: Readonly<Record<string, Part>>;
  readonly expected: string;
}[] = [
  {
    name: 'by label, and by image where there is none',
    extension: 'viz',
    all: {
      prometheus: { label: 'edge-25.10.7', images: ['prom/prometheus:v2.55.1'] },
      'tap-injector': { images: ['cr.l5d.io/linkerd/tap:edge-25.10.7'] },
    },
    expected: 'edge-25.10.7',
  },
  {
    name: 'images of others say nothing',
    extension: 'multicluster',
    all: { 'linkerd-gateway': { images: ['registry.k8s.io/pause:3.2'] } },
    expected: '',
  },
  {
    name: 'a registry with a port and a digest',
    extension: 'multicluster',
    all: { 'controller-west': { images: ['reg:5000/l5d/controller:edge-25.10.7@sha256:00'] } },
    expected: 'edge-25.10.7',
  },
  {
    name: 'service mirrors of links are no part of the extension',
    extension: 'multicluster',
    all: {
      'linkerd-gateway': { label: 'edge-25.10.7' },
      'linkerd-service-mirror-west': { images: ['cr.l5d.io/linkerd/controller:edge-24.11.8'] },
    },
    expected: 'edge-25.10.7',
  },
  {
    name: 'one with a version line of its own, by image',
    extension: 'smi',
    all: { 'smi-adaptor': { images: ['cr.l5d.io/linkerd/smi-adaptor:v0.2.8'] } },
    expected: 'v0.2.8',
  },
  {
    name: 'a stranger by label',
    extension: 'easyauth',
    all: { authz: { label: '1.4.0', images: ['registry.example/authz:x'] } },
    expected: '1.4.0',
  },
  { name: 'nothing', extension: 'viz', all: {}, expected: '' },
];

for (const { name, extension, all, expected } of versions) {
  test(`version of an extension: ${name}`, () => {
    const found = described(extension, { deployments: parts(all) });
    assert.equal(found.version, expected);
    assert.deepEqual(found.problems, []);
  });
}

test('a half-upgraded extension is as old as its oldest part, and says so', () => {
  const all = parts({
    web: { label: 'edge-25.10.7' },
    tap: { label: 'edge-25.9.4' },
    'metrics-api': { label: 'edge-25.10.7' },
  });
  const found = described('viz', { deployments: all });
  assert.equal(found.version, 'edge-25.9.4');
  assert.deepEqual(found.problems, [
    'its parts are of 2 versions: metrics-api and web edge-25.10.7; tap edge-25.9.4',
  ]);
});

test('whose version line is Linkerd’s', () => {
  const follow = (name: string): boolean => described(name).followsLinkerd;
  assert.deepEqual(['viz', 'multicluster', 'jaeger'].map(follow), [true, true, true]);
  assert.deepEqual(['smi', 'failover', 'buoyant', 'easyauth'].map(follow), [false, false, false, false]);
});

test('to 2.11 the namespace has to ask for the proxies', () => {
  const problems = (version: string, annotations: Readonly<Record<string, string>>): readonly string[] =>
    described('viz', {
      deployments: parts({ web: { label: version } }),
      record: namespace('home', { labels: { 'linkerd.io/extension': 'viz' }, annotations }),
      unmeshed: annotations['linkerd.io/inject'] === 'enabled' ? [] : ['web', 'tap'],
    }).problems;
  assert.deepEqual(problems('stable-2.11.4', {}), [
    'namespace home lacks the annotation linkerd.io/inject: enabled, by which viz of this release gets its proxies',
  ]);
  assert.deepEqual(problems('stable-2.11.4', { 'linkerd.io/inject': 'enabled' }), []);
  assert.deepEqual(problems('stable-2.12.0', {}), ['tap and web in namespace home run without a proxy']);
});

test('a namespace without the label, and one too many', () => {
  const unlabelled = described('viz', { record: namespace('home') });
  assert.match(unlabelled.problems.join(), /lacks the label linkerd.io\/extension=viz/);
  const twice = described('viz', { namespaces: ['home', 'other'] });
  assert.match(twice.problems.join(), /^namespace other has the label linkerd.io\/extension=viz too/);
  assert.deepEqual(described('viz', { record: undefined }).problems, []);
});

test('Deployments that cannot be read leave version and installation open', () => {
  const found = described('viz', { deployments: undefined });
  assert.equal(found.version, '');
  assert.equal(found.installation.method, 'unknown');
  assert.deepEqual(found.problems, ['its Deployments could not be read, so its version is not known']);
});

for (const [image, registry] of [
  ['cr.l5d.io/linkerd/proxy:edge-25.10.7', 'cr.l5d.io/linkerd'],
  ['mirror.example:5000/a/b/proxy@sha256:00', 'mirror.example:5000/a/b'],
  ['proxy:1', ''],
] as const) {
  test(`${image} comes from ${JSON.stringify(registry)}`, () => {
    assert.equal(registryOf(image), registry);
  });
}

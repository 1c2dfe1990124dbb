import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { namesKind } from '../../../src/cli/kinds.ts';
import { annotation, label } from '../../../src/data/linkerd.ts';
import { rules } from '../../../src/data/rules.ts';
import { explain } from '../../../src/guide/explain/explain.ts';
import { restartText, restartWords } from '../../../src/guide/explain/restart-text.ts';
import { resolveSubject } from '../../../src/guide/explain/subject.ts';
import type { Explanation, Ground, GroundTopic } from '../../../src/guide/explanation.ts';
import { severity } from '../../../src/mesh/skew.ts';
import type { MeshView } from '../../../src/mesh/view.ts';
import { explanationDocument } from '../../../src/report/explanation-document.ts';
import { explanationText } from '../../../src/report/explanation-text.ts';
import { deployment, namespace } from '../../../src/sim/cluster/scenario/builders.ts';
import { CLI_INSTALLATION } from '../../../src/sim/cluster/scenario/control-plane.ts';
import {
  demoScenario,
  freshInstall,
  injectorDown,
  type Scenario,
} from '../../../src/sim/cluster/scenario/scenarios.ts';
import { bench, MESHED } from '../../sim/cluster/support.ts';
import { randomWorld } from '../../support/random-worlds.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { simulatedMesh } from '../../support/simulated-mesh.ts';

const KUBERNETES = 'v1.31.4';
const seed = Number(process.env.SEED) || 20_261_122;
const schema: object = JSON.parse(
  readFileSync(new URL('../../../docs/schema/explanation.v1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true }).compile(schema);

const meshOf = (scenario: Scenario): MeshView => simulatedMesh(bench(scenario).sim.store);
const demo = meshOf(demoScenario());

/** Explains what a command line would name. */
function told(text: string, mesh: MeshView = demo, inNamespace = ''): Explanation {
  const subject = resolveSubject(text, mesh, { namespace: inNamespace, namesKind });
  assert.ok(!('error' in subject), JSON.stringify(subject));
  const explanation = explain(subject, { mesh, kubernetes: KUBERNETES });
  assert.ok(!('error' in explanation), JSON.stringify(explanation));
  return explanation;
}

function decisive({ grounds }: Explanation, topic: GroundTopic): readonly Ground[] {
  return grounds.filter((ground) => ground.topic === topic && ground.decides);
}

interface Case {
  readonly subject: string;
  readonly answer: RegExp;
  readonly restart: RegExp;
  /** What decides, by topic: `what: value`. */
  readonly decides: Partial<Record<GroundTopic, readonly RegExp[]>>;
  readonly links: readonly string[];
}

const cases: readonly Case[] = [
  {
    subject: 'ledger/deployment/api',
    answer: /^It is violation: edge-24\.8\.2 \(2\.16\) is 3 releases behind .*edge-25\.11\.3 \(2\.19\)/,
    restart: /^A restart upgrades it: from edge-24\.8\.2 to edge-25\.11\.3\.$/,
    decides: {
      class: [/proxies: edge-24\.8\.2/],
      version: [/^linkerdVersion in linkerd-config: edge-25\.11\.3$/],
      injection: [/^linkerd\.io\/inject on namespace ledger: enabled$/],
    },
    links: [rules.skew.link, rules.restart.link],
  },
  {
    subject: 'legacy-billing/deploy/billing',
    answer: /^It is behind-one: /,
    restart: /^A restart keeps to the pin: stays at edge-25\.4\.4/,
    decides: { version: [/^annotation config\.linkerd\.io\/proxy-version on the namespace: edge-25\.4\.4$/] },
    links: [rules.pin.link],
  },
  {
    subject: 'vendor-gateway/deploy/bridge',
    answer: /^It is behind-one: /,
    restart: /^A restart keeps the proxy of the manifest: .*put there by linkerd\/cli edge-25\.4\.4/,
    decides: {
      version: [/^container linkerd-proxy in the pod template: .*:edge-25\.4\.4$/],
      injection: [/^containers of the pod template: linkerd-proxy$/],
    },
    links: [rules.manual.link],
  },
  {
    subject: 'sandbox/deployment/playground',
    answer: /^It is violation: /,
    restart: /^A restart takes it out of the mesh: removes the proxy of 3 pods/,
    decides: {
      version: [],
      injection: [
        /^linkerd\.io\/inject on namespace sandbox: /,
        /^linkerd\.io\/inject on the pod template: not set$/,
      ],
    },
    links: [rules.injection.link],
  },
  {
    subject: 'linkerd/deployment/linkerd-destination',
    answer: /^It is current: /,
    restart: /^This program does not restart it: a control-plane component/,
    decides: { version: [], injection: [] },
    links: [rules.controlPlaneProxy.link],
  },
  {
    subject: 'streaming/StrimziPodSet/events-kafka',
    answer: /^It is behind-one: /,
    restart: /^This program does not restart it: its operator restarts it/,
    decides: { version: [] },
    links: [rules.skew.link],
  },
  {
    subject: 'namespace/legacy-billing',
    answer: /^All of its 8 proxies are behind-one\.$/,
    restart: /^A restart of its 3 workloads: 3 kept at the pin\.$/,
    decides: {
      version: [/on the namespace: edge-25\.4\.4$/],
      injection: [/^linkerd\.io\/inject on the namespace: enabled$/],
    },
    links: [rules.pin.link, rules.injection.link],
  },
  {
    subject: 'linkerd-viz',
    answer: /^All of its 5 proxies are current\. It holds an extension of Linkerd\.$/,
    restart: /It renews proxies only, not viz itself\.$/,
    decides: {},
    links: [rules.extension.link],
  },
  {
    subject: 'edge-25.10.4',
    answer: /edge-25\.4\.4 begins 2\.18 and edge-25\.10\.7 begins 2\.19, so it is of 2\.18\.$/,
    restart: /^$/,
    decides: { release: [/^advised against: not recommended$/] },
    links: [rules.edges.link, rules.kubernetes.link],
  },
  {
    subject: '2.18',
    answer: /^Release 2\.18 begins with edge-25\.4\.4\.$/,
    restart: /^$/,
    decides: { release: [/^release 2\.18: 2025-04-23$/] },
    links: [rules.kubernetes.link, 'https://linkerd.io/2025/04/23/announcing-linkerd-2.18/'],
  },
  {
    subject: 'violation',
    answer: /^violation means two releases or more behind the control plane: .* 59 proxies of this cluster/,
    restart: /^A restart of the 19 workloads: 2 taken out of the mesh, 14 upgraded and 3 not restarted/,
    decides: { class: [/^violation under 2\.19: 2\.17 or older$/] },
    links: [rules.skew.link],
  },
];

for (const { subject, answer, restart, decides, links } of cases) {
  test(`explains ${subject}`, () => {
    const explanation = told(subject);
    assert.match(explanation.answer, answer);
    assert.match(explanation.restart, restart);
    for (const topic of Object.keys(decides) as GroundTopic[]) {
      const found = decisive(explanation, topic).map(({ what, value }) => `${what}: ${value}`);
      const wanted = decides[topic] ?? [];
      assert.equal(found.length, wanted.length, `${topic}: ${found.join('; ')}`);
      for (const [index, pattern] of wanted.entries()) assert.match(found[index] ?? '', pattern);
    }
    for (const link of links)
      assert.ok(
        explanation.rules.some((rule) => rule.link === link),
        link,
      );
  });
}

test('places that name a version stand in the order of precedence, and the first that is there decides', () => {
  const made = bench(
    freshInstall('edge-25.10.7', { ...CLI_INSTALLATION, proxyImageVersion: 'edge-25.11.1' }),
  );
  const pin = (version: string) => ({ [annotation.pinnedProxyVersion]: version });
  made.sim.world.createAll([
    namespace('shop', { ...MESHED, ...pin('edge-25.9.4') }),
    deployment('shop', 'pinned', { annotations: pin('edge-25.8.5') }),
    deployment('shop', 'plain', {}),
    deployment('shop', 'hidden', { annotations: pin('') }),
  ]);
  made.settle();
  const mesh = simulatedMesh(made.sim.store);
  const decidesFor = (name: string) => {
    const explanation = told(`shop/deployment/${name}`, mesh);
    const places = explanation.grounds.filter(({ topic }) => topic === 'version').map(({ what }) => what);
    assert.deepEqual(places, [
      'annotation config.linkerd.io/proxy-version on the pod template',
      'annotation config.linkerd.io/proxy-version on the namespace',
      'proxy.image.version in linkerd-config',
      'linkerdVersion in linkerd-config',
    ]);
    return decisive(explanation, 'version').map(({ value }) => value);
  };
  assert.deepEqual(decidesFor('pinned'), ['edge-25.8.5']);
  assert.deepEqual(decidesFor('plain'), ['edge-25.9.4']);
  assert.deepEqual(decidesFor('hidden'), ['edge-25.10.7']);
});

test('an injector that is down decides over injection, whatever the annotations ask for', () => {
  const made = bench(injectorDown());
  made.settle(10);
  const mesh = simulatedMesh(made.sim.store);
  const explanation = told('ledger/deployment/api', mesh);
  const [first] = decisive(explanation, 'injection');
  assert.match(first?.what ?? '', /^webhook /);
  assert.match(first?.follows ?? '', /^the injector is down/);
  assert.ok(explanation.rules.some(({ link }) => link === rules.failurePolicy.link));
});

test('a proxy of another control plane is judged by neither its version nor this control plane', () => {
  const made = bench(freshInstall('edge-25.10.7'));
  made.sim.world.createAll([namespace('shop', MESHED), deployment('shop', 'web', { replicas: 2 })]);
  made.settle();
  for (const pod of made.pods('shop', 'web')) {
    made.sim.world.change('Pod', 'shop', pod.metadata.name, (found) => ({
      ...found,
      metadata: {
        ...found.metadata,
        labels: { ...found.metadata.labels, [label.controlPlaneNamespace]: 'mesh-b' },
      },
    }));
  }
  const mesh = simulatedMesh(made.sim.store);
  const web = told('shop/deployment/web', mesh);
  assert.match(web.answer, /^It is unknown: the proxy belongs to the control plane in namespace mesh-b/);
  const shop = told('shop', mesh);
  assert.equal(shop.answer, 'All of its 2 proxies are unknown.');
  assert.match(
    decisive(shop, 'class')[0]?.follows ?? '',
    /unknown: the proxy belongs to the control plane in namespace mesh-b/,
  );
});

test('one word is a class, else a namespace, else a version, else the one workload of that name', () => {
  const resolve = (text: string, inNamespace = '') =>
    resolveSubject(text, demo, { namespace: inNamespace, namesKind });
  assert.deepEqual(resolve('current'), { kind: 'class', name: 'current' });
  assert.deepEqual(resolve('ledger'), { kind: 'namespace', name: 'ledger' });
  assert.deepEqual(resolve('stable-2.14.10'), { kind: 'version', version: 'stable-2.14.10' });
  const playground = {
    kind: 'workload',
    key: { namespace: 'sandbox', kind: 'Deployment', name: 'playground' },
  };
  assert.deepEqual(resolve('playground'), playground);
  assert.deepEqual(resolve('deploy/playground'), playground);
  assert.deepEqual(resolve('deploy/api', 'ledger'), {
    kind: 'workload',
    key: { namespace: 'ledger', kind: 'Deployment', name: 'api' },
  });
  const errors: readonly [text: string, error: RegExp][] = [
    ['api', /"api" names several workloads: say catalog\/deployment\/api, checkout\/deployment\/api, /],
    ['nothing-of-the-kind', /is no class, no namespace .*, no Linkerd version and no workload/],
    ['class/worse', /there is no class "worse": classes are violation, /],
    ['ns/nowhere', /there is no namespace nowhere/],
    ['ledger/sts/api', /there is no workload ledger\/sts\/api in namespace ledger/],
    ['a//b', /names nothing to explain/],
  ];
  for (const [text, error] of errors) {
    const found = resolve(text);
    assert.ok('error' in found, text);
    assert.match(found.error, error);
  }
  const unknown = explain({ kind: 'version', version: '2.99' }, { mesh: demo, kubernetes: KUBERNETES });
  assert.match('error' in unknown ? unknown.error : '', /"2\.99" is no Linkerd version/);
});

/** Everything of a mesh that can be explained. */
function everything(mesh: MeshView): readonly Explanation[] {
  const names = mesh.namespaces.map(({ name }) => name);
  return [
    ...names.flatMap((name) =>
      mesh.workloads(name).map((row) => told(`${name}/${row.kind}/${row.name}`, mesh)),
    ),
    ...names.map((name) => told(`namespace/${name}`, mesh)),
    ...Object.keys(mesh.totals.byVersion).map((version) => told(`version/${version}`, mesh)),
    ...severity.map((name) => told(`class/${name}`, mesh)),
  ];
}

test('every explanation of the demo is valid by its schema, and as text within a hundred columns', () => {
  const all = everything(demo);
  assert.ok(all.length > 100);
  for (const explanation of all) {
    const document = explanationDocument(explanation);
    assert.ok(validate(document), `${explanation.subject}: ${JSON.stringify(validate.errors)}`);
    const commands = new Set(explanation.next.map((command) => `  ${command}`));
    for (const line of explanationText(explanation)) {
      assert.ok(line.length <= 100 || commands.has(line) || !line.trim().includes(' '), line);
    }
  }
});

test(`what an explanation says agrees with the prediction, in random worlds of seed ${seed}`, () => {
  const kinds = new Set<string>();
  for (let index = 0; index < 12; index += 1) {
    const { made, story } = randomWorld(seededRandom(seed + index), 8);
    const mesh = simulatedMesh(made.sim.store);
    for (const { name } of mesh.namespaces) {
      for (const workload of mesh.workloads(name)) {
        const explanation = told(`${name}/${workload.kind}/${workload.name}`, mesh);
        const hint = `seed ${seed + index}: ${explanation.subject} ${JSON.stringify(workload.effect)}\n${story.join('\n')}`;
        const { effect, ifEvicted, target, worst } = workload;
        kinds.add(effect.kind);
        assert.equal(explanation.restart, restartText(effect, ifEvicted), hint);
        assert.ok(explanation.restart.startsWith(restartWords[effect.kind]), hint);
        const [version] = decisive(explanation, 'version');
        if (target !== '') assert.equal(version?.value, target, hint);
        if (effect.kind === 'static') assert.match(version?.what ?? '', /^container linkerd-proxy/, hint);
        if (effect.kind === 'unmeshes') assert.ok(decisive(explanation, 'injection').length > 0, hint);
        if (worst)
          assert.match(decisive(explanation, 'class')[0]?.follows ?? '', new RegExp(`\\b${worst}: `), hint);
        assert.ok(decisive(explanation, 'version').length <= 1, hint);
        assert.ok(decisive(explanation, 'sidecar').length <= 1, hint);
      }
    }
  }
  for (const kind of ['upgrades', 'nothing', 'pinned', 'static', 'unmeshes', 'meshes']) {
    assert.ok(kinds.has(kind), `no workload of effect ${kind}: ${[...kinds].join(' ')}`);
  }
});

test('each effect has words of its own', () => {
  assert.equal(new Set(Object.values(restartWords)).size, Object.keys(restartWords).length);
});

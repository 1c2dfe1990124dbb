/** The built program's `status` against the recorded cluster and the demo, checked by schema and by real kubectl. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import type { StatusDocument } from '../../src/report/status-document.ts';
import { demoScenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { startSimulation } from '../../src/sim/cluster/simulation.ts';
import { createApiServer } from '../../src/sim/server/api-server.ts';
import { findKubectls, openKubectl } from '../support/kubectl.ts';
import { runProgram, temporaryFolder } from '../support/program.ts';
import { recordedCluster } from '../support/recorded-cluster.ts';

const kubectls = findKubectls();
if (kubectls.length === 0) {
  test('with the real kubectl', { skip: 'no kubectl on PATH' });
}

interface Cluster {
  readonly kubeconfig: string;
  stop(): Promise<unknown>;
}

const clusters = {
  recorded: async (): Promise<Cluster> => {
    const server = await createApiServer({ store: recordedCluster() });
    return { kubeconfig: server.kubeconfig(), stop: () => server.close() };
  },
  demo: async (): Promise<Cluster> => startSimulation({ scenario: demoScenario() }),
};

const schema: object = JSON.parse(
  readFileSync(new URL('../../docs/schema/status.v1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true }).compile<StatusDocument>(schema);

for (const [name, start] of Object.entries(clusters)) {
  const folder = temporaryFolder();
  let cluster: Cluster;
  let kubeconfig: string;

  before(async () => {
    cluster = await start();
    kubeconfig = folder.file('kubeconfig', cluster.kubeconfig);
  });

  after(async () => {
    await cluster.stop();
    folder[Symbol.dispose]();
  });

  const statusOf = async (...args: readonly string[]): Promise<StatusDocument> => {
    const { code, stdout, stderr } = await runProgram([
      'status',
      '-o',
      'json',
      '--kubeconfig',
      kubeconfig,
      ...args,
    ]);
    assert.equal(code, 0, stderr);
    const document: unknown = JSON.parse(stdout);
    assert.ok(validate(document), JSON.stringify(validate.errors, null, 2));
    return document;
  };

  test(`${name}: the document is what the published schema says, and adds up`, async () => {
    const { totals, namespaces } = await statusOf();
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    assert.ok(totals.proxies > 0);
    assert.equal(sum(Object.values(totals.byVersion)), totals.proxies);
    assert.equal(sum(Object.values(totals.byClass)), totals.proxies);
    assert.equal(sum(namespaces.map(({ proxies }) => proxies)), totals.proxies);
    for (const { name: namespace, proxies, workloads } of namespaces) {
      assert.equal(sum(workloads.map((workload) => workload.proxies)), proxies, namespace);
    }
  });

  test(`${name}: YAML says what JSON says, and -n what it says of that namespace`, async () => {
    const whole = await statusOf();
    const { stdout } = await runProgram(['status', '-o', 'yaml', '--kubeconfig', kubeconfig]);
    assert.deepEqual(parse(stdout).totals, whole.totals);
    const [behind] = whole.namespaces.filter(
      ({ worst, role }) => worst === 'violation' && role === 'application',
    );
    assert.ok(behind);
    const one = await statusOf('-n', behind.name);
    assert.deepEqual(one.namespaces, [behind]);
    assert.deepEqual(one.controlPlane, whole.controlPlane);
  });

  for (const kubectl of kubectls) {
    test(`${name}: counts by version are those of kubectl ${kubectl.version}`, async () => {
      const session = openKubectl(kubectl, cluster.kubeconfig);
      try {
        const { stdout } = await session.run('get', 'pods', '-A', '-o', 'json');
        const { totals } = await statusOf();
        assert.deepEqual(totals.byVersion, countIndependently(stdout));
      } finally {
        session.close();
      }
    });
  }
}

interface KubectlPods {
  readonly items: readonly {
    readonly metadata: { readonly deletionTimestamp?: string; readonly annotations?: Record<string, string> };
    readonly spec: Partial<
      Record<'containers' | 'initContainers', readonly { name: string; image: string }[]>
    >;
    readonly status: { readonly phase: string };
  }[];
}

/** Counts live proxies by image tag straight from kubectl's JSON, sharing nothing with the program. */
function countIndependently(json: string): Record<string, number> {
  const { items }: KubectlPods = JSON.parse(json);
  const counts: Record<string, number> = {};
  for (const { metadata, spec, status } of items) {
    const proxy = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].find(
      (c) => c.name === 'linkerd-proxy',
    );
    if (!proxy || metadata.deletionTimestamp || /Succeeded|Failed/.test(status.phase)) {
      continue;
    }
    const [image = ''] = proxy.image.split('@');
    const tag =
      /:([^:/]+)$/.exec(image)?.[1] ?? metadata.annotations?.['linkerd.io/proxy-version'] ?? 'unknown';
    counts[tag] = (counts[tag] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

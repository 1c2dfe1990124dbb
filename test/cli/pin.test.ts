/** `pin` and `unpin` against the simulated cluster, whose injector then says whether what was shown is true. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { parseArguments } from '../../src/cli/arguments.ts';
import { pin } from '../../src/cli/pin.ts';
import { unpin } from '../../src/cli/unpin.ts';
import { createKubeClient, FIELD_MANAGER, type KubeClient } from '../../src/kube/client.ts';
import { deployments, namespaces } from '../../src/kube/resources.ts';
import type { PinDocument } from '../../src/report/pin-document.ts';
import { writePin } from '../../src/rollout/cluster/write-pin.ts';
import type { PinInput } from '../../src/rollout/pins/preview.ts';
import { acceleratedClock } from '../../src/sim/cluster/clock.ts';
import { injectorDown } from '../../src/sim/cluster/scenario/scenarios.ts';
import { type Simulation, startSimulation } from '../../src/sim/cluster/simulation.ts';
import { type Binding, rbacAuthorizer } from '../../src/sim/server/authorizer.ts';
import { BEFORE, booksScenario, NOW, PIN } from '../rollout/pins/fixtures.ts';
import { connectionTo } from '../support/connection.ts';
import { findKubectls, openKubectl } from '../support/kubectl.ts';
import { key, startInPty } from '../support/pty.ts';
import { simulatedMesh } from '../support/simulated-mesh.ts';
import { temporaryFolder, writeText } from '../support/temporary.ts';

const TOKEN = 'operator-token';
const USER = 'operator';
/** How many times as fast as real time the cluster lives. */
const SPEED = 50;

interface Bench {
  readonly simulation: Simulation;
  readonly client: KubeClient;
  /** Runs one command line; a rejection is the error that the program would print. */
  call(...words: readonly string[]): Promise<{ readonly code: number; out: string; err: string }>;
  patches(): readonly { readonly path: string; readonly body: unknown; readonly code: number }[];
}

async function bench(
  t: TestContext,
  { scenario = booksScenario(), bindings = [] as readonly Binding[] } = {},
): Promise<Bench> {
  const all = { user: USER, rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] };
  const simulation = await startSimulation({
    scenario,
    clock: acceleratedClock(SPEED),
    tls: false,
    server: {
      authorizer: rbacAuthorizer(bindings.length === 0 ? [all] : bindings),
      users: new Map([[TOKEN, { name: USER, groups: [] }]]),
    },
  });
  const client = createKubeClient(
    connectionTo(simulation.url, { authentication: { type: 'token', token: TOKEN } }),
    { userAgentVersion: 'test', env: {} },
  );
  t.after(async () => {
    client.close();
    await simulation.stop();
  });
  return {
    simulation,
    client,
    async call(...words) {
      let out = '';
      let err = '';
      const args = parseArguments(words);
      const command = args.command === 'pin' ? pin : unpin;
      const output = {
        out: (text: string) => {
          out += text;
        },
        err: (text: string) => {
          err += text;
        },
      };
      const code = await command(args, client, {}, output);
      return { code, out, err };
    },
    patches: () =>
      simulation.server.audit.entries
        .filter(({ method }) => method === 'PATCH')
        .map(({ path, body, code }) => ({ path, body, code })),
  };
}

/** Versions that the live proxies of a workload run. */
function running({ simulation }: Bench, name: string): readonly string[] {
  const view = simulatedMesh(simulation.store)
    .workloads('books')
    .find((workload) => workload.name === name);
  return view && view.pods.terminating === 0 && view.rollout === '' ? Object.keys(view.byVersion) : [];
}

async function until(holds: () => boolean, what: () => string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    assert.ok(Date.now() < end, what());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const pinned = async ({ client }: Bench, name: string) =>
  (await client.get(deployments, 'books', name)).template.annotations[PIN];

test('a pinned workload gets that proxy at once, and an unpinned one that of the control plane', async (t) => {
  const cluster = await bench(t);
  const { uid, generation, resourceVersion } = await cluster.client.get(deployments, 'books', 'web');
  const told = await cluster.call('pin', 'books/deploy/web', '--proxy-version', BEFORE, '--yes');
  assert.equal(told.code, 0, told.err);
  assert.match(told.out, /^Pins deployment books\/web to edge-25\.10\.7 /);
  assert.match(told.out, /deployment\/web +edge-25\.11\.3 +edge-25\.11\.3 +edge-25\.10\.7 +behind +pinned/);
  assert.match(told.out, /so its pods are replaced at once/);
  assert.match(told.out, /\n {2}kubectl rollout status deployment\/web -n books\n/);

  const [patch, ...others] = cluster.patches();
  assert.deepEqual(others, []);
  assert.match(patch?.path ?? '', new RegExp(`fieldManager=${FIELD_MANAGER}`));
  assert.doesNotMatch(patch?.path ?? '', /dryRun/);
  const { body } = patch ?? {};
  const { metadata, spec } = JSON.parse(JSON.stringify(body));
  assert.deepEqual(metadata, { resourceVersion });
  assert.equal(spec.template.metadata.annotations[PIN], BEFORE);
  await until(
    () => running(cluster, 'web').join() === BEFORE,
    () => `web runs ${running(cluster, 'web')}`,
  );
  const after = await cluster.client.get(deployments, 'books', 'web');
  assert.deepEqual([after.uid, after.generation], [uid, generation + 1]);

  assert.equal((await cluster.call('unpin', 'books/deployment/web', '--yes')).code, 0);
  assert.equal(await pinned(cluster, 'web'), undefined);
  await until(
    () => running(cluster, 'web').join() === NOW,
    () => `web runs ${running(cluster, 'web')}`,
  );
});

test('a pinned namespace restarts nothing, and the next pods get its version', async (t) => {
  const cluster = await bench(t);
  const told = await cluster.call('pin', 'books', '--proxy-version', BEFORE, '--yes');
  assert.equal(told.code, 0, told.err);
  assert.match(told.out, /takes effect with the next restart of 2 workloads\.\n/);
  assert.match(told.out, /\n {2}kubectl rollout restart deployment\/web statefulset\/db -n books\n/);
  const { annotations } = await cluster.client.get(namespaces, '', 'books');
  assert.equal(annotations[PIN], BEFORE);
  assert.equal(annotations['linkerd.io/inject'], 'enabled', 'what else stands there stays');
  assert.deepEqual(running(cluster, 'web'), [NOW]);
  assert.equal(cluster.patches().length, 1);
  const now = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  await cluster.client.patchTemplateAnnotations('Deployment', 'books', 'web', now);
  await until(
    () => running(cluster, 'web').join() === BEFORE,
    () => `web runs ${running(cluster, 'web')}`,
  );
  assert.equal((await cluster.call('unpin', 'books', '--yes')).code, 0);
  assert.equal((await cluster.client.get(namespaces, '', 'books')).annotations[PIN], undefined);
});

test('what is so already is not written again', async (t) => {
  const cluster = await bench(t);
  const again = await cluster.call('pin', 'books/deployment/own', '--proxy-version', BEFORE, '--yes');
  assert.deepEqual(
    [again.code, again.out],
    [0, 'deployment books/own is pinned to edge-25.10.7 already; nothing to do.\n'],
  );
  const none = await cluster.call('unpin', 'books', '--yes');
  assert.deepEqual([none.code, none.out], [0, 'namespace books carries no pin; nothing to do.\n']);
  assert.deepEqual(cluster.patches(), []);
});

test('an empty value is a pin, and is removed', async (t) => {
  const cluster = await bench(t);
  assert.equal(await pinned(cluster, 'free'), '');
  const told = await cluster.call('unpin', 'books/deployment/free', '--yes');
  assert.equal(told.code, 0, told.err);
  assert.match(told.out, /^Removes the pin "" of deployment books\/free/);
  assert.equal(await pinned(cluster, 'free'), undefined);
});

test('a dry run of the client asks nothing of the server, one of the server changes nothing', async (t) => {
  const cluster = await bench(t);
  const words = ['pin', 'books/deployment/web', '--proxy-version', BEFORE];
  const client = await cluster.call(...words, '--dry-run=client');
  assert.equal(client.code, 0);
  assert.match(client.out, /Nothing was written \(client dry run\)/);
  assert.deepEqual(cluster.patches(), []);
  const server = await cluster.call(...words, '--dry-run=server');
  assert.equal(server.code, 0);
  assert.match(server.out, /The server would take it; nothing was written/);
  assert.deepEqual(
    cluster.patches().map(({ path, code }) => [/dryRun=All/.test(path), code]),
    [[true, 200]],
  );
  assert.equal(await pinned(cluster, 'web'), undefined);
});

test('-o json is what the published schema says, whatever the outcome', async (t) => {
  const cluster = await bench(t);
  const schema: object = JSON.parse(
    readFileSync(new URL('../../docs/schema/pin.v1.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<PinDocument>(schema);
  for (const [outcome, ...words] of [
    ['previewed', 'pin', 'books', '--proxy-version', BEFORE, '--dry-run=client'],
    ['checked', 'pin', 'books', '--proxy-version', BEFORE, '--dry-run=server'],
    ['refused', 'pin', 'books/deployment/manual', '--proxy-version', BEFORE, '--yes'],
    ['written', 'pin', 'books', '--proxy-version', BEFORE, '--yes'],
    ['unchanged', 'pin', 'books', '--proxy-version', BEFORE, '--yes'],
    ['written', 'unpin', 'books/deployment/own', '--yes'],
  ] as const) {
    const { out } = await cluster.call(...words, '-o', 'json');
    const document: unknown = JSON.parse(out);
    assert.ok(validate(document), JSON.stringify(validate.errors));
    assert.equal(document.outcome, outcome, words.join(' '));
  }
  assert.ok(!validate({ schema: 'kubectl-linkerd-upgrade/pin/v1' }), 'the schema must miss the rest');
});

test('a refused pin is told and not written', async (t) => {
  const cluster = await bench(t, { scenario: injectorDown() });
  const told = await cluster.call('pin', 'storefront/deployment/web', '--proxy-version', BEFORE, '--yes');
  assert.equal(told.code, 1);
  assert.match(told.err, /^error: deployment storefront\/web was left as it is: the proxy injector is down/);
  assert.deepEqual(cluster.patches(), []);
});

test('who may not patch is told before anything is asked or written', async (t) => {
  const read = { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] };
  const cluster = await bench(t, { bindings: [{ user: USER, rules: [read] }] });
  await assert.rejects(
    cluster.call('pin', 'books', '--proxy-version', BEFORE, '--yes'),
    /you may not patch namespace books: ask for the right patch on namespaces/,
  );
  assert.deepEqual(cluster.patches(), []);
});

test('an object that somebody changed meanwhile is not written over', async (t) => {
  const cluster = await bench(t);
  const input: Omit<PinInput, 'model'> = {
    target: { namespace: 'books', workload: { kind: 'Deployment', name: 'web' } },
    namespace: await cluster.client.get(namespaces, '', 'books'),
    workload: await cluster.client.get(deployments, 'books', 'web'),
    version: BEFORE,
  };
  cluster.simulation.cluster.world.annotateNamespace('books', { note: 'changed' });
  await cluster.client.patchTemplateAnnotations('Deployment', 'books', 'web', { note: 'changed' });
  await assert.rejects(writePin(cluster.client, input, false), { kind: 'conflict' });
  await assert.rejects(
    writePin(cluster.client, { ...input, target: { namespace: 'books' }, workload: undefined }, false),
    { kind: 'conflict' },
  );
  assert.equal(await pinned(cluster, 'web'), undefined);
});

test('a run that holds the lock is named', async (t) => {
  const cluster = await bench(t);
  await cluster.client.json({
    method: 'POST',
    path: '/apis/coordination.k8s.io/v1/namespaces/linkerd/leases',
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'kubectl-linkerd-upgrade' },
      spec: { holderIdentity: 'bob@desk/1a2b3c4d', leaseDurationSeconds: 15 },
    },
    operation: 'create the lock',
  });
  const { out } = await cluster.call('pin', 'books', '--proxy-version', BEFORE, '--dry-run=client');
  assert.match(out, /run 1a2b3c4d of bob@desk holds the lock of this cluster/);
});

test('on a terminal it asks, and only yes is yes', async (t) => {
  const cluster = await bench(t);
  const kubeconfig = writeText(temporaryFolder(t), 'kubeconfig', cluster.simulation.kubeconfig);
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const target = ['pin', 'books/deployment/web', '--proxy-version', BEFORE, '--kubeconfig', kubeconfig];
  for (const [answer, code, pin] of [
    ['y', 1, undefined],
    [key.ctrlC, 130, undefined],
    ['yes', 0, BEFORE],
  ] as const) {
    using screen = startInPty(process.execPath, ['--import=tsx', main, ...target], { columns: 120 });
    await screen.until(/Type yes to pin deployment books\/web to edge-25\.10\.7, which restarts it: /);
    assert.equal(await pinned(cluster, 'web'), undefined);
    screen.type(answer, ...(answer === key.ctrlC ? [] : [key.enter]));
    assert.equal((await screen.exited()).code, code, screen.text());
    assert.equal(await pinned(cluster, 'web'), pin);
  }
});

for (const [words, message] of [
  [['pin', 'books'], /say which version/],
  [['pin', 'books', '--proxy-version', ''], /"" cannot be the tag/],
  [['pin', 'books', '--proxy-version', 'edge 25'], /cannot be the tag of an image/],
  [['pin', '--proxy-version', BEFORE, '--yes'], /name one target/],
  [['pin', 'books', 'shop', '--proxy-version', BEFORE, '--yes'], /name one target/],
  [['pin', 'books/web', '--proxy-version', BEFORE, '--yes'], /names nothing that can be pinned/],
  [['pin', 'books/cronjob/web', '--proxy-version', BEFORE, '--yes'], /a cronjob cannot be pinned/],
  [['pin', 'books', '--proxy-version', BEFORE, '--yes', '--read-only'], /--read-only and pin exclude/],
  [['pin', 'books', '--proxy-version', BEFORE, '--yes', '-o', 'yaml'], /table, json/],
  [['unpin', 'books', '--proxy-version', BEFORE, '--yes'], /unpin takes no version/],
] as const) {
  test(`wrong usage: ${words.join(' ')}`, async (t) => {
    const cluster = await bench(t);
    await assert.rejects(async () => cluster.call(...words), { name: 'UsageError', message });
    assert.deepEqual(cluster.patches(), []);
  });
}

test('a workload that does not exist is named', async (t) => {
  const cluster = await bench(t);
  await assert.rejects(
    cluster.call('pin', 'books/deployment/missing', '--proxy-version', BEFORE, '--yes'),
    /deployments\.apps "missing" not found/,
  );
});

for (const kubectl of findKubectls()) {
  test(`kubectl ${kubectl.version} sees the pin, and whose it is`, async (t) => {
    const cluster = await bench(t);
    await cluster.call('pin', 'books', '--proxy-version', BEFORE, '--yes');
    const session = openKubectl(kubectl, cluster.simulation.kubeconfig);
    t.after(() => session.close());
    const { stdout, stderr } = await session.run(
      ...['get', 'namespace', 'books', '-o', 'json', '--show-managed-fields'],
    );
    const { metadata } = JSON.parse(stdout || stderr);
    assert.equal(metadata.annotations[PIN], BEFORE);
    const owner = metadata.managedFields.find(({ fieldsV1 }: { readonly fieldsV1: object }) =>
      JSON.stringify(fieldsV1).includes(`f:${PIN}`),
    );
    assert.equal(owner.manager, FIELD_MANAGER);
  });
}

/** `npm run test:cluster` itself, against simulated API servers of the kinds that it has to get along with. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { namespace } from '../../src/sim/cluster/scenario/builders.ts';
import { applyControlPlane, CLI_INSTALLATION } from '../../src/sim/cluster/scenario/control-plane.ts';
import { demoScenario, freshInstall, type Scenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { daysAgo } from '../../src/sim/cluster/scenario/story.ts';
import { startSimulation } from '../../src/sim/cluster/simulation.ts';
import { deployments, mutatingWebhookConfigurations, namespaces } from '../../src/sim/resources.ts';
import { type ApiServer, createApiServer } from '../../src/sim/server/api-server.ts';
import { storedRbac } from '../../src/sim/server/stored-rbac.ts';
import { type Finished, temporaryFolder } from '../support/program.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
/** Administrators may do everything, everybody else what Roles in the cluster say. */
const authorizer = storedRbac;

/** Runs the runner to its end; `onOutput` sees all that it has printed so far. */
function runSuite(
  server: Pick<ApiServer, 'kubeconfig'> | undefined,
  args: readonly string[],
  onOutput: (text: string, send: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Finished> {
  const folder = temporaryFolder();
  const { NODE_TEST_CONTEXT: _outer, CLUSTER_TEST_CONFIRM: _yes, ...env } = process.env;
  const KUBECONFIG = server === undefined ? '' : folder.file('kubeconfig', server.kubeconfig());
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import=tsx', MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...env, KUBECONFIG },
    });
    let stdout = '';
    let stderr = '';
    const look = () => onOutput(stdout + stderr, (signal) => child.kill(signal));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      look();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      look();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      folder[Symbol.dispose]();
      resolve({ code, stdout, stderr });
    });
  });
}

/** How many tests passed and failed, by the runner's closing lines. */
function figures({ stdout }: Finished): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...stdout.matchAll(/^ℹ (pass|fail|cancelled|skipped) (\d+)$/gm)].map(([, name = '', count]) => [
      name,
      Number(count),
    ]),
  );
}

/** A server with nothing behind it: no controllers, no kubelets, no Linkerd. */
async function emptyServer(): Promise<ApiServer> {
  const server = await createApiServer({ authorizer });
  for (const name of ['default', 'kube-system']) server.store.create(namespaces, namespace(name));
  return server;
}

/** Every write outside of the suite's own namespaces, without reviews and dry runs. */
function foreignWrites({ audit }: ApiServer): readonly string[] {
  return audit.entries
    .filter(({ method, path }) => method !== 'GET' && !path.includes('dryRun=All'))
    .filter(({ resource, code }) => !resource.startsWith('selfsubject') && code < 400)
    .map(({ method, resource, namespace: home, name, body }) => {
      const where = resource === 'namespaces' ? name || nameIn(body) : home;
      return `${method} ${resource} ${where}`;
    })
    .filter((line) => !line.includes(' linkerd-upgrade-test-'));
}

function nameIn(body: unknown): string {
  return String(Object(Object(body).metadata).name ?? '');
}

test('on a server with nothing behind it: a stand-in, pods by hand, restarts proven', async () => {
  const server = await emptyServer();
  try {
    const finished = await runSuite(server, ['--yes', '--inert-webhook', '--patience=2']);
    assert.equal(finished.code, 0, finished.stdout + finished.stderr);
    assert.match(finished.stdout, /"stage":"by-hand","controllers":false/);
    assert.equal(figures(finished).fail, 0);
    for (const name of ['a Deployment', 'a run whose pods never come', 'a DaemonSet', 'nothing of others']) {
      assert.match(finished.stdout, new RegExp(`✔ ${name}`));
    }
    assert.match(finished.stderr, /nobody takes them away on this server/);
    assert.deepEqual([...new Set(foreignWrites(server))].toSorted(), [
      'DELETE mutatingwebhookconfigurations ',
      'POST mutatingwebhookconfigurations ',
    ]);
    assert.deepEqual([...server.store.list(mutatingWebhookConfigurations, '')], []);
    assert.deepEqual([...server.store.list(deployments, '')], []);
  } finally {
    await server.close();
  }
});

test('without leave for the webhook it reads, and says loudly what it could not do', async () => {
  const server = await emptyServer();
  try {
    const finished = await runSuite(server, ['--yes', '--patience=2']);
    assert.equal(finished.code, 0, finished.stdout + finished.stderr);
    assert.match(finished.stderr, /NOT TESTED on this server \(\d+\):\n/);
    assert.match(finished.stderr, /a Deployment: .*: there is no Linkerd, and --inert-webhook was not given/);
    assert.match(finished.stdout, /✔ where nothing can be restarted, restart says so and writes nothing/);
    assert.deepEqual(foreignWrites(server), []);
  } finally {
    await server.close();
  }
});

test('on a cluster with Linkerd: real proxies, real restarts, and only the lock beside its own namespaces', async () => {
  const simulation = await startSimulation({ scenario: freshInstall(), speed: 20, server: { authorizer } });
  try {
    const finished = await runSuite(simulation.server, ['--yes', '--patience=30']);
    assert.equal(finished.code, 0, finished.stdout + finished.stderr);
    assert.match(finished.stdout, /"stage":"linkerd","controllers":true,"podsStart":true/);
    for (const name of ['a Deployment', 'a StatefulSet', 'a DaemonSet', 'a picture that loses its line']) {
      assert.match(finished.stdout, new RegExp(`✔ ${name}`));
    }
    const outside = new Set(foreignWrites(simulation.server));
    assert.deepEqual(
      [...outside].filter((line) => !/^(POST|PUT|PATCH) leases linkerd$/.test(line)),
      [],
    );
    assert.deepEqual(
      [...simulation.store.list(namespaces, '')].map(({ metadata }) => metadata.name).toSorted(),
      ['default', 'kube-system', 'linkerd'],
    );
  } finally {
    await simulation.stop();
  }
});

/** Linkerd was installed, but there is no node for any pod. */
const nodeless: Scenario = {
  installation: CLI_INSTALLATION,
  story: [
    daysAgo(1, (world) => {
      world.createAll([namespace('default'), namespace('kube-system')]);
      applyControlPlane(world, 'edge-25.11.3', CLI_INSTALLATION);
    }),
  ],
};

test('where pods are made and never start it tests what it can', async () => {
  const simulation = await startSimulation({ scenario: nodeless, speed: 20, server: { authorizer } });
  try {
    const finished = await runSuite(simulation.server, ['--yes', '--patience=6']);
    assert.equal(finished.code, 0, finished.stdout + finished.stderr);
    assert.match(finished.stdout, /"stage":"static","controllers":true,"podsStart":false/);
    assert.match(finished.stderr, /a Deployment: .*: the cluster makes pods, but no Linkerd that answers/);
    assert.deepEqual(foreignWrites(simulation.server), []);
  } finally {
    await simulation.stop();
  }
});

test('it refuses to guess a cluster, to begin unasked, and to work among others unless told to', async () => {
  const unnamed = await runSuite(undefined, ['--yes']);
  assert.deepEqual([unnamed.code, unnamed.stdout], [2, '']);
  assert.match(unnamed.stderr, /set KUBECONFIG/);
  const wrong = await runSuite(undefined, ['--no-such-flag']);
  assert.equal(wrong.code, 2);
  const simulation = await startSimulation({ scenario: demoScenario(), server: { authorizer } });
  try {
    const among = await runSuite(simulation.server, ['--yes']);
    assert.equal(among.code, 2);
    assert.match(among.stderr, /others are meshed here: .* and \d+ more\. .*--among-others/);
    const unasked = await runSuite(simulation.server, ['--among-others']);
    assert.equal(unasked.code, 2);
    assert.match(unasked.stderr, /begins only with --yes/);
    assert.deepEqual(foreignWrites(simulation.server), []);
  } finally {
    await simulation.stop();
  }
});

/** Runs the suite up to its first look at the cluster and sends its runner a signal. */
async function stopped(server: ApiServer, signal: NodeJS.Signals): Promise<Finished> {
  let sent = false;
  return runSuite(server, ['--yes', '--inert-webhook', '--patience=1'], (text, send) => {
    if (sent || !text.includes('✔ status counts')) return;
    sent = true;
    send(signal);
  });
}

test('interrupted, it cleans up; what a killed run leaves goes with --clean', async () => {
  const server = await emptyServer();
  const left = () =>
    [deployments, mutatingWebhookConfigurations].flatMap((type) => [...server.store.list(type, '')]);
  try {
    const interrupted = await stopped(server, 'SIGINT');
    assert.notEqual(interrupted.code, 0);
    assert.match(interrupted.stderr, /SIGINT: stopping the tests, then cleaning up/);
    assert.deepEqual(left(), []);
    await stopped(server, 'SIGKILL');
    assert.ok(left().length > 0);
    const cleaned = await runSuite(server, ['--clean', '--patience=1']);
    assert.equal(cleaned.code, 0, cleaned.stderr);
    assert.match(
      cleaned.stderr,
      /^removed: mutatingwebhookconfiguration .*, namespace linkerd-upgrade-test-/,
    );
    assert.deepEqual(left(), []);
  } finally {
    await server.close();
  }
});

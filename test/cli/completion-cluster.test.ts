/** Names of the cluster for completion: asked for cheaply, in time, and offered only where a shell takes them as words. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { answerTo } from '../../src/cli/completion/answer.ts';
import type { Answer } from '../../src/cli/completion/cobra.ts';
import { sourcesOf } from '../../src/cli/completion/sources.ts';
import { type Clock, systemClock } from '../../src/kube/clock.ts';
import { demoScenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { startSimulation } from '../../src/sim/cluster/simulation.ts';
import { type Attributes, allowAll } from '../../src/sim/server/authorizer.ts';
import { ManualClock } from '../kube/support/manual-clock.ts';
import { sendJson, startServer, until } from '../support/scripted-server.ts';
import { temporaryFolder, writeProgram, writeText } from '../support/temporary.ts';

/** Longer than anything here takes. */
const PATIENCE_MS = 60_000;
const BUDGET_MS = 280;

interface Asked {
  readonly kubeconfig: string;
  readonly clock?: Clock;
  readonly budget?: number;
}

function complete(
  { kubeconfig, clock = systemClock, budget = PATIENCE_MS }: Asked,
  ...words: readonly string[]
): Promise<Answer> {
  const deadline = { clock, end: clock.now() + budget };
  return answerTo(words, (args) => sourcesOf(args, { ...process.env, KUBECONFIG: kubeconfig }, deadline));
}

async function texts(asked: Asked, ...words: readonly string[]): Promise<readonly string[]> {
  return (await complete(asked, ...words)).candidates.map(({ text }) => text);
}

/** A kubeconfig for a server without TLS. */
function kubeconfigFor(t: TestContext, server: string, user: object = {}): string {
  const config = {
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'me', namespace: 'mine' } }],
    clusters: [{ name: 'here', cluster: { server, 'insecure-skip-tls-verify': server.startsWith('https') } }],
    users: [{ name: 'me', user }],
  };
  return writeText(temporaryFolder(t), 'config', JSON.stringify(config));
}

async function cluster(
  t: TestContext,
  {
    scenario = demoScenario(),
    may = () => true,
  }: { scenario?: ReturnType<typeof demoScenario>; may?: (wish: Attributes) => boolean } = {},
) {
  const simulation = await startSimulation({
    scenario,
    server: { authorizer: { ...allowAll, allows: (_, wish) => may(wish) } },
  });
  t.after(() => simulation.stop());
  return { simulation, kubeconfig: writeText(temporaryFolder(t), 'config', simulation.kubeconfig) };
}

test('namespaces: those with proxies first, those of Linkerd and the system last', async (t) => {
  const { kubeconfig } = await cluster(t);
  const { candidates, directive } = await complete({ kubeconfig }, 'plan', '');
  const names = candidates.map(({ text }) => text);
  assert.equal(directive, 2 + 4 + 32);
  // The word of `plan upgrade` is no namespace.
  assert.equal(names[0], 'upgrade');
  assert.deepEqual(names.slice(-4), ['kube-system', 'linkerd', 'linkerd-multicluster', 'linkerd-viz']);
  assert.ok(names.indexOf('default') > names.indexOf('warehouse'));
  assert.ok(candidates.some(({ text, about }) => text === 'edge-ingress' && about.endsWith('ingress')));
});

test('all that is asked of the cluster is one list of metadata, and nothing of it is a Secret', async (t) => {
  const { simulation, kubeconfig } = await cluster(t);
  await complete({ kubeconfig }, 'restart', '');
  await complete({ kubeconfig }, 'restart', 'invoicing/');
  assert.deepEqual(
    simulation.server.audit.entries.map(({ method, path }) => `${method} ${path.split('?')[0]}`).toSorted(),
    [
      'GET /api/v1/namespaces',
      'GET /apis/apps/v1/namespaces/invoicing/daemonsets',
      'GET /apis/apps/v1/namespaces/invoicing/deployments',
      'GET /apis/apps/v1/namespaces/invoicing/statefulsets',
      'GET /apis/argoproj.io/v1alpha1/namespaces/invoicing/rollouts',
    ],
  );
});

test('a busy server is asked once, and for metadata in one answer', async (t) => {
  const accepted: (string | undefined)[] = [];
  const server = await startServer(t, ({ headers }, response) => {
    accepted.push(headers.accept);
    response.setHeader('retry-after', '0');
    sendJson(response, 503, {});
  });
  assert.deepEqual(await texts({ kubeconfig: kubeconfigFor(t, server.url) }, 'restart', ''), []);
  assert.equal(accepted.length, 1);
  assert.match(accepted[0] ?? '', /as=PartialObjectMetadataList/);
});

test('workloads in every form that a target is taken in, the kind as it was begun', async (t) => {
  const { kubeconfig } = await cluster(t);
  const asked = { kubeconfig };
  assert.deepEqual(await texts(asked, 'restart', 'invoicing/'), [
    'invoicing/deployment/mailer',
    'invoicing/deployment/pdf',
    'invoicing/deployment/scheduler',
  ]);
  assert.deepEqual(await texts(asked, 'restart', 'invoicing/deploy/p'), ['invoicing/deploy/pdf']);
  assert.deepEqual(await texts(asked, 'restart', 'invoicing/deployments.apps/p'), [
    'invoicing/deployments.apps/pdf',
  ]);
  assert.deepEqual(await texts(asked, 'plan', '-n', 'invoicing', 'deploy/p'), ['deploy/pdf']);
  assert.deepEqual(await texts(asked, 'explain', '-n', 'invoicing', 'deploy/p'), ['deploy/pdf']);
  assert.deepEqual(await texts(asked, 'verify', '--excuse=invoicing/deployment/p'), [
    'invoicing/deployment/pdf',
  ]);
  assert.deepEqual(await texts(asked, 'pin', 'invoicing/deployment/p'), ['invoicing/deployment/pdf']);
  assert.deepEqual(await texts(asked, 'restart', 'invoicing/bogus/'), []);
  assert.deepEqual(await texts(asked, 'restart', 'nowhere/deploy/'), []);
  assert.deepEqual(await texts(asked, 'restart', '../deploy/'), []);
});

test('what was named already is not offered again, and -A leaves nothing to name', async (t) => {
  const { kubeconfig } = await cluster(t);
  assert.deepEqual(await texts({ kubeconfig }, 'restart', 'invoicing', 'in'), []);
  assert.deepEqual(await texts({ kubeconfig }, 'restart', '-A', 'in'), []);
  assert.deepEqual(await texts({ kubeconfig }, 'pin', 'invoicing', 'le'), []);
});

test('without the right to list namespaces there is the one of the kubeconfig', async (t) => {
  const { kubeconfig } = await cluster(t, { may: ({ resource }) => resource !== 'namespaces' });
  assert.deepEqual(await texts({ kubeconfig }, 'restart', ''), ['default']);
});

test('kinds that may not be listed are left out', async (t) => {
  const { kubeconfig } = await cluster(t, { may: ({ resource }) => resource !== 'statefulsets' });
  const names = await texts({ kubeconfig }, 'restart', 'ledger/');
  assert.ok(names.length > 0);
  assert.ok(
    names.every((name) => !name.includes('statefulset')),
    names.join(' '),
  );
});

test('names that a shell would not take as a plain word are never offered', async (t) => {
  const items = ['books', '$(id)', 'a;b', '-rf', 'a b', 'x\u001b[2J', 'x\ny', 'Ä', '', 'a'.repeat(64)].map(
    (name) => ({
      metadata: { name, annotations: { 'linkerd.io/inject': '\u001b[31mred\nline\ttab' } },
    }),
  );
  const server = await startServer(t, (_, response) =>
    sendJson(response, 200, { kind: 'List', metadata: { resourceVersion: '1' }, items }),
  );
  const kubeconfig = kubeconfigFor(t, server.url);
  const { candidates } = await complete({ kubeconfig }, 'restart', '');
  assert.deepEqual(candidates, [{ text: 'books', about: 'linkerd.io/inject: \\x1b[31mred\\nline\\ttab' }]);
  const workloads = await texts({ kubeconfig }, 'restart', 'books/deploy/');
  assert.deepEqual(workloads.toSorted(), [`books/deploy/${'a'.repeat(64)}`, 'books/deploy/books']);
});

test('a list in pages is read to its end, or not at all', async (t) => {
  let breaks = false;
  const server = await startServer(t, ({ url = '' }, response) => {
    const page = new URL(url, 'http://x').searchParams.get('continue') ?? '';
    if (page !== '' && breaks) return response.destroy();
    return sendJson(response, 200, {
      metadata: { resourceVersion: '1', continue: page === '' ? 'more' : '' },
      items: [{ metadata: { name: page === '' ? 'books-a' : 'books-b' } }],
    });
  });
  const kubeconfig = kubeconfigFor(t, server.url);
  assert.deepEqual(await texts({ kubeconfig }, 'restart', ''), ['books-a', 'books-b']);
  // Half of the names would make the other half look as if they did not exist.
  breaks = true;
  assert.deepEqual(await texts({ kubeconfig }, 'restart', ''), []);
});

/** An answer that has to come although nothing else ever does, once `isReached` and the budget is over. */
async function atTheDeadline(kubeconfig: string, isReached: () => boolean): Promise<readonly string[]> {
  const clock = new ManualClock();
  const answer = texts({ kubeconfig, clock, budget: BUDGET_MS }, 'restart', '');
  await until(isReached, 'the cluster to be asked');
  clock.advance(BUDGET_MS);
  return answer;
}

test('a server that never answers is given up at the deadline', async (t) => {
  let isLeft = false;
  const server = await startServer(t, (request) => {
    request.socket.on('close', () => {
      isLeft = true;
    });
  });
  const kubeconfig = kubeconfigFor(t, server.url);
  assert.deepEqual(await atTheDeadline(kubeconfig, () => server.requests.length === 1), []);
  await until(() => isLeft, 'the connection to be closed');
});

test('a server that begins an answer and does not go on is given up at the deadline', async (t) => {
  const server = await startServer(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"items":[{"metadata":{"name":"books"}}');
  });
  const kubeconfig = kubeconfigFor(t, server.url);
  assert.deepEqual(await atTheDeadline(kubeconfig, () => server.requests.length === 1), []);
});

test('a server that never finishes the handshake of TLS is given up at the deadline', async (t) => {
  let connections = 0;
  const silent = createServer((socket) => {
    connections++;
    t.after(() => socket.destroy());
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => silent.close());
  const address = silent.address();
  assert.ok(typeof address === 'object' && address !== null);
  const kubeconfig = kubeconfigFor(t, `https://127.0.0.1:${address.port}`);
  assert.deepEqual(await atTheDeadline(kubeconfig, () => connections === 1), []);
});

test('a credential plugin that takes too long is killed, with what it has started', async (t) => {
  const folder = temporaryFolder(t);
  const note = join(folder, 'pids');
  const command = writeProgram(
    folder,
    'slow',
    `const child = require('node:child_process').spawn('sleep', ['600'], { stdio: 'ignore' });
     require('node:fs').writeFileSync(${JSON.stringify(note)}, process.pid + ' ' + child.pid); setInterval(() => {}, 1000);`,
  );
  const exec = { apiVersion: 'client.authentication.k8s.io/v1beta1', command };
  const kubeconfig = kubeconfigFor(t, 'https://127.0.0.1:1', { exec });
  const hasStarted = () => existsSync(note) && readFileSync(note, 'utf8') !== '';
  assert.deepEqual(await atTheDeadline(kubeconfig, hasStarted), []);
  const pids = readFileSync(note, 'utf8').split(' ').map(Number);
  assert.equal(pids.length, 2);
  await until(() => !pids.some(isAlive), 'the plugin and its child to be gone');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a credential plugin that needs a terminal is not started', async (t) => {
  const folder = temporaryFolder(t);
  const note = join(folder, 'started');
  const command = writeProgram(
    folder,
    'login',
    `require('node:fs').writeFileSync(${JSON.stringify(note)}, '')`,
  );
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Always' };
  const kubeconfig = kubeconfigFor(t, 'https://127.0.0.1:1', { exec });
  assert.deepEqual(await texts({ kubeconfig }, 'restart', ''), []);
  assert.ok(!existsSync(note));
});

test('nobody is asked once the time is over, nor on behalf of the demo', async (t) => {
  const server = await startServer(t, () => undefined);
  const kubeconfig = kubeconfigFor(t, server.url);
  assert.deepEqual(await texts({ kubeconfig, budget: 0 }, 'restart', ''), []);
  assert.deepEqual(await texts({ kubeconfig }, 'restart', '--demo', ''), []);
  assert.deepEqual(server.requests, []);
});

test('a token that is renewed by a refresh token is left alone', async (t) => {
  const server = await startServer(t, () => undefined);
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
  const token = [part({ alg: 'none' }), part({ exp: Math.floor(Date.now() / 1000) + 3600 }), 'x'].join('.');
  const config = { 'id-token': token, 'client-id': 'me', 'idp-issuer-url': server.url };
  const provider = { name: 'oidc', config: { ...config, 'refresh-token': 'once' } };
  const kubeconfig = kubeconfigFor(t, server.url.replace('http:', 'https:'), { 'auth-provider': provider });
  assert.deepEqual(await texts({ kubeconfig }, 'restart', ''), []);
  assert.equal(server.connections, 0);
});

test('a kubeconfig that is a pipe is not waited for', { skip: process.platform === 'win32' }, async (t) => {
  const pipe = join(temporaryFolder(t), 'pipe');
  spawnSync('mkfifo', [pipe]);
  assert.deepEqual(await texts({ kubeconfig: pipe }, 'restart', ''), []);
  assert.deepEqual(await texts({ kubeconfig: pipe }, 'status', '--context', ''), []);
});

test('flags of the connection on the line are honoured', async (t) => {
  const server = await startServer(t, (request, response) =>
    sendJson(response, 200, {
      metadata: { resourceVersion: '1' },
      items: [{ metadata: { name: String(request.headers['impersonate-user'] ?? 'nobody') } }],
    }),
  );
  const nowhere = kubeconfigFor(t, 'http://127.0.0.1:1');
  assert.deepEqual(await texts({ kubeconfig: nowhere }, 'restart', '-s', server.url, '--as=ann', ''), [
    'ann',
  ]);
  const there = kubeconfigFor(t, server.url);
  assert.deepEqual(await texts({ kubeconfig: nowhere }, 'restart', '--kubeconfig', there, ''), ['nobody']);
  assert.deepEqual(
    await texts({ kubeconfig: nowhere }, 'restart', '--kubeconfig', there, '--context=x', ''),
    [],
  );
});

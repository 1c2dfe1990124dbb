/**
 * A cluster that attacks the terminal of whoever looks at it: escape sequences, bidi controls and worse in every
 * string that it, its kubeconfig and its credential plugin can send. The built program must show them as text.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import xterm from '@xterm/headless';
import { parse, stringify } from 'yaml';
import { annotation } from '../../src/data/linkerd.ts';
import {
  deployment,
  namespace,
  plainContainer,
  statefulSet,
} from '../../src/sim/cluster/scenario/builders.ts';
import { CLI_INSTALLATION } from '../../src/sim/cluster/scenario/control-plane.ts';
import { freshInstall, type Scenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { minutesAgo } from '../../src/sim/cluster/scenario/story.ts';
import { type Simulation, startSimulation } from '../../src/sim/cluster/simulation.ts';
import { isObject } from '../../src/sim/json.ts';
import { type Finished, runProgram, startedBy, temporaryFolder } from '../support/program.ts';
import { key, type PtyProgram, startInPty } from '../support/pty.ts';

/** What an attacker writes. Every one of them begins with a word to look for. */
const payloads = [
  'evil-osc\u001b]0;PWNED\u0007',
  'evil-link\u001b]8;;http://evil.example\u001b\\click\u001b]8;;\u001b\\',
  'evil-csi\u001b[31;5;7mPWNED\u001b[2J\u001b[H',
  'evil-c1\u009b31;5mPWNED\u009d0;PWNED\u009c\u0090q\u009c',
  'evil-bidi\u202egnp.exe\u202c\u2066x\u2069\u200f\u061c',
  'evil-zero\u200b\u200c\u200d\u2060\ufeff\u00adwidth',
  'evil-lines\r\n\rover\u0008\u0008\u000b\u000c\u2028\u2029\u0085',
  'evil-tags\u{e0041}\u{e007f}\u{e0001}',
  'evil-half\ud83d',
  'evil-wide漢字テスト',
  'evil-combining-e\u0301a\u0308',
  `evil-long-${'x'.repeat(400)}`,
] as const;
const all = payloads.join('|');

/** Characters that may reach nobody's terminal, whoever wrote them. */
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  /[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

const OLD = 'edge-25.9.4';
const NEW = 'edge-25.11.3';

/** Namespaces, workloads, labels, annotations and images of an attacker, and one namespace to restart. */
function hostileScenario(): Scenario {
  const { story, installation } = freshInstall(OLD, CLI_INSTALLATION);
  const settle = minutesAgo(30, (world) => {
    world.create(namespace('victims', { [annotation.inject]: 'enabled', [`linkerd.io/${all}`]: all }));
    world.create(
      deployment('victims', 'web', {
        replicas: 1,
        annotations: { [annotation.proxyImage]: 'registry.example/proxy', 'linkerd.io/note': all },
        labels: { note: all },
        own: { annotations: { [`argocd.argoproj.io/${all}`]: all }, labels: { note: all } },
        image: `registry.example/${all}:v1`,
      }),
    );
    world.create(
      deployment('victims', 'pinned', {
        replicas: 1,
        annotations: { [annotation.pinnedProxyVersion]: payloads[11] },
      }),
    );
    for (const [index, evil] of payloads.entries()) {
      world.create(namespace(evil, { [annotation.inject]: index % 3 === 0 ? evil : 'enabled' }));
      world.create(
        deployment(evil, evil, {
          replicas: 1,
          annotations: {
            [annotation.inject]: 'enabled',
            ...(index % 2 === 0 ? { [annotation.pinnedProxyVersion]: evil } : {}),
            [annotation.proxyImage]: `registry.example/${evil}`,
          },
          containers: [plainContainer(`app-${evil}`, `registry.example/${evil}:${evil}`)],
        }),
      );
      world.create(
        statefulSet(evil, `db-${evil}`, {
          replicas: 1,
          containers: [plainContainer('linkerd-proxy', `registry.example/proxy:${evil}`)],
        }),
      );
      world.behave(evil, `db-${evil}`, { kind: 'unschedulable', message: all });
    }
  });
  return { story: [...story, settle], installation };
}

const folder = temporaryFolder();
let simulation: Simulation;
let kubeconfig: string;

/** The kubeconfig of a server, with an attacker's names in it. */
function renamed(text: string, changeUser: (user: object) => object = (user) => user): string {
  const { clusters, users, ...rest } = parse(text);
  const context = { cluster: payloads[0], user: payloads[2] };
  return stringify({
    ...rest,
    clusters: [{ ...clusters[0], name: context.cluster }],
    users: [{ name: context.user, user: changeUser(users[0].user) }],
    contexts: [{ name: payloads[4], context }],
    'current-context': payloads[4],
  });
}

before(async () => {
  simulation = await startSimulation({ scenario: hostileScenario(), speed: 10 });
  simulation.cluster.upgradeControlPlane(NEW);
  kubeconfig = folder.file('kubeconfig', renamed(simulation.kubeconfig));
});

after(async () => {
  await simulation.stop();
  folder[Symbol.dispose]();
});

function status(...args: readonly string[]): Promise<Finished> {
  return runProgram(['status', '--kubeconfig', kubeconfig, ...args]);
}

/** Text for a pipe: nothing but printable characters and line ends. */
function assertPlain({ stdout, stderr }: Finished): void {
  for (const text of [stdout, stderr]) {
    const odd = ['\x1b', '\r', '\t'].some((character) => text.includes(character));
    assert.ok(!odd && !forbidden.test(text), JSON.stringify(text.slice(0, 4000)));
  }
}

for (const form of ['table', 'wide', 'name', 'yaml', 'json'] as const) {
  test(`status -o ${form} prints an attacker's strings as text`, async () => {
    const whole = await status('-o', form);
    assert.equal(whole.code, 0, whole.stderr);
    assertPlain(whole);
    assert.match(whole.stdout, /evil-osc\\+x1b\]0;PWNED\\+x07/);
    const one = await status('-o', form, '-n', 'victims');
    assert.equal(one.code, 0, one.stderr);
    assertPlain(one);
    assert.match(one.stdout, /web/);
  });
}

test('JSON and YAML stay what they are', async () => {
  const json: unknown = JSON.parse((await status('-o', 'json')).stdout);
  assert.deepEqual(parse((await status('-o', 'yaml')).stdout), json);
  assert.ok(isObject(json) && Array.isArray(json.namespaces));
  for (const evil of [
    'evil-bidi',
    'evil-half\ufffd',
    'evil-wide漢字テスト',
    'evil-combining-e\u0301a\u0308',
  ]) {
    assert.ok(
      json.namespaces.some(({ name }) => String(name).startsWith(evil)),
      evil,
    );
  }
});

for (const args of [[], ['-o', 'wide'], ['-n', 'victims', '-o', 'wide']]) {
  test(`the columns of ${['status', ...args].join(' ')} stay aligned`, async () => {
    const { stdout } = await status(...args);
    const rows = await onTerminal(stdout);
    const [head = ''] = rows;
    const starts = [...head.matchAll(/(?<= {3})\S/g)].map(({ index }) => index);
    assert.ok(starts.length >= 4, head);
    const end = rows.indexOf('');
    assert.ok(end > 2);
    for (const row of rows.slice(1, end)) {
      for (const start of starts) assert.equal(row.slice(start - 3, start), '   ', row);
    }
  });
}

/** Lines as a wide terminal shows them, one character a cell. */
async function onTerminal(text: string): Promise<readonly string[]> {
  const lines = text.split('\n');
  const cols = 2_000;
  const terminal = new xterm.Terminal({ cols, rows: lines.length, allowProposedApi: true });
  await new Promise<void>((done) => terminal.write(lines.join('\r\n'), done));
  return lines.map((_, row) => {
    const line = terminal.buffer.active.getLine(row);
    const cells = Array.from({ length: cols }, (_, column) => line?.getCell(column));
    return cells
      .map((cell) => (cell?.getWidth() === 0 ? '_' : [...(cell?.getChars() || ' ')][0]))
      .join('')
      .trimEnd();
  });
}

async function openScreen(file: string, ...flags: readonly string[]): Promise<PtyProgram> {
  const args = ['--kubeconfig', file, ...flags];
  const env = { XDG_STATE_HOME: folder.path };
  const screen = startInPty(...startedBy(args), { columns: 120, rows: 40, env });
  await screen.until(/● live/);
  return screen;
}

/** No control sequence of the attacker's was written, and the screen is whole. */
function assertUnharmed(screen: PtyProgram): void {
  assertNothingWritten(screen);
  assert.match(screen.screen()[0] ?? '', /● live/);
  assert.match(screen.screen().at(-1) ?? '', /\S/);
}

function assertNothingWritten(screen: PtyProgram): void {
  const raw = screen.raw();
  assert.doesNotMatch(raw, forbidden);
  for (const sequence of ['\x1b]0;PWNED', '\x1b]8;', '\x1b[31;5;7m', '\rover']) {
    assert.ok(!raw.includes(sequence), JSON.stringify(sequence));
  }
}

test('namespaces, workloads, pods and explanations are shown as text', async () => {
  using screen = await openScreen(kubeconfig);
  await screen.until(/evil-/);
  assertUnharmed(screen);
  for (const evil of [
    'evil-osc',
    'evil-csi',
    'evil-c1',
    'evil-bidi',
    'evil-lines',
    'evil-half',
    'evil-wide',
  ]) {
    screen.type('/', ...evil, key.enter);
    await screen.until((text) => text.includes(evil) && !text.includes('victims'));
    for (const head of [/NAMESPACE/, /WORKLOAD/, /POD/]) {
      if (head.source !== 'NAMESPACE') {
        screen.type(key.enter);
        await screen.until(head);
      }
      screen.type('x');
      await screen.until((text) => text.includes(evil) && !text.includes('x explain'));
      assertUnharmed(screen);
      screen.type(key.escape);
      await screen.until((text) => head.test(text) && text.includes('x explain'));
    }
    screen.type(key.escape);
    await screen.until(/WORKLOAD/);
    screen.type(key.escape);
    await screen.until(/NAMESPACE/);
    screen.type(key.escape);
    await screen.until(/victims/);
  }
  screen.type('q');
  assert.equal((await screen.exited()).code, 0);
  assertNothingWritten(screen);
});

/** The confirmation of the restart of `victims`. */
async function confirmation(...flags: readonly string[]): Promise<PtyProgram> {
  const screen = await openScreen(kubeconfig, ...flags);
  screen.type('/', ...'victims', key.enter);
  await screen.until((text) => text.includes('victims') && !text.includes('evil-osc'));
  screen.type('r');
  return screen;
}

test('what the preflight found is shown as text', async () => {
  simulation.cluster.refusePods('victims', all);
  using screen = await confirmation();
  const found = await screen.until(/admission refuses its pod/);
  assert.match(found, /evil-osc\\x1b\]0;PWNED/);
  assertUnharmed(screen);
  screen.type(key.escape);
  await screen.until(/Enter open/);
  screen.type('q');
  await screen.exited();
  assertNothingWritten(screen);
});

test('the confirmation and the card of a halted run are shown as text', async () => {
  simulation.cluster.refusePods('victims', all);
  using screen = await confirmation('--no-probe');
  await screen.until(/1 warning.*type yes/s);
  assertUnharmed(screen);
  screen.type(...'yes', key.enter);
  const halted = await screen.until(/halted/i, 60_000);
  assert.match(halted, /evil-osc\\x1b\]0;PWNED/);
  assertUnharmed(screen);
  screen.type('q');
  await screen.exited();
  assertNothingWritten(screen);
});

test('the values of linkerd-config are shown as text', async () => {
  await using other = await startOther();
  const file = folder.file('config', other.kubeconfig);
  for (const form of ['table', 'wide', 'json', 'yaml']) {
    const shown = await runProgram(['status', '--kubeconfig', file, '-o', form]);
    assert.equal(shown.code, 0, shown.stderr);
    assertPlain(shown);
    assert.match(shown.stdout, /evil-osc\\+x1b/);
  }
  using screen = await openScreen(file);
  await screen.until(/evil-/);
  assertUnharmed(screen);
  screen.type('q');
  await screen.exited();
  assertNothingWritten(screen);
});

async function startOther(): Promise<{ readonly kubeconfig: string } & AsyncDisposable> {
  const scenario = freshInstall();
  const spoil = minutesAgo(1, (world) =>
    world.change('ConfigMap', 'linkerd', 'linkerd-config', (map) => {
      const values = parse(map.data?.values ?? '');
      const proxy = { ...values.proxy, image: { ...values.proxy.image, version: payloads[2] } };
      const spoiled = stringify({ ...values, proxy, linkerdVersion: `edge-25.11.3-${all}` });
      return { ...map, data: { values: spoiled } };
    }),
  );
  const started = await startSimulation({ scenario: { ...scenario, story: [...scenario.story, spoil] } });
  return { kubeconfig: renamed(started.kubeconfig), [Symbol.asyncDispose]: () => started.stop() };
}

const answers = [
  [
    403,
    'application/json',
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'Forbidden',
      message: all,
      code: 403,
    }),
  ],
  [500, 'text/html', `<html>${all}</html>`],
  [200, `text/html; ${JSON.stringify('evil-type')}`, all],
  [302, 'text/plain', all],
] as const;

for (const [code, type, body] of answers) {
  test(`an answer ${code} of ${type.split(';')[0]} is told as text`, async () => {
    const server = createServer((_, response) => {
      response.writeHead(code, {
        'content-type': type,
        ...(code === 302 ? { location: 'https://evil.example/\u009bx' } : {}),
      });
      response.end(body);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    try {
      const { port }: AddressInfo = addressOf(server.address());
      const file = folder.file('answers', renamed(stringify(plainConfig(`http://127.0.0.1:${port}`))));
      const told = await runProgram(['status', '--kubeconfig', file, '--request-timeout', '5s']);
      assert.equal(told.code, 1);
      assertPlain(told);
      assert.match(told.stderr, /error: /);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  assert.ok(address !== null && typeof address !== 'string');
  return address;
}

function plainConfig(server: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: 't' } }],
  };
}

test('a credential plugin cannot write to the terminal either', async () => {
  const script = folder.file('say', all);
  const plugins = [
    { command: 'sh', args: ['-c', `cat '${script}' >&2; exit 3`] },
    { command: 'sh', args: ['-c', `cat '${script}'`] },
    { command: `missing-${payloads[2]}`, args: [], installHint: all },
  ];
  for (const plugin of plugins) {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', ...plugin };
    const file = folder.file(
      'plugin',
      renamed(simulation.kubeconfig, () => ({ exec })),
    );
    const told = await runProgram(['status', '--kubeconfig', file]);
    assert.equal(told.code, 1);
    assertPlain(told);
    assert.match(told.stderr, /error: |plugin/);
  }
});

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Authentication } from '../../../src/kube/config/connection.ts';
import type { ExecEntry } from '../../../src/kube/config/kubeconfig.ts';
import { type CredentialOptions, createCredentials } from '../../../src/kube/credentials/credentials.ts';
import { connectionTo } from '../../support/connection.ts';
import { failure } from '../../support/kube-error.ts';
import { temporaryFolder, writeProgram, writeText } from '../../support/temporary.ts';
import { ManualClock } from '../support/manual-clock.ts';

const V1 = 'client.authentication.k8s.io/v1';

function entry(command: string, fields: Partial<ExecEntry> = {}): ExecEntry {
  return {
    command,
    args: [],
    env: [],
    apiVersion: V1,
    installHint: '',
    provideClusterInfo: false,
    interactiveMode: 'Never',
    ...fields,
  };
}

interface Setup {
  readonly clock: ManualClock;
  readonly credentials: ReturnType<typeof createCredentials>;
}

function setUp(authentication: Authentication, options: Partial<CredentialOptions> = {}): Setup {
  const clock = new ManualClock();
  const connection = connectionTo('https://cluster.example:6443', {
    authentication,
    tlsServerName: 'inner.example',
    certificateAuthority: { from: 'data', base64: Buffer.from('CA PEM').toString('base64') },
    execConfig: { audience: 'x' },
  });
  return {
    clock,
    credentials: createCredentials(connection, {
      clock,
      env: { PATH: process.env.PATH },
      policy: { policy: 'AllowAll' },
      userAgent: 'test',
      ...options,
    }),
  };
}

/** A plugin that counts its runs in a file and answers a token of the run's number. */
function countingPlugin(t: TestContext, status: string): { command: string; runs(): number } {
  const folder = temporaryFolder(t);
  const count = join(folder, 'count');
  writeFileSync(count, '');
  const command = writeProgram(
    folder,
    'plugin',
    `const fs = require('node:fs');
fs.appendFileSync(${JSON.stringify(count)}, 'x');
const run = fs.readFileSync(${JSON.stringify(count)}, 'utf8').length;
console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: '${V1}', status: ${status} }));`,
  );
  return { command, runs: () => readFileSync(count, 'utf8').length };
}

function plugin(t: TestContext, code: string): string {
  return writeProgram(temporaryFolder(t), 'plugin', code);
}

const answering = (status: string, apiVersion = V1) =>
  `console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: '${apiVersion}', status: ${status} }));`;

test('fixed credentials', async () => {
  assert.equal((await setUp({ type: 'none' }).credentials.current()).authorization, '');
  assert.equal((await setUp({ type: 'token', token: 't' }).credentials.current()).authorization, 'Bearer t');
  const basic = setUp({ type: 'basic', username: 'u', password: 'p' }).credentials;
  const used = await basic.current();
  assert.equal(used.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`);
  assert.equal(await basic.afterUnauthorized(used), undefined);
});

test('F32: a token file is read again each minute, and after a 401', async (t) => {
  const path = writeText(temporaryFolder(t), 'token', 'one\n');
  const { clock, credentials } = setUp({ type: 'token-file', path });
  const first = await credentials.current();
  assert.equal(first.authorization, 'Bearer one');
  writeFileSync(path, 'two\n');
  clock.advance(49_000);
  assert.equal(await credentials.current(), first);
  clock.advance(1_000);
  const second = await credentials.current();
  assert.equal(second.authorization, 'Bearer two');
  writeFileSync(path, 'three');
  assert.equal((await credentials.afterUnauthorized(second))?.authorization, 'Bearer three');
});

test('an unchanged token file is no other credential', async (t) => {
  const path = writeText(temporaryFolder(t), 'token', 'one\n');
  const { clock, credentials } = setUp({ type: 'token-file', path });
  const first = await credentials.current();
  clock.advance(100_000);
  assert.equal(await credentials.current(), first);
  assert.equal(await credentials.afterUnauthorized(first), undefined);
});

test('a token file that is missing or empty', async (t) => {
  const folder = temporaryFolder(t);
  const missing = await failure(
    setUp({ type: 'token-file', path: join(folder, 'nope') }).credentials.current(),
  );
  assert.equal(missing.kind, 'credentials');
  assert.match(missing.message, /unable to read token file .*nope for test-user/);
  const empty = writeText(folder, 'empty', '\n');
  assert.match(
    (await failure(setUp({ type: 'token-file', path: empty }).credentials.current())).message,
    /is empty/,
  );
});

test('F30: one run of a plugin for all who wait, and one after a 401', async (t) => {
  const { command, runs } = countingPlugin(t, '{ token: "token-" + run }');
  const { credentials } = setUp({ type: 'exec', exec: entry(command) });
  const all = await Promise.all([credentials.current(), credentials.current(), credentials.current()]);
  assert.deepEqual(
    all.map(({ authorization }) => authorization),
    Array(3).fill('Bearer token-1'),
  );
  const [used] = all;
  const next = await Promise.all([credentials.afterUnauthorized(used), credentials.afterUnauthorized(used)]);
  assert.deepEqual(
    next.map((credential) => credential?.authorization),
    ['Bearer token-2', 'Bearer token-2'],
  );
  assert.equal((await credentials.afterUnauthorized(used))?.authorization, 'Bearer token-2');
  assert.equal(runs(), 2);
});

test('a plugin that gives the same token after a 401 leaves the 401 final', async (t) => {
  const { command } = countingPlugin(t, '{ token: "same" }');
  const { credentials } = setUp({ type: 'exec', exec: entry(command) });
  const used = await credentials.current();
  assert.equal(await credentials.afterUnauthorized(used), undefined);
});

test('a credential is renewed before it expires, and kept without an expiry', async (t) => {
  const { command, runs } = countingPlugin(
    t,
    '{ token: "t" + run, expirationTimestamp: new Date(1_700_003_600_000).toISOString() }',
  );
  const { clock, credentials } = setUp({ type: 'exec', exec: entry(command) });
  await credentials.current();
  clock.advance(3_539_000);
  await credentials.current();
  assert.equal(runs(), 1);
  clock.advance(2_000);
  assert.equal((await credentials.current()).authorization, 'Bearer t2');
  const forever = countingPlugin(t, '{ token: "t" }');
  const other = setUp({ type: 'exec', exec: entry(forever.command) });
  await other.credentials.current();
  other.clock.advance(1e10);
  await other.credentials.current();
  assert.equal(forever.runs(), 1);
});

test('F31: a credential that is expired at once is not fetched for each request', async (t) => {
  const { command, runs } = countingPlugin(
    t,
    '{ token: "t" + run, expirationTimestamp: "2001-01-01T00:00:00Z" }',
  );
  const { clock, credentials } = setUp({ type: 'exec', exec: entry(command) });
  await credentials.current();
  await credentials.current();
  assert.equal(runs(), 1);
  clock.advance(10_000);
  await credentials.current();
  assert.equal(runs(), 2);
});

test('what a plugin is told', async (t) => {
  const echo = `const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
${answering('{ token: Buffer.from(JSON.stringify({ info, args: process.argv.slice(2), extra: process.env.EXTRA, stdin: require("node:fs").readFileSync(0).length })).toString("base64") }')}`;
  const exec = entry(plugin(t, echo), {
    args: ['get', 'token'],
    env: [{ name: 'EXTRA', value: 'e' }],
    provideClusterInfo: true,
  });
  const { authorization } = await setUp({ type: 'exec', exec }).credentials.current();
  assert.deepEqual(JSON.parse(Buffer.from(authorization.slice('Bearer '.length), 'base64').toString()), {
    info: {
      kind: 'ExecCredential',
      apiVersion: V1,
      spec: {
        cluster: {
          server: 'https://cluster.example:6443',
          'tls-server-name': 'inner.example',
          'certificate-authority-data': Buffer.from('CA PEM').toString('base64'),
          config: { audience: 'x' },
        },
        interactive: false,
      },
    },
    args: ['get', 'token'],
    extra: 'e',
    stdin: 0,
  });
});

test('a plugin that gives a certificate', async (t) => {
  const exec = entry(plugin(t, answering('{ clientCertificateData: "CERT", clientKeyData: "KEY" }')));
  assert.deepEqual(await setUp({ type: 'exec', exec }).credentials.current(), {
    authorization: '',
    certificate: { cert: 'CERT', key: 'KEY' },
  });
});

for (const [what, code, expected] of [
  [
    'fails',
    'process.stderr.write("please log in\\x1b[31m Bearer abcdefghijklmnop\\n"); process.exit(3)',
    /failed with exit code 3: please log in\\x1b\[31m Bearer \[redacted\]$/,
  ],
  ['prints garbage', 'console.log("s3cret garbage")', /it did not print JSON/],
  ['prints another object', 'console.log("{}")', /did not print an ExecCredential/],
  [
    'answers another version',
    answering('{ token: "s3cret" }', 'client.authentication.k8s.io/v1beta1'),
    /configured to use API version .*v1, plugin returned version .*v1beta1/,
  ],
  [
    'has no status',
    'console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1" }))',
    /didn't return a status field/,
  ],
  ['has no token', answering('{}'), /didn't return a token or cert\/key pair/],
  ['has half a pair', answering('{ clientKeyData: "s3cret" }'), /returned only certificate or key, not both/],
  ['has a token with line ends', answering('{ token: "s3cret\\r\\nX-Evil: 1" }'), /line ends/],
  ['prints without end', 'for (;;) require("node:fs").writeSync(1, "x".repeat(50_000))', /more than 1 MiB/],
  ['is killed', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)', /exit code 143/],
] as const) {
  test(`F31: a plugin that ${what}`, async (t) => {
    const error = await failure(setUp({ type: 'exec', exec: entry(plugin(t, code)) }).credentials.current());
    assert.equal(error.kind, 'credentials');
    assert.match(error.message, expected);
    assert.doesNotMatch(error.message, /s3cret/);
  });
}

test('F31: a plugin that is not there', async () => {
  const exec = entry('kubectl-no-such-plugin', { installHint: 'Install it from\x1b[1m example.com' });
  const error = await failure(setUp({ type: 'exec', exec }).credentials.current());
  assert.match(error.message, /executable kubectl-no-such-plugin not found/);
  assert.match(error.message, /Install it from\\x1b\[1m example\.com/);
});

test('F31: a plugin that never answers', async (t) => {
  const folder = temporaryFolder(t);
  const started = join(folder, 'started');
  const command = writeProgram(
    folder,
    'plugin',
    `require('node:fs').writeFileSync(${JSON.stringify(started)}, ''); setInterval(() => {}, 1000);`,
  );
  const { clock, credentials } = setUp({ type: 'exec', exec: entry(command) });
  const fetching = failure(credentials.current());
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(60_000);
  assert.match((await fetching).message, /did not answer within 60 s.*Run it by hand/);
});

test('a plugin that the policy forbids is not run', async (t) => {
  const { command, runs } = countingPlugin(t, '{ token: "t" }');
  const { credentials } = setUp({ type: 'exec', exec: entry(command) }, { policy: { policy: 'DenyAll' } });
  assert.match((await failure(credentials.current())).message, /not allowed: policy set to "DenyAll"/);
  assert.equal(runs(), 0);
});

test('the terminal is asked for before an interactive plugin starts, and given back', async (t) => {
  const log: string[] = [];
  const exec = entry(
    plugin(t, answering('{ token: String(JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec.interactive) }')),
    {
      interactiveMode: 'Always',
    },
  );
  const { credentials } = setUp(
    { type: 'exec', exec },
    {
      takeTerminal: async ({ required }) => {
        log.push(`taken, required ${required}`);
        return () => void log.push('given back');
      },
    },
  );
  assert.equal((await credentials.current()).authorization, 'Bearer true');
  assert.deepEqual(log, ['taken, required true', 'given back']);
});

test('without a terminal IfAvailable goes on, and Always is an error', async (t) => {
  const command = plugin(
    t,
    answering('{ token: String(JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec.interactive) }'),
  );
  const refuse = { takeTerminal: async () => undefined };
  const available = setUp({ type: 'exec', exec: entry(command, { interactiveMode: 'IfAvailable' }) }, refuse);
  assert.equal((await available.credentials.current()).authorization, 'Bearer false');
  const always = setUp({ type: 'exec', exec: entry(command, { interactiveMode: 'Always' }) }, refuse);
  assert.match((await failure(always.credentials.current())).message, /standard input is not a terminal/);
});

test('what a plugin tells people reaches them, cleaned', async (t) => {
  const said: string[] = [];
  const code = `process.stderr.write('open https://login.example and enter ABCD\\n\\x1b[2J');${answering('{ token: "t" }')}`;
  const { credentials } = setUp(
    { type: 'exec', exec: entry(plugin(t, code)) },
    { onPluginOutput: (text) => said.push(text) },
  );
  await credentials.current();
  assert.equal(said.join(''), 'open https://login.example and enter ABCD\n\\x1b[2J');
});

test('a failed refresh is retried by the next request', async (t) => {
  const { command, runs } = countingPlugin(t, '{ token: run === 1 ? "" : "t" + run }');
  const { credentials } = setUp({ type: 'exec', exec: entry(command) });
  await failure(credentials.current());
  assert.equal((await credentials.current()).authorization, 'Bearer t2');
  assert.equal(runs(), 2);
});

test('an auth-provider that is not supported says so', async () => {
  const { credentials } = setUp({ type: 'auth-provider', name: 'nobody', config: {} });
  const error = await failure(credentials.current());
  assert.equal(error.kind, 'credentials');
  assert.match(error.message, /auth-provider nobody/);
});

test('an oidc user with a fresh token', async () => {
  const claims = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 3_600 })).toString(
    'base64url',
  );
  const token = `eyJhbGciOiJub25lIn0.${claims}.c2ln`;
  const config = {
    'id-token': token,
    'client-id': 'c',
    'idp-issuer-url': 'https://issuer.invalid',
    'refresh-token': 'r',
  };
  const { credentials } = setUp({ type: 'auth-provider', name: 'oidc', config });
  assert.equal((await credentials.current()).authorization, `Bearer ${token}`);
});

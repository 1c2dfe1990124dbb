import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { type ClientOptions, createKubeClient, type KubeClient } from '../../../src/kube/client.ts';
import type { ConnectionConfig, Pem } from '../../../src/kube/config/connection.ts';
import { retryAfterSeconds } from '../../../src/kube/retry-after.ts';
import { proxyFor } from '../../../src/kube/transport/proxy.ts';
import { createAuthority, type KeyedCertificate } from '../../../src/sim/server/certificate.ts';
import { connectionTo } from '../../support/connection.ts';
import { failure } from '../../support/kube-error.ts';
import {
  type ScriptedServer,
  sendJson,
  sendStatus,
  startServer,
  until,
} from '../../support/scripted-server.ts';
import { temporaryFolder, writeProgram, writeText } from '../../support/temporary.ts';
import { ManualClock } from '../support/manual-clock.ts';

const authority = createAuthority('test authority', Date.now());
const stranger = createAuthority('another authority', Date.now());
const DAY_MS = 86_400_000;

const data = (pem: string): Pem => ({ from: 'data', base64: Buffer.from(pem).toString('base64') });
const TRUSTED = { certificateAuthority: data(authority.certificate) };
const VERSION = { gitVersion: 'v1.31.0', major: '1', minor: '31' };

const answerVersion: RequestListener = (_, response) => sendJson(response, 200, VERSION);

function tlsOf({ certificate, key }: KeyedCertificate) {
  return { cert: certificate, key };
}

function clientFor(
  t: TestContext,
  server: string,
  fields: Partial<ConnectionConfig> = {},
  options: Partial<ClientOptions> = {},
): KubeClient {
  const client = createKubeClient(connectionTo(server, fields), {
    userAgentVersion: '0',
    env: {},
    ...options,
  });
  t.after(() => client.close());
  return client;
}

async function secureServer(
  t: TestContext,
  handler: RequestListener = answerVersion,
  hosts = ['127.0.0.1'],
): Promise<ScriptedServer> {
  return startServer(t, handler, { tls: tlsOf(authority.issue({ hosts })) });
}

test('one TLS connection for many requests', async (t) => {
  const server = await secureServer(t);
  const client = clientFor(t, server.url, TRUSTED);
  for (let index = 0; index < 5; index++) assert.deepEqual(await client.version(), VERSION);
  assert.equal(server.requests.length, 5);
  assert.equal(server.connections, 1);
});

test('a base URL with a path', async (t) => {
  const server = await startServer(t, answerVersion);
  await clientFor(t, `${server.url}/k8s/clusters/c-1`).version();
  assert.deepEqual(server.requests, ['GET /k8s/clusters/c-1/version']);
});

for (const [what, certificate, message] of [
  [
    'has expired',
    authority.issue({
      hosts: ['127.0.0.1'],
      notBefore: new Date(Date.now() - 2 * DAY_MS),
      notAfter: new Date(Date.now() - DAY_MS),
    }),
    /has expired\. It has to be renewed/,
  ],
  [
    'comes from an unknown authority',
    stranger.issue({ hosts: ['127.0.0.1'] }),
    /not signed by a trusted authority .*certificate-authority-data/,
  ],
  [
    'is for another name',
    authority.issue({ hosts: ['other.example'] }),
    /is for another name .*--tls-server-name/,
  ],
] as const) {
  test(`F26: a certificate that ${what}`, async (t) => {
    const server = await startServer(t, answerVersion, { tls: tlsOf(certificate) });
    const error = await failure(clientFor(t, server.url, TRUSTED).version());
    assert.equal(error.kind, 'tls');
    assert.match(error.message, message);
    const careless = clientFor(t, server.url, { insecureSkipTlsVerify: true });
    assert.deepEqual(await careless.version(), VERSION);
  });
}

test('tls-server-name is asked for and checked', async (t) => {
  const names: unknown[] = [];
  const server = await secureServer(
    t,
    (request, response) => {
      names.push((request.socket as TLSSocket).servername);
      answerVersion(request, response);
    },
    ['inner.example'],
  );
  await clientFor(t, server.url, { ...TRUSTED, tlsServerName: 'inner.example' }).version();
  assert.deepEqual(names, ['inner.example']);
  assert.equal((await failure(clientFor(t, server.url, TRUSTED).version())).kind, 'tls');
});

test('F26: an authority that is replaced on disk is read again after a failure', async (t) => {
  const server = await secureServer(t);
  const folder = temporaryFolder(t);
  const path = writeText(folder, 'ca.crt', stranger.certificate);
  const client = clientFor(t, server.url, { certificateAuthority: { from: 'file', path } });
  assert.equal((await failure(client.version())).kind, 'tls');
  writeText(folder, 'ca.crt', authority.certificate);
  assert.deepEqual(await client.version(), VERSION);
});

test('certificates that cannot be read or loaded', async (t) => {
  const server = await secureServer(t);
  const missing = clientFor(t, server.url, {
    certificateAuthority: { from: 'file', path: '/nowhere/ca.crt' },
  });
  assert.match(
    (await failure(missing.version())).message,
    /unable to read certificate-authority \/nowhere\/ca\.crt for test-cluster due to/,
  );
  const own = authority.issue({ hosts: ['me'] });
  const mismatched = clientFor(t, server.url, {
    ...TRUSTED,
    clientCertificate: {
      certificate: data(own.certificate),
      key: data(authority.issue({ hosts: ['x'] }).key),
    },
  });
  const error = await failure(mismatched.version());
  assert.equal(error.kind, 'credentials');
  assert.match(error.message, /could not be loaded.*key must belong to the certificate/);
});

/** A server that asks for a client certificate and answers the name in it. */
async function mutualServer(t: TestContext): Promise<ScriptedServer> {
  return startServer(
    t,
    (request, response) => {
      const peer = (request.socket as TLSSocket).getPeerCertificate();
      sendJson(response, 200, { ...VERSION, gitVersion: String(peer.subject?.CN ?? 'nobody') });
    },
    {
      tls: {
        ...tlsOf(authority.issue({ hosts: ['127.0.0.1'] })),
        requestCert: true,
        rejectUnauthorized: false,
      },
    },
  );
}

test('a client certificate of the kubeconfig', async (t) => {
  const server = await mutualServer(t);
  const own = authority.issue({ hosts: ['jane'] });
  const client = clientFor(t, server.url, {
    ...TRUSTED,
    clientCertificate: { certificate: data(own.certificate), key: data(own.key) },
  });
  assert.equal((await client.version()).gitVersion, 'jane');
});

test('a plugin that rotates its certificate closes the connections of the old one', async (t) => {
  const server = await mutualServer(t);
  const folder = temporaryFolder(t);
  const command = writeProgram(
    folder,
    'plugin',
    `const fs = require('node:fs');
const current = JSON.parse(fs.readFileSync(${JSON.stringify(`${folder}/current`)}, 'utf8'));
console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { clientCertificateData: current.certificate, clientKeyData: current.key, expirationTimestamp: new Date(1_700_000_100_000).toISOString() } }));`,
  );
  writeText(folder, 'current', JSON.stringify(authority.issue({ hosts: ['first'] })));
  const clock = new ManualClock();
  const exec = {
    command,
    args: [],
    env: [],
    apiVersion: 'client.authentication.k8s.io/v1',
    installHint: '',
    provideClusterInfo: false,
    interactiveMode: 'Never',
  };
  const client = clientFor(
    t,
    server.url,
    { ...TRUSTED, authentication: { type: 'exec', exec } },
    { clock, env: { PATH: process.env.PATH } },
  );
  assert.equal((await client.version()).gitVersion, 'first');
  assert.equal((await client.version()).gitVersion, 'first');
  assert.equal(server.connections, 1);
  writeText(folder, 'current', JSON.stringify(authority.issue({ hosts: ['second'] })));
  clock.advance(101_000);
  assert.equal((await client.version()).gitVersion, 'second');
  assert.equal(server.connections, 2);
});

test('F30: a 401 is answered by one new credential, then it is final', async (t) => {
  const folder = temporaryFolder(t);
  const path = writeText(folder, 'token', 'old');
  const seen: (string | undefined)[] = [];
  const server = await secureServer(t, (request, response) => {
    seen.push(request.headers.authorization);
    if (request.headers.authorization === 'Bearer new') answerVersion(request, response);
    else sendStatus(response, 401, 'Unauthorized', 'Unauthorized');
  });
  const client = clientFor(t, server.url, { ...TRUSTED, authentication: { type: 'token-file', path } });
  const refused = await failure(client.version());
  assert.equal(refused.kind, 'unauthorized');
  assert.match(refused.message, /Unauthorized\. The server does not accept these credentials: log in again/);
  assert.doesNotMatch(refused.message, /old/);
  writeText(folder, 'token', 'new');
  assert.deepEqual(await client.version(), VERSION);
  assert.deepEqual(seen, ['Bearer old', 'Bearer old', 'Bearer new']);
});

test('impersonation headers, one line a group, with keys escaped', async (t) => {
  let headers: readonly string[] = [];
  const server = await startServer(t, (request, response) => {
    headers = request.rawHeaders;
    answerVersion(request, response);
  });
  const impersonation = {
    user: 'jane',
    uid: '7',
    groups: ['a', 'b'],
    extra: { 'example.com/scope': ['x', 'y'] },
  };
  await clientFor(t, server.url, { impersonation }).version();
  const pairs = headers.flatMap((name, index) =>
    index % 2 === 0 && name.startsWith('Impersonate') ? [`${name}: ${headers[index + 1]}`] : [],
  );
  assert.deepEqual(pairs, [
    'Impersonate-User: jane',
    'Impersonate-Uid: 7',
    'Impersonate-Group: a',
    'Impersonate-Group: b',
    'Impersonate-Extra-example.com%2Fscope: x',
    'Impersonate-Extra-example.com%2Fscope: y',
  ]);
});

test('gzip is asked for away from loopback, unless it is switched off', async (t) => {
  const asked: (string | undefined)[] = [];
  const server = await startServer(t, (request, response) => {
    asked.push(request.headers['accept-encoding']);
    if (request.headers['accept-encoding'] !== 'gzip') return answerVersion(request, response);
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync(JSON.stringify(VERSION)));
  });
  const proxyUrl = `http://127.0.0.1:${(await connectProxy(t, server.port)).port}`;
  assert.deepEqual(await clientFor(t, server.url).version(), VERSION);
  assert.deepEqual(await clientFor(t, 'http://cluster.invalid', { proxyUrl }).version(), VERSION);
  assert.deepEqual(
    await clientFor(t, 'http://cluster.invalid', { proxyUrl, disableCompression: true }).version(),
    VERSION,
  );
  assert.deepEqual(asked, [undefined, 'gzip', undefined]);
});

test('--request-timeout goes to the server and ends the request here', async (t) => {
  const server = await startServer(t, () => undefined);
  const clock = new ManualClock();
  const client = clientFor(t, server.url, { requestTimeoutMs: 3_000 }, { clock });
  const failing = failure(client.version());
  await until(() => server.requests.length === 1);
  clock.advance(3_000);
  const error = await failing;
  assert.equal(error.kind, 'timeout');
  assert.match(error.message, /--request-timeout of 3 s/);
  assert.deepEqual(server.requests, ['GET /version?timeout=3s']);
});

test('F24: nobody listens', async (t) => {
  const server = await startServer(t, answerVersion);
  await server.close();
  const error = await failure(clientFor(t, server.url).version());
  assert.equal(error.kind, 'network');
  assert.match(
    error.message,
    /could not read the version of http:\/\/127\.0\.0\.1:\d+: connection to .* was refused\. Is the API server running/,
  );
});

test('F25: a name that is not found', async (t) => {
  const error = await failure(clientFor(t, 'https://no-such-host.invalid').version());
  assert.equal(error.kind, 'network');
  assert.match(error.message, /host name of https:\/\/no-such-host\.invalid was not found/);
});

/** Accepts connections and says nothing. */
async function silentServer(t: TestContext): Promise<{ port: number; accepted(): number }> {
  let accepted = 0;
  const sockets: { destroy(): void }[] = [];
  const server = createServer((socket) => {
    accepted++;
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, accepted: () => accepted };
}

test('F27: a TLS handshake that hangs', async (t) => {
  const server = await silentServer(t);
  const clock = new ManualClock();
  const failing = failure(clientFor(t, `https://127.0.0.1:${server.port}`, TRUSTED, { clock }).version());
  await until(() => server.accepted() === 1);
  clock.advance(10_000);
  const error = await failing;
  assert.equal(error.kind, 'timeout');
  assert.match(error.message, /no connection to https:\/\/127\.0\.0\.1:\d+ within 10 s/);
});

test('what is given up ends at once: before it begins, while it connects, while it waits', async (t) => {
  const aborted = new AbortController();
  aborted.abort();
  const waiting = await startServer(t, () => undefined);
  const client = clientFor(t, waiting.url);
  assert.equal((await failure(client.version({ signal: aborted.signal }))).kind, 'aborted');
  assert.deepEqual(waiting.requests, []);

  const connecting = await silentServer(t);
  const first = new AbortController();
  const handshake = failure(
    clientFor(t, `https://127.0.0.1:${connecting.port}`, TRUSTED, { clock: new ManualClock() }).version({
      signal: first.signal,
    }),
  );
  await until(() => connecting.accepted() === 1);
  first.abort();
  assert.equal((await handshake).kind, 'aborted');

  const second = new AbortController();
  const answer = failure(client.version({ signal: second.signal }));
  await until(() => waiting.requests.length === 1);
  second.abort();
  assert.equal((await answer).kind, 'aborted');
});

test('an answer that never begins', async (t) => {
  const server = await startServer(t, () => undefined);
  const clock = new ManualClock();
  const failing = failure(clientFor(t, server.url, {}, { clock }).version());
  await until(() => server.requests.length === 1);
  clock.advance(70_000);
  assert.match((await failing).message, /no answer within 70 s/);
});

test('F17: an answer that stalls, or only drips', async (t) => {
  const server = await startServer(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"gitVersion":');
  });
  const clock = new ManualClock();
  const failing = failure(clientFor(t, server.url, {}, { clock }).version());
  await until(() => server.requests.length === 1 && clock.waits.some((ms) => ms === 30_000));
  clock.advance(30_000);
  assert.match((await failing).message, /the answer stalled for 30 s/);
});

test('an idle connection that the server closed is replaced without a word', async (t) => {
  const sockets: IncomingMessage['socket'][] = [];
  const server = await startServer(t, (request, response) => {
    if (!sockets.includes(request.socket)) sockets.push(request.socket);
    // The second request on a connection meets a server that is already gone.
    else if (server.requests.length === 2) {
      request.socket.resetAndDestroy();
      return;
    }
    answerVersion(request, response);
  });
  const client = clientFor(t, server.url);
  await client.version();
  assert.deepEqual(await client.version(), VERSION);
  assert.equal(server.requests.length, 3);
});

test('a write is not repeated by itself', async (t) => {
  const server = await startServer(t, (request, response) => {
    if (request.method === 'GET') answerVersion(request, response);
    else request.socket.resetAndDestroy();
  });
  const client = clientFor(t, server.url);
  await client.version();
  const error = await failure(client.patchTemplateAnnotations('Deployment', 'a', 'b', { c: 'd' }));
  assert.equal(error.kind, 'network');
  assert.match(error.message, /could not restart deployment a\/b: the connection to .* was cut/);
  assert.equal(server.requests.filter((line) => line.startsWith('PATCH')).length, 1);
});

/** An HTTP proxy that sends every tunnel to one port. */
async function connectProxy(
  t: TestContext,
  target: number,
  answer = 'HTTP/1.1 200 Connection established',
): Promise<{ port: number; heads: string[] }> {
  const heads: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (head) => {
      heads.push(head.toString('latin1'));
      socket.write(`${answer}\r\n\r\n`);
      if (!answer.includes(' 200 ')) return void socket.end();
      const upstream = connect(target, '127.0.0.1');
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, heads };
}

test('https through a proxy, by proxy-url and by environment', async (t) => {
  const server = await secureServer(t, answerVersion, ['cluster.invalid']);
  const proxy = await connectProxy(t, server.port);
  const url = `http://user:p%40ss@127.0.0.1:${proxy.port}`;
  assert.deepEqual(
    await clientFor(t, 'https://cluster.invalid:6443', { ...TRUSTED, proxyUrl: url }).version(),
    VERSION,
  );
  const env = { HTTPS_PROXY: url };
  assert.deepEqual(await clientFor(t, 'https://cluster.invalid:6443', TRUSTED, { env }).version(), VERSION);
  assert.equal(proxy.heads.length, 2);
  for (const head of proxy.heads) {
    assert.match(head, /^CONNECT cluster\.invalid:6443 HTTP\/1\.1\r\n/);
    assert.match(
      head,
      new RegExp(`Proxy-Authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}\r\n`),
    );
  }
});

for (const [what, answer, message] of [
  [
    'wants a login',
    'HTTP/1.1 407 Proxy Authentication Required',
    /proxy http:\/\/127\.0\.0\.1:\d+ wants a user and password \(407\)/,
  ],
  [
    'refuses',
    'HTTP/1.1 403 Forbidden',
    /refused a connection to cluster\.invalid:6443: HTTP\/1\.1 403 Forbidden/,
  ],
  ['is none', 'SSH-2.0-OpenSSH', /did not answer as an HTTP proxy does/],
] as const) {
  test(`F29: a proxy that ${what} is named`, async (t) => {
    const proxy = await connectProxy(t, 1, answer);
    const proxyUrl = `http://me:s3cret@127.0.0.1:${proxy.port}`;
    const error = await failure(clientFor(t, 'https://cluster.invalid:6443', { proxyUrl }).version());
    assert.equal(error.kind, 'proxy');
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /s3cret/);
  });
}

test('F29: a proxy that never answers', async (t) => {
  const server = await silentServer(t);
  const clock = new ManualClock();
  const proxyUrl = `http://127.0.0.1:${server.port}`;
  const failing = failure(clientFor(t, 'https://cluster.invalid', { proxyUrl }, { clock }).version());
  await until(() => server.accepted() === 1);
  clock.advance(10_000);
  assert.match(
    (await failing).message,
    /no connection to https:\/\/cluster\.invalid through proxy http:\/\/127\.0\.0\.1:\d+ within 10 s/,
  );
});

const proxies = { HTTPS_PROXY: 'http://secure:1', http_proxy: 'plain:2' };

for (const [server, proxyUrl, noProxy, expected] of [
  ['https://api.example', '', '', 'http://secure:1/'],
  ['http://api.example', '', '', 'http://plain:2/'],
  ['https://localhost', '', '', undefined],
  ['https://127.0.0.1:6443', '', '', undefined],
  ['https://[::1]:6443', '', '', undefined],
  ['https://127.0.0.1', 'http://mine:3', '*', 'http://mine:3/'],
  ['https://api.example', '', '*', undefined],
  ['https://api.example', '', 'example', undefined],
  ['https://api.example', '', '.example', undefined],
  ['https://example', '', '.example', 'http://secure:1/'],
  ['https://api.example', '', 'xample', 'http://secure:1/'],
  ['https://api.example:6443', '', 'other, api.example:6443', undefined],
  ['https://api.example:6443', '', 'api.example:443', 'http://secure:1/'],
  ['https://10.1.2.3', '', '10.0.0.0/8', undefined],
  ['https://11.1.2.3', '', '10.0.0.0/8', 'http://secure:1/'],
  ['https://[fd00::5]', '', 'fd00::/8', undefined],
] as const) {
  test(`proxy for ${server}, proxy-url "${proxyUrl}", NO_PROXY "${noProxy}"`, () => {
    assert.equal(proxyFor(new URL(server), proxyUrl, { ...proxies, NO_PROXY: noProxy })?.href, expected);
  });
}

const NOW = Date.parse('2026-11-21T12:00:00Z');

for (const [header, date, expected] of [
  ['0', undefined, 0],
  ['30', undefined, 30],
  ['999999', undefined, 3_600],
  ['Sat, 21 Nov 2026 12:00:10 GMT', undefined, 10],
  ['Sat, 21 Nov 2026 12:00:10 GMT', 'Sat, 21 Nov 2026 12:00:07 GMT', 3],
  ['Sat, 21 Nov 2026 11:00:00 GMT', undefined, 0],
  ['soon', undefined, undefined],
  ['-5', undefined, undefined],
  [undefined, undefined, undefined],
] as const) {
  test(`F9: Retry-After ${header} at ${date ?? 'an unknown time'}`, () => {
    assert.equal(retryAfterSeconds(header, date, NOW), expected);
  });
}

test('F37: the offset of the server clock', async (t) => {
  const server = await startServer(t, (_, response) => {
    response.sendDate = false;
    sendJson(response, 200, VERSION, { date: new Date(1_700_000_000_000 + 3_600_000).toUTCString() });
  });
  const clock = new ManualClock();
  clock.advance(400);
  const client = clientFor(t, server.url, {}, { clock });
  await client.version();
  assert.equal(client.clockOffset, 3_600);
});

/** How the built program reaches a server: certificates, proxies, plugins, impersonation. The cluster behind is the demo's. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { connect, createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { createAuthority } from '../../src/sim/server/certificate.ts';
import { idToken, type OidcIssuer, rotatingIssuer, startIssuer } from '../support/oidc-issuer.ts';
import { type Finished, runProgram } from '../support/program.ts';
import { sendJson } from '../support/scripted-server.ts';
import { writeProgram } from '../support/temporary.ts';
import { type DemoCluster, demoCluster } from './demo-cluster.ts';

const authority = createAuthority('test authority', Date.now());
const stranger = createAuthority('another authority', Date.now());
let cluster: DemoCluster;

before(async () => {
  cluster = await demoCluster({ tls: false });
});

after(() => cluster[Symbol.asyncDispose]());

/** A request as it came in. */
interface Seen {
  readonly headers: readonly string[];
  readonly authorization: string | undefined;
  /** Name in the client's certificate, '' without one. */
  readonly peer: string;
  /** The name that the client asked for in its handshake. */
  readonly serverName: string;
  readonly socket: Socket;
}

interface Front {
  readonly port: number;
  readonly seen: readonly Seen[];
}

/** An API server's TLS in front of the cluster, with what a test wants of it. */
async function front(
  t: TestContext,
  {
    hosts = ['127.0.0.1'],
    refuses = () => false,
    zips = false,
    ...tls
  }: ServerOptions & { hosts?: readonly string[]; refuses?: (seen: Seen) => boolean; zips?: boolean } = {},
): Promise<Front> {
  const seen: Seen[] = [];
  const { certificate, key } = authority.issue({ hosts });
  const server = createServer({ cert: certificate, key, ...tls }, (request, response) => {
    const one = seenOf(request);
    seen.push(one);
    if (refuses(one)) response.writeHead(401).end();
    else passOn(request, response, zips);
  });
  return { port: await listening(t, server), seen };
}

function seenOf({ socket, rawHeaders, headers }: IncomingMessage): Seen {
  assert.ok(socket instanceof TLSSocket);
  const name = socket.getPeerCertificate().subject?.CN ?? '';
  return {
    headers: rawHeaders,
    authorization: headers.authorization,
    peer: String(name),
    serverName: String(Reflect.get(socket, 'servername') || ''),
    socket,
  };
}

/** As the administrator's, whoever asks: rights are not what is tested here. */
function passOn(request: IncomingMessage, response: ServerResponse, zips: boolean): void {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !/^(authorization|impersonate-.*)$/.test(name)),
  );
  const { url: path, method } = request;
  const behind = plainRequest(cluster.simulation.url + path, { method, headers }, (answer) => {
    if (!zips) {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
      return;
    }
    const parts: Buffer[] = [];
    answer.on('data', (part: Buffer) => parts.push(part));
    answer.on('end', () => {
      const { 'content-length': _, ...rest } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, { ...rest, 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.concat(parts)));
    });
  });
  request.pipe(behind);
}

function listening(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      resolve(address.port);
    });
  });
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const TRUSTED = { 'certificate-authority-data': base64(authority.certificate) };

/** `status` by a kubeconfig with this cluster and user. */
function status(
  clusterEntry: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>> = {},
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  const config = {
    'current-context': 'x',
    clusters: [{ name: 'x', cluster: clusterEntry }],
    users: [{ name: 'x', user }],
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
  };
  const kubeconfig = cluster.folder.file('front', JSON.stringify(config));
  return runProgram(['status', '--kubeconfig', kubeconfig, ...flags], { ...cluster.env, ...env });
}

const url = (port: number): string => `https://127.0.0.1:${port}`;

function assertShown({ code, stdout, stderr }: Finished): void {
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^invoicing /m);
}

test('one connection is kept for one request after another, and the authority is checked', async (t) => {
  const { port, seen } = await front(t);
  assertShown(await status({ server: url(port), ...TRUSTED }));
  assert.ok(seen.length > 3);
  const connections = new Set(seen.map(({ socket }) => socket));
  assert.ok(connections.size < seen.length, `${connections.size} connections for ${seen.length} requests`);
});

test('a server whose authority is unknown is refused, unless it is told not to look', async (t) => {
  const { port, seen } = await front(t);
  const unknown = { 'certificate-authority-data': base64(stranger.certificate) };
  const refused = await status({ server: url(port), ...unknown });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /not signed by a trusted authority/);
  assert.deepEqual(seen, []);
  assertShown(await status({ server: url(port), 'insecure-skip-tls-verify': true }));
});

test('tls-server-name is asked for and checked', async (t) => {
  const { port, seen } = await front(t, { hosts: ['inner.example'] });
  const refused = await status({ server: url(port), ...TRUSTED });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /is for another name/);
  assertShown(await status({ server: url(port), ...TRUSTED, 'tls-server-name': 'inner.example' }));
  assert.deepEqual([...new Set(seen.map(({ serverName }) => serverName))], ['inner.example']);
});

test('a client certificate, from the kubeconfig and from files of the command line', async (t) => {
  // Whose it is, is the server's to judge; these certificates are for servers, which this one does not mind.
  const { port, seen } = await front(t, { requestCert: true, rejectUnauthorized: false });
  const own = authority.issue({ hosts: ['jane'] });
  const inData = {
    'client-certificate-data': base64(own.certificate),
    'client-key-data': base64(own.key),
  };
  assertShown(await status({ server: url(port), ...TRUSTED }, inData));
  const certificate = cluster.folder.file('client.crt', own.certificate);
  const key = cluster.folder.file('client.key', own.key);
  const flags = ['--client-certificate', certificate, '--client-key', key];
  assertShown(await status({ server: url(port), ...TRUSTED }, {}, flags));
  assert.deepEqual([...new Set(seen.map(({ peer }) => peer))], ['jane']);
});

test('a plugin gives the credential, is asked once, and again when the server refuses it', async (t) => {
  const { port, seen } = await front(t, { refuses: ({ authorization }) => authorization !== 'Bearer 2' });
  const count = join(cluster.folder.path, 'asked');
  const command = writeProgram(
    cluster.folder.path,
    'plugin',
    `const fs = require('node:fs');
fs.appendFileSync(${JSON.stringify(count)}, 'x');
const token = String(fs.readFileSync(${JSON.stringify(count)}, 'utf8').length);
const { apiVersion, spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
if (spec.interactive !== false || spec.cluster.server !== ${JSON.stringify(url(port))}) process.exit(9);
console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token } }));`,
  );
  const exec = {
    command,
    apiVersion: 'client.authentication.k8s.io/v1',
    interactiveMode: 'IfAvailable',
    provideClusterInfo: true,
  };
  assertShown(await status({ server: url(port), ...TRUSTED }, { exec }));
  assert.equal(readFileSync(count, 'utf8'), 'xx');
  assert.deepEqual([...new Set(seen.map(({ authorization }) => authorization))], ['Bearer 1', 'Bearer 2']);
});

test('a plugin that fails is told with what it said', async (t) => {
  const { port } = await front(t);
  const command = writeProgram(cluster.folder.path, 'broken', `console.error('no ticket'); process.exit(3);`);
  const exec = { command, apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
  const { code, stderr } = await status({ server: url(port), ...TRUSTED }, { exec });
  assert.equal(code, 1);
  assert.match(stderr, /no ticket/);
  assert.match(stderr, /^error: .*broken/m);
});

test('several groups and extra values of an impersonation stand in lines of their own', async (t) => {
  const { port, seen } = await front(t);
  const flags = ['--as=jane', '--as-uid=7', '--as-group=a', '--as-group=b', '--as-user-extra=team=x'];
  assertShown(await status({ server: url(port), ...TRUSTED }, {}, flags));
  for (const { headers } of seen) {
    const lines = headers.flatMap((name, index) =>
      index % 2 === 0 && /^impersonate/i.test(name) ? [`${name}: ${headers[index + 1]}`] : [],
    );
    assert.deepEqual(lines, [
      'Impersonate-User: jane',
      'Impersonate-Uid: 7',
      'Impersonate-Group: a',
      'Impersonate-Group: b',
      'Impersonate-Extra-team: x',
    ]);
  }
});

test('answers that are compressed without being asked for are read', async (t) => {
  const { port } = await front(t, { zips: true });
  assertShown(await status({ server: url(port), ...TRUSTED }));
});

for (const [where, entry, env] of [
  ['proxy-url', (proxy: string) => ({ 'proxy-url': proxy }), () => ({})],
  ['HTTPS_PROXY', () => ({}), (proxy: string) => ({ HTTPS_PROXY: proxy })],
] as const) {
  test(`through a proxy that ${where} names, with a login`, async (t) => {
    const { port } = await front(t, { hosts: ['api.example'] });
    const asked: string[] = [];
    const proxy = await tunnel(t, port, asked);
    const address = `http://user:secret@127.0.0.1:${proxy}`;
    assertShown(
      await status({ server: 'https://api.example', ...TRUSTED, ...entry(address) }, {}, [], env(address)),
    );
    const login = `Basic ${base64('user:secret')}`;
    assert.deepEqual([...new Set(asked)], [`CONNECT api.example:443 HTTP/1.1 ${login}`]);
  });
}

/** A proxy that leads every tunnel to one port. */
async function tunnel(t: TestContext, port: number, asked: string[]): Promise<number> {
  const server = createPlainServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (head) => {
      const [line = '', ...rest] = head.toString('latin1').split('\r\n');
      const login = rest.find((header) => /^proxy-authorization:/i.test(header)) ?? '';
      asked.push(`${line} ${login.replace(/^[^:]*: */, '')}`);
      const behind = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(behind).pipe(socket);
      });
      behind.on('error', () => socket.destroy());
    });
  });
  return listening(t, server);
}

test('a token in a file that nobody but its owner reads', async (t) => {
  const { port, seen } = await front(t);
  const tokenFile = cluster.folder.file('token', 'from-a-file\n');
  chmodSync(tokenFile, 0o600);
  assertShown(await status({ server: url(port), ...TRUSTED }, { tokenFile }));
  assert.deepEqual([...new Set(seen.map(({ authorization }) => authorization))], ['Bearer from-a-file']);
});

/** A user of this issuer, whose authority lies in a file beside the kubeconfig. */
function oidcUser(
  { url: address, authority: issuerAuthority }: OidcIssuer,
  token: string,
  secret = '',
): Readonly<Record<string, unknown>> {
  cluster.folder.file('issuer.crt', issuerAuthority);
  const config = {
    'idp-issuer-url': address,
    'idp-certificate-authority': 'issuer.crt',
    'client-id': 'kubernetes',
    'client-secret': secret,
    'id-token': token,
    'refresh-token': 'refresh-0',
  };
  return { 'auth-provider': { name: 'oidc', config } };
}

const HOUR_MS = 3_600_000;

test('a user of an OpenID provider: the token that is there, as long as it is good', async (t) => {
  const { port, seen } = await front(t);
  const { issuer } = await rotatingIssuer(t, () => Date.now() + HOUR_MS);
  const token = idToken({ expiresAt: Date.now() + HOUR_MS });
  assertShown(await status({ server: url(port), ...TRUSTED }, oidcUser(issuer, token)));
  assert.deepEqual([...new Set(seen.map(({ authorization }) => authorization))], [`Bearer ${token}`]);
  assert.deepEqual(issuer.server.requests, []);
});

test('a user of an OpenID provider: a new token for one that has expired, once for all requests', async (t) => {
  const { port, seen } = await front(t);
  const { issuer, tokens } = await rotatingIssuer(t, () => Date.now() + HOUR_MS);
  const expired = idToken({ expiresAt: Date.now() - HOUR_MS });
  assertShown(await status({ server: url(port), ...TRUSTED }, oidcUser(issuer, expired, 's3cret')));
  assert.deepEqual([...new Set(seen.map(({ authorization }) => authorization))], [`Bearer ${tokens.at(-1)}`]);
  assert.deepEqual(
    issuer.tokenRequests.map(({ authorization, form }) => [authorization, form.refresh_token]),
    [[`Basic ${base64('kubernetes:s3cret')}`, 'refresh-0']],
  );
  assert.match(issuer.tokenRequests[0]?.userAgent ?? '', /^kubectl-linkerd-upgrade\//);
});

test('a user of an OpenID provider: a new token for one that the server refuses', async (t) => {
  const refused = idToken({ expiresAt: Date.now() + HOUR_MS });
  const { port, seen } = await front(t, {
    refuses: ({ authorization }) => authorization === `Bearer ${refused}`,
  });
  const { issuer, tokens } = await rotatingIssuer(t, () => Date.now() + HOUR_MS);
  assertShown(await status({ server: url(port), ...TRUSTED }, oidcUser(issuer, refused)));
  assert.equal(seen.at(-1)?.authorization, `Bearer ${tokens.at(-1)}`);
  assert.equal(issuer.tokenRequests.length, 1);
});

test('a user of an OpenID provider that renews no more is told to log in', async (t) => {
  const { port, seen } = await front(t);
  const issuer = await startIssuer(t, {
    onToken: (_, response) => sendJson(response, 400, { error: 'invalid_grant' }),
  });
  const expired = idToken({ expiresAt: Date.now() - HOUR_MS });
  const { code, stderr } = await status({ server: url(port), ...TRUSTED }, oidcUser(issuer, expired));
  assert.equal(code, 1);
  assert.match(stderr, /^error: .*at https:\/\/127\.0\.0\.1:\d+\/: it answered 400, invalid_grant\. Log in/m);
  assert.doesNotMatch(stderr, /refresh-0/);
  assert.deepEqual(seen, []);
});

/** `auth-provider: oidc` against a real issuer with https and an authority that nothing but the kubeconfig names. */
import assert from 'node:assert/strict';
import { connect, createServer as createPlainServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ConnectionConfig } from '../../../src/kube/config/connection.ts';
import { parseKubeconfig } from '../../../src/kube/config/kubeconfig.ts';
import type { Environment } from '../../../src/kube/config/load.ts';
import { type Credentials, createCredentials } from '../../../src/kube/credentials/credentials.ts';
import { expiryOf } from '../../../src/kube/credentials/id-token.ts';
import { createAuthority } from '../../../src/sim/server/certificate.ts';
import { connectionTo } from '../../support/connection.ts';
import { failure } from '../../support/kube-error.ts';
import {
  idToken,
  type OidcIssuer,
  rotatingIssuer,
  sendTokens,
  startIssuer,
} from '../../support/oidc-issuer.ts';
import { sendJson, startServer, until } from '../../support/scripted-server.ts';
import { temporaryFolder, writeText } from '../../support/temporary.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MINUTE_MS = 60_000;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Setup {
  readonly clock: ManualClock;
  readonly credentials: Credentials;
}

function setUp(
  config: Readonly<Record<string, string>>,
  {
    clock = new ManualClock(),
    env = {},
    fields = {},
  }: { clock?: ManualClock; env?: Environment; fields?: Partial<ConnectionConfig> } = {},
): Setup {
  const connection = connectionTo('https://cluster.example', {
    user: 'jane',
    authentication: { type: 'auth-provider', name: 'oidc', config },
    ...fields,
  });
  const options = { clock, env, policy: { policy: 'AllowAll' }, userAgent: 'this-program/1' } as const;
  return { clock, credentials: createCredentials(connection, options) };
}

/** A user of this issuer whose token has run out. */
function userOf({ url, authority }: Pick<OidcIssuer, 'url' | 'authority'>): Record<string, string> {
  return {
    'idp-issuer-url': url,
    'idp-certificate-authority-data': base64(authority),
    'client-id': 'kubernetes',
    'refresh-token': 'refresh-0',
  };
}

/** An issuer whose tokens last five minutes of `clock`, and that takes each refresh token once. */
const rotating = (t: TestContext, clock: ManualClock) => rotatingIssuer(t, () => clock.now() + 5 * MINUTE_MS);

test('the token of the kubeconfig is used until ten seconds before it expires', async (t) => {
  const clock = new ManualClock();
  const { issuer, tokens } = await rotating(t, clock);
  const old = idToken({ expiresAt: clock.now() + MINUTE_MS });
  const { credentials } = setUp({ ...userOf(issuer), 'id-token': `${old}\n` }, { clock });
  assert.equal((await credentials.current()).authorization, `Bearer ${old}`);
  clock.advance(49_999);
  assert.equal((await credentials.current()).authorization, `Bearer ${old}`);
  assert.deepEqual(issuer.server.requests, []);
  clock.advance(1);
  assert.equal((await credentials.current()).authorization, `Bearer ${tokens[0]}`);
  assert.deepEqual(issuer.server.requests, ['GET /.well-known/openid-configuration', 'POST /token']);
});

test('each renewal uses the refresh token that the one before gave', async (t) => {
  const clock = new ManualClock();
  const { issuer, tokens } = await rotating(t, clock);
  const { credentials } = setUp(userOf(issuer), { clock });
  for (const n of [0, 1, 2]) {
    assert.equal((await credentials.current()).authorization, `Bearer ${tokens[n]}`);
    clock.advance(4 * MINUTE_MS);
    assert.equal((await credentials.current()).authorization, `Bearer ${tokens[n]}`);
    clock.advance(MINUTE_MS);
  }
  assert.deepEqual(
    issuer.tokenRequests.map(({ form }) => form.refresh_token),
    ['refresh-0', 'refresh-1', 'refresh-2'],
  );
});

test('an issuer that gives no new refresh token goes on taking the old one', async (t) => {
  const clock = new ManualClock();
  const issuer = await startIssuer(t, {
    onToken: (_, response, iss) =>
      sendTokens(response, { id_token: idToken({ iss, expiresAt: clock.now() + MINUTE_MS }) }),
  });
  const { credentials } = setUp(userOf(issuer), { clock });
  await credentials.current();
  clock.advance(MINUTE_MS);
  await credentials.current();
  assert.deepEqual(
    issuer.tokenRequests.map(({ form }) => form.refresh_token),
    ['refresh-0', 'refresh-0'],
  );
});

test('all who wait share one renewal, and a 401 brings one more', async (t) => {
  const clock = new ManualClock();
  const { issuer, tokens } = await rotating(t, clock);
  const { credentials } = setUp(userOf(issuer), { clock });
  const all = await Promise.all([credentials.current(), credentials.current(), credentials.current()]);
  assert.deepEqual(
    all.map(({ authorization }) => authorization),
    Array(3).fill(`Bearer ${tokens[0]}`),
  );
  const [used] = all;
  const next = await Promise.all([credentials.afterUnauthorized(used), credentials.afterUnauthorized(used)]);
  assert.deepEqual(
    next.map((credential) => credential?.authorization),
    Array(2).fill(`Bearer ${tokens[1]}`),
  );
  assert.equal((await credentials.afterUnauthorized(used))?.authorization, `Bearer ${tokens[1]}`);
  assert.equal(issuer.tokenRequests.length, 2);
});

test('without a refresh token a 401 is final, and the end of the token an error', async () => {
  const clock = new ManualClock();
  const token = idToken({ expiresAt: clock.now() + MINUTE_MS });
  const { credentials } = setUp({ 'id-token': token }, { clock });
  const used = await credentials.current();
  assert.equal(await credentials.afterUnauthorized(used), undefined);
  clock.advance(MINUTE_MS);
  const error = await failure(credentials.current());
  assert.equal(error.kind, 'credentials');
  assert.match(error.message, /id-token of user "jane" has expired, and there is no refresh-token.*Log in/);
});

test('a renewal that fails does not take away a token that is still good', async (t) => {
  const clock = new ManualClock();
  const issuer = await startIssuer(t, { onToken: (_, response) => response.writeHead(503).end() });
  const token = idToken({ expiresAt: clock.now() + MINUTE_MS });
  const { credentials } = setUp({ ...userOf(issuer), 'id-token': token }, { clock });
  await credentials.current();
  clock.advance(55_000);
  assert.equal((await credentials.current()).authorization, `Bearer ${token}`);
  assert.equal(issuer.tokenRequests.length, 1);
  clock.advance(5_000);
  assert.match((await failure(credentials.current())).message, /it answered 503\. Try again/);
});

test('a token that is over by our clock is used all the same, and not renewed for each request', async (t) => {
  const clock = new ManualClock();
  const issuer = await startIssuer(t, {
    onToken: (_, response, iss) =>
      sendTokens(response, { id_token: idToken({ iss, expiresAt: clock.now() - MINUTE_MS }) }),
  });
  const { credentials } = setUp(userOf(issuer), { clock });
  await credentials.current();
  clock.advance(9_999);
  await credentials.current();
  assert.equal(issuer.tokenRequests.length, 1);
  clock.advance(1);
  await credentials.current();
  assert.equal(issuer.tokenRequests.length, 2);
});

test('what is sent: the grant, the client and our user agent, and no scope', async (t) => {
  const clock = new ManualClock();
  const { issuer } = await rotating(t, clock);
  await setUp({ ...userOf(issuer), 'extra-scopes': 'groups' }, { clock }).credentials.current();
  assert.deepEqual(issuer.tokenRequests, [
    {
      authorization: '',
      userAgent: 'this-program/1',
      form: { grant_type: 'refresh_token', refresh_token: 'refresh-0', client_id: 'kubernetes' },
    },
  ]);
});

const SECRET = 'a secret/+';
const BASIC = `Basic ${base64(`kubernetes:${encodeURIComponent(SECRET).replaceAll('%20', '+')}`)}`;

for (const [what, { supported, takes, refusal, headers }, proofs] of [
  ['is sent in a header', { supported: undefined, takes: 'basic' }, ['basic']],
  [
    'is sent in the body when only that is supported',
    { supported: ['client_secret_post'], takes: 'post' },
    ['post'],
  ],
  [
    'is sent in the body after the header was refused',
    { supported: undefined, takes: 'post', refusal: { error: 'invalid_client' } },
    ['basic', 'post'],
  ],
  [
    'is sent in the body after the header was challenged',
    { supported: ['client_secret_basic'], takes: 'post', headers: { 'www-authenticate': 'Basic realm="x"' } },
    ['basic', 'post'],
  ],
] as readonly [
  string,
  {
    supported: readonly string[] | undefined;
    takes: string;
    refusal?: Record<string, string>;
    headers?: Record<string, string>;
  },
  readonly string[],
][]) {
  test(`a client-secret ${what}`, async (t) => {
    const clock = new ManualClock();
    const proofOf = ({ authorization, form }: OidcIssuer['tokenRequests'][number]): string => {
      if (authorization === BASIC && form.client_secret === undefined) return 'basic';
      return authorization === '' && form.client_secret === SECRET ? 'post' : 'none';
    };
    const issuer = await startIssuer(t, {
      discovery: () => ({ token_endpoint_auth_methods_supported: supported }),
      onToken(request, response, iss) {
        if (proofOf(request) !== takes) sendJson(response, 401, refusal ?? {}, headers);
        else sendTokens(response, { id_token: idToken({ iss, expiresAt: clock.now() + MINUTE_MS }) });
      },
    });
    await setUp({ ...userOf(issuer), 'client-secret': SECRET }, { clock }).credentials.current();
    assert.deepEqual(issuer.tokenRequests.map(proofOf), proofs);
  });
}

test('a refused refresh token is not sent a second time', async (t) => {
  const issuer = await startIssuer(t, {
    onToken: (_, response) => sendJson(response, 400, { error: 'invalid_grant' }),
  });
  await failure(setUp({ ...userOf(issuer), 'client-secret': SECRET }).credentials.current());
  assert.equal(issuer.tokenRequests.length, 1);
});

test('a slash at the end of the issuer is no difference, as for kubectl', async (t) => {
  const clock = new ManualClock();
  const issuer = await startIssuer(t, {
    discovery: (url) => ({ issuer: `${url}/realms/x/` }),
    onToken: (_, response, url) =>
      sendTokens(response, {
        id_token: idToken({ iss: `${url}/realms/x/`, expiresAt: clock.now() + MINUTE_MS }),
      }),
  });
  const user = { ...userOf(issuer), 'idp-issuer-url': `${issuer.url}/realms/x` };
  assert.match((await setUp(user, { clock }).credentials.current()).authorization, /^Bearer ey/);
});

test('the authority from a file, which data override', async (t) => {
  const clock = new ManualClock();
  const { issuer, tokens } = await rotating(t, clock);
  const folder = temporaryFolder(t);
  const own = writeText(folder, 'own.crt', issuer.authority);
  const { 'idp-certificate-authority-data': data = '', ...user } = userOf(issuer);
  const fromFile = setUp({ ...user, 'idp-certificate-authority': own }, { clock });
  assert.equal((await fromFile.credentials.current()).authorization, `Bearer ${tokens[0]}`);
  const both = { ...user, 'refresh-token': 'refresh-1', 'idp-certificate-authority': join(folder, 'nope') };
  const fromData = setUp({ ...both, 'idp-certificate-authority-data': data }, { clock });
  assert.equal((await fromData.credentials.current()).authorization, `Bearer ${tokens[1]}`);
  const missing = await failure(setUp(both, { clock }).credentials.current());
  assert.match(missing.message, /unable to read idp-certificate-authority .*nope for jane/);
});

test("a relative path is looked for beside the kubeconfig, and the rest of the provider's keys are kept", () => {
  const config = { 'idp-certificate-authority': 'pki/ca.crt', 'client-id': 'c' };
  const users = [{ name: 'jane', user: { 'auth-provider': { name: 'oidc', config } } }];
  const { users: parsed } = parseKubeconfig(JSON.stringify({ users }), (path) => `/beside/${path}`);
  assert.deepEqual(parsed.get('jane')?.authProvider?.config, {
    'idp-certificate-authority': '/beside/pki/ca.crt',
    'client-id': 'c',
  });
});

test("the environment's proxy is used, and the cluster's own proxy, certificates and authority are not", async (t) => {
  const clock = new ManualClock();
  const name = 'https://login.example';
  const issuer = await startIssuer(t, {
    hosts: ['login.example'],
    name,
    onToken: (_, response, iss) =>
      sendTokens(response, { id_token: idToken({ iss, expiresAt: clock.now() + MINUTE_MS }) }),
  });
  const asked: string[] = [];
  const proxy = createPlainServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (head) => {
      asked.push(head.toString('latin1').split('\r\n')[0] ?? '');
      const behind = connect(issuer.server.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(behind).pipe(socket);
      });
      behind.on('error', () => socket.destroy());
      socket.on('close', () => behind.destroy());
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => proxy.close());
  const address = proxy.address();
  assert.ok(address !== null && typeof address === 'object');
  const { credentials } = setUp(userOf(issuer), {
    clock,
    env: { HTTPS_PROXY: `http://127.0.0.1:${address.port}` },
    fields: {
      proxyUrl: 'http://127.0.0.1:1',
      certificateAuthority: { from: 'file', path: '/nope' },
      tlsServerName: 'cluster.example',
    },
  });
  assert.match((await credentials.current()).authorization, /^Bearer ey/);
  assert.deepEqual(asked, Array(2).fill('CONNECT login.example:443 HTTP/1.1'));
});

const refusing = (status: number, body: unknown) => ({
  onToken: (_: unknown, response: Parameters<typeof sendJson>[0]) => sendJson(response, status, body),
});
const content = (tokens: (iss: string) => Readonly<Record<string, unknown>>) => ({
  onToken: (_: unknown, response: Parameters<typeof sendTokens>[0], iss: string) =>
    sendTokens(response, tokens(iss)),
});
const never = {
  onToken: () => assert.fail('no token is asked for'),
};
const FAR = Date.parse('2100-01-01T00:00:00Z');

for (const [what, options, expected] of [
  [
    'refuses the refresh token',
    refusing(400, { error: 'invalid_grant', error_description: 'used up:\u001b[2J refresh-0' }),
    /it answered 400, invalid_grant: used up:\\x1b\[2J \[redacted\]\. Log in again/,
  ],
  [
    'refuses the client',
    refusing(401, { error: 'invalid_client', error_description: 'not with a secret/+' }),
    /it answered 401, invalid_client: not with \[redacted\]\. Check client-id and client-secret/,
  ],
  ['fails', refusing(500, { error: 'server_error' }), /it answered 500\. Try again/],
  [
    'answers with a page',
    {
      onToken: (_: unknown, response: Parameters<typeof sendJson>[0]) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<p>refresh-0'),
    },
    /its answer is not JSON; a login page or a proxy/,
  ],
  [
    'redirects',
    {
      onToken: (_: unknown, response: Parameters<typeof sendJson>[0]) =>
        response.writeHead(302, { location: 'https://other.example/' }).end(),
    },
    /it answered 302\. Check idp-issuer-url/,
  ],
  [
    'gives no id_token',
    content(() => ({})),
    /it gave no id_token; either the login did not ask for the scope openid/,
  ],
  [
    'gives a token for another client',
    content((iss) => ({ id_token: idToken({ iss, aud: 'other', expiresAt: FAR }) })),
    /its answer is not what it should be: unexpected JWT "aud"/,
  ],
  [
    'gives a token of another issuer',
    content(() => ({ id_token: idToken({ iss: 'https://other.example', expiresAt: FAR }) })),
    /unexpected JWT "iss"/,
  ],
  [
    'gives a token with line ends',
    content((iss) => ({ id_token: `${idToken({ iss, expiresAt: FAR })}\r\nX-Evil: 1` })),
    /its id_token is no JSON Web Token/,
  ],
  ['gives what is no token', content(() => ({ id_token: 'refresh-0' })), /Invalid JWT/],
  [
    'gives a token without an end',
    content((iss) => ({ id_token: idToken({ iss, expiresAt: FAR, exp: undefined }) })),
    /its answer is not what it should be: JWT "exp"/,
  ],
  [
    'calls itself another',
    { ...never, discovery: () => ({ issuer: 'https://other.example/\u001b[2J' }) },
    /it calls itself https:\/\/other\.example\/\\x1b\[2J\. Check idp-issuer-url/,
  ],
  [
    'has no discovery document',
    { ...never, onDiscovery: (r: Parameters<typeof sendJson>[0]) => r.writeHead(404).end() },
    /it answered 404\. Check idp-issuer-url/,
  ],
  [
    'has a broken discovery document',
    { ...never, onDiscovery: (r: Parameters<typeof sendJson>[0]) => sendJson(r, 200, []) },
    /its answer is not what it should be: /,
  ],
  [
    'names no token endpoint',
    { ...never, discovery: () => ({ token_endpoint: undefined }) },
    /names no token_endpoint/,
  ],
  [
    'names a token endpoint in the clear',
    { ...never, discovery: () => ({ token_endpoint: 'http://127.0.0.1:1/token' }) },
    /its token_endpoint is not https:\/\//,
  ],
  [
    'answers without end',
    {
      onToken: (_: unknown, response: Parameters<typeof sendJson>[0]) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(`"${'x'.repeat(2 ** 21)}"`);
      },
    },
    /the answer is longer than 1048576 bytes/,
  ],
] as const) {
  test(`an issuer that ${what}`, async (t) => {
    const issuer = await startIssuer(t, options);
    const old = idToken({ expiresAt: 1_000_000 });
    const user = { ...userOf(issuer), 'client-secret': SECRET, 'id-token': old };
    const error = await failure(setUp(user).credentials.current());
    assert.equal(error.kind, 'credentials');
    assert.match(error.message, expected);
    assert.ok(error.message.startsWith(`could not renew the id-token of user "jane" at ${issuer.url}/: `));
    assert.equal(error.cause, undefined);
    for (const secret of ['refresh-0', SECRET, old]) assert.equal(error.message.includes(secret), false);
  });
}

test('an issuer that is not there, and one whose authority is another', async (t) => {
  const gone = await startIssuer(t, never);
  await gone.server.close();
  assert.match(
    (await failure(setUp(userOf(gone)).credentials.current())).message,
    /it cannot be reached \(ECONNREFUSED\)\. Check idp-issuer-url.*the VPN\.$/,
  );
  const stranger = createAuthority('stranger', Date.now()).certificate;
  const issuer = await startIssuer(t, never);
  assert.match(
    (await failure(setUp(userOf({ url: issuer.url, authority: stranger })).credentials.current())).message,
    /its certificate is not accepted \(\w+\)\. Check idp-certificate-authority-data/,
  );
  // Node passes over what is no certificate between its lines, Bun does not.
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  assert.match(
    (await failure(setUp(userOf({ url: issuer.url, authority: broken })).credentials.current())).message,
    /(is not accepted \(\w+\)|could not be loaded; they must be PEM)\. Check idp-certificate-authority-data/,
  );
  assert.deepEqual(issuer.server.requests, []);
  const { 'idp-certificate-authority-data': _, ...user } = userOf(issuer);
  assert.match((await failure(setUp(user).credentials.current())).message, /its certificate is not accepted/);
});

test('a silent issuer is given up after half a minute, or after the --request-timeout', async (t) => {
  for (const [requestTimeoutMs, wait] of [
    [0, 30_000],
    [5_000, 5_000],
  ] as const) {
    const issuer = await startIssuer(t, { onToken: () => undefined });
    const { clock, credentials } = setUp(userOf(issuer), { fields: { requestTimeoutMs } });
    const failing = failure(credentials.current());
    await until(() => issuer.tokenRequests.length === 1, 'the request');
    clock.advance(wait - 1);
    assert.ok(clock.waits.length > 0, 'it still waits');
    clock.advance(1);
    // Looked at first: what waits for a time that never comes would not fail but hang.
    assert.deepEqual(clock.waits, []);
    assert.match((await failing).message, /it did not answer in time\. Check the network/);
  }
});

test('settings that a renewal cannot do with', async (t) => {
  const plain = await startServer(t, (_, response) => response.end());
  const good = { 'idp-issuer-url': 'https://127.0.0.1:1', 'client-id': 'c', 'refresh-token': 'refresh-0' };
  for (const [change, expected] of [
    [{ 'idp-issuer-url': plain.url }, /idp-issuer-url begins with http:\/\/, and secrets are sent by https/],
    [{ 'idp-issuer-url': '' }, /idp-issuer-url is missing/],
    [{ 'idp-issuer-url': 'login' }, /idp-issuer-url is not a URL/],
    [{ 'client-id': '' }, /client-id is missing/],
    [
      { 'id-token': 'opaque', 'refresh-token': '' },
      /is no JSON Web Token with a time of expiry, and there is no/,
    ],
    [{ 'refresh-token': '' }, /id-token of user "jane" is missing, and there is no refresh-token/],
    [
      { 'idp-certificate-authority-data': 'bm9uZQ==' },
      /idp-certificate-authority-data of user "jane" holds no certificate/,
    ],
  ] as const) {
    const error = await failure(setUp({ ...good, ...change }).credentials.current());
    assert.equal(error.kind, 'credentials');
    assert.match(error.message, expected);
  }
  assert.deepEqual(plain.requests, []);
});

test('when a token expires', () => {
  assert.equal(expiryOf(idToken({ expiresAt: 5_000 })), 5_000);
  const withClaims = (claims: string) => `e30.${Buffer.from(claims).toString('base64url')}.x`;
  assert.equal(expiryOf(withClaims('{"exp":1.5}')), 1_500);
  for (const text of [
    '',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    withClaims('{}'),
    withClaims('{"exp":"1"}'),
    withClaims('[]'),
  ]) {
    assert.equal(expiryOf(text), undefined, text);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionConfig, ConnectionFlags, InCluster } from '../../../src/kube/config/connection.ts';
import { parseTimeout } from '../../../src/kube/config/duration.ts';
import { mergeKubeconfigs, parseKubeconfig } from '../../../src/kube/config/kubeconfig.ts';
import { parsePluginPolicy, refusePlugin } from '../../../src/kube/config/plugin-policy.ts';
import { resolveConnection } from '../../../src/kube/config/resolve.ts';

const BASE = `
current-context: one
clusters:
- name: c
  cluster:
    server: https://one.example:6443/prefix/
    tls-server-name: inner.example
    certificate-authority: ca.crt
    certificate-authority-data: Q0E=
- name: plain
  cluster: { server: "http://plain.example:8001" }
- name: empty
  cluster: {}
users:
- name: token
  user: { token: t0ken }
- name: file
  user: { token: old, tokenFile: secrets/token }
- name: certificate
  user: { client-certificate: me.crt, client-certificate-data: Q0VSVA==, client-key: me.key }
- name: basic
  user: { username: u, password: p }
- name: group
  user: { as-groups: [a] }
- name: impersonator
  user: { token: t, as: jane, as-uid: "7", as-groups: [a, b], as-user-extra: { "example.com/scope": [x, y] } }
- name: exec
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: bin/login
      args: [get]
      env: [{ name: A, value: b }]
      interactiveMode: IfAvailable
- name: both
  user: { username: u, password: p, token: t }
contexts:
- name: one
  context: { cluster: c, user: token, namespace: books }
- name: anonymous
  context: { cluster: c }
- name: nocluster
  context: { cluster: nope, user: token }
- name: nouser
  context: { cluster: c, user: nope }
- name: noserver
  context: { cluster: empty, user: token }
- name: insecure
  context: { cluster: plain, user: token }
`;

const config = parseKubeconfig(BASE, (path) => `/home/me/.kube/${path}`);

function connect(flags: ConnectionFlags = {}): ConnectionConfig {
  const connection = resolveConnection(config, flags, undefined);
  if ('error' in connection) throw new Error(connection.error);
  return connection;
}

function refusal(flags: ConnectionFlags, text = BASE): string {
  const connection = resolveConnection(
    parseKubeconfig(text, (path) => path),
    flags,
    undefined,
  );
  return 'error' in connection ? connection.error : 'no error';
}

test('the current context', () => {
  const connection = connect();
  assert.equal(connection.context, 'one');
  assert.equal(connection.server, 'https://one.example:6443/prefix');
  assert.equal(connection.tlsServerName, 'inner.example');
  assert.equal(connection.namespace, 'books');
  assert.deepEqual(connection.authentication, { type: 'token', token: 't0ken' });
  assert.deepEqual(connection.certificateAuthority, { from: 'data', base64: 'Q0E=' });
  assert.deepEqual(connection.warnings, [
    'certificate-authority-data and certificate-authority are both specified for c. certificate-authority-data will override.',
  ]);
});

test('flags win over the kubeconfig', () => {
  assert.equal(connect({ namespace: 'x' }).namespace, 'x');
  assert.equal(connect({ context: 'anonymous' }).namespace, 'default');
  assert.equal(connect({ cluster: 'plain' }).server, 'http://plain.example:8001');
  assert.equal(connect({ user: 'basic' }).authentication.type, 'basic');
});

test('--server clears the server name that belongs to another server', () => {
  const connection = connect({ server: 'https://other.example' });
  assert.equal(connection.server, 'https://other.example');
  assert.equal(connection.tlsServerName, '');
  assert.equal(connect({ server: 'https://o.example', tlsServerName: 'n' }).tlsServerName, 'n');
});

test('a server without a scheme is https where TLS is configured', () => {
  assert.equal(connect({ server: 'other.example:6443' }).server, 'https://other.example:6443');
  assert.equal(connect({ cluster: 'plain', server: 'localhost:8080' }).server, 'http://localhost:8080');
});

test('--insecure-skip-tls-verify and --certificate-authority clear each other', () => {
  const insecure = connect({ insecureSkipTlsVerify: true });
  assert.equal(insecure.insecureSkipTlsVerify, true);
  assert.equal(insecure.certificateAuthority, undefined);
  assert.deepEqual(connect({ certificateAuthority: '/ca' }).certificateAuthority, {
    from: 'file',
    path: '/ca',
  });
  assert.match(
    refusal({ certificateAuthority: '/ca', insecureSkipTlsVerify: true }),
    /insecure flag is not allowed/,
  );
});

test('data beats file, and a flag beats data', () => {
  assert.deepEqual(connect({ user: 'certificate' }).clientCertificate, {
    certificate: { from: 'data', base64: 'Q0VSVA==' },
    key: { from: 'file', path: '/home/me/.kube/me.key' },
  });
  assert.deepEqual(
    connect({ user: 'certificate', clientCertificate: 'mine' }).clientCertificate?.certificate,
    {
      from: 'file',
      path: 'mine',
    },
  );
});

test('a token file is read again and again, so it beats the token beside it', () => {
  assert.deepEqual(connect({ user: 'file' }).authentication, {
    type: 'token-file',
    path: '/home/me/.kube/secrets/token',
  });
});

test('--token takes the place of token file and exec plugin', () => {
  for (const user of ['file', 'exec']) {
    assert.deepEqual(connect({ user, token: 'x' }).authentication, { type: 'token', token: 'x' });
  }
});

test('an exec plugin whose command has a separator is a path beside its kubeconfig', () => {
  const { authentication } = connect({ user: 'exec' });
  assert.equal(authentication.type === 'exec' && authentication.exec.command, '/home/me/.kube/bin/login');
  assert.deepEqual(authentication.type === 'exec' && authentication.exec.env, [{ name: 'A', value: 'b' }]);
});

test('http:// carries no credentials, but impersonation', () => {
  const connection = connect({ context: 'insecure', as: 'jane' });
  assert.deepEqual(connection.authentication, { type: 'none' });
  assert.equal(connection.clientCertificate, undefined);
  assert.equal(connection.impersonation?.user, 'jane');
});

test('impersonation from the kubeconfig and from flags', () => {
  assert.deepEqual(connect({ user: 'impersonator' }).impersonation, {
    user: 'jane',
    uid: '7',
    groups: ['a', 'b'],
    extra: { 'example.com/scope': ['x', 'y'] },
  });
  assert.deepEqual(
    connect({ as: 'joe', asUid: '1', asGroup: ['g', 'h'], asUserExtra: ['k=v', 'k=w=x'] }).impersonation,
    { user: 'joe', uid: '1', groups: ['g', 'h'], extra: { k: ['v', 'w=x'] } },
  );
});

for (const [what, flags, expected] of [
  ['an unknown context', { context: 'bogus' }, /^context "bogus" does not exist; there are: one, anonymous/],
  ['an unknown cluster', { cluster: 'bogus' }, /^cluster "bogus" does not exist/],
  ['an unknown user', { user: 'bogus' }, /^auth info "bogus" does not exist/],
  [
    'a context of an unknown cluster',
    { context: 'nocluster' },
    /^cluster "nope" was not found for context "nocluster"/,
  ],
  ['a context of an unknown user', { context: 'nouser' }, /^user "nope" was not found for context "nouser"/],
  ['a cluster without a server', { context: 'noserver' }, /^no server found for cluster "empty"/],
  ['groups without a user', { asGroup: ['g'] }, /without impersonating a user: add --as/],
  ['groups of the kubeconfig without a user', { user: 'group' }, /without impersonating a user/],
  ['two ways to log in', { user: 'both' }, /more than one authentication method found for both/],
  ['a wrong timeout', { requestTimeout: 'soon' }, /^Invalid timeout value/],
  ['a wrong extra', { as: 'x', asUserExtra: ['novalue'] }, /not of the form key=value/],
  ['a wrong server', { server: 'ftp://x' }, /is not a URL/],
] as const) {
  test(`refuses ${what}`, () => assert.match(refusal(flags), expected));
}

test('a current-context that is not there', () => {
  assert.match(
    refusal({}, 'current-context: bogus\ncontexts: [{name: a, context: {}}]'),
    /^Error in configuration: context was not found for specified context: bogus; there are: a/,
  );
});

test('nothing configured says what kubectl would do', () => {
  assert.match(
    refusal({}, ''),
    /kubectl would try http:\/\/localhost:8080\. Give a kubeconfig .*; --demo brings a cluster of its own\.$/,
  );
  assert.match(
    refusal({}, BASE.replace('current-context: one', '')),
    /no current-context is set.*Choose one with --context: one/,
  );
});

test('--server alone is enough', () => {
  const connection = resolveConnection(
    parseKubeconfig('', (path) => path),
    { server: 'https://x', token: 't' },
    undefined,
  );
  assert.ok(!('error' in connection));
  assert.equal(connection.server, 'https://x');
});

for (const [what, exec, expected] of [
  ['command', '{ apiVersion: client.authentication.k8s.io/v1 }', /command must be specified for u/],
  ['apiVersion', '{ command: x }', /apiVersion must be specified for u/],
  [
    'interactiveMode',
    '{ command: x, apiVersion: client.authentication.k8s.io/v1 }',
    /interactiveMode must be specified for u/,
  ],
  [
    'valid interactiveMode',
    '{ command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Maybe }',
    /invalid interactiveMode for u: "Maybe"/,
  ],
  [
    'known apiVersion',
    '{ command: x, apiVersion: client.authentication.k8s.io/v1alpha1 }',
    /invalid apiVersion/,
  ],
] as const) {
  test(`an exec plugin needs a ${what}`, () => {
    const text = `
current-context: c
clusters: [{ name: c, cluster: { server: "https://x" } }]
users: [{ name: u, user: { exec: ${exec} } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]`;
    assert.match(refusal({}, text), expected);
  });
}

for (const [proxyUrl, expected] of [
  ['socks5://proxy:1080', /SOCKS5 proxy, which is not supported/],
  ['ftp://proxy', /invalid 'proxy-url'/],
  ['proxy:3128', /invalid 'proxy-url'/],
] as const) {
  test(`proxy-url ${proxyUrl}`, () => {
    const text = `
current-context: c
clusters: [{ name: c, cluster: { server: "https://x", proxy-url: "${proxyUrl}" } }]
contexts: [{ name: c, context: { cluster: c } }]`;
    assert.match(refusal({}, text), expected);
  });
}

const IN_CLUSTER: InCluster = {
  host: 'fd00::1',
  port: '443',
  tokenFile: '/token',
  certificateAuthority: '/ca.crt',
  namespace: 'tools',
};

test('in a cluster, when nothing else is configured', () => {
  const connection = resolveConnection(
    parseKubeconfig('', (path) => path),
    {},
    IN_CLUSTER,
  );
  assert.ok(!('error' in connection));
  assert.equal(connection.server, 'https://[fd00::1]');
  assert.equal(connection.namespace, 'tools');
  assert.deepEqual(connection.authentication, { type: 'token-file', path: '/token' });
  const other = resolveConnection(config, {}, IN_CLUSTER);
  assert.ok(!('error' in other));
  assert.equal(other.context, 'one');
});

test('the first of several files wins, entry by entry', () => {
  const first = parseKubeconfig(
    'clusters: [{ name: shared, cluster: { server: "https://first" } }]\nusers: [{ name: u, user: { token: first } }]',
    (path) => path,
  );
  const second = parseKubeconfig(
    'current-context: two\nclusters: [{ name: shared, cluster: { server: "https://second", proxy-url: "http://p" } }]\ncontexts: [{ name: two, context: { cluster: shared, user: u } }]',
    (path) => path,
  );
  const third = parseKubeconfig('current-context: three', (path) => path);
  const connection = resolveConnection(mergeKubeconfigs([first, second, third]), {}, undefined);
  assert.ok(!('error' in connection));
  assert.equal(connection.context, 'two');
  assert.equal(connection.server, 'https://first');
  assert.equal(connection.proxyUrl, '');
  assert.deepEqual(connection.authentication, { type: 'token', token: 'first' });
});

for (const [text, expected] of [
  ['0', 0],
  ['30', 30_000],
  ['1s', 1_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['100ms', 100],
  ['1', 1_000],
  ['-1', undefined],
  ['1d', undefined],
  ['s', undefined],
  ['1s!', undefined],
  ['', undefined],
] as const) {
  test(`the timeout ${JSON.stringify(text)}`, () => assert.equal(parseTimeout(text), expected));
}

const lookUp = (command: string) =>
  command.includes('/') ? command : command === 'aws' ? '/usr/bin/aws' : '';

for (const [what, text, command, allowed] of [
  ['nothing', '', 'aws', true],
  ['AllowAll', 'credentialPluginPolicy: AllowAll', 'aws', true],
  ['DenyAll', 'credentialPluginPolicy: DenyAll', 'aws', false],
  [
    'a list with the name',
    'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{ name: aws }]',
    'aws',
    true,
  ],
  [
    'a list with the path',
    'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{ name: /usr/bin/aws }]',
    'aws',
    true,
  ],
  [
    'a list with the name, for the path',
    'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{ name: aws }]',
    '/usr/bin/aws',
    true,
  ],
  [
    'a list with others',
    'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{ name: gke }]',
    'aws',
    false,
  ],
  ['an empty list', 'credentialPluginPolicy: Allowlist', 'aws', false],
] as const) {
  test(`a kuberc with ${what} ${allowed ? 'allows' : 'refuses'} ${command}`, () => {
    assert.equal(refusePlugin(parsePluginPolicy(text), command, lookUp) === undefined, allowed);
  });
}

test('a kuberc that cannot be understood is an error', () => {
  assert.throws(
    () => parsePluginPolicy('credentialPluginPolicy: Sometimes'),
    /unknown credentialPluginPolicy/,
  );
  assert.throws(
    () => parsePluginPolicy('credentialPluginAllowlist: [{ name: aws }]'),
    /without credentialPluginPolicy/,
  );
});

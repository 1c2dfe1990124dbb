import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConnection, loadKubeconfig, loadPluginPolicy } from '../../../src/kube/config/load.ts';
import { temporaryFolder, writeText } from '../../support/temporary.ts';

const cluster = (server: string, more = '') => `
current-context: ${server}
clusters: [{ name: ${server}, cluster: { server: "https://${server}"${more} } }]
users: [{ name: u, user: { client-certificate: certs/me.crt, client-key: /abs/me.key } }]
contexts: [{ name: ${server}, context: { cluster: ${server}, user: u } }]
`;

test('~/.kube/config without KUBECONFIG', (t) => {
  const home = temporaryFolder(t);
  writeText(home, '.kube/config', cluster('home'));
  const connection = loadConnection({}, {}, home);
  assert.ok(!('error' in connection), JSON.stringify(connection));
  assert.equal(connection.server, 'https://home');
});

test('the name of the context is cleaned, since it is only shown', (t) => {
  const name = 'prod\u202e\u001b]0;x\u0007';
  const file = writeText(
    temporaryFolder(t),
    'config',
    JSON.stringify({
      'current-context': name,
      clusters: [{ name, cluster: { server: 'https://one' } }],
      users: [{ name, user: { token: 't' } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
    }),
  );
  const connection = loadConnection({ kubeconfig: file, context: name }, {});
  assert.ok(!('error' in connection), JSON.stringify(connection));
  assert.equal(connection.server, 'https://one');
  assert.equal(connection.context, 'prod\\u202e\\x1b]0;x\\x07');
});

test('relative paths belong to the folder of their own file', (t) => {
  const folder = temporaryFolder(t);
  const one = writeText(folder, 'a/one', cluster('one', ', certificate-authority: ca.crt'));
  const two = writeText(folder, 'b/two', cluster('two', ', certificate-authority: ca.crt'));
  const connection = loadConnection({ context: 'two' }, { KUBECONFIG: `${one}:${two}` });
  assert.ok(!('error' in connection), JSON.stringify(connection));
  assert.deepEqual(connection.certificateAuthority, { from: 'file', path: join(folder, 'b/ca.crt') });
  assert.deepEqual(connection.clientCertificate, {
    certificate: { from: 'file', path: join(folder, 'a/certs/me.crt') },
    key: { from: 'file', path: '/abs/me.key' },
  });
});

test('a list with missing, empty and repeated files', (t) => {
  const folder = temporaryFolder(t);
  const one = writeText(folder, 'one', cluster('one'));
  const empty = writeText(folder, 'empty', '');
  const loaded = loadKubeconfig({}, { KUBECONFIG: `${folder}/nope::${empty}:${one}:${one}` });
  assert.ok(!('error' in loaded));
  assert.deepEqual(loaded.files, [empty, one]);
  assert.deepEqual(loaded.warnings, []);
  assert.equal(loaded.config.currentContext, 'one');
});

test('only missing files are a warning, and then nothing is configured', (t) => {
  const folder = temporaryFolder(t);
  const loaded = loadKubeconfig({}, { KUBECONFIG: `${folder}/nope` });
  assert.ok(!('error' in loaded));
  assert.deepEqual(loaded.warnings, [`Config not found: ${folder}/nope`]);
});

test('--kubeconfig is the only file and must exist', (t) => {
  const folder = temporaryFolder(t);
  const one = writeText(folder, 'one', cluster('one'));
  const two = writeText(folder, 'two', cluster('two'));
  const connection = loadConnection({ kubeconfig: two }, { KUBECONFIG: one });
  assert.ok(!('error' in connection));
  assert.equal(connection.server, 'https://two');
  const missing = loadConnection({ kubeconfig: `${folder}/nope` }, { KUBECONFIG: one });
  assert.ok('error' in missing);
  assert.match(missing.error, /nope: no such file or directory/);
});

test('a broken file is an error that names it', (t) => {
  const folder = temporaryFolder(t);
  for (const text of ['clusters: [', '- a\n- b', '"text"']) {
    const path = writeText(folder, 'broken', text);
    const broken = loadConnection({}, { KUBECONFIG: path });
    assert.ok('error' in broken);
    assert.match(broken.error, /error loading config file ".*broken"/);
  }
});

test('names from a kubeconfig are cleaned in errors', (t) => {
  const folder = temporaryFolder(t);
  const path = writeText(folder, 'config', 'current-context: "a\\e[2Jb"');
  const broken = loadConnection({}, { KUBECONFIG: path });
  assert.ok('error' in broken);
  assert.match(broken.error, /a\\x1b\[2Jb/);
});

test('the policy on credential plugins', (t) => {
  const home = temporaryFolder(t);
  assert.deepEqual(loadPluginPolicy({}, {}, home), { policy: 'AllowAll' });
  const other = writeText(
    home,
    'other',
    'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{ name: aws }]',
  );
  writeText(
    home,
    '.kube/kuberc',
    'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: DenyAll',
  );
  assert.deepEqual(loadPluginPolicy({}, {}, home), { policy: 'DenyAll' });
  assert.deepEqual(loadPluginPolicy({}, { KUBERC: 'off' }, home), { policy: 'AllowAll' });
  assert.deepEqual(loadPluginPolicy({ kuberc: other }, {}, home), { policy: 'Allowlist', names: ['aws'] });
  assert.ok('error' in loadPluginPolicy({ kuberc: `${home}/nope` }, {}, home));
  writeText(home, '.kube/kuberc', 'credentialPluginPolicy: Nonsense');
  assert.ok('error' in loadPluginPolicy({}, {}, home));
});

/** Every flag of the connection, from the command line to what arrives at the server. */
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { connect as dial } from 'node:net';
import { type TestContext, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { parseArguments } from '../../src/cli/arguments.ts';
import { connect } from '../../src/cli/connect.ts';
import { createAuthority } from '../../src/sim/server/certificate.ts';
import { portOf } from '../../src/sim/server/listener.ts';
import { sendJson, startServer } from '../support/scripted-server.ts';
import { temporaryFolder, writeText } from '../support/temporary.ts';

interface Arrival {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The name that the client expects in the certificate. */
  readonly serverName: string;
  /** Fingerprint of the client's certificate, '' without one. */
  readonly certificate: string;
}

interface Bench {
  readonly url: string;
  readonly folder: string;
  readonly authority: string;
  readonly client: { readonly certificate: string; readonly key: string };
  file(name: string, text: string): string;
  /** Asks the server for its version, as the command line says; what arrived there. */
  ask(...words: readonly string[]): Promise<Arrival>;
}

const authority = createAuthority('the cluster', Date.now());
const stranger = createAuthority('a stranger', Date.now());
const served = authority.issue({ hosts: ['127.0.0.1', 'kubernetes.example'] });
const client = stranger.issue({ hosts: ['ann'] });
const VERSION = { major: '1', minor: '31', gitVersion: 'v1.31.4' };
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A server, and a kubeconfig whose current context leads to it as `reader`. */
async function bench(t: TestContext): Promise<Bench> {
  const folder = temporaryFolder(t);
  const arrivals: Arrival[] = [];
  const server = await startServer(
    t,
    ({ url = '', headers, socket }, response) => {
      assert.ok(socket instanceof TLSSocket);
      const { servername } = Object(socket);
      const { fingerprint256: certificate = '' } = socket.getPeerCertificate();
      arrivals.push({ url, headers, serverName: servername || '', certificate });
      sendJson(response, 200, VERSION);
    },
    { tls: { cert: served.certificate, key: served.key, requestCert: true, rejectUnauthorized: false } },
  );
  const file = (name: string, text: string) => writeText(folder, name, text);
  const KUBECONFIG = file('config', kubeconfig(server.url));
  return {
    url: server.url,
    folder,
    authority: authority.certificate,
    client,
    file,
    async ask(...words) {
      arrivals.length = 0;
      const output = { out: () => undefined, err: () => undefined };
      const kube = connect(parseArguments(['status', ...words]), { KUBECONFIG, HOME: folder }, output);
      try {
        await kube.version({ attempts: 1 });
      } finally {
        kube.close();
      }
      const [arrival] = arrivals;
      assert.ok(arrival);
      return arrival;
    },
  };
}

function kubeconfig(server: string): string {
  const ca = base64(authority.certificate);
  const cluster = (name: string, fields: object) => ({ name, cluster: { server, ...fields } });
  const user = (name: string, fields: object) => ({ name, user: fields });
  const context = (name: string, fields: object) => ({
    name,
    context: { cluster: 'here', user: 'reader', ...fields },
  });
  return JSON.stringify({
    'current-context': 'reading',
    clusters: [
      cluster('here', { 'certificate-authority-data': ca }),
      cluster('unknown-authority', { 'certificate-authority-data': base64(stranger.certificate) }),
      cluster('gone', { server: 'https://127.0.0.1:1', 'certificate-authority-data': ca }),
    ],
    users: [
      user('reader', { token: 'reader-token' }),
      user('writer', { token: 'writer-token' }),
      user('nobody', {}),
      user('plugin', {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'login-to-it',
          interactiveMode: 'Never',
        },
      }),
    ],
    contexts: [
      context('reading', {}),
      context('writing', { user: 'writer' }),
      context('bare', { user: 'nobody' }),
      context('distrusted', { cluster: 'unknown-authority' }),
      context('lost', { cluster: 'gone' }),
      context('plugged', { user: 'plugin' }),
    ],
  });
}

test('--kubeconfig, --context, --cluster, --user and --server choose what the kubeconfig does not', async (t) => {
  const { ask, file, url } = await bench(t);
  const tokenOf = async (...words: readonly string[]) => (await ask(...words)).headers.authorization;
  assert.equal(await tokenOf(), 'Bearer reader-token');
  assert.equal(await tokenOf('--context', 'writing'), 'Bearer writer-token');
  assert.equal(await tokenOf('--user=writer'), 'Bearer writer-token');
  assert.equal(await tokenOf('--context=lost', '--cluster', 'here'), 'Bearer reader-token');
  assert.equal(await tokenOf('--context=lost', '-s', url), 'Bearer reader-token');
  await assert.rejects(ask('--context=lost'), /127\.0\.0\.1:1/);
  const other = file('other', kubeconfig(url).replaceAll('reader-token', 'other-token'));
  assert.equal(await tokenOf('--kubeconfig', other), 'Bearer other-token');
});

test('--certificate-authority, --insecure-skip-tls-verify and --tls-server-name decide whom to trust', async (t) => {
  const { ask, file } = await bench(t);
  await assert.rejects(ask('--context=distrusted'), /certificate/);
  const ca = file('ca.pem', authority.certificate);
  assert.equal((await ask('--context=distrusted', '--certificate-authority', ca)).serverName, '');
  assert.ok(await ask('--context=distrusted', '--insecure-skip-tls-verify'));
  assert.equal((await ask('--tls-server-name=kubernetes.example')).serverName, 'kubernetes.example');
  await assert.rejects(ask('--tls-server-name=elsewhere.example'), /elsewhere\.example/);
});

test('--token, --username with --password, and --client-certificate with --client-key say who asks', async (t) => {
  const { ask, file } = await bench(t);
  const bare = await ask('--context=bare');
  assert.deepEqual([bare.headers.authorization, bare.certificate], [undefined, '']);
  assert.equal((await ask('--token', 'mine')).headers.authorization, 'Bearer mine');
  const basic = await ask('--context=bare', '--username=ann', '--password=s3cret');
  assert.equal(basic.headers.authorization, `Basic ${base64('ann:s3cret')}`);
  const [cert, key] = [file('client.pem', client.certificate), file('client.key', client.key)];
  const known = await ask('--context=bare', '--client-certificate', cert, '--client-key', key);
  assert.match(known.certificate, /^([0-9A-F]{2}:){31}/);
});

test('--as, --as-group, --as-uid and --as-user-extra act as somebody else', async (t) => {
  const { ask } = await bench(t);
  const { headers } = await ask(
    ...['--as', 'ann', '--as-group=sre', '--as-group=devs', '--as-uid=7'],
    ...['--as-user-extra', 'team=mesh', '--as-user-extra=team=core'],
  );
  assert.equal(headers['impersonate-user'], 'ann');
  assert.equal(headers['impersonate-group'], 'sre, devs');
  assert.equal(headers['impersonate-uid'], '7');
  assert.equal(headers['impersonate-extra-team'], 'mesh, core');
  await assert.rejects(ask('--as-group=sre'), /without impersonating a user/);
});

test('--request-timeout goes to the server as part of each request', async (t) => {
  const { ask } = await bench(t);
  assert.doesNotMatch((await ask()).url, /timeout=/);
  assert.match((await ask('--request-timeout=7s')).url, /[?&]timeout=7s/);
});

test('--disable-compression asks for plain answers', async (t) => {
  const { ask, url, file } = await bench(t);
  // Nobody compresses on loopback, so the server goes by a name that only a proxy finds.
  const far = `https://kubernetes.example:${new URL(url).port}`;
  const cluster = {
    server: far,
    'proxy-url': await tunnel(t),
    'certificate-authority-data': base64(authority.certificate),
  };
  const config = file(
    'far',
    JSON.stringify({
      'current-context': 'far',
      clusters: [{ name: 'far', cluster }],
      contexts: [{ name: 'far', context: { cluster: 'far', user: '' } }],
    }),
  );
  const usual = await ask('--kubeconfig', config);
  assert.match(String(usual.headers['accept-encoding']), /gzip/);
  const plain = await ask('--kubeconfig', config, '--disable-compression');
  assert.doesNotMatch(String(plain.headers['accept-encoding']), /gzip/);
});

/** The URL of a proxy that takes every CONNECT to this computer, whatever the name. */
async function tunnel(t: TestContext): Promise<string> {
  const proxy = createServer();
  proxy.on('connect', ({ url = '' }, socket) => {
    const server = dial(Number(url.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      server.pipe(socket).pipe(server);
    });
    for (const end of [server, socket]) end.on('error', () => undefined);
    t.after(() => server.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => proxy.close());
  return `http://127.0.0.1:${portOf(proxy)}`;
}

test('--kuberc names the file whose policy on credential plugins is heeded', async (t) => {
  const { ask, file } = await bench(t);
  const kuberc = file(
    'kuberc',
    'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n',
  );
  await assert.rejects(ask('--context=plugged'), /login-to-it/);
  await assert.rejects(ask('--context=plugged', '--kuberc', kuberc), /not allowed/);
});

test('--cache-dir, -v and --verbose are taken as kubectl takes them, and change nothing', async (t) => {
  const { ask } = await bench(t);
  const { url, headers } = await ask();
  const same = await ask('--cache-dir', '/nowhere', '-v', '8', '--v=2', '--verbose');
  assert.deepEqual([same.url, same.headers.accept], [url, headers.accept]);
});

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { createServer, get } from 'node:https';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { at } from '../../../src/sim/json.ts';
import { createApiServer } from '../../../src/sim/server/api-server.ts';
import { createAuthority } from '../../../src/sim/server/certificate.ts';
import { listen, stopListening } from '../../../src/sim/server/listener.ts';
import { call } from './client.ts';

const DAY_MS = 86_400_000;

/** Asks a server with this certificate, as a client that trusts only `authority`. */
async function handshake(cert: string, key: string, authority: string, host = '127.0.0.1'): Promise<string> {
  const server = createServer({ cert, key }, (_req, res) => res.end('hello'));
  const port = await listen(server, 0);
  try {
    return await new Promise((resolve) => {
      const options = {
        host: '127.0.0.1',
        port,
        ca: authority,
        agent: false as const,
        servername: host === '127.0.0.1' ? '' : host,
      };
      get(options, (res) => {
        res.resume();
        resolve(`answer ${res.statusCode}`);
      }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  } finally {
    await stopListening(server);
  }
}

describe('certificates', () => {
  const authority = createAuthority('test authority', Date.now());

  test('the authority is one and signs itself', () => {
    const certificate = new X509Certificate(authority.certificate);
    assert.equal(certificate.ca, true);
    assert.equal(certificate.subject, 'CN=test authority');
    assert.ok(certificate.verify(certificate.publicKey));
  });

  test('what it issues names its hosts', () => {
    const { certificate } = authority.issue({ hosts: ['127.0.0.1', '::1', 'localhost', 'fe80::1:2'] });
    const issued = new X509Certificate(certificate);
    assert.equal(issued.ca, false);
    assert.ok(issued.verify(new X509Certificate(authority.certificate).publicKey));
    assert.ok(issued.checkIP('127.0.0.1') && issued.checkIP('::1') && issued.checkIP('fe80::1:2'));
    assert.ok(issued.checkHost('localhost'));
    assert.equal(issued.checkHost('example.com'), undefined);
  });

  test('a client trusts it, and nobody else', async () => {
    const { certificate, key } = authority.issue({ hosts: ['127.0.0.1'] });
    assert.equal(await handshake(certificate, key, authority.certificate), 'answer 200');
    const stranger = createAuthority('stranger', Date.now());
    assert.match(
      await handshake(certificate, key, stranger.certificate),
      /UNABLE_TO_VERIFY|CERT_SIGNATURE_FAILURE|UNABLE_TO_GET_ISSUER/,
    );
  });

  test('expired, and issued for somebody else', async () => {
    const past = { notBefore: new Date(Date.now() - 2 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) };
    const expired = authority.issue({ hosts: ['127.0.0.1'], ...past });
    assert.equal(
      await handshake(expired.certificate, expired.key, authority.certificate),
      'CERT_HAS_EXPIRED',
    );
    const other = authority.issue({ hosts: ['other.example'] });
    assert.equal(
      await handshake(other.certificate, other.key, authority.certificate),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });
});

describe('the kubeconfig of a server', () => {
  test('names its address, its authority and a token', async () => {
    const server = await createApiServer();
    try {
      const config: unknown = parse(server.kubeconfig({ name: 'demo', namespace: 'books' }));
      assert.equal(at(config, 'current-context'), 'demo');
      assert.deepEqual(at(config, 'contexts'), [
        { name: 'demo', context: { cluster: 'demo', user: 'demo', namespace: 'books' } },
      ]);
      assert.deepEqual(at(config, 'users'), [{ name: 'demo', user: { token: server.token } }]);
      assert.match(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
      assert.equal((await call(server, '/api/v1/namespaces')).status, 200);
    } finally {
      await server.close();
    }
  });
});

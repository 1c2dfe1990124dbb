import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decodeMessage } from '../../../src/sim/encode/decode.ts';
import { encodeMessage } from '../../../src/sim/encode/encode.ts';
import { unwrap, wrap } from '../../../src/sim/encode/envelope.ts';
import { at, stringAt } from '../../../src/sim/json.ts';
import { type ApiServer, createApiServer } from '../../../src/sim/server/api-server.ts';
import { type Binding, rbacAuthorizer } from '../../../src/sim/server/authorizer.ts';
import { recordedCluster } from '../../support/recorded-cluster.ts';
import { recordedJson } from '../../support/wire.ts';
import { call } from './client.ts';
import { manualClock } from './manual-clock.ts';

const TEAM: readonly Binding[] = [
  {
    user: 'ann',
    namespace: 'books',
    rules: [
      { verbs: ['get', 'list', 'watch'], apiGroups: ['', 'apps'], resources: ['*'] },
      { verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['webapp'] },
      { verbs: ['create'], apiGroups: [''], resources: ['pods/eviction'] },
    ],
  },
  { user: 'ann', rules: [{ verbs: ['list'], apiGroups: [''], resources: ['namespaces'] }] },
  { group: 'scalers', rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*/scale'] }] },
];

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

describe('access', () => {
  let server: ApiServer;
  const ann = { authorization: 'Bearer ann-token' };

  before(async () => {
    server = await createApiServer({
      store: recordedCluster(),
      clock: manualClock(Date.parse('2026-11-21T19:55:00Z')),
      authorizer: rbacAuthorizer(TEAM),
      users: new Map([
        ['ann-token', { name: 'ann', groups: ['readers'] }],
        ['bob-token', { name: 'bob', groups: ['scalers'] }],
      ]),
    });
  });
  after(() => server.close());

  const get = async (path: string, headers: Record<string, string> = ann) =>
    (await call(server, path, { headers, authenticated: false })).status;

  test('rules hold in their namespace and for their verbs', async () => {
    assert.equal(await get('/api/v1/namespaces/books/pods'), 200);
    assert.equal(await get('/api/v1/namespaces/plain/pods'), 403);
    assert.equal(await get('/api/v1/pods'), 403);
    assert.equal(await get('/api/v1/namespaces'), 200);
    assert.equal(await get('/api/v1/nodes'), 403);
  });

  test('resourceNames choose single objects', async () => {
    const patch = (name: string) =>
      call(server, `/apis/apps/v1/namespaces/books/deployments/${name}`, {
        method: 'PATCH',
        headers: { ...ann, 'content-type': 'application/merge-patch+json' },
        body: { spec: { paused: true } },
        authenticated: false,
      });
    assert.equal((await patch('webapp')).status, 200);
    const refused = await patch('authors');
    assert.equal(refused.status, 403);
    assert.equal(
      refused.json().message,
      'deployments.apps "authors" is forbidden: User "ann" cannot patch resource "deployments" in API group "apps" in the namespace "books"',
    );
  });

  test('a subresource is a resource of its own', async () => {
    const bob = { authorization: 'Bearer bob-token' };
    assert.equal(await get('/apis/apps/v1/namespaces/books/deployments/webapp/scale', bob), 200);
    assert.equal(await get('/apis/apps/v1/namespaces/books/deployments/webapp', bob), 403);
    assert.equal(
      await get('/apis/apps/v1/namespaces/books/deployments/webapp/scale', ann),
      200,
      'all resources includes theirs',
    );
  });

  test('impersonation needs a right and then gives the rights of the other', async () => {
    const admin = { authorization: `Bearer ${server.token}` };
    assert.equal(await get('/api/v1/pods', { ...admin, 'impersonate-user': 'ann' }), 403);
    assert.equal(await get('/api/v1/namespaces/books/pods', { ...admin, 'impersonate-user': 'ann' }), 200);
    assert.equal(await get('/api/v1/namespaces/books/pods', { ...ann, 'impersonate-user': 'bob' }), 403);
    const entry = server.audit.entries.findLast(({ impersonatedUser }) => impersonatedUser === 'ann');
    assert.equal(entry?.user, 'admin');
  });

  test('without a token only health and version are open', async () => {
    assert.equal(await get('/readyz', {}), 200);
    assert.equal(await get('/version', {}), 200);
    assert.equal(await get('/api', {}), 403);
    assert.equal(await get('/api/v1/pods', {}), 403);
    assert.equal(await get('/version', { authorization: 'Bearer wrong' }), 401);
  });

  const asked = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: { verb: 'patch', resource: 'deployments', namespace: 'books', group: 'apps' },
    },
  };

  test('access reviews answer as recorded', async () => {
    for (const [file, headers] of [
      ['063-access-allowed.json', {}],
      ['064-access-denied.json', { 'impersonate-user': 'reader' }],
    ] as const) {
      const reply = await call(server, REVIEWS, { method: 'POST', body: asked, headers });
      assert.equal(reply.status, 201);
      assert.deepEqual(reply.json(), recordedJson(file));
    }
  });

  test('access reviews in protobuf, as kubectl sends them', async () => {
    const raw = encodeMessage('SelfSubjectAccessReview', asked);
    const body = wrap({ apiVersion: asked.apiVersion, kind: asked.kind, raw }).toString('latin1');
    const reply = await call(server, REVIEWS, {
      method: 'POST',
      body,
      headers: {
        ...ann,
        'content-type': 'application/vnd.kubernetes.protobuf',
        accept: 'application/vnd.kubernetes.protobuf,application/json',
      },
      authenticated: false,
    });
    assert.equal(reply.status, 201);
    assert.equal(reply.headers['content-type'], 'application/vnd.kubernetes.protobuf');
    const envelope = unwrap(reply.body);
    assert.ok(envelope);
    const review = decodeMessage(envelope.kind, envelope.raw);
    assert.deepEqual(at(review, 'spec'), asked.spec);
    assert.equal(at(review, 'status', 'allowed'), undefined, 'patching all deployments is not allowed');
  });

  test('a rules review lists the rules of one namespace', async () => {
    const reply = await call(server, '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
      method: 'POST',
      body: { spec: { namespace: 'books' } },
      headers: ann,
      authenticated: false,
    });
    const rules = at(reply.json(), 'status', 'resourceRules');
    assert.ok(Array.isArray(rules));
    assert.deepEqual(rules[0], {
      verbs: ['get', 'list', 'watch'],
      apiGroups: ['', 'apps'],
      resources: ['*'],
    });
    assert.equal(at(reply.json(), 'status', 'incomplete'), false);
  });

  test('a subject review tells who asks', async () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const reply = await call(server, path, { method: 'POST', body: {}, headers: ann, authenticated: false });
    assert.deepEqual(at(reply.json(), 'status', 'userInfo'), {
      username: 'ann',
      groups: ['readers', 'system:authenticated'],
    });
  });

  test('rights may change while the server runs', async () => {
    let revoked = false;
    const rules = rbacAuthorizer(TEAM);
    const changing = await createApiServer({
      store: recordedCluster(),
      tls: false,
      users: new Map([['ann-token', { name: 'ann', groups: [] }]]),
      authorizer: { rules: rules.rules, allows: (user, request) => !revoked && rules.allows(user, request) },
    });
    try {
      const list = () =>
        call(changing, '/api/v1/namespaces/books/pods', { headers: ann, authenticated: false });
      assert.equal((await list()).status, 200);
      revoked = true;
      const refused = await list();
      assert.equal(refused.status, 403);
      assert.equal(stringAt(refused.json(), 'reason'), 'Forbidden');
    } finally {
      await changing.close();
    }
  });
});

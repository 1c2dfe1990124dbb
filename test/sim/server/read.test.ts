import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { unwrap } from '../../../src/sim/encode/envelope.ts';
import { arrayAt, at, stringAt } from '../../../src/sim/json.ts';
import { pods, resourceTypes } from '../../../src/sim/resources.ts';
import { type ApiServer, createApiServer } from '../../../src/sim/server/api-server.ts';
import { serverVersion } from '../../../src/sim/server/version.ts';
import { RECORDED_REVISION, recordedCluster } from '../../support/recorded-cluster.ts';
import { recordedBytes, recordedJson } from '../../support/wire.ts';
import { call } from './client.ts';
import { manualClock } from './manual-clock.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

function names(list: Record<string, unknown>): readonly string[] {
  return arrayAt(list, 'items').map((item) => stringAt(item, 'metadata', 'name'));
}

describe('reads', () => {
  let server: ApiServer;
  /** When the Table of 053 was recorded, by its ages. */
  const clock = manualClock(Date.parse('2026-11-21T19:55:00Z'));

  before(async () => {
    server = await createApiServer({ store: recordedCluster(), clock, version: serverVersion('v1.30.2') });
  });
  after(() => server.close());

  const get = (path: string, headers: Record<string, string> = {}) => call(server, path, { headers });
  const message = async (path: string) => stringAt((await get(path)).json(), 'message');

  test('version and health', async () => {
    const version = (await get('/version')).json();
    assert.deepEqual([version.major, version.minor, version.gitVersion], ['1', '30', 'v1.30.2']);
    for (const path of ['/readyz', '/livez', '/healthz'])
      assert.equal((await get(path)).body.toString(), 'ok');
  });

  test('pages hold together while the cluster changes', async () => {
    const moving = await createApiServer({ store: recordedCluster(), tls: false });
    try {
      const all = names((await call(moving, '/api/v1/pods')).json());
      const seen: string[] = [];
      let token = '';
      do {
        const page = (await call(moving, `/api/v1/pods?limit=7&continue=${token}`)).json();
        assert.equal(stringAt(page, 'metadata', 'resourceVersion'), String(RECORDED_REVISION));
        seen.push(...names(page));
        const [victim] = moving.store.list(pods, 'books');
        if (victim !== undefined) moving.store.delete(pods, 'books', victim.metadata.name);
        token = stringAt(page, 'metadata', 'continue');
      } while (token !== '');
      assert.deepEqual(seen, all);
    } finally {
      await moving.close();
    }
  });

  test('a page of a selection has no remainingItemCount', async () => {
    const page = (await get('/api/v1/pods?limit=2&labelSelector=linkerd.io%2Fcontrol-plane-ns')).json();
    assert.equal(names(page).length, 2);
    assert.ok(stringAt(page, 'metadata', 'continue'));
    assert.equal(at(page, 'metadata', 'remainingItemCount'), undefined);
  });

  test('pages of one namespace', async () => {
    const first = (await get('/api/v1/namespaces/books/pods?limit=5')).json();
    const token = stringAt(first, 'metadata', 'continue');
    const second = (await get(`/api/v1/namespaces/books/pods?limit=5&continue=${token}`)).json();
    assert.equal(names(first).length, 5);
    assert.equal(names(second).length, 3);
    assert.equal(at(second, 'metadata', 'continue'), undefined);
  });

  test('version 0 ignores the limit and promises no order', async () => {
    const list = (await get('/api/v1/pods?resourceVersion=0&limit=3')).json();
    const ordered = (await get('/api/v1/pods')).json();
    assert.notDeepEqual(names(list), names(ordered));
    assert.deepEqual([...names(list)].sort(), [...names(ordered)].sort());
  });

  test('an exact version is a list of the past', async () => {
    const store = recordedCluster();
    const past = await createApiServer({ store, tls: false });
    try {
      const [victim] = store.list(pods, 'books');
      assert.ok(victim);
      store.delete(pods, 'books', victim.metadata.name);
      const path = `/api/v1/namespaces/books/pods?resourceVersion=${RECORDED_REVISION}`;
      const count = async (query: string) => names((await call(past, `${path}${query}`)).json()).length;
      assert.equal(await count('&resourceVersionMatch=Exact'), 8);
      assert.equal(await count('&resourceVersionMatch=NotOlderThan'), 7);
      assert.equal(await count(''), 7);
      assert.equal(await count('&limit=100'), 8, 'with a limit a version alone is exact');
    } finally {
      await past.close();
    }
  });

  test('combinations of list options that are refused', async () => {
    const status = async (query: string) => (await get(`/api/v1/pods?${query}`)).status;
    assert.equal(await status('resourceVersionMatch=Exact'), 422);
    assert.equal(await status('resourceVersionMatch=Exact&resourceVersion=0'), 422);
    assert.equal(await status('resourceVersionMatch=Odd&resourceVersion=1'), 422);
    assert.equal(await status('sendInitialEvents=true'), 422);
    assert.equal(await status('resourceVersion=abc'), 400);
    assert.equal(await status('limit=-1'), 400);
    assert.equal(await status('resourceVersion=99999999'), 504);
    assert.match(
      await message('/api/v1/pods?resourceVersionMatch=Exact'),
      /forbidden unless resourceVersion is provided/,
    );
  });

  test('selectors', async () => {
    const count = async (query: string) => names((await get(`/api/v1/pods?${query}`)).json()).length;
    const label = (text: string) => count(`labelSelector=${encodeURIComponent(text)}`);
    const field = (text: string) => count(`fieldSelector=${encodeURIComponent(text)}`);
    assert.equal(await label('app=webapp'), 2);
    assert.equal(await label('app in (webapp, authors),linkerd.io/workload-ns=books'), 4);
    assert.equal(await label('app notin (webapp),linkerd.io/workload-ns=books'), 6);
    assert.equal(await label('app!=webapp,linkerd.io/workload-ns==books'), 6);
    assert.equal(await label('!linkerd.io/control-plane-ns'), 2);
    assert.equal(await field('metadata.namespace=books'), 8);
    assert.equal(await field('status.phase=Succeeded'), 1);
    assert.equal(await field('metadata.namespace=books,spec.nodeName!=node-0'), 5);
    assert.equal(
      await message('/api/v1/pods?fieldSelector=spec.odd%3Dx'),
      'field label not supported: spec.odd',
    );
    assert.equal((await get('/api/v1/pods?labelSelector=a%3D%3D%3Db')).status, 400);
    assert.equal((await get('/apis/apps/v1/deployments?fieldSelector=status.phase%3Dx')).status, 400);
  });

  test('a table shows what was recorded', async () => {
    const table = (await get('/api/v1/namespaces/books/pods', { accept: TABLE })).json();
    const recorded = recordedJson('053-pods-table.json');
    assert.deepEqual(table.rows, recorded.rows);
    const columns = (value: Record<string, unknown>) =>
      arrayAt(value, 'columnDefinitions').map((column) => [
        at(column, 'name'),
        at(column, 'type'),
        at(column, 'format'),
        at(column, 'priority'),
      ]);
    assert.deepEqual(columns(table), columns(recorded));
    assert.deepEqual(table.metadata, recorded.metadata);
  });

  test('a table includes objects as asked', async () => {
    const path = '/api/v1/namespaces/books/pods?limit=1&includeObject=';
    const row = async (include: string) =>
      arrayAt((await get(`${path}${include}`, { accept: TABLE })).json(), 'rows')[0];
    assert.equal(stringAt(await row('Object'), 'object', 'kind'), 'Pod');
    assert.equal(stringAt(await row('Metadata'), 'object', 'kind'), 'PartialObjectMetadata');
    assert.equal(at(await row('None'), 'object'), null);
  });

  test('every resource has a table', async () => {
    for (const { group, version, plural, verbs } of resourceTypes) {
      if (!verbs.includes('list')) continue;
      const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      const table = (await get(`${root}/${plural}`, { accept: TABLE })).json();
      assert.equal(table.kind, 'Table');
      const width = arrayAt(table, 'columnDefinitions').length;
      for (const row of arrayAt(table, 'rows')) assert.equal(arrayAt(row, 'cells').length, width);
    }
  });

  test('gzip is for those who ask, and for large bodies', async () => {
    const headers = { accept: 'application/vnd.kubernetes.protobuf', 'accept-encoding': 'gzip' };
    const large = await get('/api/v1/pods', headers);
    assert.equal(large.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(large.body), recordedBytes('016-pods-all.pb'));
    const small = await get('/api/v1/namespaces', headers);
    assert.equal(small.headers['content-encoding'], undefined);
  });

  test('custom resources are served under every version, in JSON only', async () => {
    for (const version of ['v1alpha1', 'v1alpha2', 'v1alpha3']) {
      const apiVersion = `multicluster.linkerd.io/${version}`;
      const list = (await get(`/apis/${apiVersion}/links`)).json();
      assert.equal(list.apiVersion, apiVersion);
      assert.equal(stringAt(arrayAt(list, 'items')[0], 'apiVersion'), apiVersion);
    }
    const both = { accept: 'application/vnd.kubernetes.protobuf,application/json' };
    const reply = await get('/apis/multicluster.linkerd.io/v1alpha2/links', both);
    assert.equal(reply.headers['content-type'], 'application/json');
    assert.equal(reply.body.toString(), recordedBytes('031-links.json').toString());
  });

  test('one object in each representation', async () => {
    const path = '/apis/apps/v1/namespaces/books/deployments/webapp';
    assert.equal((await get(path)).json().kind, 'Deployment');
    assert.equal((await get(path, { accept: TABLE })).json().kind, 'Table');
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    const partial = (await get(path, { accept })).json();
    assert.deepEqual(Object.keys(partial), ['kind', 'apiVersion', 'metadata']);
    const protobuf = await get(path, { accept: 'application/vnd.kubernetes.protobuf' });
    assert.equal(unwrap(protobuf.body)?.kind, 'Deployment');
  });

  test('paths that lead nowhere', async () => {
    for (const path of ['/apis/example.com/v1/things', '/apis/apps/v2/deployments', '/openapi/v3', '/odd']) {
      const reply = await get(path);
      assert.equal(reply.status, 404);
      assert.equal(reply.headers['content-type'], 'text/plain; charset=utf-8');
      assert.equal(reply.body.toString(), recordedBytes('055-crd-missing.txt').toString());
    }
    for (const path of ['/api/v1/secrets', '/apis/apps/v1/things', '/api/v1/namespaces/books/pods/x/log']) {
      const reply = await get(path);
      assert.equal(reply.status, 404);
      assert.equal(reply.json().message, 'the server could not find the requested resource');
    }
    assert.equal(await message('/api/v1/namespaces/books/pods/nope'), 'pods "nope" not found');
    assert.equal((await get('/api/v1/namespaces/%E0%A4%A/pods')).status, 400);
    assert.equal((await call(server, '/api/v1/pods', { method: 'PUT', body: {} })).status, 405);
  });

  describe('discovery', () => {
    const aggregated = (version: string) =>
      `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList,application/json`;

    test('the aggregated form, with an ETag', async () => {
      for (const version of ['v2', 'v2beta1']) {
        const reply = await get('/apis', { accept: aggregated(version) });
        assert.equal(
          reply.headers['content-type'],
          `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
        );
        const groups = arrayAt(reply.json(), 'items').map((item) => stringAt(item, 'metadata', 'name'));
        assert.ok(groups.includes('apps') && groups.includes('multicluster.linkerd.io'));
        const etag = String(reply.headers.etag);
        const again = await get('/apis', { accept: aggregated(version), 'if-none-match': etag });
        assert.equal(again.status, 304);
      }
    });

    test('the old form, with the resources that were recorded', async () => {
      assert.deepEqual((await get('/api')).json().versions, ['v1']);
      assert.equal((await get('/apis')).json().kind, 'APIGroupList');
      assert.equal((await get('/apis/apps')).json().kind, 'APIGroup');
      for (const [path, file] of [
        ['/apis/apps/v1', '005-apps-v1.json'],
        ['/apis/batch/v1', '006-batch-v1.json'],
        ['/apis/coordination.k8s.io/v1', '008-coordination-v1.json'],
        ['/apis/policy/v1', '009-policy-v1.json'],
      ] as const) {
        const comparable = (list: Record<string, unknown>) =>
          arrayAt(list, 'resources').map((resource) => {
            const {
              singularName: _singular,
              storageVersionHash: _hash,
              ...rest
            } = resource as Record<string, unknown>;
            return rest;
          });
        assert.deepEqual(comparable((await get(path)).json()), comparable(recordedJson(file)), path);
      }
    });
  });
});

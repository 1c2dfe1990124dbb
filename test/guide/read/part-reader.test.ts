import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createLanes } from '../../../src/guide/read/lanes.ts';
import { listIn, listPart, type PartReader } from '../../../src/guide/read/part-reader.ts';
import { createKubeClient } from '../../../src/kube/client.ts';
import { service } from '../../../src/sim/cluster/scenario/builders.ts';
import { services } from '../../../src/sim/resources.ts';
import { type ApiServer, createApiServer } from '../../../src/sim/server/api-server.ts';
import { MemoryStore } from '../../../src/sim/store.ts';
import { connectionTo } from '../../support/connection.ts';

const COUNT = 501;
const LIST = { path: '/api/v1/services', operation: 'list services' };

/** A server with one Service more than a page holds, in two namespaces. */
async function served(t: TestContext): Promise<{ readonly reader: PartReader; readonly server: ApiServer }> {
  const store = new MemoryStore();
  for (let index = 0; index < COUNT; index += 1) {
    store.create(services, service(index % 2 === 0 ? 'even' : 'odd', `service-${index}`));
  }
  const server = await createApiServer({ store, tls: false });
  const client = createKubeClient(connectionTo(server.url), { userAgentVersion: 'test', env: {} });
  t.after(async () => {
    client.close();
    await server.close();
  });
  return { server, reader: { client, lanes: createLanes(8), signal: new AbortController().signal } };
}

test('a list comes whole, page by page', async (t) => {
  const { reader, server } = await served(t);
  const found = await listPart(reader, LIST);
  assert.equal(found.state === 'known' ? found.value.length : 0, COUNT);
  assert.ok(found.state === 'known' && found.value.every(({ spec }) => spec !== undefined));
  assert.equal(server.audit.entries.length, 2);
});

test('only the first of a list, and only metadata', async (t) => {
  const { reader, server } = await served(t);
  const first = await listPart(reader, { ...LIST, first: 20 });
  assert.equal(first.state === 'known' ? first.value.length : 0, 20);
  assert.equal(server.audit.entries.length, 1);
  const metadata = await listPart(reader, { ...LIST, metadataOnly: true });
  assert.equal(metadata.state === 'known' ? metadata.value.length : 0, COUNT);
  assert.ok(
    metadata.state === 'known' && metadata.value.every((one) => one.metadata && one.spec === undefined),
  );
});

test('of the whole cluster’s list only certain namespaces; none are not asked about', async (t) => {
  const { reader, server } = await served(t);
  const kind = { api: '/api/v1', plural: 'services' };
  const { objects, refused } = await listIn(reader, kind, ['odd', 'empty']);
  assert.deepEqual([objects.length, refused.state], [250, 'absent']);
  const before = server.audit.entries.length;
  assert.deepEqual((await listIn(reader, kind, [])).objects, []);
  assert.equal(server.audit.entries.length, before);
});

test('a kind that the server does not know is absent', async (t) => {
  const { reader } = await served(t);
  const request = { path: '/apis/nobody.example/v1/things', operation: 'list things' };
  assert.deepEqual(await listPart(reader, request), { state: 'absent' });
});

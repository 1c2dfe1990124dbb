import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createKubeClient, type KubeClient } from '../../src/kube/client.ts';
import type { KubeRecord, PodRecord } from '../../src/kube/records.ts';
import {
  configMaps,
  deployments,
  jobs,
  pods,
  type Resource,
  statefulSets,
} from '../../src/kube/resources.ts';
import type { WatchEvent } from '../../src/kube/watch.ts';
import { connectionTo } from '../support/connection.ts';
import { failure } from '../support/kube-error.ts';
import { recordedList, recordedObject, recordedWatch } from '../support/recorded-records.ts';
import { type ReplayServer, startReplayServer } from '../support/replay-server.ts';

async function replay(t: TestContext, as = ''): Promise<{ client: KubeClient; server: ReplayServer }> {
  const server = await startReplayServer(t);
  const client = createKubeClient(
    connectionTo(server.url, {
      impersonation: as === '' ? undefined : { user: as, uid: '', groups: [], extra: {} },
    }),
    { userAgentVersion: '1.2.3', env: {} },
  );
  t.after(() => client.close());
  return { client, server };
}

async function collect<R extends KubeRecord>(
  client: KubeClient,
  resource: Resource<R>,
  options: object,
): Promise<R[]> {
  const records: R[] = [];
  await client.list(resource, options, (record) => records.push(record));
  return records;
}

test('the version, over several lines of JSON', async (t) => {
  const { client, server } = await replay(t);
  assert.deepEqual(await client.version(), { gitVersion: 'v1.26.5', major: '1', minor: '26' });
  assert.match(
    server.requests[0]?.headers['user-agent'] ?? '',
    /^kubectl-linkerd-upgrade\/1\.2\.3 \(\w+\/\w+\)$/,
  );
  assert.ok(Math.abs(client.clockOffset) <= 2);
});

test('a list from the cache: one request, protobuf, resourceVersion=0', async (t) => {
  const { client, server } = await replay(t);
  const options = { labelSelector: 'linkerd.io/control-plane-ns' };
  const records: KubeRecord[] = [];
  const result = await client.list(pods, options, (record) => records.push(record));
  assert.deepEqual(result, { resourceVersion: '1205' });
  assert.deepEqual(records, recordedList(pods, '022-pods-rv0.pb'));
  assert.deepEqual(
    server.requests.map(({ line }) => line),
    ['GET /api/v1/pods?resourceVersion=0&labelSelector=linkerd.io%2Fcontrol-plane-ns'],
  );
  assert.equal(server.requests[0]?.headers.accept, 'application/vnd.kubernetes.protobuf,application/json');
  assert.equal(server.requests[0]?.headers['accept-encoding'], undefined);
});

test('single objects', async (t) => {
  const { client } = await replay(t);
  assert.deepEqual(
    await client.get(configMaps, 'linkerd', 'linkerd-config'),
    recordedObject(configMaps, '037-linkerd-config.json'),
  );
  assert.deepEqual(
    await client.get(deployments, 'books', 'webapp'),
    recordedObject(deployments, '096-deployment-after.json'),
  );
});

test('a watch', async (t) => {
  const { client } = await replay(t);
  for (const [resource, file] of [
    [pods, '092-watch-pods.pb'],
    [statefulSets, '095-watch-statefulsets.pb'],
  ] as const) {
    const events: unknown[] = [];
    let bookmarks = 0;
    let opened = 0;
    const stream = client.watch<KubeRecord>(resource, {
      resourceVersion: '1216',
      timeoutSeconds: 300,
      onOpen: () => opened++,
    });
    for await (const event of stream) {
      if (event.type === 'BOOKMARK') bookmarks++;
      else events.push(event);
    }
    assert.deepEqual(events, recordedWatch<KubeRecord>(resource, file));
    assert.ok(bookmarks >= 2, `${bookmarks} bookmarks`);
    assert.equal(opened, 1);
  }
});

test('a watch from a compacted version is an expired event', async (t) => {
  const { client } = await replay(t);
  const events: WatchEvent<PodRecord>[] = [];
  for await (const event of client.watch(pods, { resourceVersion: '1', timeoutSeconds: 5 }))
    events.push(event);
  assert.equal(events.length, 1);
  const [event] = events;
  assert.ok(event?.type === 'ERROR');
  assert.equal(event.error.kind, 'expired');
  assert.match(event.error.message, /could not watch pods: too old resource version: 1 \(1453\)/);
});

test('a restart patch as recorded, and its answers', async (t) => {
  const { client, server } = await replay(t);
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T14:30:16Z' };
  const record = await client.patchTemplateAnnotations('Deployment', 'books', 'webapp', annotations, {
    resourceVersion: '1033',
    dryRun: true,
  });
  assert.deepEqual(record, recordedObject(deployments, '069-restart-dryrun.json'));
  const [request] = server.requests;
  assert.equal(
    request?.line,
    'PATCH /apis/apps/v1/namespaces/books/deployments/webapp?fieldManager=kubectl-linkerd-upgrade&dryRun=All',
  );
  assert.equal(request.headers['content-type'], 'application/strategic-merge-patch+json');
  assert.deepEqual(JSON.parse(request.body), {
    metadata: { resourceVersion: '1033' },
    spec: { template: { metadata: { annotations } } },
  });
  const real = await client.patchTemplateAnnotations('StatefulSet', 'legacy', 'queue', annotations);
  assert.equal(real.name, 'queue');
  assert.equal(
    server.requests[1]?.body,
    `{"spec":{"template":{"metadata":{"annotations":${JSON.stringify(annotations)}}}}}`,
  );
});

test('access reviews', async (t) => {
  const question = { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'books' };
  const { client } = await replay(t);
  assert.equal((await client.canI(question)).allowed, true);
  const reader = await replay(t, 'reader');
  assert.deepEqual(await reader.client.canI(question), { allowed: false, reason: '' });
});

test('a forbidden list, in protobuf', async (t) => {
  const { client } = await replay(t, 'reader');
  const error = await failure(client.json({ method: 'GET', path: '/api/v1/pods', operation: 'list pods' }));
  assert.equal(error.kind, 'forbidden');
  assert.equal(error.status, 403);
  assert.match(
    error.message,
    /^could not list pods: pods is forbidden: User "reader" cannot list resource "pods" in API group "" at the cluster scope\. Ask for this right/,
  );
});

test('an unknown API group', async (t) => {
  const { client } = await replay(t);
  const error = await failure(collect(client, jobs, { namespace: 'nowhere' }));
  assert.equal(error.kind, 'not-found');
  assert.match(error.message, /could not list jobs in namespace nowhere: 404 page not found/);
});

for (const [what, path, kind, message] of [
  [
    'an expired continue token',
    'limit=2&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTQ1Miwic3RhcnQiOiJiYXRjaC9vbGQtc3R5bGUtdmRkYmZcdTAwMDAifQ',
    'expired',
    /continue/,
  ],
  ['a garbage continue token', 'limit=5&continue=garbage', 'bad-request', /continue key is not valid/],
  ['a version in the future', 'resourceVersion=999999999&limit=1', 'too-new', /future revision/],
] as const) {
  test(`${what} is ${kind}`, async (t) => {
    const { client } = await replay(t);
    const error = await failure(
      client.json({ method: 'GET', path: `/api/v1/pods?${path}`, operation: 'list pods' }),
    );
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    assert.equal(error.continueToken !== '', kind === 'expired');
  });
}

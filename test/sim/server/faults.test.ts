import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { arrayAt, stringAt } from '../../../src/sim/json.ts';
import { pods } from '../../../src/sim/resources.ts';
import { type ApiServer, createApiServer } from '../../../src/sim/server/api-server.ts';
import { faultTimes } from '../../../src/sim/server/faults.ts';
import { RECORDED_REVISION, recordedCluster } from '../../support/recorded-cluster.ts';
import { call, watch } from './client.ts';

const PATCH = '/apis/apps/v1/namespaces/books/deployments/webapp';
const MERGE = { 'content-type': 'application/merge-patch+json' };

describe('faults', () => {
  let server: ApiServer;

  beforeEach(async () => {
    server = await createApiServer({ store: recordedCluster(), tls: false });
  });
  afterEach(() => server.close());

  function touch(): void {
    const [pod] = server.store.list(pods, 'books');
    assert.ok(pod);
    server.store.update(pods, {
      ...pod,
      metadata: { ...pod.metadata, labels: { touched: String(server.store.revision) } },
    });
  }

  async function paused(): Promise<boolean> {
    const reply = await call(server, PATCH);
    return reply.body.toString().includes('"paused":true');
  }

  test('an answer of the test, so many times', async () => {
    const storm = {
      kind: 'respond',
      status: 429,
      body: 'Too many requests, please try again later.',
      headers: { 'Retry-After': '1' },
    } as const;
    server.faults.onRequest(faultTimes(2, ({ resource }) => resource === 'pods', storm));
    const replies = [
      await call(server, '/api/v1/pods'),
      await call(server, '/api/v1/pods'),
      await call(server, '/api/v1/pods'),
    ];
    assert.deepEqual(
      replies.map(({ status }) => status),
      [429, 429, 200],
    );
    assert.equal(replies[0]?.headers['retry-after'], '1');
    assert.equal(replies[0]?.headers['content-type'], 'text/plain; charset=utf-8');
    assert.deepEqual(
      server.audit.entries.map(({ code }) => code),
      [429, 429, 200],
    );
  });

  test('a hook that is removed strikes no more', async () => {
    const remove = server.faults.onRequest(() => ({ kind: 'respond', status: 500, body: {} }));
    assert.equal((await call(server, '/version')).status, 500);
    remove();
    assert.equal((await call(server, '/version')).status, 200);
  });

  test('a cut before the change leaves things as they were, a cut after it does not', async () => {
    const patch = { method: 'PATCH', headers: MERGE, body: { spec: { paused: true } } };
    const isPatch = ({ verb }: { verb: string }) => verb === 'patch';
    server.faults.onRequest(faultTimes(1, isPatch, { kind: 'reset', after: 'nothing' }));
    await assert.rejects(call(server, PATCH, patch));
    assert.equal(await paused(), false);
    server.faults.onRequest(faultTimes(1, isPatch, { kind: 'reset', after: 'commit' }));
    await assert.rejects(call(server, PATCH, patch));
    assert.equal(await paused(), true);
  });

  test('a request without an answer', async () => {
    server.faults.onRequest(faultTimes(1, ({ verb }) => verb === 'patch', { kind: 'hang', after: 'commit' }));
    const lost = call(server, PATCH, { method: 'PATCH', headers: MERGE, body: { spec: { paused: true } } });
    const outcome = lost.then(
      () => 'answered',
      () => 'cut',
    );
    await new Promise<void>((resolve) => {
      const stop = server.audit.subscribe(({ verb }) => {
        if (verb !== 'patch') return;
        stop();
        resolve();
      });
    });
    assert.equal(await paused(), true);
    server.faults.dropConnections();
    assert.equal(await outcome, 'cut');
  });

  test('a delay, then the real answer', async () => {
    server.faults.onRequest(faultTimes(1, () => true, { kind: 'delay', ms: 1 }));
    assert.equal((await call(server, '/version')).status, 200);
  });

  test('a body that breaks off', async () => {
    server.faults.onRequest(faultTimes(1, () => true, { kind: 'truncate', bytes: 1000 }));
    await assert.rejects(call(server, '/api/v1/pods'));
  });

  test('a body with flipped bytes', async () => {
    const path = '/api/v1/pods';
    const headers = { 'accept-encoding': 'gzip' };
    const whole = await call(server, path, { headers });
    assert.equal(whole.headers['content-encoding'], 'gzip');
    assert.equal(arrayAt(JSON.parse(gunzipSync(whole.body).toString()), 'items').length, 45);
    const flip = (chunk: Buffer) =>
      Buffer.from(chunk.map((byte, index) => (index === 400 ? byte ^ 0xff : byte)));
    server.faults.onRequest(faultTimes(1, () => true, { kind: 'corrupt', change: flip }));
    const broken = await call(server, path, { headers });
    assert.throws(() => gunzipSync(broken.body));
  });

  const watched = `/api/v1/namespaces/books/pods?watch=1&resourceVersion=${RECORDED_REVISION}`;

  test('watches that end', async () => {
    const stream = await watch(server, watched);
    touch();
    server.faults.endWatches(({ resource }) => resource === 'pods');
    assert.equal(await stream.over, 'end');
    assert.equal(stream.events.length, 1, 'what happened before is still delivered');
  });

  test('a filter leaves other watches alone', async () => {
    const stream = await watch(server, watched);
    server.faults.endWatches(({ resource }) => resource === 'deployments');
    touch();
    await stream.until((events) => events.length === 1);
    stream.res.destroy();
  });

  test('watches cut in the middle of an event', async () => {
    const stream = await watch(server, watched);
    touch();
    await stream.until((events) => events.length === 1);
    server.faults.cutWatches();
    assert.equal(await stream.over, 'cut');
    assert.match(stream.rest(), /^\{"type":"BOOKMARK"/);
  });

  test('watches that fall silent but stay connected', async () => {
    const stream = await watch(server, watched);
    server.faults.silenceWatches();
    touch();
    // An answer on another connection proves that the event had its chance.
    await call(server, '/version');
    assert.equal(stream.events.length, 0);
    server.faults.dropConnections();
    assert.equal(await stream.over, 'cut');
  });

  test('bytes of the test in a watch', async () => {
    const stream = await watch(server, watched);
    server.faults.injectIntoWatches(Buffer.from('{"type":"ODD","object":{}}\n'));
    const events = await stream.until((seen) => seen.length === 1);
    assert.equal(events[0]?.type, 'ODD');
    stream.res.destroy();
  });

  test('history that is gone', async () => {
    const page = await call(server, '/api/v1/pods?limit=2');
    const token = stringAt(page.json(), 'metadata', 'continue');
    touch();
    server.faults.expireHistory();
    const next = await call(server, `/api/v1/pods?limit=2&continue=${token}`);
    assert.equal(next.status, 410);
    assert.equal(stringAt(next.json(), 'reason'), 'Expired');
    const offered = stringAt(next.json(), 'metadata', 'continue');
    const rest = await call(server, `/api/v1/pods?continue=${offered}`);
    assert.equal(rest.status, 200);
    assert.equal(arrayAt(rest.json(), 'items').length, 43);
    assert.equal(
      (await call(server, `/api/v1/pods?resourceVersion=${RECORDED_REVISION}&resourceVersionMatch=Exact`))
        .status,
      410,
    );
    const stream = await watch(server, watched);
    assert.equal(await stream.over, 'end');
    assert.equal(stringAt(stream.events[0], 'object', 'reason'), 'Expired');
  });

  test('connections refused, then accepted again on the same port', async () => {
    const stream = await watch(server, watched);
    const accept = await server.faults.refuseConnections();
    assert.equal(await stream.over, 'cut');
    await assert.rejects(call(server, '/version'), { code: 'ECONNREFUSED' });
    await accept();
    assert.equal((await call(server, '/version')).status, 200);
  });
});

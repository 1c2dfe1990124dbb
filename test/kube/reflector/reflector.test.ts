import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createKubeClient } from '../../../src/kube/client.ts';
import {
  createReflector,
  type Reflector,
  type ReflectorStatus,
} from '../../../src/kube/reflector/reflector.ts';
import { namespaces } from '../../../src/kube/resources.ts';
import { connectionTo } from '../../support/connection.ts';
import { frame, message, meta } from '../../support/protobuf.ts';
import { sendStatus, startServer } from '../../support/scripted-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type MiniCluster, startMiniCluster } from '../support/mini-cluster.ts';
import { seeded } from '../support/seeded.ts';

interface Followed {
  readonly cluster: MiniCluster;
  readonly clock: ManualClock;
  readonly reflector: Reflector;
  /** What the changes add up to, as the cluster tells its state. */
  state(): string[];
  readonly statuses: ReflectorStatus[];
  /** Requests since the last call, as `list 0` or `watch 101`. */
  asked(): string[];
  /** Lets time pass until `condition` holds. */
  settle(condition: () => boolean, what: string): Promise<void>;
  /** Waits for what the cluster holds to be known here. */
  converge(): Promise<void>;
  finish(): Promise<void>;
}

async function follow(
  t: TestContext,
  prepare: (cluster: MiniCluster) => void = () => undefined,
): Promise<Followed> {
  const cluster = await startMiniCluster(t);
  prepare(cluster);
  const clock = new ManualClock();
  const client = createKubeClient(connectionTo(cluster.server.url), {
    userAgentVersion: '0',
    env: {},
    clock,
    random: () => 0.5,
  });
  const objects = new Map<string, string>();
  const statuses: ReflectorStatus[] = [];
  const reflector = createReflector({
    client,
    resource: namespaces,
    onChange(change) {
      if (change.type === 'delete') {
        assert.ok(
          objects.get(change.name)?.includes(` ${change.uid} `),
          `deleted ${change.name} ${change.uid} was never there`,
        );
        objects.delete(change.name);
        return;
      }
      const { name, uid, resourceVersion } = change.record;
      const known = objects.get(name);
      assert.ok(
        known === undefined || known.includes(` ${uid} `),
        `${name} changed its uid without a delete`,
      );
      objects.set(name, `${name} ${uid} ${resourceVersion}`);
    },
    onStatus: (status) => statuses.push(status),
  });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  let read = 0;
  const finish = async () => {
    stop.abort();
    await running;
    client.close();
  };
  t.after(finish);
  const state = () => [...objects.values()].sort();
  const settle = async (condition: () => boolean, what: string) => {
    const end = Date.now() + 10_000;
    while (!condition()) {
      if (Date.now() > end)
        throw new Error(`timed out waiting for ${what}; ${JSON.stringify(statuses.at(-1))}`);
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(10);
    }
  };
  const followed: Followed = {
    cluster,
    clock,
    reflector,
    state,
    statuses,
    settle,
    asked() {
      const fresh = cluster.server.requests.slice(read);
      read += fresh.length;
      return fresh.map((line) => {
        const query = new URL(line.split(' ')[1] ?? '', 'http://x').searchParams;
        return `${query.get('watch') === 'true' ? 'watch' : 'list'} ${query.get('resourceVersion') ?? (query.has('limit') ? 'newest' : 'any')}`;
      });
    },
    converge: () => settle(() => String(state()) === String(cluster.state), 'the same state'),
    finish,
  };
  await settle(
    () => cluster.watches.length === 1 || statuses.some(({ state: name }) => name !== 'listing'),
    'the first watch',
  );
  return followed;
}

const last = ({ statuses }: Followed) => statuses.at(-1)?.state;

test('lists, watches and follows', async (t) => {
  const followed = await follow(t, (cluster) => {
    cluster.put('a');
    cluster.put('b');
  });
  const { cluster, settle, statuses } = followed;
  await followed.converge();
  assert.deepEqual(followed.asked(), ['list 0', 'watch 102']);
  await settle(() => last(followed) === 'watching', 'watching');
  assert.deepEqual(
    statuses.map(({ state }) => state),
    ['listing', 'watching'],
  );
  cluster.put('c');
  cluster.put('a');
  cluster.remove('b');
  cluster.put('b');
  await followed.converge();
  assert.deepEqual(followed.asked(), []);
});

test('a watch asks for bookmarks and a timeout between 300 and 600 seconds', async (t) => {
  const { cluster } = await follow(t);
  const query = new URL(cluster.server.requests.at(-1)?.split(' ')[1] ?? '', 'http://x').searchParams;
  assert.equal(query.get('allowWatchBookmarks'), 'true');
  assert.equal(query.get('timeoutSeconds'), '450');
});

test('F1: a watch that ends goes on from its last version without a list', async (t) => {
  const followed = await follow(t);
  const { cluster, clock } = followed;
  cluster.put('a');
  await followed.converge();
  followed.asked();
  clock.advance(5_000);
  for (const watch of cluster.watches) watch.end();
  cluster.put('b');
  await followed.converge();
  assert.deepEqual(followed.asked(), ['watch 101']);
});

test('F2: a reset in the midst of an event', async (t) => {
  const followed = await follow(t);
  const { cluster } = followed;
  cluster.put('a');
  await followed.converge();
  followed.asked();
  const half = frame('ADDED', 'Namespace', message({ 1: meta('half') })).subarray(0, 20);
  for (const watch of cluster.watches) watch.write(half, () => watch.socket?.destroy());
  await followed.settle(() => last(followed) === 'waiting', 'the cut to be noticed');
  cluster.put('b');
  await followed.converge();
  assert.deepEqual(followed.asked(), ['watch 101']);
  assert.ok(followed.statuses.some((status) => status.state === 'waiting' && /was cut/.test(status.reason)));
});

test('F3, F34: a silent connection, or a computer that slept, is noticed and replaced', async (t) => {
  const followed = await follow(t);
  const { cluster, clock } = followed;
  await followed.settle(() => last(followed) === 'watching', 'watching');
  for (let minute = 0; minute < 3; minute++) {
    const before = cluster.server.requests.length;
    clock.advance(60_000);
    cluster.bookmark();
    await followed.settle(() => true, 'nothing');
    for (let tick = 0; tick < 20; tick++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(cluster.server.requests.length, before, 'bookmarks keep the watch alive');
  }
  clock.advance(3_600_000);
  await followed.settle(
    () => followed.statuses.some((status) => status.state === 'waiting' && /silent/.test(status.reason)),
    'the watchdog',
  );
  await followed.settle(() => last(followed) === 'watching', 'a new watch');
  cluster.put('z');
  await followed.converge();
});

test('F4: 410 as the status of a watch makes it list, not older than what was seen', async (t) => {
  const followed = await follow(t);
  const { cluster } = followed;
  cluster.put('a');
  await followed.converge();
  followed.asked();
  let once = true;
  cluster.intercept = (_, response, query) => {
    if (!once || query.get('watch') !== 'true') return false;
    once = false;
    sendStatus(response, 410, 'Expired', 'too old');
    return true;
  };
  followed.clock.advance(2_000);
  for (const watch of cluster.watches) watch.end();
  cluster.put('b');
  await followed.converge();
  await followed.settle(() => cluster.watches.length === 1, 'a new watch');
  assert.deepEqual(followed.asked().slice(0, 3), ['watch 101', 'list 101', 'watch 102']);
});

test('F5, F15: 410 as an event; what vanished or was made again meanwhile is told', async (t) => {
  const followed = await follow(t, (cluster) => {
    cluster.put('gone');
    cluster.put('again');
  });
  const { cluster } = followed;
  await followed.converge();
  cluster.intercept = (request) => {
    request.socket.destroy();
    return true;
  };
  for (const watch of cluster.watches) watch.socket?.destroy();
  await followed.settle(() => cluster.watches.length === 0, 'the cut');
  cluster.remove('gone');
  cluster.remove('again');
  cluster.put('again');
  cluster.compact();
  cluster.intercept = () => false;
  await followed.converge();
});

test('F7: versions that the server has not reached', async (t) => {
  const followed = await follow(t);
  const { cluster } = followed;
  cluster.put('a');
  await followed.converge();
  followed.asked();
  cluster.intercept = (_, response, query) => {
    const asked = query.get('resourceVersion');
    if (asked === null || asked === '') return false;
    if (query.get('watch') === 'true' && Number(asked) > 101) return false;
    sendStatus(response, 504, 'Timeout', 'Too large resource version: 101, current: 90');
    return true;
  };
  for (const watch of cluster.watches) watch.socket?.destroy();
  await followed.settle(() => cluster.watches.length === 0, 'the cut');
  cluster.put('b');
  await followed.converge();
  await followed.settle(() => cluster.watches.length === 1, 'a new watch');
  const asked = followed.asked();
  assert.equal(asked.filter((line) => line.startsWith('watch 101')).length, 5);
  assert.deepEqual(asked.slice(-2), ['list newest', 'watch 102']);
});

test('F8, F9: errors and busy servers: no list, data kept, and back again', async (t) => {
  const followed = await follow(t, (cluster) => cluster.put('a'));
  const { cluster } = followed;
  await followed.converge();
  followed.asked();
  let trouble = 4;
  cluster.intercept = (_, response) => {
    if (trouble-- <= 0) return false;
    if (trouble % 2 === 0) sendStatus(response, 503, 'ServiceUnavailable', 'down');
    else
      response.writeHead(429, { 'content-type': 'text/plain', 'retry-after': '2' }).end('Too many requests');
    return true;
  };
  for (const watch of cluster.watches) watch.socket?.destroy();
  await followed.settle(() => trouble <= 0 && cluster.watches.length === 1, 'the end of the trouble');
  assert.deepEqual(followed.state(), cluster.state);
  assert.deepEqual([...new Set(followed.asked())], ['watch 101']);
});

test('F12, F13: malformed streams are resynced', async (t) => {
  const namespace = message({ 1: meta('evil', { 3: '', 6: '999' }) });
  const cases: [string, Buffer][] = [
    ['a huge length', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['a wrong magic', Buffer.concat([Buffer.from([0, 0, 0, 8]), message({ 2: { 1: 'k8x\0' } })])],
    ['an unknown wire type', Buffer.from([0, 0, 0, 2, 0x0f, 0x00])],
    ['another kind', frame('ADDED', 'Pod', namespace)],
    ['a table', frame('ADDED', 'Table', namespace)],
    ['no metadata', frame('ADDED', 'Namespace', message({ 3: { 1: 'Active' } }))],
    ['no version', frame('ADDED', 'Namespace', message({ 1: { 1: 'x', 5: 'u' } }))],
    ['no uid', frame('MODIFIED', 'Namespace', message({ 1: { 1: 'x', 6: '999' } }))],
    ['an unknown type', frame('REPLACED', 'Namespace', namespace)],
    ['an error of 500', frame('ERROR', 'Status', message({ 3: 'boom', 6: 500 }))],
    ['an error without a Status', frame('ERROR', 'Namespace', namespace)],
    ['a bookmark without a version', frame('BOOKMARK', 'Namespace', message({ 1: {} }))],
  ];
  const followed = await follow(t, (cluster) => cluster.put('a'));
  const { cluster } = followed;
  for (const [what, bytes] of cases) {
    await followed.settle(
      () => cluster.watches.length === 1 && last(followed) === 'watching',
      `a watch before ${what}`,
    );
    followed.asked();
    for (const watch of cluster.watches) watch.end(bytes);
    cluster.put(what.replaceAll(' ', '-'));
    await followed.settle(
      () => String(followed.state()) === String(cluster.state),
      `the state after ${what}`,
    );
    await followed.settle(() => cluster.watches.length === 1, `a watch after ${what}`);
    assert.ok(followed.asked()[0]?.startsWith('list '), `${what} makes it list`);
  }
});

test('F14: events in disorder, twice, and of another uid', async (t) => {
  const followed = await follow(t);
  const { cluster } = followed;
  cluster.put('a');
  cluster.put('a');
  cluster.put('a');
  await followed.converge();
  const old = frame('MODIFIED', 'Namespace', message({ 1: meta('a', { 3: '', 5: 'uid-1', 6: '101' }) }));
  for (const watch of cluster.watches) watch.write(Buffer.concat([old, old]));
  cluster.put('b');
  await followed.converge();
  assert.ok(followed.state().includes('a uid-1 103'));
  followed.clock.advance(2_000);
  followed.asked();
  for (const watch of cluster.watches) watch.end(old);
  await followed.settle(() => followed.cluster.watches.length === 0, 'the end');
  await followed.settle(() => followed.cluster.watches.length === 1, 'a new watch');
  assert.deepEqual(followed.asked(), ['watch 104'], 'the version does not go back');
});

test('F16: bookmarks move the version on', async (t) => {
  const followed = await follow(t);
  const { cluster, clock } = followed;
  await followed.settle(() => last(followed) === 'watching', 'watching');
  for (const watch of cluster.watches)
    watch.write(frame('BOOKMARK', 'Namespace', message({ 1: { 6: '100' } })));
  cluster.intercept = (_, response, query) => {
    if (query.get('watch') !== 'true' || cluster.watches.length > 0) return false;
    response.writeHead(200, { 'content-type': 'application/vnd.kubernetes.protobuf;stream=watch' });
    response.write(frame('BOOKMARK', 'Namespace', message({ 1: { 6: '5000' } })));
    clock.advance(2_000);
    response.end();
    cluster.intercept = () => false;
    return true;
  };
  clock.advance(2_000);
  followed.asked();
  for (const watch of cluster.watches) watch.end();
  await followed.settle(
    () => followed.cluster.server.requests.some((line) => line.includes('resourceVersion=5000')),
    'the version of the bookmark',
  );
});

test('F23, F33: what may not be read, or is not there, is said, and asked again each minute', async (t) => {
  for (const [code, reason, state] of [
    [403, 'Forbidden', 'forbidden'],
    [404, 'NotFound', 'missing'],
  ] as const) {
    let refuse = true;
    const followed = await follow(t, (cluster) => {
      cluster.put('a');
      cluster.intercept = (_, response) => {
        if (refuse) sendStatus(response, code, reason, 'no');
        return refuse;
      };
    });
    await followed.settle(() => last(followed) === state, state);
    const requests = followed.cluster.server.requests.length;
    followed.clock.advance(59_000);
    await followed.settle(() => true, 'nothing');
    assert.equal(followed.cluster.server.requests.length, requests);
    refuse = false;
    await followed.converge();
    await followed.finish();
  }
});

test('retryNow ends a wait', async (t) => {
  let refuse = true;
  const followed = await follow(t, (cluster) => {
    cluster.put('a');
    cluster.intercept = (_, response) => {
      if (refuse) sendStatus(response, 403, 'Forbidden', 'no');
      return refuse;
    };
  });
  await followed.settle(() => last(followed) === 'forbidden', 'forbidden');
  refuse = false;
  const before = followed.clock.now();
  followed.reflector.retryNow();
  await followed.converge();
  assert.ok(followed.clock.now() - before < 50_000, 'the minute had not passed');
});

test('F24: a server that is gone and comes back', async (t) => {
  const followed = await follow(t, (cluster) => cluster.put('a'));
  const { cluster } = followed;
  await followed.converge();
  await followed.settle(() => last(followed) === 'watching', 'watching');
  const { port } = cluster.server;
  await cluster.server.close();
  await followed.settle(
    () => followed.statuses.some((status) => status.state === 'waiting' && /refused/.test(status.reason)),
    'a refusal',
  );
  const asked: string[] = [];
  await startServer(
    t,
    (request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/vnd.kubernetes.protobuf;stream=watch' });
      response.flushHeaders();
    },
    { port },
  );
  await followed.settle(() => last(followed) === 'watching', 'watching again');
  assert.match(asked[0] ?? '', /watch=true.*resourceVersion=101/);
});

test('an error of the listener is not taken for one of the server', async (t) => {
  const cluster = await startMiniCluster(t);
  cluster.put('a');
  const client = createKubeClient(connectionTo(cluster.server.url), { userAgentVersion: '0', env: {} });
  t.after(() => client.close());
  const reflector = createReflector({
    client,
    resource: namespaces,
    onChange: () => {
      throw new Error('a bug of ours');
    },
    onStatus: () => undefined,
  });
  await assert.rejects(reflector.run(new AbortController().signal), /a bug of ours/);
});

test('random faults: in the end the state is the same, and never did it go back in time', async (t) => {
  const { seed, next } = seeded();
  const followed = await follow(t);
  const { cluster, clock } = followed;
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const garbage = [
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0, 0, 0, 2, 0x0f, 0]),
    Buffer.from([0, 0]),
  ];
  cluster.intercept = (request, response) => {
    switch (next(8)) {
      case 0:
        sendStatus(response, 500 + next(5), 'InternalError', 'boom');
        return true;
      case 1:
        request.socket.destroy();
        return true;
      case 2:
        response.writeHead(429, { 'retry-after': String(next(3)) }).end();
        return true;
      case 3:
        response.writeHead(200, { 'content-type': 'application/vnd.kubernetes.protobuf' });
        response.end(Buffer.from('k8s\0').subarray(0, next(5)));
        return true;
      default:
        return false;
    }
  };
  for (let round = 0; round < 400; round++) {
    const name = names[next(names.length)] ?? 'a';
    if (next(3) === 0) cluster.remove(name);
    else cluster.put(name);
    if (next(25) === 0) cluster.compact();
    if (next(6) === 0) {
      for (const watch of cluster.watches) {
        if (next(2) === 0) watch.socket?.destroy();
        else watch.end(garbage[next(garbage.length)]);
      }
    }
    for (let tick = next(6); tick > 0; tick--) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(next(2_000));
    }
  }
  cluster.intercept = () => false;
  try {
    await followed.converge();
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}\n${followed.state()}\n${cluster.state}`);
  }
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { unwrap } from '../../../src/sim/encode/envelope.ts';
import { stringAt } from '../../../src/sim/json.ts';
import { deployments, findResource, pods, replicaSets, statefulSets } from '../../../src/sim/resources.ts';
import { type ApiServer, createApiServer } from '../../../src/sim/server/api-server.ts';
import type { MemoryStore } from '../../../src/sim/store.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import { RECORDED_REVISION, recordedCluster } from '../../support/recorded-cluster.ts';
import { recordedBytes, recordedEvents } from '../../support/wire.ts';
import { call, open, type WatchEvent, watch } from './client.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

const version = ({ object }: WatchEvent) => stringAt(object, 'metadata', 'resourceVersion');
const name = ({ object }: WatchEvent) => stringAt(object, 'metadata', 'name');
const ofType = (type: string) => (events: readonly WatchEvent[]) =>
  events.some((event) => event.type === type);

describe('watches', () => {
  let store: MemoryStore;
  let clock: ManualClock;
  let server: ApiServer;

  beforeEach(async () => {
    store = recordedCluster();
    clock = manualClock();
    server = await createApiServer({ store, wireClock: clock, tls: false });
  });
  afterEach(() => server.close());

  function relabel(object: KubeObject, labels: Record<string, string>): KubeObject {
    return store.update(pods, { ...object, metadata: { ...object.metadata, labels } });
  }

  function aPod(): KubeObject {
    const [first] = store.list(pods, 'books');
    assert.ok(first);
    return first;
  }

  test('events after the version, headers at once', async () => {
    const stream = await watch(
      server,
      `/api/v1/namespaces/books/pods?watch=1&resourceVersion=${RECORDED_REVISION}`,
    );
    assert.equal(stream.res.headers['content-type'], 'application/json');
    assert.equal(stream.events.length, 0);
    const changed = relabel(aPod(), { app: 'authors', extra: 'yes' });
    store.delete(pods, 'books', changed.metadata.name);
    relabel(store.list(pods, 'plain')[0] ?? aPod(), {});
    const events = await stream.until((seen) => seen.length === 2);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['MODIFIED', 'DELETED'],
    );
    assert.equal(stringAt(events[0], 'object', 'kind'), 'Pod');
    assert.equal(stringAt(events[0], 'object', 'apiVersion'), 'v1');
    assert.deepEqual(events.map(version), [String(RECORDED_REVISION + 1), String(RECORDED_REVISION + 2)]);
  });

  test('a watch from a version of the past catches up first', async () => {
    const changed = relabel(aPod(), { step: '1' });
    relabel(changed, { step: '2' });
    const stream = await watch(server, `/api/v1/pods?watch=true&resourceVersion=${RECORDED_REVISION}`);
    const events = await stream.until((seen) => seen.length === 2);
    assert.deepEqual(
      events.map((event) => stringAt(event, 'object', 'metadata', 'labels', 'step')),
      ['1', '2'],
    );
  });

  test('without a version the present state comes first as ADDED', async () => {
    const stream = await watch(server, '/api/v1/namespaces/books/pods?watch=1');
    const events = await stream.until((seen) => seen.length === 8);
    assert.ok(events.every(({ type }) => type === 'ADDED'));
    relabel(aPod(), {});
    await stream.until((seen) => seen.length === 9);
  });

  test('selectors turn changes into ADDED and DELETED', async () => {
    const object = aPod();
    const stream = await watch(
      server,
      `/api/v1/pods?watch=1&resourceVersion=${RECORDED_REVISION}&labelSelector=colour%3Dblue`,
    );
    const one = relabel(object, { colour: 'blue' });
    const two = relabel(one, { colour: 'blue', more: 'yes' });
    relabel(two, { colour: 'red' });
    const events = await stream.until((seen) => seen.length === 3);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED', 'MODIFIED', 'DELETED'],
    );
    assert.equal(
      stringAt(events[2], 'object', 'metadata', 'labels', 'more'),
      'yes',
      'the last state that matched',
    );
    assert.equal(events[2] && version(events[2]), String(store.revision));
  });

  test('a field selector follows one object', async () => {
    const object = aPod();
    const path = `/api/v1/namespaces/books/pods?watch=1&resourceVersion=${RECORDED_REVISION}`;
    const stream = await watch(server, `${path}&fieldSelector=metadata.name%3D${object.metadata.name}`);
    for (const other of store.list(pods, 'books')) relabel(other, { all: 'changed' });
    const events = await stream.until((seen) => seen.length === 1);
    assert.deepEqual(events.map(name), [object.metadata.name]);
  });

  test('timeoutSeconds ends the stream cleanly, with a bookmark two seconds before', async () => {
    const stream = await watch(
      server,
      `/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=75&resourceVersion=${RECORDED_REVISION}`,
    );
    clock.advance(59_000);
    relabel(aPod(), { changed: 'yes' });
    clock.advance(1_000);
    await stream.until(ofType('BOOKMARK'));
    clock.advance(13_000);
    await stream.until((seen) => seen.length === 3);
    clock.advance(2_000);
    assert.equal(await stream.over, 'end');
    assert.deepEqual(
      stream.events.map(({ type }) => type),
      ['MODIFIED', 'BOOKMARK', 'BOOKMARK'],
    );
    assert.equal(stream.rest(), '');
  });

  test('bookmarks are the zero objects that were recorded', async () => {
    const streams = [
      ['088-watch-pods.json', '/api/v1/pods'],
      ['089-watch-statefulsets.json', '/apis/apps/v1/statefulsets'],
      ['090-watch-replicasets.json', '/apis/apps/v1/replicasets'],
      ['093-watch-deployments.json', '/apis/apps/v1/deployments'],
    ] as const;
    for (const [file, path] of streams) {
      const recorded = recordedEvents(file).find(({ type }) => type === 'BOOKMARK');
      assert.ok(recorded);
      const stream = await watch(
        server,
        `${path}?watch=1&allowWatchBookmarks=true&resourceVersion=${RECORDED_REVISION}`,
      );
      clock.advance(60_000);
      const [bookmark] = await stream.until(ofType('BOOKMARK'));
      const { metadata, ...expected } = recorded.object;
      const versioned = { ...(metadata as object), resourceVersion: String(store.revision) };
      assert.deepEqual(bookmark?.object, { ...expected, metadata: versioned });
      stream.res.destroy();
    }
  });

  test('a version that is gone is an ERROR event in an answer of 200', async () => {
    store.advanceTo(1453);
    store.compact();
    const path = '/api/v1/pods?watch=1&resourceVersion=1&timeoutSeconds=5';
    const json = await call(server, path);
    assert.equal(json.status, 200);
    assert.equal(json.body.toString(), recordedBytes('106-watch-too-old.json').toString());
    const pb = await call(server, path, {
      headers: { accept: 'application/vnd.kubernetes.protobuf;stream=watch' },
    });
    assert.equal(pb.headers['content-type'], 'application/vnd.kubernetes.protobuf;stream=watch');
    assert.deepEqual(pb.body, recordedBytes('107-watch-too-old.pb'));
  });

  test('a version of the future is 504 with Retry-After', async () => {
    const reply = await call(server, '/api/v1/pods?watch=1&resourceVersion=99999');
    assert.equal(reply.status, 504);
    assert.equal(reply.headers['retry-after'], '1');
    assert.match(stringAt(reply.json(), 'message'), /Too large resource version: 99999, current: 1210/);
  });

  test('sendInitialEvents is refused with 422 where it is not served', async () => {
    const path = '/api/v1/pods?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
    const reply = await call(server, path);
    assert.equal(reply.status, 422);
    assert.match(stringAt(reply.json(), 'message'), /unless the WatchList feature gate is enabled/);
  });

  test('where it is served, a marked bookmark ends the present state', async () => {
    const streaming = await createApiServer({ store, tls: false, watchList: true });
    try {
      const query =
        'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
      const stream = await watch(streaming, `/api/v1/namespaces/books/pods?${query}`);
      const events = await stream.until(ofType('BOOKMARK'));
      assert.equal(events.length, 9);
      const end = events.at(-1);
      assert.equal(stringAt(end, 'object', 'metadata', 'annotations', 'k8s.io/initial-events-end'), 'true');
      assert.equal(end && version(end), String(RECORDED_REVISION));
    } finally {
      await streaming.close();
    }
  });

  const recordedStreams = [
    ['088-watch-pods.json', '092-watch-pods.pb', '/api/v1/pods', pods],
    ['089-watch-statefulsets.json', '095-watch-statefulsets.pb', '/apis/apps/v1/statefulsets', statefulSets],
    ['090-watch-replicasets.json', '091-watch-replicasets.pb', '/apis/apps/v1/replicasets', replicaSets],
    ['093-watch-deployments.json', '094-watch-deployments.pb', '/apis/apps/v1/deployments', deployments],
  ] as const;

  for (const [json, pb, path, resource] of recordedStreams) {
    test(`replayed changes give the recorded streams ${json} and ${pb}`, async () => {
      const recorded = recordedEvents(json).filter(({ type }) => type !== 'BOOKMARK');
      const query = `?watch=1&resourceVersion=${store.revision}`;
      const lines = await watch(server, `${path}${query}`);
      const frames = await open(server, `${path}${query}`, {
        headers: { accept: 'application/vnd.kubernetes.protobuf;stream=watch' },
      });
      const received: Buffer[] = [];
      frames.on('data', (chunk: Buffer) => received.push(chunk));
      replay(resource, recorded);
      const events = await lines.until((seen) => seen.length === recorded.length);
      assert.deepEqual(events, recorded);
      server.faults.endWatches();
      await new Promise((resolve) => frames.on('end', resolve));
      const expected = framesOf(recordedBytes(pb)).filter((frame) => !frame.includes('BOOKMARK'));
      assert.deepEqual(framesOf(Buffer.concat(received)), expected);
    });
  }

  /** Does to the store what the recorded events tell, versions included. */
  function replay(
    resource: typeof pods,
    events: readonly { type: string; object: Record<string, unknown> }[],
  ): void {
    for (const { type, object } of events) {
      const metadata = object.metadata as KubeObject['metadata'];
      const recorded = object as unknown as KubeObject;
      store.advanceTo(Number(metadata.resourceVersion) - 1);
      if (type === 'ADDED') store.create(resource, recorded);
      else if (type === 'MODIFIED') store.update(resource, recorded);
      else store.delete(resource, metadata.namespace ?? '', metadata.name);
    }
  }

  function framesOf(stream: Buffer): readonly Buffer[] {
    const frames: Buffer[] = [];
    for (let position = 0; position < stream.length; ) {
      const end = position + 4 + stream.readUInt32BE(position);
      frames.push(stream.subarray(position, end));
      position = end;
    }
    return frames;
  }

  test('a Table watch sends one row an event, and the columns once', async () => {
    const stream = await watch(server, `/api/v1/pods?watch=1&resourceVersion=${RECORDED_REVISION}`, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    const changed = relabel(aPod(), { a: '1' });
    relabel(changed, { a: '2' });
    const events = await stream.until((seen) => seen.length === 2);
    const columns = events.map(({ object }) => object.columnDefinitions);
    assert.ok(Array.isArray(columns[0]) && columns[0].length === 9);
    assert.equal(columns[1], null);
    assert.deepEqual(
      events.map(({ object }) => object.kind),
      ['Table', 'Table'],
    );
    assert.deepEqual(events.map(version), [String(RECORDED_REVISION + 1), String(RECORDED_REVISION + 2)]);
  });

  test('a metadata watch sends PartialObjectMetadata', async () => {
    const stream = await open(server, `/api/v1/pods?watch=1&resourceVersion=${RECORDED_REVISION}`, {
      headers: { accept: 'application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' },
    });
    const chunk = new Promise<Buffer>((resolve) => stream.once('data', resolve));
    relabel(aPod(), { a: '1' });
    const frame = await chunk;
    const start = frame.indexOf('k8s\0');
    assert.equal(unwrap(frame.subarray(start))?.kind, 'PartialObjectMetadata');
    stream.destroy();
  });

  test('a slow reader gets every event once it reads', async () => {
    const path = `/api/v1/namespaces/books/pods?watch=1&resourceVersion=${RECORDED_REVISION}`;
    const res = await open(server, path);
    res.pause();
    let object = aPod();
    for (let step = 0; step < 2_000; step += 1) object = relabel(object, { step: String(step) });
    let text = '';
    const all = new Promise<void>((resolve) => {
      res.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.split('\n').length > 2_000) resolve();
      });
    });
    res.resume();
    await all;
    const lines = text.trimEnd().split('\n');
    assert.equal(lines.length, 2_000);
    assert.ok(lines.every((line, step) => line.includes(`"step":"${step}"`)));
    res.destroy();
  });

  test('every resource in discovery can be watched', async () => {
    const lists = await Promise.all(
      ['/api/v1', '/apis/apps/v1', '/apis/policy/v1'].map((path) => call(server, path)),
    );
    for (const reply of lists) {
      const { groupVersion, resources } = reply.json();
      assert.ok(Array.isArray(resources));
      for (const { name: plural, verbs } of resources) {
        if (!verbs.includes('watch')) continue;
        const [served = '', group = ''] = String(groupVersion).split('/').reverse();
        assert.ok(findResource(group, served, plural));
        const root = group === '' ? `/api/${served}` : `/apis/${groupVersion}`;
        const stream = await open(server, `${root}/${plural}?watch=1&resourceVersion=${RECORDED_REVISION}`);
        assert.equal(stream.statusCode, 200);
        stream.destroy();
      }
    }
  });
});

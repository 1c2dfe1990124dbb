import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configMaps, deployments, pods } from '../../../src/sim/resources.ts';
import { AlreadyExistsError, MemoryStore, MissingObjectError } from '../../../src/sim/store.ts';
import type { KubeObject } from '../../../src/sim/types.ts';

function pod(namespace: string, name: string, labels: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels } };
}

function names(objects: readonly KubeObject[] | undefined): readonly string[] | undefined {
  return objects?.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

describe('MemoryStore', () => {
  test('lists by the key namespace/name as one string', () => {
    const store = new MemoryStore();
    for (const key of ['linkerd/b', 'linkerd-viz/z', 'books/a', 'linkerd/a', 'a1/x', 'a/x', 'a-b/x']) {
      const [namespace = '', name = ''] = key.split('/');
      store.create(pods, pod(namespace, name));
    }
    assert.deepEqual(names(store.list(pods, '')), [
      'a-b/x',
      'a/x',
      'a1/x',
      'books/a',
      'linkerd-viz/z',
      'linkerd/a',
      'linkerd/b',
    ]);
    assert.deepEqual(names(store.list(pods, 'linkerd')), ['linkerd/a', 'linkerd/b']);
  });

  test('a list stays as it was when the store changes', () => {
    const store = new MemoryStore();
    store.create(pods, pod('a', 'one'));
    const list = store.list(pods, '');
    store.create(pods, pod('a', 'two'));
    store.delete(pods, 'a', 'one');
    assert.deepEqual(names(list), ['a/one']);
    assert.deepEqual(names(store.list(pods, '')), ['a/two']);
  });

  test('one revision counter serves all resources', () => {
    const store = new MemoryStore();
    const first = store.create(pods, pod('a', 'one'));
    const second = store.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'a', name: 'one' },
    });
    assert.equal(Number(second.metadata.resourceVersion), Number(first.metadata.resourceVersion) + 1);
    assert.equal(store.revision, Number(second.metadata.resourceVersion));
  });

  test('generation counts changes of the desired state and of nothing else', () => {
    const store = new MemoryStore();
    const created = store.create(deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace: 'a', name: 'web' },
      spec: { replicas: 1 },
    });
    assert.equal(created.metadata.generation, 1);
    const labelled = store.update(deployments, {
      ...created,
      metadata: { ...created.metadata, labels: { a: 'b' } },
    });
    assert.equal(labelled.metadata.generation, 1);
    const observed = store.update(deployments, { ...labelled, status: { replicas: 1 } });
    assert.equal(observed.metadata.generation, 1);
    const scaled = store.update(deployments, { ...observed, spec: { replicas: 2 } });
    assert.equal(scaled.metadata.generation, 2);
    assert.ok(Number(scaled.metadata.resourceVersion) > Number(observed.metadata.resourceVersion));
  });

  test('an update of nothing keeps the version and tells nobody', () => {
    const store = new MemoryStore();
    const created = store.create(pods, pod('a', 'one'));
    let events = 0;
    store.subscribe(() => {
      events += 1;
    });
    assert.equal(store.update(pods, structuredClone(created)), created);
    assert.equal(events, 0);
  });

  test('refuses a taken name and an update of nothing there', () => {
    const store = new MemoryStore();
    store.create(pods, pod('a', 'one'));
    assert.throws(() => store.create(pods, pod('a', 'one')), AlreadyExistsError);
    assert.throws(() => store.update(pods, pod('a', 'two')), MissingObjectError);
    assert.equal(store.delete(pods, 'a', 'two'), undefined);
  });

  test('a deletion has a version of its own, and the name comes back with another uid', () => {
    const store = new MemoryStore();
    const created = store.create(pods, pod('a', 'one'));
    const deleted = store.delete(pods, 'a', 'one');
    assert.ok(Number(deleted?.metadata.resourceVersion) > Number(created.metadata.resourceVersion));
    const again = store.create(pods, pod('a', 'one'));
    assert.notEqual(again.metadata.uid, created.metadata.uid);
  });

  test('everybody sees events in order, even those that a listener causes', () => {
    const store = new MemoryStore();
    const seen: string[] = [];
    store.subscribe(({ type, object }) => {
      if (type === 'ADDED' && object.metadata.name === 'cause') store.create(pods, pod('a', 'effect'));
    });
    store.subscribe(({ type, object, revision }) => {
      assert.equal(object.metadata.resourceVersion, String(revision));
      seen.push(`${type} ${object.metadata.name}`);
    });
    store.create(pods, pod('a', 'cause'));
    assert.deepEqual(seen, ['ADDED cause', 'ADDED effect']);
  });

  test('a listener that fails keeps nobody else from its events', () => {
    const store = new MemoryStore();
    const seen: string[] = [];
    store.subscribe(() => {
      throw new Error('broken listener');
    });
    store.subscribe(({ object }) => seen.push(object.metadata.name));
    assert.throws(() => store.create(pods, pod('a', 'one')), /broken listener/);
    assert.deepEqual(seen, ['one']);
  });

  test('history reaches back as far as its limit, then no further', () => {
    const store = new MemoryStore({ historyLimit: 10 });
    const start = store.revision;
    for (let index = 0; index < 15; index += 1) store.create(pods, pod('a', `p${index}`));
    assert.equal(store.eventsSince(pods, start)?.length, 15);
    for (let index = 15; index < 20; index += 1) store.create(pods, pod('a', `p${index}`));
    assert.equal(store.eventsSince(pods, start), undefined);
    assert.equal(store.eventsSince(pods, store.revision - 10)?.length, 10);
    assert.deepEqual(store.eventsSince(pods, store.revision), []);
  });

  test('an earlier list is rebuilt from the history', () => {
    const store = new MemoryStore();
    store.create(pods, pod('a', 'kept'));
    store.create(pods, pod('a', 'deleted'));
    const changed = store.create(pods, pod('b', 'changed'));
    const then = store.revision;
    store.create(pods, pod('a', 'added'));
    store.delete(pods, 'a', 'deleted');
    store.update(pods, { ...changed, metadata: { ...changed.metadata, labels: { new: 'yes' } } });
    store.update(pods, { ...changed, metadata: { ...changed.metadata, labels: { new: 'again' } } });
    const before = store.listAt(pods, '', then);
    assert.deepEqual(names(before), ['a/deleted', 'a/kept', 'b/changed']);
    assert.equal(before?.at(-1), changed);
    assert.deepEqual(names(store.listAt(pods, 'b', then)), ['b/changed']);
    assert.equal(store.listAt(pods, '', store.revision + 1), undefined);
    store.compact();
    assert.equal(store.listAt(pods, '', then), undefined);
    assert.deepEqual(names(store.listAt(pods, '', store.revision)), ['a/added', 'a/kept', 'b/changed']);
  });

  test('what is restored keeps its versions, and no watch reaches back before them', () => {
    const store = new MemoryStore();
    store.restore(pods, {
      ...pod('a', 'old'),
      metadata: { namespace: 'a', name: 'old', uid: 'u', resourceVersion: '500' },
    });
    assert.equal(store.revision, 500);
    assert.equal(store.eventsSince(pods, 499), undefined);
    assert.deepEqual(store.eventsSince(pods, 500), []);
    store.advanceTo(1000);
    assert.equal(store.create(pods, pod('a', 'new')).metadata.resourceVersion, '1001');
    assert.equal(store.get(pods, 'a', 'old')?.metadata.uid, 'u');
  });
});

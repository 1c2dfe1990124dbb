import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, NamespaceRecord } from '../../../src/kube/records.ts';
import { KnownObjects } from '../../../src/kube/reflector/known-objects.ts';
import { compareVersions, isOlder } from '../../../src/kube/reflector/versions.ts';

function record(name: string, resourceVersion: string, uid = `uid-${name}`): NamespaceRecord {
  return {
    kind: 'Namespace',
    namespace: '',
    name,
    uid,
    resourceVersion,
    createdAt: 0,
    deletedAt: 0,
    labels: {},
    annotations: {},
    phase: 'Active',
  };
}

function setUp(): { known: KnownObjects; log: string[]; take(): string[] } {
  const log: string[] = [];
  const known = new KnownObjects((change: Change) => {
    log.push(
      change.type === 'upsert'
        ? `+${change.record.name}@${change.record.resourceVersion}`
        : `-${change.name}/${change.uid}`,
    );
  });
  return { known, log, take: () => log.splice(0) };
}

function list(known: KnownObjects, records: readonly NamespaceRecord[], isAuthoritative = true): void {
  known.beginList(isAuthoritative);
  for (const item of records) known.listed(item);
  known.endList();
}

test('a relist tells what changed and what is gone, and nothing else', () => {
  const { known, take } = setUp();
  list(known, [record('a', '1'), record('b', '2'), record('c', '3')]);
  assert.deepEqual(take(), ['+a@1', '+b@2', '+c@3']);
  list(known, [record('a', '1'), record('b', '5')]);
  assert.deepEqual(take(), ['+b@5', '-c/uid-c']);
  assert.equal(known.size, 2);
});

test('a list that was never finished deletes nothing', () => {
  const { known, take } = setUp();
  list(known, [record('a', '1'), record('b', '2')]);
  take();
  known.beginList(true);
  known.listed(record('a', '4'));
  known.beginList(true);
  known.listed(record('b', '5'));
  assert.deepEqual(take(), ['+a@4', '+b@5']);
  known.endList();
  assert.deepEqual(take(), ['-a/uid-a']);
});

test('F15: another uid under the same name is a delete and an upsert', () => {
  const { known, take } = setUp();
  list(known, [record('a', '1')]);
  take();
  list(known, [record('a', '9', 'new')]);
  assert.deepEqual(take(), ['-a/uid-a', '+a@9']);
  known.changed(record('a', '10', 'newer'));
  assert.deepEqual(take(), ['-a/new', '+a@10']);
});

test('F14: an older state never overwrites a newer one', () => {
  const { known, take } = setUp();
  known.changed(record('a', '10'));
  known.changed(record('a', '9'));
  known.changed(record('a', '10'));
  known.changed(record('a', '11'));
  assert.deepEqual(take(), ['+a@10', '+a@11']);
  known.deleted(record('a', '8'));
  assert.deepEqual(take(), []);
  known.deleted(record('a', '12'));
  assert.deepEqual(take(), ['-a/uid-a']);
  known.changed(record('a', '11'));
  assert.deepEqual(take(), [], 'a late event does not bring it back');
  known.changed(record('a', '13'));
  assert.deepEqual(take(), ['+a@13'], 'it may come to match the selector again');
});

test('F14: a late event of an old uid does not replace its successor', () => {
  const { known, take } = setUp();
  known.changed(record('a', '5', 'old'));
  known.deleted(record('a', '6', 'old'));
  known.changed(record('a', '7', 'new'));
  take();
  known.changed(record('a', '5', 'old'));
  known.deleted(record('a', '6', 'old'));
  assert.deepEqual(take(), []);
});

test('F15: a deletion of what is unknown, and an object added twice', () => {
  const { known, take } = setUp();
  known.deleted(record('a', '3'));
  known.changed(record('b', '4'));
  known.changed(record('b', '4'));
  assert.deepEqual(take(), ['+b@4']);
});

test('F21: a list from an old cache does not go back in time, an authoritative one is believed', () => {
  const { known, take } = setUp();
  known.changed(record('a', '10'));
  take();
  list(known, [record('a', '8')], false);
  assert.deepEqual(take(), []);
  list(known, [record('a', '8')], true);
  assert.deepEqual(take(), ['+a@8']);
});

test('F13: a listed object without uid or version is refused', () => {
  const { known } = setUp();
  known.beginList(true);
  assert.throws(() => known.listed(record('a', '')), /without a uid or resourceVersion/);
  assert.throws(() => known.listed(record('a', '1', '')), /without a uid or resourceVersion/);
});

for (const [a, b, expected] of [
  ['1', '2', -1],
  ['9', '10', -1],
  ['10', '10', 0],
  ['18446744073709551615', '9007199254740993', 1],
  ['9007199254740993', '9007199254740992', 1],
  ['x', '1', undefined],
  ['', '1', undefined],
  ['01', '1', undefined],
] as const) {
  test(`the order of ${a} and ${b}`, () => {
    const order = compareVersions(a, b);
    assert.equal(order === undefined ? undefined : Math.sign(order), expected);
    assert.equal(isOlder(a, b), expected === -1);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reuse } from '../../src/mesh/share.ts';

test('an equal value is the earlier object', () => {
  const before = { a: 1, list: [{ b: 2 }], map: { c: undefined } };
  assert.equal(reuse(before, structuredClone(before)), before);
});

test('a value that differs shares the parts that do not', () => {
  const before = { a: { x: 1 }, b: { y: 2 }, list: [{ z: 1 }, { z: 2 }] };
  const next = { a: { x: 1 }, b: { y: 3 }, list: [{ z: 1 }, { z: 4 }, { z: 2 }] };
  const shared = reuse(before, next);
  assert.deepEqual(shared, next);
  assert.equal(shared.a, before.a);
  assert.notEqual(shared.b, before.b);
  assert.equal(shared.list[0], before.list[0]);
});

test('neither argument is changed', () => {
  const frozen = (b: number) => Object.freeze({ a: Object.freeze({ x: 1 }), b });
  const [before, next] = [frozen(1), frozen(2)];
  assert.deepEqual(reuse(before, next), { a: { x: 1 }, b: 2 });
});

test('absence, undefined and other kinds of values are told apart', () => {
  const kept = <T>(before: T, next: T): boolean => reuse(before, next) === before;
  assert.equal(kept<object>({ a: undefined }, {}), false);
  assert.equal(kept<object>({}, { a: undefined }), false);
  assert.equal(kept<object>({ a: undefined }, { b: undefined }), false);
  assert.equal(kept<object>([], {}), false);
  assert.equal(kept<unknown>({}, null), false);
  assert.equal(kept<object>([1, 2], [1]), false);
  const fresh = { a: 1 };
  assert.equal(reuse(undefined, fresh), fresh);
});

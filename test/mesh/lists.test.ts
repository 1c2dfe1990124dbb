/** Lists in sentences, and the order in which effects are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectsByInterest, noEffects } from '../../src/mesh/tally.ts';
import { list, listUpTo } from '../../src/mesh/words.ts';

test('a list is shortened from one name more than wanted', () => {
  assert.equal(listUpTo(3, []), '');
  assert.equal(listUpTo(3, ['a']), 'a');
  assert.equal(listUpTo(3, ['a', 'b', 'c']), 'a, b and c');
  assert.equal(listUpTo(3, ['a', 'b', 'c', 'd']), 'a, b, c and 1 more');
  assert.equal(listUpTo(2, ['a', 'b', 'c', 'd']), 'a, b and 2 more');
  assert.equal(list(['a', 'b']), 'a and b');
});

test('what may hurt comes first, then what changes, then what does not', () => {
  assert.deepEqual(effectsByInterest, [
    ...['unmeshes', 'downgrades', 'meshes', 'upgrades', 'renews'],
    ...['unknown', 'unsupported', 'static', 'pinned', 'nothing'],
  ]);
  assert.deepEqual(effectsByInterest.toSorted(), Object.keys(noEffects()).sort());
});

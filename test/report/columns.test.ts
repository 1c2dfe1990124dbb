import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut } from '../../src/report/columns.ts';

test('columns are three blanks apart, as wide as their widest cell, without trailing blanks', () => {
  assert.deepEqual(
    layOut(
      ['NAME', 'N'],
      [
        ['emojivoto', '1'],
        ['a', ''],
      ],
    ),
    ['NAME        N', 'emojivoto   1', 'a'],
  );
});

test('width is counted in terminal cells', () => {
  assert.deepEqual(
    layOut(undefined, [
      ['日本', 'x'],
      ['abcd', 'y'],
    ]),
    ['日本   x', 'abcd   y'],
  );
});

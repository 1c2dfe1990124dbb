/** Holds docs/limits.md to the catalogue that it answers and to the tests that it names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf, wrongTest } from './tables.ts';

const rows = rowsOf('docs/limits.md', /^F?\d/);

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('every failure mode and every fault of writes has one row', () => {
  const modes = numbers(1, 45).flatMap((id) => (id === 35 ? ['35', '35b', '35c'] : [String(id)]));
  const faults = numbers(38, 54).map((id) => `F${id}`);
  assert.deepEqual(
    rows.map(({ id }) => id),
    [...modes, ...faults],
  );
});

test('a row says what goes wrong, what is done about it, and names a test or a limit', () => {
  for (const { id, cells } of rows) {
    const [failure = '', does = '', tests = ''] = cells;
    assert.equal(cells.length, 3, `row ${id} has ${cells.length + 1} cells`);
    assert.ok(failure.length > 3 && does.length > 3, `row ${id} says too little`);
    assert.ok(/`test\/[^`]+ › [^`]+`/.test(tests) || does.includes('**Limit:**'), `row ${id} shows nothing`);
  }
});

test('every test that is named exists under its title', () => {
  let named = 0;
  for (const { id, cells } of rows) {
    for (const reference of (cells[2] ?? '').split('<br>')) {
      assert.equal(wrongTest(reference), '', `row ${id}`);
      named += 1;
    }
  }
  assert.ok(named > rows.length, `${named} tests are named`);
});

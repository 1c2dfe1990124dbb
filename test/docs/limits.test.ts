/** Holds docs/limits.md to the catalogue that it answers and to the tests that it names. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

function read(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}

interface Row {
  readonly id: string;
  readonly cells: readonly string[];
}

/** Rows of the tables, without their heads. */
const rows: readonly Row[] = read('docs/limits.md')
  .split('\n')
  .filter((line) => /^\| F?\d/.test(line))
  .map((line) => {
    const [id = '', ...cells] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { id, cells };
  });

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
  const sources = new Map<string, string>();
  let named = 0;
  for (const { id, cells } of rows) {
    for (const reference of (cells[2] ?? '').split('<br>')) {
      const [, path = '', title = ''] = /^`(\S+) › (.+)`$/.exec(reference) ?? [];
      assert.ok(path !== '' && existsSync(`${root}${path}`), `row ${id} names no test file: ${reference}`);
      const source = sources.get(path) ?? read(path);
      sources.set(path, source);
      const quoted = ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
      assert.ok(quoted, `row ${id}: ${path} has no test "${title}"`);
      named += 1;
    }
  }
  assert.ok(named > rows.length, `${named} tests are named`);
});

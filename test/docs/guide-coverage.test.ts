/** Holds docs/guide-coverage.md to the code, the tests and the notices that it names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notices } from '../../src/data/notices.ts';
import { parseBound } from '../../src/guide/version-range.ts';
import { rowsOf, textOf, wrongCode, wrongTest } from './tables.ts';

const PAGE = 'docs/guide-coverage.md';
const rules = rowsOf(PAGE, /^[A-Z]\d+$/);
const byId = rowsOf(PAGE, /^(any|2\.\d+(\.\d+)?)-/);
const byRelease = rowsOf(PAGE, /^R2\.\d+$/);

/** Rules by the letter of their table: a row that is lost, or added without a thought, is noticed. */
const tables = { B: 27, S: 7, E: 6, K: 11, V: 9, M: 25 } as const;

const isStableEdition = (to: string): boolean => {
  const bound = parseBound(to);
  return bound?.kind !== 'release' || bound.minor <= 14;
};

test('every rule of both editions has one row', () => {
  const ids = Object.entries(tables).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  );
  assert.deepEqual(
    rules.map(({ id }) => id),
    ids,
  );
});

test('a rule is in words, and names code and test, or the reason why there is none', () => {
  for (const { id, cells } of rules) {
    const [rule = '', code = '', tests = ''] = cells;
    assert.equal(cells.length, 3, `row ${id} has ${cells.length + 1} cells`);
    assert.ok(rule.length > 15, `row ${id} says too little`);
    const isCovered = !code.startsWith('**Not covered:** ');
    assert.equal(isCovered, tests !== '–', `row ${id} has both a reason and a test, or neither`);
    if (!isCovered) assert.ok(code.length > 60, `row ${id} gives no reason`);
  }
});

test('every notice stands on the page once, and nothing else does', () => {
  const wanted = notices.map(({ id, to }) => ({ id, inGuide: isStableEdition(to) }));
  assert.deepEqual(
    byId.map(({ id }) => id),
    wanted.filter(({ inGuide }) => inGuide).map(({ id }) => id),
  );
  const later = byRelease.flatMap(({ id, cells }) => {
    const ids = [...(cells[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, notice = '']) => notice);
    for (const notice of ids) assert.ok(notice.startsWith(`${id.slice(1)}-`), `${notice} stands under ${id}`);
    return ids;
  });
  assert.deepEqual(
    later,
    wanted.filter(({ inGuide }) => !inGuide).map(({ id }) => id),
  );
});

test('a notice is told by its title, and its code and test name it', () => {
  const titles = new Map(notices.map(({ id, title }) => [id, title]));
  for (const { id, cells } of byId) {
    const [title = '', code = '', tests = ''] = cells;
    assert.equal(title, titles.get(id), `row ${id}`);
    for (const reference of [...code.split('<br>'), ...tests.split('<br>')]) {
      const path = reference.slice(1).split(' ')[0] ?? '';
      assert.ok(textOf(path)?.includes(`'${id}'`), `row ${id}: ${path} does not name it`);
    }
  }
});

test('all code that is named is exported, and every test exists under its title', () => {
  let named = 0;
  for (const { id, cells } of [...rules, ...byId, ...byRelease]) {
    const [, code = '', tests = ''] = cells;
    if (code.startsWith('**Not covered:** ')) continue;
    for (const reference of code.split('<br>')) assert.equal(wrongCode(reference), '', `row ${id}`);
    for (const reference of tests.split('<br>')) assert.equal(wrongTest(reference), '', `row ${id}`);
    named += 1;
  }
  assert.ok(named > 100, `${named} rows name code and tests`);
});

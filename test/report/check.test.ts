import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check, CheckCategory } from '../../src/guide/checks.ts';
import { checkDocument } from '../../src/report/check-document.ts';
import { checkText } from '../../src/report/check-text.ts';

function check(changes: Partial<Check>): Check {
  return {
    anchor: 'a',
    description: 'all is well',
    result: 'success',
    summary: '',
    findings: [],
    hint: '',
    settles: false,
    ...changes,
  };
}

const hint = 'https://example.com/#a';
const categories: readonly CheckCategory[] = [
  {
    name: 'first',
    checks: [
      check({}),
      check({
        description: 'nothing lags',
        result: 'warning',
        summary: 'some lag:',
        findings: ['x y', 'z'],
        hint,
      }),
    ],
  },
  { name: 'second', checks: [check({})] },
  {
    name: 'third',
    checks: [check({ description: 'it answers', result: 'error', findings: ['it does not'], hint })],
  },
];

test('the table is that of linkerd', () => {
  assert.deepEqual(checkText(categories, { short: false, ascii: false }), [
    'first',
    '-----',
    '√ all is well',
    '‼ nothing lags',
    '    some lag:',
    '\t* x y',
    '\t* z',
    `    see ${hint} for hints`,
    '',
    'second',
    '------',
    '√ all is well',
    '',
    'third',
    '-----',
    '× it answers',
    '    it does not',
    `    see ${hint} for hints`,
    '',
    'Status check results are ×',
  ]);
});

test('short shows what is not well, and ASCII signs are words', () => {
  assert.deepEqual(checkText(categories, { short: true, ascii: true }), [
    'first',
    '-----',
    '[warning] nothing lags',
    '    some lag:',
    '\t* x y',
    '\t* z',
    `    see ${hint} for hints`,
    '',
    'third',
    '-----',
    '[error] it answers',
    '    it does not',
    `    see ${hint} for hints`,
    '',
    'Status check results are [error]',
  ]);
  assert.deepEqual(checkText([{ name: 'second', checks: [check({})] }], { short: true, ascii: true }), [
    'Status check results are [ok]',
  ]);
});

test('a warning leaves the result fine', () => {
  const [first] = categories;
  assert.ok(first);
  assert.equal(checkText([first], { short: false, ascii: false }).at(-1), 'Status check results are √');
  assert.equal(checkDocument([first]).success, true);
  assert.equal(checkDocument(categories).success, false);
});

test('no failed check comes without a text, which linkerd would take for a success', () => {
  for (const findings of [[], ['']]) {
    const { error } =
      checkDocument([{ name: 'x', checks: [check({ result: 'error', findings, hint })] }]).categories[0]
        ?.checks[0] ?? {};
    assert.equal(error, 'not so: all is well');
  }
});

test('of many findings twenty lines are shown, and all are in the document', () => {
  const named = (amount: number) => Array.from({ length: amount }, (_, index) => `finding ${index + 1}`);
  const shown = (amount: number) =>
    checkText([{ name: 'x', checks: [check({ result: 'error', findings: named(amount), hint })] }], {
      short: true,
      ascii: true,
    }).filter((line) => line.startsWith('\t'));
  assert.deepEqual([shown(20).length, shown(20).at(-1)], [20, '\t* finding 20']);
  assert.deepEqual(
    [shown(500).length, shown(500).at(-1)],
    [20, '\t* and 481 more, all of them under "findings" of -o json'],
  );
  const document = checkDocument([
    { name: 'x', checks: [check({ result: 'error', findings: named(500), hint })] },
  ]);
  assert.equal(document.categories[0]?.checks[0]?.findings?.length, 500);
});

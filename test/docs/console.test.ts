/** Runs the examples of the documents, and compares what is printed with what is shown. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { findKubectls } from '../support/kubectl.ts';
import { comparable, difference, examplesOf, toolsOf } from './console.ts';
import { type Block, blocksOf, pages } from './pages.ts';
import { typed } from './shell.ts';

/** Why an example may be shown without being run. */
const REASONS: readonly string[] = [
  'needs a real cluster',
  'needs a release',
  'needs the network',
  'changes the machine',
  'needs a terminal',
];
/** More would be a habit. */
const NOT_RUN_AT_MOST = 25;

/** Names that the shell of the examples has in any case. */
const OURS = /^(kubectl-linkerd_upgrade|linkerd)$/;

const blocks = pages.flatMap(blocksOf).filter(({ language }) => language === 'console');
const run = blocks.filter(({ attributes }) => !attributes.has('not-run'));
const notRun = blocks.filter(({ attributes }) => attributes.has('not-run'));

test('an example that is not run says why, for one of a few reasons, and few are', () => {
  for (const { page, attributes } of notRun) {
    const reason = attributes.get('not-run') ?? '';
    assert.ok(REASONS.includes(reason), `${page}: not-run="${reason}" is none of: ${REASONS.join(', ')}`);
  }
  assert.ok(notRun.length <= NOT_RUN_AT_MOST, `${notRun.length} examples are not run`);
});

test('an example has a command, and nothing else is taken for one', () => {
  for (const block of blocks) assert.ok(examplesOf(block).length > 0, block.page);
  for (const { page, lines } of pages.flatMap(blocksOf).filter(({ language }) => language !== 'console')) {
    const prompt = lines.find((line) => /^\$ (kubectl|linkerd)/.test(line));
    assert.equal(prompt, undefined, `${page} shows a prompt outside of a console block`);
  }
});

/** Programs of the machine that examples call and this one does not have. */
const missing = new Set(
  [...new Set(run.flatMap(examplesOf).flatMap(toolsOf))].filter((tool) =>
    tool === 'kubectl'
      ? findKubectls().length === 0
      : spawnSync('/bin/sh', ['-c', 'command -v "$0"', tool]).status !== 0 && !OURS.test(tool),
  ),
);
for (const tool of missing) {
  test(`examples with ${tool}`, { skip: `no ${tool} on PATH` });
}
const needsMissing = (block: Block) =>
  examplesOf(block).some((each) => toolsOf(each).some((tool) => missing.has(tool)));
const skip = process.platform === 'win32' ? 'needs a POSIX shell' : false;

// A page spends its time in the program: two at a time keep two cores busy.
describe('examples', { concurrency: 2 }, () => {
  for (const page of new Set(run.map((block) => block.page))) {
    const examples = run.filter((block) => block.page === page && !needsMissing(block)).flatMap(examplesOf);
    test(`${page} shows what is printed (${examples.length})`, { skip }, async () => {
      const answers = await typed(examples.map(({ command }) => command));
      const wrong = examples.flatMap(({ command, output }, index) => {
        const { lines } = answers[index] ?? { lines: ['(the shell ended before)'] };
        const what = difference(output, lines);
        return what === undefined ? [] : [`$ ${command}\n${what}\nIt prints:\n${lines.join('\n')}`];
      });
      assert.equal(wrong.length, 0, `${page}:\n\n${wrong.join('\n')}`);
    });
  }
});

test('times, ids and the width of columns are not compared, everything else is', () => {
  assert.equal(comparable('RUN   4f0a9c1e  12m ago  '), comparable('RUN  77777777  3h2m ago'));
  assert.equal(difference(['a  1', '...', 'z'], ['a     1', 'b', 'c', 'z', '']), undefined);
  assert.equal(difference(['a ... c'], ['a b c']), undefined);
  assert.equal(difference(['3 proxies'], ['4 proxies']), 'not printed: 3 proxies');
  assert.equal(difference(['a', '...', 'y'], ['a', 'z']), 'not printed: y');
  assert.equal(difference(['a'], ['a', 'b']), 'printed, but not shown: b');
});

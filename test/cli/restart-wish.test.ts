/** What the command line may say of `restart`. The tests have no terminal, so that --yes is needed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { UsageError } from '../../src/cli/pflag.ts';
import { restartWish } from '../../src/cli/restart-wish.ts';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';

const wishOf = (...argv: readonly string[]) => restartWish(parseArguments(['restart', ...argv]));

test('namespaces are restarted with the defaults, and nobody is asked after --yes', () => {
  const { limits, ...wish } = wishOf('books', '--yes');
  assert.deepEqual(limits(), DEFAULT_LIMITS);
  assert.deepEqual(wish, {
    source: {
      from: 'scopes',
      options: { meshes: false, downgrades: false, onDelete: false, order: 'asked' },
    },
    dryRun: 'none',
    form: 'plain',
    asks: false,
    lock: 'required',
    probe: true,
    reason: '',
  });
});

test('what is left out by default is taken in by name; all namespaces are put in an order of our own', () => {
  const { source } = wishOf('-A', '--include=meshes', '--include', 'on-delete', '--yes');
  assert.deepEqual(source, {
    from: 'scopes',
    options: { meshes: true, downgrades: false, onDelete: true, order: 'derived' },
  });
});

test('a plan file, and a run to resume with or without its name, are sources of their own', () => {
  assert.deepEqual(wishOf('--plan', 'plan.json', '--yes').source, { from: 'file', path: 'plan.json' });
  assert.deepEqual(wishOf('--resume', '--yes').source, { from: 'run', run: '', retry: [], skip: [] });
  assert.deepEqual(wishOf('--resume', 'abc', '--retry=a/deploy/b', '--skip', 'c/sts/d', '--yes').source, {
    from: 'run',
    run: 'abc',
    retry: ['a/deploy/b'],
    skip: ['c/sts/d'],
  });
});

test('a dry run asks nobody and is allowed to the read-only', () => {
  assert.equal(wishOf('books', '--dry-run=client', '--read-only').asks, false);
  assert.equal(wishOf('books', '--dry-run=server').asks, false);
});

test('the flags of the lock, the probe, the reason and the form', () => {
  assert.equal(wishOf('books', '--yes', '--take-over').lock, 'take-over');
  const wish = wishOf('books', '--yes', '--without-lock', '--no-probe', '--reason=CVE-1', '-ojson');
  assert.deepEqual([wish.lock, wish.probe, wish.reason, wish.form], ['without', false, 'CVE-1', 'json']);
});

for (const [argv, message] of [
  [['books'], /without a terminal nobody can be asked: look at the plan first.*--yes/],
  [['--resume'], /without a terminal nobody can be asked: look at the report of the run first.*--yes/],
  [[], /name the namespaces to look at/],
  [['books', '--yes', '--read-only'], /exclude each other/],
  [['books', '--yes', '--take-over', '--without-lock'], /exclude each other/],
  [['books', '--yes', '-o', 'yaml'], /--output takes json/],
  [['books', '--yes', '--soak', '60'], /--soak takes a duration/],
  [['books', '--yes', '--include=all'], /--include takes meshes, downgrades, on-delete/],
  [['books', '--yes', '--retry', 'a/b/c'], /--retry needs --resume/],
  [['books', '--yes', '--skip', 'a/b/c'], /--skip needs --resume/],
  [['books', '--plan=p.json', '--yes'], /leave "books" out/],
  [['--plan=p.json', '--only=behind', '--yes'], /--only and --plan exclude each other/],
  [['--plan=p.json', '-A', '--yes'], /--all-namespaces and --plan exclude/],
  [['--plan=p.json', '--resume', '--yes'], /--plan and --resume exclude/],
  [['--plan=', '--yes'], /--plan takes a file/],
  [['--resume', '-n', 'books', '--yes'], /--namespace and --resume exclude/],
  [['--resume', 'a', 'b', '--yes'], /--resume takes one run/],
  [['--resume', '--reason=x', '--yes'], /--reason and --resume exclude/],
  [['--resume', '--dry-run=client'], /--dry-run and --resume exclude/],
] as const) {
  test(`refused: restart ${argv.join(' ')}`, () => {
    assert.throws(
      () => wishOf(...argv),
      (error: unknown) => error instanceof UsageError && message.test(error.message),
    );
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { UsageError } from '../../src/cli/pflag.ts';

test('a flag is read in every form that kubectl reads', () => {
  for (const argv of [
    ['status', '-o', 'json'],
    ['-ojson', 'status'],
    ['-o=json', 'status'],
    ['status', '--output', 'json'],
    ['--output=json', 'status'],
    ['-Ao', 'json', 'status'],
  ]) {
    const args = parseArguments(argv);
    assert.equal(args.text('output'), 'json', argv.join(' '));
    assert.equal(args.command, 'status', argv.join(' '));
  }
});

test('a value may hold an equals sign, a dash, or look like a number', () => {
  const args = parseArguments(['--token=a=b', '-n', '007', '-l', '-x']);
  assert.equal(args.text('token'), 'a=b');
  assert.equal(args.text('namespace'), '007');
  assert.equal(args.text('selector'), '-x');
});

test('the last of a kind wins, repeatable flags keep all', () => {
  const args = parseArguments(['--context', 'a', '--context=b', '--as-group=x', '--as-group', 'y']);
  assert.equal(args.text('context'), 'b');
  assert.deepEqual(args.list('as-group'), ['x', 'y']);
});

test('a boolean is switched on by its name and off by =false; a flag may begin with no-', () => {
  assert.equal(parseArguments(['--no-headers']).on('no-headers'), true);
  assert.equal(parseArguments(['-A']).on('all-namespaces'), true);
  assert.equal(parseArguments(['-A', '--all-namespaces=false']).on('all-namespaces'), false);
  assert.equal(parseArguments([]).on('demo'), false);
});

test('words after -- are operands even when they look like flags', () => {
  const args = parseArguments(['status', '--', '-n', '--bogus']);
  assert.deepEqual(args.operands, ['-n', '--bogus']);
  assert.equal(args.text('namespace'), undefined);
});

test('a flag that may stand alone takes a value only after =, and an empty value at the end is not lost', () => {
  const alone = parseArguments(['restart', 'server', '--dry-run']);
  assert.equal(alone.text('dry-run'), '');
  assert.equal(parseArguments(['--dry-run=client', 'books']).text('dry-run'), 'client');
  assert.equal(parseArguments(['--reason=']).text('reason'), '');
});

test('the flags that were given are named once each, whatever they say', () => {
  const args = parseArguments(['-n', 'a', '--namespace=b', '--demo=false', '-ojson', '--', '--yes']);
  assert.deepEqual(args.given, ['namespace', 'demo', 'output']);
  assert.deepEqual(parseArguments([]).given, []);
});

for (const [argv, message] of [
  [['--bogus'], 'unknown flag: --bogus'],
  [['-Az'], "unknown shorthand flag: 'z' in -Az"],
  [['status', '-n'], 'flag needs an argument: -n'],
  [['--context'], 'flag needs an argument: --context'],
  [['--demo=maybe'], 'invalid argument "maybe" for "--demo" flag: use true or false'],
] as const) {
  test(`wrong usage: ${argv.join(' ')}`, () => {
    assert.throws(
      () => parseArguments(argv),
      (error: unknown) => error instanceof UsageError && error.message === message,
    );
  });
}

test('ps and pgrep find the program by its name', () => {
  const title = process.title;
  try {
    parseArguments(['status']);
    assert.equal(process.title, 'kubectl-linkerd_upgrade');
  } finally {
    process.title = title;
  }
});

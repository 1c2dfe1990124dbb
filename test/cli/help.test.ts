import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { allCommands, commandNamed, exitMeaning } from '../../src/cli/command-help.ts';
import { exitCode } from '../../src/cli/exit-codes.ts';
import { groupsOf } from '../../src/cli/flag-groups.ts';
import { allFlags, connectionFlags } from '../../src/cli/flags.ts';
import { exitsOf, helpFor, helpText, isPage } from '../../src/cli/help.ts';
import { nearest } from '../../src/cli/nearest.ts';
import { UsageError } from '../../src/cli/pflag.ts';
import { asksForUpgrade } from '../../src/cli/plan-upgrade-words.ts';

const PROGRAMS = ['kubectl linkerd-upgrade', 'linkerd dataplane', 'npx kubectl-linkerd-upgrade'] as const;
const [PROGRAM] = PROGRAMS;
const wordsOf = (name: string) => name.split(' ').filter((word) => word !== '');

test('every text of help is as wide as a page at most, under every name of the program', () => {
  for (const program of PROGRAMS) {
    for (const words of [[], ['flags'], ...allCommands.map(({ name }) => wordsOf(name))]) {
      for (const line of helpFor(program, words).split('\n')) {
        assert.ok(line.length <= 100, `${line.length}: ${line}`);
        assert.equal(line, line.trimEnd());
      }
    }
  }
});

for (const command of allCommands.filter(({ name }) => name !== '')) {
  test(`help ${command.name}: what it does, how it is called, examples, flags, exit codes, where to read on`, () => {
    const text = helpFor(PROGRAM, wordsOf(command.name));
    assert.match(command.about, /^[A-Z].*\.$/);
    assert.ok(command.examples.length > 0 && command.next.length > 0);
    const parts = text.split('\n').filter((line) => /^\S.*:$/.test(line));
    const [usage, examples] = [parts.indexOf('Usage:'), parts.indexOf('Examples:')];
    const [exits, next] = [
      parts.indexOf('Exit codes:'),
      parts.findIndex((line) => line.startsWith('Read on')),
    ];
    assert.ok(usage === 0 && usage < examples && examples < exits && exits < next, parts.join('|'));
    for (const { line } of [...command.usage, ...command.examples])
      assert.ok(text.includes(`${PROGRAM} ${line}`), line);
    for (const { flags } of groupsOf(command)) {
      for (const { name } of flags) assert.ok(text.includes(`--${name}`), name);
    }
    const [word = ''] = wordsOf(command.name);
    const own = allFlags.filter(
      ({ name, commands }) => commands?.includes(word) && !command.without?.includes(name),
    );
    for (const { name } of own) assert.ok(text.includes(`--${name}`), `--${name} is not told`);
  });
}

test('every flag is told by help flags, and by the help of each command that owns it', () => {
  const all = helpFor(PROGRAM, ['flags']);
  for (const { name, help } of allFlags.filter((flag) => flag.help !== '')) {
    assert.ok(all.includes(`--${name}`), `help flags lacks --${name}`);
    assert.ok(all.replaceAll(/\s+/g, ' ').includes(help), `help flags does not say what --${name} is`);
  }
  for (const { name, commands } of allFlags) {
    for (const owner of commands ?? []) {
      const told = allCommands.filter((command) => (wordsOf(command.name)[0] ?? '') === owner);
      const isTold = told.some((command) =>
        groupsOf(command).some(({ flags }) => flags.some((flag) => flag.name === name)),
      );
      assert.ok(isTold, `help ${owner} lacks --${name}`);
    }
  }
});

test('the examples are command lines of this program, with flags of their commands', () => {
  for (const { name, examples } of allCommands) {
    for (const { line } of examples) {
      const args = parseArguments(
        line
          .split(/ [|>] /)[0]
          ?.split(' ')
          .filter(Boolean) ?? [],
      );
      const called = args.command === 'plan' && asksForUpgrade(args) ? 'plan upgrade' : args.command;
      assert.equal(called, name, line);
      for (const flag of args.given) {
        const owners: readonly string[] | undefined = allFlags.find((each) => each.name === flag)?.commands;
        assert.ok(owners?.includes(args.command) ?? true, line);
      }
    }
  }
});

test('help tells of every command that there is, but for what shells call, and of no other', () => {
  const source = readFileSync(new URL('../../src/cli/run.ts', import.meta.url), 'utf8');
  const registered = [...source.matchAll(/^ {2}\['(\w+)', async \(\)/gm)].map(([, name = '']) => name);
  assert.ok(registered.length > 9, registered.join());
  const told = new Set(allCommands.map(({ name }) => wordsOf(name)[0] ?? ''));
  assert.deepEqual(
    [...new Set([...registered.filter((name) => !name.startsWith('_')), '', 'help', 'version'])].toSorted(),
    [...told].toSorted(),
  );
});

test('commands to read on with exist', () => {
  for (const { name, next } of allCommands) {
    for (const where of next.filter((each) => !isPage(each))) {
      assert.ok(commandNamed(where.split(' ')) !== undefined, `help ${name} leads to ${where}`);
    }
  }
});

test('the overview lists every command and leads to the rest', () => {
  const text = helpText(PROGRAM);
  const lines = text.split('\n').map((line) => line.trim().split(/ {2,}/));
  for (const { line, help } of allCommands.flatMap(({ usage }) => usage)) {
    assert.ok(
      lines.some(([left, right]) => left === `${PROGRAM} ${line}`.trim() && right === help),
      line,
    );
  }
  assert.ok(text.includes(`${PROGRAM} COMMAND --help`) && text.includes(`${PROGRAM} help flags`));
  for (const code of Object.values(exitCode))
    assert.match(text, new RegExp(`^ {2}${code} +${exitMeaning[code].slice(0, 9)}`, 'm'));
});

test('a command tells the exit codes that it can end with, in order', () => {
  const verify = commandNamed(['verify']);
  assert.ok(verify);
  assert.deepEqual(
    exitsOf(verify).map(([code]) => code),
    [0, 1, 2, 3],
  );
});

test('flags of the connection are left to help flags, and a command without cluster does not speak of them', () => {
  for (const command of allCommands) {
    const text = helpFor(PROGRAM, wordsOf(command.name));
    if (command.name !== '') {
      for (const { name } of connectionFlags) assert.doesNotMatch(text, new RegExp(`^ {6}--${name}\\b`, 'm'));
      assert.equal(text.includes('Flags of the connection'), command.isLocal === undefined, command.name);
    }
    if (command.isLocal) assert.doesNotMatch(text, /--selector|--demo$/m, command.name);
  }
});

test('help of what is no command is wrong usage, and says which was meant', () => {
  assert.throws(
    () => helpFor(PROGRAM, ['restrat']),
    (error: unknown) =>
      error instanceof UsageError &&
      error.message === 'unknown command "restrat"' &&
      error.near === 'restart',
  );
});

const names = [
  'status',
  'plan',
  'restart',
  'runs',
  'report',
  'check',
  'verify',
  'pin',
  'unpin',
  'version',
  'help',
];
for (const [word, meant] of [
  ['sttus', 'status'],
  ['stauts', 'status'],
  ['Status', 'status'],
  ['restarts', 'restart'],
  ['verfy', 'verify'],
  ['rep', 'report'],
  ['unpn', 'unpin'],
  ['upgrade', undefined],
  ['bogus', undefined],
  ['x', undefined],
  ['', undefined],
] as const) {
  test(`"${word}" is ${meant === undefined ? 'near to nothing' : `near to ${meant}`}`, () => {
    assert.equal(nearest(word, names), meant);
  });
}

for (const [argv, near] of [
  [['--namespce', 'x'], '--namespace'],
  [['--dryrun'], '--dry-run'],
  [['--zzzzzz'], undefined],
] as const) {
  test(`${argv.join(' ')}: ${near ?? 'nothing'} was meant`, () => {
    assert.throws(
      () => parseArguments(argv),
      (error: unknown) => error instanceof UsageError && error.near === near,
    );
  });
}

/** Help and its hints, as the built program gives them under each of its names. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allCommands } from '../../src/cli/command-help.ts';
import { program, runProgram, runToEnd, startedBy, temporaryFolder } from '../support/program.ts';

const wordsOf = (name: string) => name.split(' ').filter((word) => word !== '');

test('COMMAND --help, COMMAND -h and help COMMAND are the same, with and without operands', async () => {
  for (const [asked, ...others] of [
    [
      ['help', 'restart'],
      ['restart', '--help'],
      ['restart', 'books', '-h', '--yes'],
    ],
    [
      ['help', 'plan', 'upgrade'],
      ['plan', 'upgrade', '--help'],
      ['--help', 'plan', 'upgrade', '--to', '2.20'],
    ],
    [['--help'], ['help'], ['-h']],
  ] as const) {
    const { code, stdout, stderr } = await runProgram(asked);
    assert.deepEqual([code, stderr], [0, ''], asked.join(' '));
    for (const argv of others)
      assert.deepEqual(await runProgram(argv), { code, stdout, stderr }, argv.join(' '));
  }
});

test('every command has its help, without a cluster', async () => {
  const texts = await Promise.all(
    allCommands.map(({ name }) =>
      runProgram([...wordsOf(name), '--help'], { ...process.env, KUBECONFIG: '/nowhere/config' }),
    ),
  );
  for (const [index, { about, name }] of allCommands.entries()) {
    const { code, stdout, stderr } = texts[index] ?? { code: 1, stdout: '', stderr: 'not asked' };
    assert.deepEqual([code, stderr], [0, ''], name);
    if (name !== '') assert.ok(stdout.replaceAll('\n', ' ').startsWith(about), name);
  }
  assert.equal(new Set(texts.map(({ stdout }) => stdout)).size, allCommands.length);
});

for (const [argv, near, see] of [
  [['sttus'], 'status', '--help'],
  [['restart', 'books', '--yess'], '--yes', 'restart --help'],
  [['plan', 'upgrade', '--too=2.20'], '--to', 'plan --help'],
  [['help', 'verfy'], 'verify', '--help'],
] as const) {
  test(`${argv.join(' ')}: says what was meant, and where to read`, async () => {
    const { code, stdout, stderr } = await runProgram(argv);
    assert.deepEqual([code, stdout], [2, '']);
    const lines = stderr.trimEnd().split('\n');
    assert.equal(lines[1], `Did you mean "${near}"?`);
    assert.equal(lines[2], `See 'kubectl linkerd-upgrade ${see}' for usage.`);
  });
}

for (const [name, env, shown] of [
  ['kubectl-linkerd_upgrade', {}, 'kubectl linkerd-upgrade'],
  ['kubectl-linkerd-upgrade', {}, 'kubectl linkerd-upgrade'],
  ['kubectl-linkerd-upgrade', { npm_lifecycle_event: 'npx' }, 'npx kubectl-linkerd-upgrade'],
  ['linkerd-dataplane', {}, 'linkerd dataplane'],
] as const) {
  test(`called as ${name}${'npm_lifecycle_event' in env ? ' by npx' : ''} it shows ${shown}`, async () => {
    using folder = temporaryFolder();
    const link = join(folder.path, name);
    symlinkSync(program, link);
    const { npm_lifecycle_event: _, ...around } = process.env;
    const help = await runToEnd(...startedBy(['help', 'verify'], link), { ...around, ...env });
    assert.match(help.stdout, new RegExp(`^ {2}${shown} verify -A( +#.*)?$`, 'm'));
    const wrong = await runToEnd(...startedBy(['verify', '--bogus'], link), { ...around, ...env });
    assert.ok(wrong.stderr.endsWith(`See '${shown} verify --help' for usage.\n`), wrong.stderr);
  });
}

test('-o takes the words that help lists, and no other', async () => {
  const operand = new Map([
    ['plan', 'books'],
    ['restart', 'books'],
    ['verify', 'books'],
    ['explain', 'books'],
    ['pin', 'books'],
    ['unpin', 'books'],
  ]);
  for (const { name, forms } of allCommands) {
    if (forms === undefined || name === '') continue;
    const words = [...wordsOf(name), ...(operand.has(name) ? [operand.get(name) ?? ''] : [])];
    const { code, stderr } = await runProgram([
      ...words,
      ...['-o', 'bogus', '--server=http://127.0.0.1:1'],
      ...(/pin$/.test(name) ? ['--dry-run=client'] : []),
      ...(name === 'pin' ? ['--proxy-version=edge-25.10.7'] : []),
    ]);
    assert.equal(code, 2, `${name}: ${stderr}`);
    const taken = /(?:takes|are:) ([\w, ]+?)(?:, for example.*|\n)/.exec(stderr)?.[1]?.split(', ') ?? [];
    assert.deepEqual(taken.toSorted(), forms.toSorted(), `${name}: ${stderr}`);
  }
});

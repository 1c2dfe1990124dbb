/** The built program's words and exit codes where no cluster takes part. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allFlags } from '../../src/cli/flags.ts';
import { findKubectls } from '../support/kubectl.ts';
import { isBinary, program, runProgram, runToEnd, temporaryFolder } from '../support/program.ts';

const kubectls = findKubectls();
if (kubectls.length === 0) {
  test('with the real kubectl', { skip: 'no kubectl on PATH' });
}

const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

for (const argv of [['version'], ['--version'], ['status', '--version']]) {
  test(`${argv.join(' ')} prints the version`, async () => {
    assert.deepEqual(await runProgram(argv), {
      code: 0,
      stdout: `kubectl-linkerd-upgrade ${version}\n`,
      stderr: '',
    });
  });
}

test('help goes to standard output and names every flag', async () => {
  const { code, stdout } = await runProgram(['help', 'flags']);
  assert.equal(code, 0);
  for (const flag of [
    ...allFlags.filter(({ help }) => help !== '').map(({ name }) => `--${name}`),
    '--kubeconfig',
    '--context',
    '-n, ',
    '-A, ',
    '-l, ',
    '-o, ',
    '--as-group',
    '--demo',
    '--read-only',
  ]) {
    assert.ok(stdout.includes(flag), flag);
  }
  for (const line of stdout.split('\n')) {
    assert.ok(line.length <= 100, line);
  }
});

for (const [argv, message] of [
  [['bogus'], 'unknown command "bogus"'],
  [['bogus', 'books'], 'unknown command "bogus"'],
  [['runs', 'books'], 'unexpected argument "books"'],
  [['runs', '-o', 'wide'], '--output takes table, json, for example --output=table, not "wide"'],
  [['toString'], 'unknown command "toString"'],
  [['status', 'books'], 'unexpected argument "books"; name a namespace with -n'],
  [['--bogus'], 'unknown flag: --bogus'],
] as const) {
  test(`wrong usage ends with 2: ${argv.join(' ')}`, async () => {
    const { code, stdout, stderr } = await runProgram(argv);
    assert.deepEqual([code, stdout], [2, '']);
    assert.ok(stderr.startsWith(`error: ${message}\n`), stderr);
  });
}

for (const [argv, message] of [
  [['restart', 'invoicing'], /--yes/],
  [['restart', '--yes'], /name the namespaces/],
  [['restart', '-A', 'invoicing', '--yes'], /not both/],
  [['restart', 'invoicing', '--yes', '--read-only'], /exclude each other/],
  [['restart', 'invoicing', '--yes', '--soak=60'], /--soak=90s/],
  [['restart', 'invoicing', '--dry-run'], /--dry-run flag without a value was specified/],
  [['restart', 'invoicing', '--yes', '-o', 'yaml'], /--output takes json/],
  [['restart', 'invoicing/deploy/', '--yes'], /names nothing to look at/],
  [['restart', 'invoicing', '--only=bogus', '--yes'], /--only takes/],
  [['plan', '-A', '--only', 'bogus'], /--only takes/],
  [['plan', '-A', '-l', 'app in'], /-l takes labels/],
  [['plan', '-A', '-o', 'name'], /--output takes table, json, yaml/],
  [['plan', '-A', '--out='], /--out takes a file/],
  [['plan', '-A', '--yes'], /--yes is a flag of restart, pin and unpin, not of plan/],
  [['status', '--dry-run=server'], /--dry-run is a flag of restart/],
] as const) {
  test(`wrong usage of a restart ends with 2, before any cluster is asked: ${argv.join(' ')}`, async () => {
    const { code, stdout, stderr } = await runProgram([...argv, '--server=http://127.0.0.1:1']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, message);
  });
}

test('a kubeconfig that does not exist, a context that does not, and a server that is not there end with 1', async () => {
  using folder = temporaryFolder();
  const kubeconfig = folder.file(
    'config',
    JSON.stringify({
      'current-context': 'x',
      clusters: [{ name: 'x', cluster: { server: 'http://127.0.0.1:1' } }],
      contexts: [{ name: 'x', context: { cluster: 'x', user: '' } }],
    }),
  );
  for (const [argv, message] of [
    [['--kubeconfig', join(folder.path, 'missing')], /no such file/],
    [['--kubeconfig', kubeconfig, '--context', 'bogus'], /context.*bogus/],
    [['--kubeconfig', kubeconfig], /127\.0\.0\.1:1/],
  ] as const) {
    const { code, stdout, stderr } = await runProgram(['status', ...argv]);
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  }
});

test('the built program runs by itself from anywhere: the script by a link, the binary as a copy', async () => {
  using folder = temporaryFolder();
  const copy = join(folder.path, 'kubectl-linkerd_upgrade');
  if (isBinary) copyFileSync(program, copy);
  else symlinkSync(program, copy);
  const env = { PATH: isBinary ? '/nonexistent' : `${join(process.execPath, '..')}:/usr/bin:/bin` };
  assert.equal((await runToEnd(copy, ['version'], env)).stdout, `kubectl-linkerd-upgrade ${version}\n`);
  const { code, stderr } = await runToEnd(copy, ['--bogus'], env);
  assert.equal(code, 2);
  assert.match(stderr, /See 'kubectl linkerd-upgrade --help'/);
});

for (const kubectl of kubectls) {
  test(`kubectl ${kubectl.version} finds and runs the plugin, and passes its exit code on`, async () => {
    using folder = temporaryFolder();
    const bin = join(folder.path, 'bin');
    mkdirSync(bin);
    symlinkSync(program, join(bin, 'kubectl-linkerd_upgrade'));
    const env = { HOME: folder.path, PATH: `${bin}:${join(process.execPath, '..')}:/usr/bin:/bin` };
    const printed = await runToEnd(kubectl.path, ['linkerd-upgrade', 'version'], env);
    assert.deepEqual([printed.code, printed.stdout], [0, `kubectl-linkerd-upgrade ${version}\n`]);
    assert.equal((await runToEnd(kubectl.path, ['linkerd-upgrade', '--bogus'], env)).code, 2);
    const demo = await runToEnd(kubectl.path, ['linkerd-upgrade', 'status', '--demo'], env);
    assert.equal(demo.code, 0, demo.stderr);
    assert.match(demo.stdout, /^NAMESPACE +PROXIES/);
  });
}

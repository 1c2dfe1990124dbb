import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { runtimeExecutable } from '../../scripts/package/runtimes.ts';
import { archiveName, programName, releaseTargets } from '../../scripts/package/targets.ts';
import { findKubectls } from '../support/kubectl.ts';
import { temporaryFolder } from '../support/program.ts';
import { entriesOf, leftOut, version } from './release.ts';

const [target] = releaseTargets;

describe('the Linux program by itself', { skip: leftOut }, () => {
  test('runs from an empty folder, without HOME and with nothing on PATH', () => {
    using place = temporaryFolder();
    const program = unpacked(place.path);
    const cwd = join(place.path, 'empty');
    mkdirSync(cwd, { mode: 0o555 });
    const env = { PATH: dirname(program) };

    assert.deepEqual(run(program, ['version'], cwd, env), [0, `kubectl-linkerd-upgrade ${version}\n`, '']);
    const [code, printed, complaints] = run(program, ['status', '--demo', '-o', 'json'], cwd, env);
    assert.deepEqual([code, complaints], [0, '']);
    assert.ok(JSON.parse(printed).namespaces.length > 0);
    assert.deepEqual(readdirSync(cwd), []);
  });

  const [kubectl] = findKubectls();
  test('runs by kubectl, which is all that PATH has besides', {
    skip: kubectl ? false : 'no kubectl on PATH',
  }, () => {
    assert.ok(kubectl);
    using place = temporaryFolder();
    const program = unpacked(place.path);
    const tools = join(place.path, 'tools');
    mkdirSync(tools);
    symlinkSync(kubectl.path, join(tools, 'kubectl'));
    const env = { PATH: `${tools}:${dirname(program)}` };
    const [code, printed, complaints] = run(
      join(tools, 'kubectl'),
      ['linkerd-upgrade', 'version'],
      tools,
      env,
    );
    assert.deepEqual([code, printed, complaints], [0, `kubectl-linkerd-upgrade ${version}\n`, '']);
  });

  test('takes nothing from the folder it is started in', () => {
    using place = temporaryFolder();
    const program = unpacked(place.path);
    const trap = layTrap(place.path);
    for (const args of [['version'], ['--help'], ['status'], ['status', '--demo']]) {
      const [, printed, complaints] = run(program, args, trap.folder, { PATH: '' });
      assert.doesNotMatch(printed + complaints, /from-the-trap/, args.join(' '));
    }
    assert.equal(existsSync(trap.sprung), false, 'code of the current folder ran');
    // Had it read the variable from a file there, it would have said so.
    const [, , complaints] = run(program, ['status'], trap.folder, { PATH: '', KUBECONFIG: trap.kubeconfig });
    assert.match(complaints, /from-the-trap/);
  });

  // A program that Bun compiles without being told otherwise falls into it: the trap can spring.
  test('the same folder catches a program that was compiled by default', async () => {
    using place = temporaryFolder();
    const trap = layTrap(place.path);
    const bun = await runtimeExecutable(target?.runtime ?? '');
    writeFileSync(join(place.path, 'careless.mjs'), 'console.log(process.env.KUBECONFIG)');
    const careless = join(place.path, 'careless');
    const [built] = run(bun, ['build', './careless.mjs', '--compile', '--outfile', careless], place.path, {
      HOME: place.path,
    });
    assert.equal(built, 0);
    assert.match(run(careless, [], trap.folder, { PATH: '' })[1], /from-the-trap/);
    assert.equal(existsSync(trap.sprung), true);
  });
});

type Outcome = readonly [code: number | null, stdout: string, stderr: string];

function run(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Outcome {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, env, encoding: 'utf8', timeout: 120_000 });
  return [status, stdout, stderr];
}

/** Path of the program, unpacked from the archive into a folder of its own. */
function unpacked(folder: string): string {
  assert.ok(target);
  const place = join(folder, 'installed');
  mkdirSync(place);
  for (const { name, data, mode } of entriesOf(archiveName(version, target))) {
    writeFileSync(join(place, name), data);
    chmodSync(join(place, name), mode ?? 0);
  }
  return join(place, programName);
}

interface Trap {
  readonly folder: string;
  /** A broken file, of which the program complains by name. */
  readonly kubeconfig: string;
  readonly sprung: string;
}

/**
 * A folder full of files that runtimes take settings and code from. Whatever of it runs writes the file `sprung`;
 * whatever is read leads to a name with `from-the-trap` in it.
 */
function layTrap(parent: string): Trap {
  const folder = join(parent, 'trap');
  const sprung = join(parent, 'sprung');
  const spring = `require('node:fs').writeFileSync(${JSON.stringify(sprung)}, 'from-the-trap');`;
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const kubeconfig = join(folder, 'from-the-trap.kubeconfig');
  write('from-the-trap.kubeconfig', 'clusters: [');
  const settings = `KUBECONFIG=${kubeconfig}\nLINKERD_NAMESPACE=from-the-trap\nNODE_OPTIONS=--require=./preload.js\n`;
  for (const name of ['.env', '.env.local', '.env.production', '.env.development']) write(name, settings);
  write('bunfig.toml', 'preload = ["./preload.js"]\n');
  write('preload.js', spring);
  write('preload', spring);
  write('package.json', '{"name":"from-the-trap","type":"commonjs","imports":{"#x":"./preload.js"}}');
  const paths = { react: ['./preload.js'], ink: ['./preload.js'] };
  write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { baseUrl: '.', paths, jsxImportSource: './preload' } }),
  );
  for (const name of ['react', 'ink', 'yaml', 'yoga-layout', 'react-devtools-core']) {
    write(`node_modules/${name}/index.js`, spring);
  }
  write(
    'lib/run.mjs',
    `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(sprung)}, 'from-the-trap');`,
  );
  return { folder, kubeconfig, sprung };
}

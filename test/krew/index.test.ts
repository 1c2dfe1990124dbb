/** The custom index that scripts/krew-index.ts makes, cloned by git as krew clones it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/program.ts';
import { decodeManifest } from './validator/manifest.ts';

const script = fileURLToPath(new URL('../../scripts/krew-index.ts', import.meta.url));
const committed = fileURLToPath(new URL('../../krew-manifest.yaml', import.meta.url));
const hasGit = spawnSync('git', ['--version']).status === 0;

const makeIndex = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import=tsx', script, ...args], { encoding: 'utf8' });

test('the manifest stands in plugins/ under the name of the plugin, beside a README that stays', () => {
  using folder = temporaryFolder();
  const { status, stdout, stderr } = makeIndex(folder.path);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /plugins\/linkerd-upgrade\.yaml is linkerd-upgrade v\d/);
  assert.deepEqual(readdirSync(folder.path).sort(), ['README.md', 'plugins']);
  assert.deepEqual(readdirSync(join(folder.path, 'plugins')), ['linkerd-upgrade.yaml']);
  const file = join(folder.path, 'plugins/linkerd-upgrade.yaml');
  assert.deepEqual(readFileSync(file), readFileSync(committed));

  folder.file('README.md', 'ours');
  writeFileSync(file, 'an earlier release');
  assert.equal(makeIndex(folder.path).status, 0);
  assert.deepEqual(readFileSync(file), readFileSync(committed));
  assert.equal(readFileSync(join(folder.path, 'README.md'), 'utf8'), 'ours');
});

test('what is no manifest makes no file, and no folder is wrong usage', () => {
  using folder = temporaryFolder();
  const wrong = folder.file('wrong.yaml', 'metadata: {name: ../../escape}\nspec: {version: v1.0.0}\n');
  const { status, stderr } = makeIndex(join(folder.path, 'index'), wrong);
  assert.equal(status, 1);
  assert.match(stderr, /is not the manifest of a krew plugin/);
  assert.equal(existsSync(join(folder.path, 'index')), false);
  assert.equal(makeIndex().status, 2);
});

test('a clone of it has the plugin where krew looks', { skip: !hasGit && 'there is no git on PATH' }, () => {
  using folder = temporaryFolder();
  const index = join(folder.path, 'index');
  assert.equal(makeIndex(index).status, 0);
  const git = (cwd: string, ...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
      cwd,
      stdio: 'pipe',
      env: { PATH: process.env.PATH, HOME: folder.path, GIT_CONFIG_NOSYSTEM: '1' },
    });
  git(index, 'init', '--quiet');
  git(index, 'add', '.');
  git(index, 'commit', '--quiet', '-m', 'linkerd-upgrade');
  // `kubectl krew index add NAME ADDRESS` clones into $KREW_ROOT/index/NAME.
  git(folder.path, 'clone', '--quiet', index, 'clone');
  const plugins = readdirSync(join(folder.path, 'clone/plugins'));
  assert.deepEqual(plugins, ['linkerd-upgrade.yaml']);
  const { manifest } = decodeManifest(
    readFileSync(join(folder.path, 'clone/plugins/linkerd-upgrade.yaml'), 'utf8'),
  );
  assert.equal(`${manifest?.name}.yaml`, plugins[0]);
});

/** The installation that the tests play does what krew does, with archives made in memory. */
import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { temporaryFolder } from '../support/program.ts';
import { goodFiles, goodManifest, goodZip, tarGzOf } from './fixtures.ts';
import { type InstallOptions, installAsKrew, uninstallAsKrew } from './install.ts';
import { decodeManifest, type FileMove, type Manifest } from './validator/manifest.ts';
import type { Pair } from './validator/selectors.ts';

function manifestWith(pair: Pair, files?: readonly FileMove[]): Manifest {
  const good = goodManifest();
  const [os = '', arch = ''] = pair.split('/');
  const bin = `kubectl-linkerd_upgrade${os === 'windows' ? '.exe' : ''}`;
  good.spec.platforms = good.spec.platforms.slice(0, 1).map((platform) => ({
    ...platform,
    selector: { matchLabels: { os, arch } },
    bin,
    ...(files && { files }),
  }));
  const { manifest } = decodeManifest(stringify(good, { version: '1.1' }));
  assert.ok(manifest);
  return manifest;
}

const optionsIn = (
  root: string,
  archive: Uint8Array,
  more: Partial<InstallOptions> = {},
): InstallOptions => ({
  root,
  pair: 'linux/amd64',
  archiveFor: () => archive,
  ...more,
});

test('an installation is a folder of the version, one link, and a receipt', async () => {
  using root = temporaryFolder();
  const archive = await tarGzOf(goodFiles());
  const installed = installAsKrew(manifestWith('linux/amd64'), optionsIn(root.path, archive));
  const program = join(root.path, 'store/linkerd-upgrade/v1.2.3/kubectl-linkerd_upgrade');
  assert.equal(installed.link, join(root.path, 'bin/kubectl-linkerd_upgrade'));
  assert.equal(readlinkSync(installed.link), program, 'the link is absolute');
  assert.equal(statSync(installed.link).mode & 0o777, 0o755);
  assert.ok(existsSync(join(installed.store, 'LICENSE')));
  const { status } = parse(readFileSync(installed.receipt, 'utf8'));
  assert.deepEqual(status, { source: { name: 'detached' } });
  assert.throws(
    () => installAsKrew(manifestWith('linux/amd64'), optionsIn(root.path, archive)),
    /installed already/,
  );
  uninstallAsKrew(installed);
  for (const path of [installed.link, installed.store, installed.receipt]) {
    assert.equal(lstatSync(path, { throwIfNoEntry: false }), undefined, path);
  }
});

test('a link that an earlier installation left is replaced, and may be relative', async () => {
  using root = temporaryFolder();
  const archive = await tarGzOf(goodFiles());
  const installed = installAsKrew(manifestWith('linux/amd64'), optionsIn(root.path, archive));
  rmSync(installed.receipt);
  const again = installAsKrew(
    manifestWith('linux/amd64'),
    optionsIn(root.path, archive, { link: 'relative' }),
  );
  assert.equal(readlinkSync(again.link), '../store/linkerd-upgrade/v1.2.3/kubectl-linkerd_upgrade');
  assert.equal(realpathSync(again.link), realpathSync(join(again.store, 'kubectl-linkerd_upgrade')));
});

test('a zip without modes is not executable where modes matter, and its link has .exe', () => {
  using root = temporaryFolder();
  const { link } = installAsKrew(
    manifestWith('windows/amd64'),
    optionsIn(root.path, goodZip(), { pair: 'windows/amd64' }),
  );
  assert.ok(link.endsWith('/bin/kubectl-linkerd_upgrade.exe'), link);
  assert.equal(statSync(link).mode & 0o111, 0);
});

test('moves rename what exists, flatten what a pattern finds, and replace a folder in their way', async () => {
  using root = temporaryFolder();
  const [licence, program] = goodFiles();
  assert.ok(licence && program);
  const archive = await tarGzOf([
    { ...licence, name: 'tool-1.2.3/LICENSE' },
    { ...program, name: 'tool-1.2.3/build/deep/kubectl-linkerd_upgrade' },
    { name: 'old/x' },
    { name: 'new/y' },
  ]);
  const { store } = installAsKrew(
    manifestWith('linux/amd64', [
      { from: 'old', to: 'doc' },
      { from: 'new', to: 'doc' },
      { from: 'tool-*/build/*/kubectl-*', to: '.' },
      { from: 'tool-1.2.3/LICENSE', to: 'legal/COPYING' },
    ]),
    optionsIn(root.path, archive),
  );
  const files = ['kubectl-linkerd_upgrade', 'legal/COPYING', 'doc/y'];
  for (const file of files) assert.ok(existsSync(join(store, file)), file);
  assert.equal(existsSync(join(store, 'doc/x')), false);
});

test('what krew refuses is refused, and leaves nothing in the store', async () => {
  const manifest = manifestWith('linux/amd64');
  const refused = async (archive: Uint8Array | Promise<Uint8Array>, why: RegExp, subject = manifest) => {
    using root = temporaryFolder();
    const bytes = await archive;
    assert.throws(() => installAsKrew(subject, optionsIn(root.path, bytes)), why);
    assert.equal(existsSync(join(root.path, 'receipts', 'linkerd-upgrade.yaml')), false);
  };
  await refused(tarGzOf([...goodFiles(), { name: 'a..b' }]), /suspicious entry/);
  await refused(tarGzOf([...goodFiles(), { name: '/x' }]), /absolute entry/);
  await refused(tarGzOf([{ name: 'l', type: 'symlink', linkname: 'x' }]), /unable to handle file type 2/);
  await refused(tarGzOf([{ name: 'LICENSE' }]), /cannot be found in extracted archive/);
  await refused(Buffer.from('no archive'), /neither gzip nor zip/);
  await refused(
    tarGzOf(goodFiles()),
    /no file of the archive matches/,
    manifestWith('linux/amd64', [{ from: 'x*', to: '.' }]),
  );
  await refused(
    tarGzOf(goodFiles()),
    /does not offer installation for linux\/amd64/,
    manifestWith('darwin/arm64'),
  );
});

test('a folder that lies under the root by chance is no obstacle', async () => {
  using root = temporaryFolder();
  mkdirSync(join(root.path, 'store/linkerd-upgrade/v1.2.3/old'), { recursive: true });
  const archive = await tarGzOf(goodFiles());
  const { store } = installAsKrew(manifestWith('linux/amd64'), optionsIn(root.path, archive));
  assert.equal(existsSync(join(store, 'old')), false);
});

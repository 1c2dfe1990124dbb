/**
 * The released archive for Linux, installed as krew does, and run by the real kubectl: no Node, no other program than
 * these two on PATH, and folders with blanks and letters beyond ASCII.
 */
import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { leftOut, released, version } from '../package/release.ts';
import { findKubectls } from '../support/kubectl.ts';
import { type Finished, runToEnd, temporaryFolder } from '../support/program.ts';
import { key, type PtyProgram, startInPty } from '../support/pty.ts';
import { type Installed, installAsKrew, uninstallAsKrew } from './install.ts';
import { decodeManifest } from './validator/manifest.ts';
import { archiveOf } from './validator/sources.ts';

const kubectls = findKubectls();
const folder = temporaryFolder();
const home = join(folder.path, 'Ein Zuhause für Ümläute');
const work = join(folder.path, 'work');
let installed: Installed;

/** An environment with nothing but what the plugin needs, and the folder that krew would have the user put on PATH. */
const environment = (kubectlFolder: string) => ({
  PATH: [installed.binFolder, kubectlFolder].join(delimiter),
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  TZ: 'UTC',
  LANG: 'C.UTF-8',
});

before(() => {
  if (leftOut !== undefined) return;
  for (const path of [home, work]) mkdirSync(path);
  const { manifest } = decodeManifest(released('krew-manifest.yaml').toString());
  assert.ok(manifest);
  installed = installAsKrew(manifest, {
    root: join(home, '.krew'),
    pair: 'linux/amd64',
    archiveFor: ({ uri }) => released(archiveOf(uri)),
  });
});

after(() => folder[Symbol.dispose]());

describe('without kubectl', { skip: leftOut }, () => {
  test('the link that krew makes runs by its absolute path, on an empty PATH', async () => {
    const { code, stdout } = await runToEnd(
      installed.link,
      ['version'],
      { HOME: home, PATH: '' },
      { cwd: work },
    );
    assert.deepEqual([code, stdout], [0, `kubectl-linkerd-upgrade ${version}\n`]);
  });

  test('a link that is relative, as a later krew writes it, runs as well, and uninstalling leaves nothing', async () => {
    const { manifest } = decodeManifest(released('krew-manifest.yaml').toString());
    assert.ok(manifest);
    const other = installAsKrew(manifest, {
      root: join(folder.path, 'other'),
      pair: 'linux/amd64',
      link: 'relative',
      archiveFor: ({ uri }) => released(archiveOf(uri)),
    });
    const { code } = await runToEnd(other.link, ['version'], { HOME: home, PATH: '' }, { cwd: work });
    assert.equal(code, 0);
    uninstallAsKrew(other);
    for (const path of [other.link, other.store, other.receipt]) {
      assert.equal(statSync(path, { throwIfNoEntry: false }), undefined);
    }
  });
});

describe('on Windows', { skip: leftOut }, () => {
  for (const arch of ['amd64', 'arm64'] as const) {
    test(`the archive for ${arch} unpacks to a program and its licences, linked as .exe`, () => {
      const { manifest } = decodeManifest(released('krew-manifest.yaml').toString());
      assert.ok(manifest);
      const { link, store } = installAsKrew(manifest, {
        root: join(folder.path, `windows-${arch}`),
        pair: `windows/${arch}`,
        archiveFor: ({ uri }) => released(archiveOf(uri)),
      });
      assert.ok(link.endsWith('kubectl-linkerd_upgrade.exe'), link);
      assert.equal(realpathSync(link), realpathSync(join(store, 'kubectl-linkerd_upgrade.exe')));
      for (const file of ['LICENSE', 'THIRD-PARTY-NOTICES.txt'])
        assert.ok(statSync(join(store, file)).size > 0);
    });
  }
});

if (kubectls.length === 0) test('through kubectl', { skip: 'there is no kubectl on PATH' });

for (const kubectl of kubectls) {
  describe(`through kubectl ${kubectl.version}`, { skip: leftOut }, () => {
    let kubectlFolder: string;

    before(() => {
      if (leftOut !== undefined) return;
      kubectlFolder = join(folder.path, `kubectl ${kubectl.version}`);
      mkdirSync(kubectlFolder);
      symlinkSync(kubectl.path, join(kubectlFolder, 'kubectl'));
    });

    const call = (...args: readonly string[]): Promise<Finished> =>
      runToEnd(join(kubectlFolder, 'kubectl'), args, environment(kubectlFolder), { cwd: work });

    const open = (...args: readonly string[]): PtyProgram =>
      startInPty(join(kubectlFolder, 'kubectl'), args, {
        columns: 120,
        rows: 40,
        cwd: work,
        env: { ...withoutAny(process.env), ...environment(kubectlFolder) },
      });

    test('version', async () => {
      const { code, stdout, stderr } = await call('linkerd-upgrade', 'version');
      assert.deepEqual([code, stdout, stderr], [0, `kubectl-linkerd-upgrade ${version}\n`, '']);
    });

    test('plugin list shows it once, without a warning', async () => {
      const { code, stdout, stderr } = await call('plugin', 'list');
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        stdout.split('\n').filter((line) => line.includes('kubectl-')),
        [installed.link],
      );
      assert.doesNotMatch(stdout + stderr, /warning|error/i);
    });

    test('the name is taken with a hyphen, and flags before it are kubectl’s to refuse', async () => {
      const spaced = await call('linkerd', 'upgrade', 'version');
      assert.match(spaced.stderr, /unknown command "linkerd"/);
      const flagged = await call('-n', 'orders', 'linkerd-upgrade', 'version');
      assert.match(flagged.stderr, /flags cannot be placed before plugin name: -n/);
    });

    test('status --demo', async () => {
      const { code, stdout, stderr } = await call('linkerd-upgrade', 'status', '--demo', '-n', 'orders');
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Data plane: 21 proxies in 1 namespace: violation 21$/m);
    });

    test('arguments arrive as they were typed', async () => {
      const { code, stderr } = await call('linkerd-upgrade', 'näme with * and "quotes"', '-n=x y');
      assert.equal(code, 2);
      assert.ok(stderr.startsWith('error: unknown command "näme with * and "quotes""'), stderr);
    });

    test('exit codes pass: 2 for wrong usage, 1 without a cluster, 3 for a failed check', async () => {
      const [usage, failed, check] = await Promise.all([
        call('linkerd-upgrade', 'stattus'),
        call('linkerd-upgrade', 'status', '--kubeconfig', join(work, 'absent')),
        call('linkerd-upgrade', 'check', '--demo'),
      ]);
      assert.deepEqual([usage.code, failed.code, check.code], [2, 1, 3], check.stderr);
      assert.match(usage.stderr, /See 'kubectl linkerd-upgrade --help'/);
    });

    test('the screen: first frame, Enter opens a namespace, q leaves the terminal as it was', async () => {
      using screen = open('linkerd-upgrade', '--demo');
      await screen.until(/● live/);
      assert.ok(screen.onAlternateScreen());
      screen.type('/', ...'^orders', key.enter);
      await screen.until(/^› {2}orders /m);
      screen.type(key.enter);
      await screen.until(/orders › workloads/);
      screen.type('q');
      const { code } = await screen.exited();
      assert.equal(code, 0, screen.text());
      assert.equal(screen.onAlternateScreen(), false);
    });

    test('a question is answered through it, and Ctrl-C ends with 130', async () => {
      using asked = open('linkerd-upgrade', 'restart', '--demo', 'orders');
      await asked.until(/yes/);
      asked.type(...'no', key.enter);
      const refused = await asked.exited();
      assert.notEqual(refused.code, 0, asked.text());

      using running = open('linkerd-upgrade', 'restart', '--demo', 'orders', '--yes');
      await running.until(/: restarting/);
      running.type(key.ctrlC);
      await running.until(/Nothing new is started/);
      running.type(key.ctrlC);
      const { code } = await running.exited();
      assert.equal(code, 130, running.text());
    });
  });
}

/** Removes every variable that the tests were started with. */
function withoutAny(env: NodeJS.ProcessEnv): Readonly<Record<string, undefined>> {
  return Object.fromEntries(Object.keys(env).map((name) => [name, undefined]));
}

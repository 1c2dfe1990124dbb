/** The built program where something is missing around it: a home, a folder, a reader, room on a disk. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { isBinary, preloading, program, runToEnd, startedBy } from '../support/program.ts';
import { key, startInPty } from '../support/pty.ts';
import { type DemoCluster, demoCluster } from './demo-cluster.ts';
import { startProgram } from './running.ts';

let cluster: DemoCluster;

before(async () => {
  cluster = await demoCluster();
  // For whoever else the program is run as.
  chmodSync(cluster.folder.path, 0o755);
  chmodSync(cluster.kubeconfig, 0o644);
});

after(() => cluster[Symbol.asyncDispose]());

const posix = { skip: process.platform === 'win32' };
const full = { skip: process.platform !== 'linux' && 'no /dev/full here' };
const asRoot = {
  skip: process.getuid?.() !== 0 && 'only root can take the rights of somebody else',
};
const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'ro', 'none', '/mnt']).status === 0;

const [file, first] = startedBy([]);

/** Runs a shell whose $P is the program with its first arguments. */
function shell(script: string, env: NodeJS.ProcessEnv = cluster.env) {
  const p = [file, ...first].map((word) => `'${word}'`).join(' ');
  return runToEnd('/bin/sh', ['-c', script.replaceAll('$P', p)], env);
}

test('without a home or anything else in the environment', async () => {
  const env = { PATH: '/usr/bin:/bin' };
  const status = await runToEnd(...startedBy(['status', '--kubeconfig', cluster.kubeconfig]), env);
  assert.deepEqual([status.code, status.stderr], [0, '']);
  assert.match(status.stdout, /^NAMESPACE/);
  const nowhere = await runToEnd(...startedBy(['status']), env);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /^error: no cluster is configured/);
});

test('in a folder that may not be read', asRoot, async () => {
  const dark = join(cluster.folder.path, 'dark');
  mkdirSync(dark, { mode: 0 });
  for (const [argv, wanted] of [
    [['version'], /^kubectl-linkerd-upgrade /],
    [['status', '--kubeconfig', cluster.kubeconfig], /^NAMESPACE/],
  ] as const) {
    const [path, args] = startedBy(argv, reachable());
    const nobody = { cwd: dark, uid: 65534, gid: 65534 };
    const { code, stdout, stderr } = await runToEnd(path, args, { PATH: '/usr/bin:/bin' }, nobody);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, wanted);
  }
});

test('in a folder that was deleted', posix, async () => {
  const gone = join(cluster.folder.path, 'gone');
  mkdirSync(gone);
  const { code, stdout, stderr } = await shell(`cd '${gone}' && rmdir '${gone}' && $P status`);
  if (isBinary) {
    // The runtime gives up before the program has its turn.
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /The current working directory was deleted/);
    return;
  }
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^NAMESPACE/);
});

test('with standard streams that are closed', posix, async () => {
  assert.equal((await shell('$P status >&-')).code, 0);
  assert.equal((await shell('$P version <&- >&- 2>&-')).code, 0);
  assert.equal((await shell('$P bogus 2>&-')).code, 2);
  assert.match((await shell('$P status <&-')).stdout, /^NAMESPACE/);
});

for (const argv of ['version', 'status']) {
  test(`on a disk that is full, ${argv} says so and ends with 1`, full, async () => {
    const { code, stderr } = await shell(`$P ${argv} > /dev/full`);
    assert.equal(code, 1);
    assert.match(stderr, /^error: standard output could not be written: ENOSPC[^\n]*\n$/);
    assert.equal((await shell(`$P ${argv} 2> /dev/full`)).code, 0);
  });

  test(`a reader that goes away is no error of ${argv}`, posix, async () => {
    const { stdout, stderr } = await shell(`exec 3>&1; { $P ${argv}; echo "code $?" >&3; } | true`);
    assert.deepEqual([stdout, stderr], ['code 0\n', '']);
  });
}

test('what a slow reader has not taken yet is not lost at the end', posix, async () => {
  const whole = await shell('$P status -o json');
  assert.ok(whole.stdout.length > 100_000, 'more than a pipe holds');
  const slowly = await shell('$P status -o json | { dd bs=1 count=1000 2>/dev/null; cat; }');
  assert.equal(slowly.stdout.length, whole.stdout.length);
  assert.doesNotThrow(() => JSON.parse(slowly.stdout));
});

for (const [what, happens] of [
  ['an error that nobody catches', "throw new Error('boom')"],
  ['a promise that nobody looks after', "Promise.reject(new Error('boom'))"],
] as const) {
  test(`${what} ends a command at once, with a sentence`, posix, async () => {
    const trap = cluster.folder.file('trap.mjs', `process.on('SIGUSR2', () => { ${happens}; });`);
    // The command waits for a server that never answers.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const env = { ...cluster.env, ...preloading(trap) };
    using running = startProgram(['status', '--server', `http://127.0.0.1:${portOf(silent)}`], env);
    const [socket] = await once(silent, 'connection');
    running.signal('SIGUSR2');
    const { code, stdout, stderr } = await running.ended();
    socket.destroy();
    silent.close();
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      stderr,
      /^kubectl linkerd-upgrade \S+ stopped because of an error of its own; please report/,
    );
    assert.match(stderr, /^Error: boom$/m);
  });
}

test('a screen goes on when the program is removed from the disk', async () => {
  const installed = join(cluster.folder.path, 'installed');
  const path = reachable(installed);
  const args = ['--kubeconfig', cluster.kubeconfig];
  using screen = startInPty(...startedBy(args, path), { columns: 120, rows: 40, env: cluster.env });
  await screen.until(/● live/);
  rmSync(installed, { recursive: true });
  screen.type('/', ...'^invoicing', key.enter);
  await screen.until((text) => text.includes('invoicing') && !text.includes('storefront'));
  screen.type('r');
  await screen.until(/dry-run pods? came back from the injector/);
  screen.type(key.escape);
  await screen.until(/^› {2}invoicing /m);
  screen.type('q');
  assert.deepEqual(await screen.exited(), { code: 0, signal: 0 });
});

test('on a file system that is read-only', { skip: !mounts && 'no mounts here' }, async () => {
  const folder = join(cluster.folder.path, 'read-only');
  mkdirSync(folder);
  const inMount = (argv: string) =>
    runToEnd(
      'unshare',
      ['-rm', 'sh', '-c', `mount -t tmpfs -o ro none '${folder}' && exec "$@" ${argv}`, 'sh', file, ...first],
      { ...cluster.env, XDG_STATE_HOME: folder },
    );
  const plan = await inMount(`plan invoicing --out '${folder}/plan.json'`);
  assert.equal(plan.code, 1);
  assert.match(plan.stderr, /^error: .*plan\.json cannot be written: EROFS/m);
  const restart = await inMount('restart invoicing/deploy/pdf --yes');
  assert.equal(restart.code, 1);
  assert.match(restart.stderr, /could not create the folder .*: the file system is read-only/);
  assert.deepEqual(cluster.patched(), []);
});

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

/** A copy of the program that everybody may run: the folder of the sources may be closed to others. */
function reachable(folder = join(cluster.folder.path, 'program')): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'kubectl-linkerd_upgrade');
  cpSync(program, path);
  if (!isBinary) cpSync(join(dirname(program), 'lib'), join(folder, 'lib'), { recursive: true });
  return path;
}

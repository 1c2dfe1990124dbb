import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findLinkerd } from '../../../src/guide/read/linkerd-cli.ts';
import type { Part } from '../../../src/kube/part.ts';
import { temporaryFolder, writeProgram, writeText } from '../../support/temporary.ts';

/** What is found of a `linkerd` that is this program. */
async function found(t: TestContext, code: string, boundMs?: number): Promise<Part<string>> {
  const folder = temporaryFolder(t);
  writeProgram(folder, 'linkerd', code);
  return findLinkerd({ PATH: folder }, boundMs === undefined ? {} : { boundMs });
}

async function whyNot(t: TestContext, code: string, boundMs?: number): Promise<string> {
  const part = await found(t, code, boundMs);
  assert.equal(part.state, 'unreadable', JSON.stringify(part));
  return part.state === 'unreadable' ? part.why : '';
}

test('the version that linkerd says, asked for no more than that', async (t) => {
  const folder = temporaryFolder(t);
  const asked = join(folder, 'asked.json');
  const code = `require('node:fs').writeFileSync(${JSON.stringify(asked)}, JSON.stringify(process.argv.slice(2)));
    console.log('edge-25.10.7');`;
  writeProgram(folder, 'linkerd', code);
  assert.deepEqual(await findLinkerd({ PATH: folder }), { state: 'known', value: 'edge-25.10.7' });
  assert.deepEqual(JSON.parse(readFileSync(asked, 'utf8')), ['version', '--client', '--short']);
});

for (const version of ['stable-2.14.10', 'enterprise-2.15.1-1-hazl', 'dev-undefined', 'git-cb21f1bc']) {
  test(`${version} is a version`, async (t) => {
    const part = await found(t, `process.stdout.write(${JSON.stringify(version)})`);
    assert.deepEqual(part, { state: 'known', value: version });
  });
}

test('no linkerd on PATH is fine, and so is no PATH', async (t) => {
  const folder = temporaryFolder(t);
  const absent = { state: 'absent' };
  assert.deepEqual(await findLinkerd({ PATH: `${folder}:${join(folder, 'nowhere')}` }), absent);
  assert.deepEqual(await findLinkerd({}), absent);
});

test('what cannot be run is passed over: a folder, a file without the right', async (t) => {
  const folder = temporaryFolder(t);
  writeText(folder, 'first/linkerd/file', '');
  chmodSync(writeText(folder, 'second/linkerd', 'text'), 0o644);
  writeProgram(folder, 'third/linkerd', "console.log('edge-25.10.7')");
  writeProgram(folder, 'fourth/linkerd', "console.log('edge-24.11.8')");
  const path = ['first', 'second', 'third', 'fourth'].map((name) => join(folder, name)).join(':');
  assert.deepEqual(await findLinkerd({ PATH: path }), { state: 'known', value: 'edge-25.10.7' });
});

test('an empty entry of PATH is not the current directory', async (t) => {
  const folder = temporaryFolder(t);
  writeProgram(folder, 'linkerd', "console.log('edge-25.10.7')");
  const before = process.cwd();
  process.chdir(folder);
  t.after(() => process.chdir(before));
  assert.deepEqual(await findLinkerd({ PATH: ':' }), { state: 'absent' });
});

test('what says something else says no version', async (t) => {
  assert.match(await whyNot(t, "console.log('Client version: edge-25.10.7')"), /which is no version/);
  assert.match(await whyNot(t, "console.log('2.14.10')"), /which is no version/);
  assert.match(await whyNot(t, ''), /says "", which is no version/);
});

test('escapes of a program stay out of what is shown', async (t) => {
  const why = await whyNot(t, "console.log('edge-\\u001b[31m25.10.7')");
  assert.ok(!why.includes('\u001b'), JSON.stringify(why));
});

test('what fails, says why it failed', async (t) => {
  assert.match(
    await whyNot(t, 'process.exit(3)'),
    /linkerd version --client --short ended with exit code 3$/,
  );
  assert.match(await whyNot(t, "process.kill(process.pid, 'SIGKILL')"), /ended with SIGKILL$/);
  const folder = temporaryFolder(t);
  chmodSync(writeText(folder, 'linkerd', '#!/nowhere/interpreter\n'), 0o755);
  const part = await findLinkerd({ PATH: folder });
  assert.ok(part.state === 'unreadable' && /could not be run/.test(part.why), JSON.stringify(part));
});

test('what talks without end is cut off', async (t) => {
  assert.match(
    await whyNot(t, "setInterval(() => process.stdout.write('edge-25.10.7 '.repeat(1000)), 1)"),
    /says more than a version$/,
  );
});

test('what hangs is ended, and with it what it started', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'pids');
  const code = `
    const { spawn } = require('node:child_process');
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    require('node:fs').writeFileSync(${JSON.stringify(file)}, [process.pid, other.pid].join(' '));
    setInterval(() => {}, 1000);`;
  // Long enough for the program to start on a busy machine.
  assert.match(await whyNot(t, code, 1_500), /gave no answer within 1.5 s$/);
  const pids = readFileSync(file, 'utf8').split(' ').map(Number);
  assert.equal(pids.length, 2);
  while (pids.some(isRunning)) await new Promise((resolve) => setImmediate(resolve));
});

/** False too for one that has ended and that nobody has asked for yet. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

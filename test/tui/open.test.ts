import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, test } from 'node:test';
import { openTui } from '../../src/tui/open.tsx';
import { fakeGuide } from '../support/guides.ts';
import { key, type PtyProgram, startInPty } from '../support/pty.ts';
import { fakeRollout, startOptions } from '../support/runs.ts';
import { liveView, storeOf } from '../support/views.ts';

const root = new URL('../..', import.meta.url).pathname;

const programs = new Set<PtyProgram>();

// A test that fails may leave its program running.
afterEach(() => {
  for (const program of programs) program.kill('SIGKILL');
  programs.clear();
});

function started(...args: Parameters<typeof startInPty>): PtyProgram {
  const program = startInPty(...args);
  programs.add(program);
  return program;
}

function playground(scene: string, env: Record<string, string> = {}): PtyProgram {
  return started(process.execPath, ['--import=tsx', 'test/support/tui-playground.tsx', scene], {
    cwd: root,
    env: { NAMESPACES: '20', ...env },
  });
}

/** Terminal modes that a program must give back: alternate screen, hidden cursor, bracketed paste. */
function assertRestored(program: PtyProgram): void {
  assert.ok(!program.onAlternateScreen(), program.text());
  const raw = program.raw();
  for (const [set, reset] of [
    ['\x1b[?1049h', '\x1b[?1049l'],
    ['\x1b[?25l', '\x1b[?25h'],
    ['\x1b[?2004h', '\x1b[?2004l'],
  ] as const) {
    assert.ok(raw.lastIndexOf(reset) > raw.lastIndexOf(set), `${JSON.stringify(reset)} is missing`);
  }
}

test('without a terminal it says what to use instead, and draws nothing', async () => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const result = await openTui({
    store: storeOf(liveView()),
    rollout: fakeRollout(),
    guide: fakeGuide(),
    start: startOptions,
    now: () => 0,
    stdin: new PassThrough(),
    stdout,
    stderr,
    env: {},
    version: '1.2.3',
  });
  stdout.end();
  stderr.end();
  assert.deepEqual(result, { exitCode: 1, summary: undefined });
  assert.equal(await text(stdout), '');
  assert.match(await text(stderr), /needs a terminal .* kubectl linkerd-upgrade status/);
});

test('q leaves with 0 and gives the terminal back', async () => {
  const program = playground('calm');
  await program.until(/Namespaces {2}24/);
  assert.ok(program.onAlternateScreen());
  program.type('q');
  assert.deepEqual(await program.exited(), { code: 0, signal: 0 });
  assertRestored(program);
});

test('Ctrl-C leaves with 130, even where CI is set', async () => {
  const program = playground('calm', { CI: 'true' });
  await program.until(/Namespaces {2}24/);
  program.type(key.ctrlC);
  assert.equal((await program.exited()).code, 130);
  assertRestored(program);
});

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} leaves with ${code} and gives the terminal back`, async () => {
    const program = playground('calm');
    await program.until(/Namespaces {2}24/);
    process.kill(program.pid, signal);
    assert.equal((await program.exited()).code, code);
    assertRestored(program);
  });
}

test('Ctrl-Z hands the terminal to the shell, and fg takes it back', async () => {
  const shell = started('bash', ['--norc', '--noprofile', '-i'], {
    cwd: root,
    env: { NAMESPACES: '20', PS1: 'prompt> ' },
  });
  await shell.until(/prompt>/);
  shell.type(`'${process.execPath}' --import=tsx test/support/tui-playground.tsx calm; echo left with $?\r`);
  await shell.until(/Namespaces {2}24/);
  shell.type('\x1a');
  await shell.until(/Stopped/);
  assert.ok(!shell.onAlternateScreen());
  shell.type("stty -a | grep -o ' icanon'\r");
  await shell.until(/^ icanon$/m);
  shell.type('fg\r');
  await shell.until(/Namespaces {2}24/);
  shell.type('q');
  await shell.until((text) => !shell.onAlternateScreen() && text.trimEnd().endsWith('prompt>'));
});

test('Ctrl-Z where nobody could wake it comes straight back', async () => {
  const program = playground('calm');
  await program.until(/Namespaces {2}24/);
  program.type('\x1a');
  await program.until(() => program.raw().split('\x1b[?1049h').length === 3);
  await program.until(/Namespaces {2}24/);
  program.type('q');
  assert.equal((await program.exited()).code, 0);
  assertRestored(program);
});

test('an error of its own is told after the screen is back, with exit code 1', async () => {
  const program = playground('crash');
  assert.equal((await program.exited()).code, 1);
  assertRestored(program);
  assert.match(program.text(), /stopped because of an error of its own: made-up failure/);
});

test('what is printed meanwhile does not spoil the screen, and comes out afterwards', async () => {
  const program = playground('chatty');
  await program.until(/Namespaces {2}24/);
  const during = await program.until(/noise follows/);
  assert.doesNotMatch(during, /a line of noise/);
  program.type('q');
  await program.exited();
  assert.match(program.text(), /^a line of noise$/m);
  assert.match(program.text(), /Warning: a line of noise$/m);
});

test('a halted run leaves with 4 and its result, with the next steps', async () => {
  const program = playground('halt');
  await program.until(/Namespaces {2}24/);
  program.type('a', 'r');
  await program.until(/^! warning: quota/m);
  program.type('yes', key.enter);
  await program.until(/Next steps/);
  program.type('q');
  // What was started beside the failed step may still be watched.
  await program.until((text) => !program.onAlternateScreen() || /Quit\?/.test(text));
  if (program.onAlternateScreen()) program.type('y');
  assert.equal((await program.exited()).code, 4);
  assertRestored(program);
  assert.match(program.text(), /Run halted at .*: a new pod crashes/);
  assert.match(program.text(), /Next steps:/);
  assert.match(program.text(), /To take the run up again: kubectl linkerd-upgrade restart --resume run-1/);
  assert.match(program.text(), /left 1 times/, 'the engine was told to let go');
});

test('a run that is left leaves with 130, says how to take it up, and the engine lets go of it', async () => {
  const program = playground('calm');
  await program.until(/Namespaces {2}24/);
  program.type('a', 'r');
  await program.until(/^! warning: quota/m);
  program.type('yes', key.enter);
  await program.until(/wave 1 of 3/);
  program.type('q');
  await program.until(/restart --resume run-1/);
  program.type('y');
  assert.equal((await program.exited()).code, 130);
  assertRestored(program);
  assert.match(program.text(), /^Run in progress: 0 of 16 workloads restarted so far\./m);
  assert.match(program.text(), /^To take the run up again: kubectl linkerd-upgrade restart --resume run-1$/m);
  assert.match(program.text(), /left 1 times/);
});

test('an engine that does not let go holds nobody up who asks twice', async () => {
  const program = playground('stuck');
  await program.until(/Namespaces {2}24/);
  program.type('q');
  await program.until(() => !program.onAlternateScreen());
  process.kill(program.pid, 'SIGTERM');
  assert.equal((await program.exited(4000)).code, 0);
  assertRestored(program);
});

test('a run that was left unfinished is offered and taken up', async () => {
  const program = playground('unfinished');
  await program.until(/Run run-1 is unfinished/);
  program.type('R');
  await program.until(/Take up run run-1 again\?/);
  program.type('yes', key.enter);
  await program.until(/^Run {2}↻ running/m);
  program.kill('SIGKILL');
});

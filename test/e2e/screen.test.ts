/** The built program in a real pseudo-terminal, on a simulated cluster that lives ten times as fast. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoScenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { type Simulation, startSimulation } from '../../src/sim/cluster/simulation.ts';
import { preloading, startedBy, temporaryFolder } from '../support/program.ts';
import { key, type PtyOptions, type PtyProgram, startInPty } from '../support/pty.ts';

const folder = temporaryFolder();
let simulation: Simulation;
let kubeconfig: string;

before(async () => {
  simulation = await startSimulation({ scenario: demoScenario(), speed: 10 });
  kubeconfig = folder.file('kubeconfig', simulation.kubeconfig);
});

after(async () => {
  await simulation.stop();
  folder[Symbol.dispose]();
});

async function openScreen(options: PtyOptions = {}, ...flags: readonly string[]): Promise<PtyProgram> {
  const args = ['--kubeconfig', kubeconfig, ...flags];
  const screen = startInPty(...startedBy(args), {
    columns: 120,
    rows: 40,
    ...options,
    // Runs are recorded there.
    env: { XDG_STATE_HOME: folder.path, ...options.env },
  });
  await screen.until(/● live/);
  return screen;
}

/** The terminal is as it was: main screen, visible cursor, no mouse or paste mode left on. */
function assertRestored(screen: PtyProgram): void {
  assert.equal(screen.onAlternateScreen(), false);
  const raw = screen.raw();
  assert.ok(raw.lastIndexOf('\x1b[?25h') > raw.lastIndexOf('\x1b[?25l'), 'the cursor is visible');
  assert.ok(raw.lastIndexOf('\x1b[?1049l') > raw.lastIndexOf('\x1b[?1049h'), 'the main screen is back');
  assert.ok(raw.lastIndexOf('\x1b[?2004h') <= raw.lastIndexOf('\x1b[?2004l'), 'bracketed paste is off');
}

/** A run that does not wait where nothing happens. */
const AT_ONCE = ['--soak=0', '--workload-soak=0'] as const;

/** From the table to the confirmation of `namespace`, when everything that must hold has been looked at. */
async function confirmRestart(screen: PtyProgram, namespace: string): Promise<void> {
  screen.type('/', ...`^${namespace}`, key.enter);
  await screen.until(new RegExp(`^› {2}${namespace} `, 'm'));
  screen.type('r');
  await screen.until(/dry-run pods? came back from the injector as predicted[\s\S]*type yes/);
}

test('open, filter, open a namespace, plan it, restart it, watch it become current, quit', async () => {
  using screen = await openScreen({}, ...AT_ONCE);
  assert.match(screen.text(), /edge-25\.11\.3 +release 2\.19/);
  screen.type('/', ...'invoic', key.enter);
  await screen.until((text) => text.includes('invoicing') && !text.includes('storefront'));
  assert.match(screen.text(), /invoicing +7 +✗ violation/);
  screen.type(key.enter);
  await screen.until(/deploy\/mailer[\s\S]*deploy\/pdf[\s\S]*deploy\/scheduler/);
  screen.type(key.enter);
  await screen.until(/mailer-[a-z0-9]+-[a-z0-9]+ +.*edge-24\.11\.8/);
  screen.type(key.escape);
  await screen.until(/deploy\/pdf/);
  screen.type(key.escape);
  await screen.until(/Namespaces/);
  screen.type('p');
  await screen.until(
    /Plan: 3 workloads in 1 namespace, 7 pods[\s\S]*Wave 1 of 3: canary[\s\S]*strategy Recreate/,
  );
  screen.type(key.enter);
  await screen.until(/Restart 3 workloads[\s\S]*3 of 3 dry-run pods came back[\s\S]*type yes/);
  screen.type(...'no', key.enter);
  await screen.until(/"no" is not yes: nothing was started/);
  assert.equal(patches().length, 0, 'anything but yes writes nothing');
  screen.type(...'yes', key.enter);
  await screen.until(/✓ done +invoicing deploy\/mailer/, 60_000);
  const finished = await screen.until(/Run +✓ done +3 of 3 workloads/, 60_000);
  assert.match(finished, /done +invoicing deploy\/scheduler/);
  screen.type(key.escape);
  await screen.until(/invoicing +7 +✓ current/);
  screen.type('q');
  assert.deepEqual(await screen.exited(), { code: 0, signal: 0 });
  assertRestored(screen);
  assert.match(screen.text(), /3 of 3 workloads/, 'the result stays on the terminal');
});

test('each workload was patched once, by this program, as kubectl rollout restart does it and with the run', () => {
  assert.deepEqual(
    patches()
      .map(({ name }) => name)
      .toSorted(),
    ['mailer', 'pdf', 'scheduler'],
  );
  for (const { path, userAgent, body, code } of patches()) {
    assert.equal(code, 200);
    assert.match(userAgent, /^kubectl-linkerd-upgrade\/\S+ \(linux\/|^kubectl-linkerd-upgrade\/\S+ \(/);
    assert.match(path, /fieldManager=kubectl-linkerd-upgrade/);
    const text = JSON.stringify(body);
    assert.match(text, /"kubectl\.kubernetes\.io\/restartedAt":"[^"]+"/);
    assert.match(text, /"kubectl-linkerd-upgrade\/run":"[^"]+"/);
    assert.match(text, /"metadata":\{"resourceVersion":"\d+"/);
  }
});

/** Writes to workloads, which are what a run is about. */
function patches() {
  return simulation.server.audit.entries.filter(
    ({ method, resource }) => method === 'PATCH' && resource !== 'leases',
  );
}

test('nothing but reads, questions, the lock, events and confirmed restarts reached the server, and never a Secret', () => {
  const { entries } = simulation.server.audit;
  assert.deepEqual(
    entries.filter(({ resource }) => resource === 'secrets'),
    [],
  );
  const others = entries.filter(
    ({ method, resource, path }) =>
      method !== 'GET' &&
      !(method === 'POST' && /^selfsubject(access|rules)reviews$/.test(resource)) &&
      !(method === 'POST' && resource === 'pods' && path.includes('dryRun=All')) &&
      resource !== 'leases' &&
      resource !== 'events',
  );
  assert.deepEqual(others, patches());
});

test('a run that was left in a soak is offered at the next start, taken up, and patches nothing twice', async () => {
  const before = patches().length;
  using first = await openScreen({}, '--soak=10m', '--workload-soak=0');
  await confirmRestart(first, 'orders');
  first.type(...'yes', key.enter);
  await first.until(/Run +◔ soaking +1 of 5 workloads/, 60_000);
  first.type('q');
  await first.until(/A run is in progress\. Quit\?[\s\S]*restart --resume [0-9a-f]+/);
  first.type('y');
  assert.deepEqual(await first.exited(), { code: 130, signal: 0 });
  assertRestored(first);
  const [, id] =
    /To take the run up again: kubectl linkerd-upgrade restart --resume ([0-9a-f]+)/.exec(first.text()) ?? [];
  assert.ok(id, first.text());
  assert.equal(patches().length, before + 1);

  using second = await openScreen();
  await second.until(new RegExp(`Run ${id} is unfinished: 1 of 5 workloads restarted`));
  second.type('R');
  await second.until(/Take up run/);
  second.type(...'yes', key.enter);
  // It goes on with the long soaks that it was begun with; c ends each.
  while (/soaking/.test(await second.until(/Run +(?:◔ soaking|✓ done) +\d of 5/, 60_000))) {
    second.type('c');
    await second.until(/Run +(?!◔ soaking)\S+ \w+ +\d of 5/);
  }
  assert.match(second.text(), /Run +✓ done +5 of 5 workloads/);
  second.type('q');
  assert.equal((await second.exited()).code, 0);
  const names = patches()
    .slice(before)
    .map(({ name }) => name);
  assert.equal(new Set(names).size, 5, names.join(', '));
  assert.equal(names.length, 5, 'nothing was patched twice');
});

test('a halt shows the diagnosis and its keys, and leaves with 4 and the next steps', async () => {
  using state = temporaryFolder();
  simulation.cluster.setWorkloadBehaviour('ledger', 'api', { kind: 'crash-loop' });
  using screen = await openScreen({ env: { XDG_STATE_HOME: state.path } }, ...AT_ONCE);
  await confirmRestart(screen, 'ledger');
  screen.type(...'yes', key.enter);
  const card = await screen.until(/✗ Halted[\s\S]*Next steps[\s\S]*r retry/, 60_000);
  assert.match(card, /ledger deploy\/api: container \w+ of\s+pod\s+api-[a-z0-9]+-/);
  assert.match(card, /Still serving: /);
  screen.type('c');
  await screen.until(/Go on after the halt\?/);
  screen.type(key.escape);
  await screen.until(/✗ Halted/);
  screen.type('q');
  // A workload that was in progress beside it may still be watched; then it asks.
  await screen.until((text) => /Quit\?/.test(text) || !screen.onAlternateScreen());
  if (screen.onAlternateScreen()) screen.type('y');
  assert.equal((await screen.exited()).code, 4);
  assertRestored(screen);
  assert.match(screen.text(), /Run halted at ledger deploy\/api/);
  assert.match(screen.text(), /restart --resume [0-9a-f]+/);

  using second = await openScreen({ env: { XDG_STATE_HOME: state.path } }, ...AT_ONCE);
  second.type('R');
  await second.until(/Failed: 1 workload/);
  second.type(...'yes', key.enter);
  await second.until(/Run +✓ done +2 of 3 workloads/, 60_000);
  second.type('q');
  assert.equal((await second.exited()).code, 0);
  assert.match(second.text(), /^Failed:\n {2}ledger deploy\/api: /m);
});

test('a failed step that was put right is tried again, and the run goes on to its end', async () => {
  using state = temporaryFolder();
  simulation.cluster.setWorkloadBehaviour('iot', 'registry', { kind: 'crash-loop' });
  using screen = await openScreen({ env: { XDG_STATE_HOME: state.path } }, ...AT_ONCE);
  await confirmRestart(screen, 'iot');
  screen.type(...'yes', key.enter);
  await screen.until(/✗ Halted[\s\S]*r retry/, 60_000);
  simulation.cluster.setWorkloadBehaviour('iot', 'registry', { kind: 'healthy' }, true);
  screen.type('r');
  await screen.until(/Queued again: c goes on/);
  screen.type('c');
  await screen.until(/Go on after the halt\?/);
  screen.type('y');
  // By its turn it may have become current by itself; then it is dropped.
  const finished = await screen.until(/Run +✓ done +[23] of 3 workloads/, 60_000);
  assert.doesNotMatch(finished, /failed/);
  screen.type('q');
  assert.equal((await screen.exited()).code, 0);
});

test('q leaves at once while nothing runs', async () => {
  using screen = await openScreen();
  screen.type('q');
  assert.deepEqual(await screen.exited(), { code: 0, signal: 0 });
  assertRestored(screen);
});

test('Ctrl-C leaves with 130', async () => {
  using screen = await openScreen();
  screen.type(key.ctrlC);
  assert.deepEqual(await screen.exited(), { code: 130, signal: 0 });
  assertRestored(screen);
});

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} restores the terminal`, async () => {
    using screen = await openScreen();
    screen.kill(signal);
    const exit = await screen.exited();
    assert.ok(exit.code === code || exit.signal > 0, JSON.stringify(exit));
    assertRestored(screen);
  });
}

test('Ctrl-Z hands the terminal to the shell, and fg takes it back', async () => {
  const env = { XDG_STATE_HOME: folder.path, PS1: 'prompt> ' };
  using shell = startInPty('bash', ['--norc', '--noprofile', '-i'], { columns: 120, rows: 40, env });
  await shell.until(/prompt>/);
  const [file, args] = startedBy(['--kubeconfig', kubeconfig]);
  shell.type(`${[file, ...args].map((word) => `'${word}'`).join(' ')}; echo "left with $?"\r`);
  await shell.until(/● live/);
  shell.type('\x1a');
  await shell.until(/Stopped/);
  assert.equal(shell.onAlternateScreen(), false);
  shell.type("stty -a | grep -o ' icanon'\r");
  await shell.until(/^ icanon$/m);
  shell.type('fg\r');
  await shell.until(/● live[\s\S]*storefront/);
  shell.type('q');
  await shell.until((text) => !shell.onAlternateScreen() && text.trimEnd().endsWith('prompt>'));
});

test('Ctrl-Z where nobody could wake it comes straight back', async () => {
  using screen = await openScreen();
  screen.type('\x1a');
  await screen.until(() => screen.raw().split('\x1b[?1049h').length === 3);
  await screen.until(/● live/);
  screen.type('q');
  assert.deepEqual(await screen.exited(), { code: 0, signal: 0 });
  assertRestored(screen);
});

test('the demo shows its screen before its cluster is made, and can be left at once', async () => {
  using screen = startInPty(...startedBy(['--demo']), { columns: 120, rows: 40 });
  assert.match(await screen.until(/NAMESPACE/), /loading, 0 objects read[\s\S]*Loading\./);
  screen.type('q');
  assert.deepEqual(await screen.exited(), { code: 0, signal: 0 });
  assertRestored(screen);
});

for (const [what, happens] of [
  ['an error that nobody catches', "throw new Error('boom')"],
  ['a promise that nobody looks after', "Promise.reject(new Error('boom'))"],
] as const) {
  test(`${what} restores the terminal and is told in a sentence`, async () => {
    const trap = folder.file('trap.mjs', `process.on('SIGUSR2', () => { ${happens}; });`);
    using screen = await openScreen({ env: preloading(trap) });
    screen.kill('SIGUSR2');
    assert.deepEqual(await screen.exited(), { code: 1, signal: 0 });
    assertRestored(screen);
    assert.match(screen.text(), /stopped because of an error of its own: boom/);
  });
}

test('works at 80×24 and 200×60, follows a resize, and says when the window is too small', async () => {
  using screen = await openScreen({ columns: 80, rows: 24 });
  const fits = (columns: number) => {
    for (const row of screen.screen()) {
      assert.ok(row.length <= columns, row);
    }
    assert.equal(screen.screen().filter((row) => /NAMESPACE/.test(row)).length, 1, screen.text());
    assert.equal(screen.screen().filter((row) => /\? help/.test(row)).length, 1, screen.text());
  };
  fits(80);
  screen.resize(200, 60);
  await screen.until(() => (screen.screen()[59] ?? '').includes('quit'));
  fits(200);
  screen.resize(20, 5);
  await screen.until(/too small/);
  screen.resize(80, 24);
  await screen.until(/NAMESPACE/);
  fits(80);
  screen.type('q');
  assert.equal((await screen.exited()).code, 0);
});

test('NO_COLOR: no colour, and classes in words', async () => {
  using screen = await openScreen({ env: { NO_COLOR: '1' } });
  assert.match(screen.text(), /✗ violation/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for escape sequences
  assert.doesNotMatch(screen.raw(), /\x1b\[(?:\d+;)*(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:;\d+)*m/);
  screen.type('q');
  await screen.exited();
});

test('the cluster goes away and comes back: the picture stays, its age is shown, nothing is lost', async () => {
  using screen = await openScreen();
  const comeBack = await simulation.server.faults.refuseConnections();
  await screen.until(/reconnecting|stale/);
  assert.match(screen.text(), /storefront +22/);
  await comeBack();
  await screen.until(/● live/, 60_000);
  screen.type('q');
  assert.equal((await screen.exited()).code, 0);
});

test('--read-only has no restart', async () => {
  using screen = await openScreen({}, '--read-only');
  const before = patches().length;
  assert.doesNotMatch(screen.text(), /r restart/);
  screen.type('r');
  screen.type('?');
  await screen.until(/Help|Keys/i);
  screen.type(key.ctrlC);
  await screen.exited();
  assert.equal(patches().length, before);
});

/** The built program told to end in the middle of a run, and what goes on with the run afterwards. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { runToEnd, startedBy } from '../support/program.ts';
import { AT_ONCE, type DemoCluster, demoCluster } from './demo-cluster.ts';

let cluster: DemoCluster;

beforeEach(async () => {
  cluster = await demoCluster();
});

afterEach(async () => {
  await cluster[Symbol.asyncDispose]();
});

const RESTARTING = /deployment\/mailer: restarting/;
const RESUME = /To go on: kubectl linkerd-upgrade restart --resume ([0-9a-f]+)\n/;

function resumedBy(stderr: string): string {
  const run = RESUME.exec(stderr)?.[1];
  assert.ok(run, stderr);
  return run;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} watches what was patched to its end; --resume does the rest, and nothing twice`, async () => {
    using run = cluster.start('restart', 'invoicing', '--yes', ...AT_ONCE);
    await run.until(RESTARTING);
    run.signal(signal);
    const { code, stdout, stderr } = await run.ended();
    assert.equal(code, 130, stderr);
    assert.match(stderr, /Nothing new is started/);
    assert.match(stdout, /mailer: done[\s\S]*\nPaused: 1 of 3 workloads restarted, 2 not started\n$/);
    assert.deepEqual(cluster.patched(), ['mailer']);
    assert.equal(cluster.lockHolder(), '', 'the lock was given back');

    const resumed = await cluster.call('restart', '--resume', resumedBy(stderr), '--yes', ...AT_ONCE);
    assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);
    assert.match(resumed.stdout, /1 of 3 workloads restarted, 2 not started\n/);
    assert.match(resumed.stdout, /3 of 3 workloads restarted\n$/);
    assert.deepEqual(cluster.patched(), ['mailer', 'pdf', 'scheduler']);
  });
}

test('a second Ctrl-C leaves at once, gives the lock back, and says how to go on', async () => {
  cluster.simulation.cluster.setWorkloadBehaviour('invoicing', 'mailer', { kind: 'slow', factor: 1000 });
  using run = cluster.start('restart', 'invoicing', '--yes', '-o=json', ...AT_ONCE);
  await run.until(/"state":"rolling"/);
  run.signal('SIGINT');
  await run.until(/Nothing new is started/);
  run.signal('SIGINT');
  const { code, stdout, stderr } = await run.ended();
  assert.equal(code, 130);
  const end: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  const { type, result, counts, resume } = Object(end);
  assert.deepEqual([type, result, counts.inProgress, counts.queued], ['end', 'left', 1, 2]);
  assert.ok(stderr.includes(`To go on: ${resume}\n`), stderr);
  assert.equal(cluster.lockHolder(), '');
  assert.deepEqual(cluster.patched(), ['mailer']);
});

test('a terminal that hangs up ends the program at once', async () => {
  cluster.simulation.cluster.setWorkloadBehaviour('invoicing', 'mailer', { kind: 'slow', factor: 1000 });
  using run = cluster.start('restart', 'invoicing', '--yes', ...AT_ONCE);
  await run.until(RESTARTING);
  run.signal('SIGHUP');
  const { code, stderr } = await run.ended();
  assert.equal(code, 130);
  resumedBy(stderr);
  assert.equal(cluster.lockHolder(), '');
});

test('killed, it leaves a journal from which the run goes on without patching anything twice', async () => {
  using run = cluster.start('restart', 'invoicing', '--yes', ...AT_ONCE);
  await run.until(RESTARTING);
  run.signal('SIGKILL');
  await run.ended();
  const listed = await cluster.call('runs');
  assert.match(listed.stdout, / unfinished +0\/3 +0\n/);
  const resumed = await cluster.call('restart', '--resume', '--yes', ...AT_ONCE);
  assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);
  assert.match(resumed.stdout, /deployment\/mailer +(its patch was on the way|patched)/);
  assert.match(resumed.stdout, /3 of 3 workloads restarted\n$/);
  assert.deepEqual(cluster.patched(), ['mailer', 'pdf', 'scheduler']);
});

test('a run is not taken up on another cluster, and says where it belongs', async () => {
  using run = cluster.start('restart', 'invoicing', '--yes', ...AT_ONCE);
  await run.until(RESTARTING);
  run.signal('SIGINT');
  const { stderr } = await run.ended();
  const id = resumedBy(stderr);
  await using other = await demoCluster({ seed: 2 });
  const elsewhere = ['--kubeconfig', other.kubeconfig];
  const named = await cluster.call('restart', '--resume', id, '--yes', ...elsewhere);
  assert.equal(named.code, 1);
  assert.match(named.stderr, new RegExp(`run ${id} belongs to .*another cluster`));
  const unnamed = await cluster.call('restart', '--resume', '--yes', ...elsewhere);
  assert.equal(unnamed.code, 1);
  assert.match(unnamed.stderr, new RegExp(`no unfinished run of this cluster.*${id}`));
  assert.deepEqual(other.patched(), []);
});

test('a reader that goes away does not end the run', async () => {
  const [file, args] = startedBy(['restart', 'invoicing', '--yes', ...AT_ONCE]);
  const script = `${[file, ...args].map((word) => JSON.stringify(word)).join(' ')} | head -1`;
  const { stdout } = await runToEnd(
    '/bin/bash',
    ['-c', `set -o pipefail; ${script}; echo "code $?"`],
    cluster.env,
  );
  assert.match(stdout, /code 0\n$/);
  assert.deepEqual(cluster.patched(), ['mailer', 'pdf', 'scheduler']);
});

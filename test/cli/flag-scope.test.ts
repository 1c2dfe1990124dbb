/** Flags that choose what is looked at and what is taken in, by the built program on the demo's cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoCluster } from '../e2e/demo-cluster.ts';

test('-L says where the control plane is; where it is not, nothing is known of it', async () => {
  await using demo = await demoCluster();
  const versionAt = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await demo.call('status', '-o', 'json', ...words);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout).controlPlane.version;
  };
  assert.match(await versionAt('-L', 'linkerd'), /^edge-/);
  assert.equal(await versionAt('--linkerd-namespace=payments'), '');
});

test('--no-headers leaves rows, of status and of runs', async () => {
  await using demo = await demoCluster();
  const { stdout } = await demo.call('status', '-n', 'ledger', '--no-headers');
  const rows = stdout.trimEnd().split('\n');
  assert.equal(rows.length, 4, stdout);
  for (const row of rows) assert.match(row, /^(deployment|statefulset)\//);
  const listed = await demo.call('runs', '--no-headers');
  assert.doesNotMatch(listed.stdout, /^RUN/m);
});

test('-l narrows status to pods with these labels, -A beats -n', async () => {
  await using demo = await demoCluster();
  const totals = async (...words: readonly string[]) => {
    const { stdout, stderr } = await demo.call('status', '-o', 'json', ...words);
    assert.equal(stderr, '');
    return JSON.parse(stdout).totals;
  };
  const ledger = await totals('-n', 'ledger');
  assert.deepEqual(await totals('-n', 'ledger', '-A'), await totals());
  const narrowed = await totals('-n', 'ledger', '-l', 'linkerd.io/proxy-deployment=api');
  assert.ok(narrowed.proxies > 0 && narrowed.proxies < ledger.proxies, JSON.stringify(narrowed));
});

test('--include takes into a plan what it leaves out, each kind by its name', async () => {
  await using demo = await demoCluster();
  const planned = async (namespace: string, ...words: readonly string[]): Promise<readonly string[]> => {
    const { stdout, stderr } = await demo.call('plan', namespace, '--no-probe', '-o', 'json', ...words);
    assert.equal(stderr, '');
    return JSON.parse(stdout).restarts.map(({ name }: { name: string }) => name);
  };
  assert.ok(!(await planned('ledger')).includes('journal'));
  assert.ok((await planned('ledger', '--include', 'on-delete')).includes('journal'));
  assert.ok(!(await planned('ledger', '--include=meshes', '--include=downgrades')).includes('journal'));
});

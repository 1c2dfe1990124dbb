/** A plan that is written, reviewed and applied later, by the built program. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { AT_ONCE, type DemoCluster, demoCluster } from './demo-cluster.ts';

let cluster: DemoCluster;
let file: string;

beforeEach(async () => {
  cluster = await demoCluster();
  file = join(cluster.folder.path, 'plan.json');
});

afterEach(async () => {
  await cluster[Symbol.asyncDispose]();
});

const call = (...args: readonly string[]) => cluster.call(...args);
const apply = (...args: readonly string[]) => call('restart', '--plan', file, '--yes', ...AT_ONCE, ...args);

test('a plan is written, says how to apply it, is not overwritten by chance, and is applied as it is', async () => {
  const planned = await call('plan', 'invoicing', '--out', file);
  assert.equal(planned.code, 0, planned.stderr);
  assert.match(planned.stdout, /deployment\/mailer/);
  assert.ok(planned.stderr.includes(`restart --plan ${file}\n`), planned.stderr);
  const text = readFileSync(file, 'utf8');
  const again = await call('plan', 'invoicing', '--out', file);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /exists already.*--force/);
  assert.equal(readFileSync(file, 'utf8'), text);
  assert.equal((await call('plan', 'invoicing', '--out', file, '--force')).code, 0);

  const applied = await apply();
  assert.equal(applied.code, 0, applied.stderr);
  assert.doesNotMatch(applied.stdout, /Changed since/);
  assert.deepEqual(cluster.patched(), ['mailer', 'pdf', 'scheduler']);
  const twice = await apply();
  assert.equal(twice.code, 0);
  assert.match(twice.stdout, /invoicing deployment\/pdf +left out +its proxies are current by now\n/);
  assert.equal(cluster.patched().length, 3);
});

test('what changed since the review is named and decided anew', async () => {
  assert.equal((await call('plan', 'invoicing', '--out', file)).code, 0);
  const { world } = cluster.simulation.cluster;
  world.change('Deployment', 'invoicing', 'pdf', (found) => ({
    ...found,
    spec: { ...found.spec, replicas: 0 },
  }));
  const applied = await apply();
  assert.equal(applied.code, 0, applied.stderr);
  assert.match(
    applied.stdout,
    /Changed since the plan was written:\n +invoicing deployment\/pdf +left out +it was scaled to zero/,
  );
  assert.deepEqual(cluster.patched(), ['mailer', 'scheduler']);
});

test('an edited plan, one of another cluster, and what is no plan are refused', async () => {
  assert.equal((await call('plan', 'invoicing', '--out', file)).code, 0);
  await using other = await demoCluster({ seed: 2 });
  const elsewhere = await apply('--kubeconfig', other.kubeconfig);
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.stderr, /the plan was made on another cluster \(simulation, /);
  assert.deepEqual(other.patched(), []);

  writeFileSync(file, readFileSync(file, 'utf8').replace('"mailer"', '"maller"'));
  const edited = await apply();
  assert.equal(edited.code, 1);
  assert.match(edited.stderr, /cannot be applied:\n .*(edited|hash)/);
  writeFileSync(file, 'no: plan\n');
  assert.equal((await apply()).code, 1);
  const missing = await call('restart', '--plan', `${file}.missing`, '--yes');
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /cannot be read: .*no such file/);
  assert.deepEqual(cluster.patched(), []);
});

test('labels choose workloads for a plan and for a restart', async () => {
  cluster.simulation.cluster.world.change('Deployment', 'invoicing', 'pdf', (found) => ({
    ...found,
    metadata: { ...found.metadata, labels: { app: 'pdf' } },
  }));
  const all = await call('plan', 'invoicing', '-o', 'json');
  const chosen = await call('plan', 'invoicing', '-l', 'app=pdf', '-o', 'json');
  const names = (stdout: string) =>
    Array.from(Object(JSON.parse(stdout)).restarts, (restart) => String(Object(restart).name));
  assert.deepEqual(names(all.stdout), ['mailer', 'pdf', 'scheduler']);
  assert.deepEqual(names(chosen.stdout), ['pdf']);
  const { code } = await call('restart', 'invoicing', '-l', 'app=pdf', '--yes', ...AT_ONCE);
  assert.equal(code, 0);
  assert.deepEqual(cluster.patched(), ['pdf']);
});

/** The built program's `plan` and `restart` against a simulated cluster that lives ten times as fast. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { Ajv } from 'ajv';
import type { PlanDocument } from '../../src/report/plan-document.ts';
import { demoScenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { type Simulation, startSimulation } from '../../src/sim/cluster/simulation.ts';
import { type Finished, program, runProgram, temporaryFolder } from '../support/program.ts';
import { key, startInPty } from '../support/pty.ts';

let folder: ReturnType<typeof temporaryFolder>;
let simulation: Simulation;
let kubeconfig: string;

beforeEach(async () => {
  folder = temporaryFolder();
  simulation = await startSimulation({ scenario: demoScenario(), speed: 10 });
  kubeconfig = folder.file('kubeconfig', simulation.kubeconfig);
});

afterEach(async () => {
  await simulation.stop();
  folder[Symbol.dispose]();
});

const call = (...args: readonly string[]): Promise<Finished> =>
  runProgram([...args, '--kubeconfig', kubeconfig]);

/** Names of the workloads that were patched, in order. */
const patched = () =>
  simulation.server.audit.entries.filter(({ method }) => method === 'PATCH').map(({ name }) => name);

test('plan prints the order, the risks and what is left, and writes nothing', async () => {
  const { code, stdout } = await call('plan', 'invoicing', 'sandbox');
  assert.equal(code, 0);
  assert.match(stdout, /1 +invoicing +deployment\/mailer +edge-24\.11\.8 +edge-25\.11\.3 +3\n/);
  assert.match(stdout, /Risks:\n +invoicing deployment\/scheduler +strategy Recreate/);
  assert.match(stdout, /Left as they are:\n +sandbox deployment\/playground +unmeshes/);
  assert.deepEqual(patched(), []);
});

test('plan -o json is what the published schema says; --only narrows it', async () => {
  const schema: object = JSON.parse(
    readFileSync(new URL('../../docs/schema/plan.v1.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv({ allErrors: true }).compile<PlanDocument>(schema);
  const planOf = async (...args: readonly string[]): Promise<PlanDocument> => {
    const document: unknown = JSON.parse((await call('plan', '-o', 'json', ...args)).stdout);
    assert.ok(validate(document), JSON.stringify(validate.errors));
    return document;
  };
  const all = await planOf('-A');
  const violations = await planOf('-A', '--only', 'violations');
  assert.ok(violations.restarts.length > 0 && violations.restarts.length < all.restarts.length);
  assert.ok(all.restarts.every(({ namespace }) => namespace !== 'linkerd' && namespace !== 'kube-system'));
  assert.ok(
    violations.restarts.every(({ from }) => Object.keys(from).some((version) => /edge-24\./.test(version))),
  );
});

test('restart --yes restarts in the order of the plan and proves each', async () => {
  const { code, stdout, stderr } = await call('restart', 'invoicing', '--yes');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /1\/3 invoicing deployment\/mailer: done, 3 pods proven in \d+ s\n/);
  assert.match(stdout, /3 of 3 workloads restarted\n$/);
  assert.deepEqual(patched(), ['mailer', 'pdf', 'scheduler']);
  const after = await call('restart', 'invoicing', '--yes');
  assert.equal(after.code, 0);
  assert.match(after.stdout, /^Nothing to restart\./);
  assert.equal(patched().length, 3);
});

test('verify ends with 3 until every proxy is at its target or excused, and names what is not', async () => {
  const before = await call('verify', 'invoicing');
  assert.equal(before.code, 3);
  assert.match(before.stdout, /invoicing deployment\/pdf +3 of 3 violate the version skew +upgrades\n/);
  const excused = await call('verify', 'invoicing', '--excuse', 'invoicing');
  assert.equal(excused.code, 0, excused.stderr);
  assert.match(excused.stdout, /^Excused:\n/);
  assert.equal((await call('verify', 'storefront')).code, 0);
  const misspelt = await call('verify', 'storefront', '--excuse', 'storefrnt');
  assert.equal(misspelt.code, 1);
  assert.match(misspelt.stderr, /storefrnt excuses nothing/);
});

test('restart halts at the first failure, says why and what to type, and ends with 4', async () => {
  simulation.cluster.setWorkloadBehaviour('invoicing', 'mailer', {
    kind: 'crash-loop',
    container: 'linkerd-proxy',
  });
  const { code, stdout, stderr } = await call('restart', 'invoicing', '--yes');
  assert.equal(code, 4);
  assert.match(stdout, /1\/3 invoicing deployment\/mailer: FAILED, /);
  assert.match(stderr, /^Halted: 0 of 3 workloads restarted\n.*linkerd-proxy/);
  assert.match(stderr, /Next steps:\n +kubectl -n invoicing get pods\n/);
  assert.deepEqual(patched(), ['mailer']);
});

test('restart does nothing while the injector is down, and says so', async () => {
  simulation.cluster.breakInjector();
  const { code, stdout } = await call('restart', 'invoicing', '--yes');
  assert.equal(code, 1);
  assert.match(stdout, /Nothing may be restarted now:\n +the proxy injector is down/);
  assert.deepEqual(patched(), []);
});

for (const [argv, message] of [
  [['restart', 'invoicing'], /--yes/],
  [['restart', '--yes'], /name the namespaces/],
  [['restart', '-A', 'invoicing', '--yes'], /not both/],
  [['restart', 'invoicing', '--yes', '--read-only'], /exclude each other/],
  [['plan', '-A', '--only', 'bogus'], /--only takes/],
  [['plan', '-A', '-l', 'app=x'], /whole workloads/],
  [['plan', '-A', '-o', 'name'], /allowed forms/],
] as const) {
  test(`wrong usage ends with 2: ${argv.join(' ')}`, async () => {
    const { code, stderr } = await call(...argv);
    assert.equal(code, 2);
    assert.match(stderr, message);
    assert.deepEqual(patched(), []);
  });
}

test('a namespace that does not exist ends with 1', async () => {
  const { code, stderr } = await call('restart', 'nowhere', '--yes');
  assert.equal(code, 1);
  assert.match(stderr, /there is no namespace nowhere/);
});

test('on a terminal it asks, and only yes is yes', async () => {
  using no = startInPty(process.execPath, [program, 'restart', 'invoicing', '--kubeconfig', kubeconfig]);
  await no.until(/Type yes to restart these 3 workloads:/);
  no.type('y', key.enter);
  assert.equal((await no.exited()).code, 1);
  assert.match(no.text(), /Nothing was restarted/);
  assert.deepEqual(patched(), []);
  using yes = startInPty(process.execPath, [program, 'restart', 'invoicing', '--kubeconfig', kubeconfig]);
  await yes.until(/Type yes/);
  yes.type('yes', key.enter);
  await yes.until(/1\/3 invoicing deployment\/mailer: restarting/);
  yes.type(key.ctrlC);
  assert.equal((await yes.exited()).code, 130);
  assert.match(yes.text(), /mailer: done[\s\S]*Stopped: 1 of 3 workloads restarted/);
  assert.deepEqual(patched(), ['mailer']);
});

/** The built program's `check` on simulated clusters: forms, exit codes, waiting. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { CLI_INSTALLATION } from '../../src/sim/cluster/scenario/control-plane.ts';
import { freshInstall, helmInstall } from '../../src/sim/cluster/scenario/scenarios.ts';
import { waitUntil } from '../rollout/preflight/wait-until.ts';
import { runProgram } from '../support/program.ts';
import { demoCluster } from './demo-cluster.ts';

const schema: object = JSON.parse(
  readFileSync(new URL('../../docs/schema/check.v1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true }).compile(schema);

for (const [argv, message] of [
  [['check', '--to', '2.20'], /--to says .*: add --pre/],
  [['check', '--pre', '--to', 'bogus'], /--to bogus: "bogus" is not a version of Linkerd/],
  [['check', '--wait', 'soon'], /--wait takes a duration/],
  [['check', '-o', 'yaml'], /--output takes table, short, json/],
  [['check', 'books'], /unexpected argument "books"; name a namespace with -n/],
  [['check', '--future=1'], /unknown flag: --future/],
  [['status', '--wait', '5m'], /--wait is a flag of check, not of status/],
] as const) {
  test(`wrong usage ends with 2: ${argv.join(' ')}`, async () => {
    const { code, stdout, stderr } = await runProgram([...argv, '--server=http://127.0.0.1:1']);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, message);
  });
}

test('a failed check ends with 3, in each form; a namespace without one with 0', async () => {
  await using cluster = await demoCluster({ scenario: helmInstall() });
  for (const form of ['table', 'short', 'json']) {
    const { code, stdout, stderr } = await cluster.call('check', '-o', form, '--proxy');
    assert.deepEqual([code, stderr], [3, '']);
    assert.match(stdout, /ledger deployment\/api: 4 proxies: edge-24\.8\.2 \(2\.16\)/);
    if (form === 'json') assert.ok(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
  }
  const { code, stdout } = await cluster.call('check', '-n', 'checkout', '-o', 'short');
  assert.equal(code, 0, stdout);
  assert.doesNotMatch(stdout, /ledger/);
  const before = await cluster.call('check', '-n', 'checkout', '-o', 'short', '--pre', '--to', 'edge-24.8.2');
  assert.equal(before.code, 3, before.stdout);
  assert.match(before.stdout, /is newer than edge-24\.8\.2/);
});

test('a cluster that cannot be reached is a failed check, and ends with 1', async () => {
  const { code, stdout } = await runProgram(['check', '--server=http://127.0.0.1:1'], {
    ...process.env,
    LC_ALL: 'C',
  });
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^linkerd-dataplane-api\n-+\n\[error\] can query the Kubernetes API\n {4}.*127\.0\.0\.1:1/,
  );
  assert.match(stdout, /\nStatus check results are \[error\]\n$/);
});

test('it waits for a control plane that rolls, and not without --wait', async () => {
  await using cluster = await demoCluster({ scenario: freshInstall('edge-25.10.7', CLI_INSTALLATION) });
  const { simulation } = cluster;
  simulation.cluster.upgradeConfigOnly('edge-25.11.3');
  const once = await cluster.call('check', '-o', 'short', '--wait', '0');
  assert.match(once.stdout, /linkerd-config says edge-25\.11\.3, but/);
  assert.equal(once.code, 3);

  const looks = (): number =>
    simulation.server.audit.entries.filter(({ path }) => path.startsWith('/api/v1/pods')).length;
  const before = looks();
  using waiting = cluster.start('check', '-o', 'short', '--wait', '2m');
  // Its second look begins when the first has found the control plane half rolled.
  await waitUntil(
    async () => looks() >= before + 2,
    () => `no second look: ${waiting.stdout()}${waiting.stderr()}`,
  );
  simulation.cluster.upgradeControlPlane('edge-25.11.3');
  const { code, stdout } = await waiting.ended();
  assert.equal(code, 0, stdout);
});

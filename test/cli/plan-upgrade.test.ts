/** `plan upgrade` on the command line, against the simulated API server. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { parseArguments } from '../../src/cli/arguments.ts';
import { UsageError } from '../../src/cli/pflag.ts';
import { plan } from '../../src/cli/plan.ts';
import { asksForUpgrade } from '../../src/cli/plan-upgrade-words.ts';
import { createKubeClient } from '../../src/kube/client.ts';
import { cliInstall } from '../../src/sim/cluster/scenario/guide-scenarios.ts';
import { startSimulation } from '../../src/sim/cluster/simulation.ts';
import { connectionTo } from '../support/connection.ts';

async function planned(t: TestContext, ...words: readonly string[]): Promise<{ code: number; out: string }> {
  const simulation = await startSimulation({ scenario: cliInstall(), tls: false });
  const client = createKubeClient(connectionTo(simulation.url), { userAgentVersion: 'test', env: {} });
  t.after(async () => {
    client.close();
    await simulation.stop();
  });
  let out = '';
  const output = {
    out: (text: string) => {
      out += text;
    },
    err: () => undefined,
  };
  const code = await plan(parseArguments(['plan', ...words]), client, { PATH: '' }, output);
  return { code, out };
}

test('the word upgrade alone, or --to, asks for the guide; a namespace of that name is -n upgrade', () => {
  const asks = (...words: readonly string[]): boolean => asksForUpgrade(parseArguments(['plan', ...words]));
  assert.ok(asks('upgrade'));
  assert.ok(asks('upgrade', '--to', '2.20'));
  assert.ok(asks('--to=2.20'));
  assert.ok(!asks('-n', 'upgrade'));
  assert.ok(!asks('upgrade', 'shop'));
  assert.ok(!asks('upgrade/deploy/web'));
});

test('the table tells what is there, and the way', async (t) => {
  const { code, out } = await planned(t, 'upgrade', '--to', '2.20');
  assert.equal(code, 0);
  assert.match(
    out,
    /^Control plane: {2}edge-25\.10\.7 \(2\.19\) in namespace linkerd, installed with the CLI$/m,
  );
  assert.match(out, /^CLI: +no linkerd on the PATH$/m);
  assert.match(out, /^STEP 2 of 2: edge-25\.10\.7 to edge-26\.6\.3 \(2\.20\)$/m);
});

test('the same as YAML', async (t) => {
  const { code, out } = await planned(t, 'upgrade', '-o', 'yaml');
  assert.equal(code, 0);
  assert.equal(parse(out).schema, 'kubectl-linkerd-upgrade/advice/v1');
});

test('where no way leads the command fails, after what is known was printed', async (t) => {
  const { code, out } = await planned(t, 'upgrade', '--to', 'stable-2.14.10', '-o', 'json');
  assert.equal(code, 1);
  const document = JSON.parse(out);
  assert.match(document.refusal, /no way back/);
  assert.equal(document.controlPlane.version, 'edge-25.10.7');
});

test('where nothing is left to do it succeeds', async (t) => {
  const { code } = await planned(t, 'upgrade', '--to', 'edge-25.10.7');
  assert.equal(code, 0);
});

test('what says nothing about an upgrade is refused', async (t) => {
  for (const [words, message] of [
    [['upgrade', '--to', '2.99'], /--to 2\.99: 2\.99 is not known/],
    [['upgrade', '-n', 'shop'], /plan -n upgrade/],
    [['upgrade', '--only', 'behind'], /--only is for plans of restarts/],
    [['upgrade', '--out', 'plan.json'], /--out is for plans of restarts/],
    [['upgrade', 'shop', '--to', '2.20'], /takes no other target/],
    [['shop', '--to', '2.20'], /--to is for plan upgrade/],
    [['upgrade', '-o', 'name'], /--output takes table, wide, json, yaml/],
  ] as const) {
    await assert.rejects(
      planned(t, ...words),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  }
});

/** The upgrade guide of the built program: the checklist ticks what happens in the cluster, `explain` says why. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Ajv } from 'ajv';
import type { ExplanationDocument } from '../../src/report/explanation-document.ts';
import { demoScenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { type Simulation, startSimulation } from '../../src/sim/cluster/simulation.ts';
import { runProgram, startedBy, temporaryFolder } from '../support/program.ts';
import { key, startInPty } from '../support/pty.ts';

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

const explain = (...args: readonly string[]) => runProgram(['explain', ...args, '--kubeconfig', kubeconfig]);

test('explain names what decides, as text and as JSON by its schema', async () => {
  const { code, stdout, stderr } = await explain('legacy-billing/deploy/billing');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^legacy-billing deployment\/billing\nIt is behind-one: /);
  assert.match(
    stdout,
    /^ {2}> annotation config\.linkerd\.io\/proxy-version on the namespace: edge-25\.4\.4$/m,
  );
  assert.match(stdout, /^ {2}A restart keeps to the pin: stays at edge-25\.4\.4/m);
  assert.match(stdout, /^ {4}https:\/\/linkerd\.io\/docs\/reference\/proxy-configuration\/$/m);
  assert.match(stdout, /^ {2}kubectl linkerd-upgrade unpin legacy-billing$/m);

  const schema: object = JSON.parse(
    readFileSync(new URL('../../docs/schema/explanation.v1.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv({ allErrors: true }).compile<ExplanationDocument>(schema);
  for (const subject of ['ledger', 'violation', 'edge-24.8.2', '2.14', 'playground']) {
    const { stdout: json } = await explain(subject, '-o', 'json');
    assert.ok(validate(JSON.parse(json)), `${subject}: ${JSON.stringify(validate.errors)}`);
  }
});

test('explain refuses in words what it cannot place', async () => {
  const ambiguous = await explain('api');
  assert.deepEqual([ambiguous.code, ambiguous.stdout], [1, '']);
  assert.match(ambiguous.stderr, /^error: "api" names several workloads: say catalog\/deployment\/api, /);
  assert.equal((await explain()).code, 2);
  assert.equal((await explain('a', 'b')).code, 2);
});

test('c shows the way of this cluster, and ticks the control plane as soon as it has been upgraded', async () => {
  using screen = startInPty(...startedBy(['--kubeconfig', kubeconfig]), {
    columns: 120,
    rows: 60,
    env: { XDG_STATE_HOME: folder.path },
  });
  await screen.until(/● live/);
  screen.type('c');
  await screen.until(/^Upgrade edge-25\.11\.3 → edge-/m);
  screen.type('t', ...'2.20', key.enter);
  await screen.until(/^Upgrade edge-25\.11\.3 → edge-26\.6\.3 /m);
  await screen.until(/Step \d of \d: edge-25\.11\.3 → edge-26\.6\.3/);
  assert.doesNotMatch(screen.text(), /✓ done +Upgrade the control plane to edge-26\.6\.3/);
  assert.match(screen.text(), /(later|next|blocked) +Upgrade the control plane to edge-26\.6\.3/);
  // The cursor on the control plane of the step that is still ahead.
  const wanted = /^› .*Upgrade the control plane to edge-26\.6\.3/m;
  for (let move = 0; move < 60 && !wanted.test(screen.text()); move += 1) {
    const shown = screen.text();
    screen.type('j');
    await screen.until((text) => text !== shown);
  }
  assert.match(screen.text(), wanted);

  simulation.cluster.upgradeControlPlane('edge-26.6.3');
  await screen.until(/^› ✓ done +Upgrade the control plane to edge-26\.6\.3/m, 60_000);
  screen.type(key.enter);
  await screen.until(/^State +✓ done$/m);
  screen.type(key.escape);
  await screen.until(/^› ✓ done +Upgrade the control plane/m);
  screen.type('q');
  assert.deepEqual(await screen.exited(), { code: 0, signal: 0 });
});

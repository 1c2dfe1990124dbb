/**
 * The simulated cluster as a process of its own, until it is told to end:
 * `node --import=tsx src/sim/cluster/main.ts --scenario load --pods 10000 --kubeconfig-out FILE`.
 * `--churn N` changes N pods a second; a line with another N on standard input changes that.
 */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createChurn } from './churn.ts';
import { guideScenarios } from './scenario/guide-scenarios.ts';
import {
  demoScenario,
  freshInstall,
  halfRolled,
  helmInstall,
  injectorDown,
  loadScenario,
  type Scenario,
} from './scenario/scenarios.ts';
import { startSimulation } from './simulation.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'demo' },
    pods: { type: 'string', default: '10000' },
    namespaces: { type: 'string' },
    seed: { type: 'string', default: '1' },
    speed: { type: 'string', default: '1' },
    port: { type: 'string', default: '0' },
    'no-tls': { type: 'boolean', default: false },
    'kubeconfig-out': { type: 'string' },
    churn: { type: 'string', default: '0' },
  },
});

const scenarios: Readonly<Record<string, () => Scenario>> = {
  demo: demoScenario,
  fresh: freshInstall,
  'half-rolled': halfRolled,
  'injector-down': injectorDown,
  'injector-down-fail': () => injectorDown('Fail'),
  helm: helmInstall,
  ...guideScenarios,
  load: () =>
    loadScenario({
      pods: number('pods', values.pods),
      ...(values.namespaces === undefined ? {} : { namespaces: number('namespaces', values.namespaces) }),
    }),
};

function number(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) {
    throw new Error(`--${flag} takes a number, not ${JSON.stringify(text)}`);
  }
  return value;
}

const build = scenarios[values.scenario];
if (build === undefined) {
  throw new Error(
    `there is no scenario ${JSON.stringify(values.scenario)}; choose one of ${Object.keys(scenarios).join(', ')}`,
  );
}
const simulation = await startSimulation({
  scenario: build(),
  seed: number('seed', values.seed),
  speed: number('speed', values.speed),
  port: number('port', values.port),
  tls: !values['no-tls'],
});
const churn = createChurn(simulation.cluster.cluster);
churn.setRate(number('churn', values.churn));
// Reading from a terminal would stop a process that a shell runs in the background.
if (!process.stdin.isTTY) {
  createInterface({ input: process.stdin }).on('line', (line) => churn.setRate(number('churn', line)));
  // Whether somebody still might write is no reason to go on living.
  if ('unref' in process.stdin) process.stdin.unref();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulation.stop());

const file = values['kubeconfig-out'];
if (file === undefined) process.stdout.write(simulation.kubeconfig);
else writeFileSync(file, simulation.kubeconfig, { mode: 0o600 });
process.stderr.write(`simulated cluster "${values.scenario}" at ${simulation.url}\n`);

// Writes docs/screens.md and the pictures in docs/images: the screens of the built program at 100×30, on the simulated
// cluster of --demo. Run it as `npm run screens`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { demoScenario } from '../src/sim/cluster/scenario/scenarios.ts';
import { startSimulation } from '../src/sim/cluster/simulation.ts';
import { key, startInPty } from '../test/support/pty.ts';
import { pictureOf } from './picture.ts';
import { FIRST_SCREEN, HALT, SIZE } from './screen-size.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'linkerd-upgrade-screens-'));
const simulation = await startSimulation({ scenario: demoScenario() });
// One workload whose next pods crash, so that there is a halt to be seen.
simulation.cluster.setWorkloadBehaviour('invoicing', 'pdf', { kind: 'crash-loop' });
const kubeconfig = join(folder, 'kubeconfig');
writeFileSync(kubeconfig, simulation.kubeconfig, { mode: 0o600 });
const program = startInPty(
  process.execPath,
  [`${root}dist/kubectl-linkerd_upgrade`, '--kubeconfig', kubeconfig, '--soak', '10s'],
  { ...SIZE, env: { XDG_STATE_HOME: folder } },
);

const sections = [];
mkdirSync(`${root}docs/images`, { recursive: true });

try {
  await program.until(/● live/);
  await take(
    'Namespaces',
    'Home: the control plane, the figures of the data plane, and every namespace, worst first. A RESTART says what a restart of all its workloads would do.',
    picture('screen.svg', FIRST_SCREEN),
  );
  await draw('screen.svg', FIRST_SCREEN);
  await open('ledger', /ledger › workloads/);
  await take('Workloads', 'Enter on a namespace. TARGET is what a restart would inject.');
  await press(key.enter, /› pods/);
  await take('Pods', 'Enter on a workload.');
  await home();
  await open('sandbox', /sandbox › workloads/);
  await press('x', /A restart takes it out of the mesh/);
  await take('Why', '`x` explains any row: here a restart would take the proxies away.');
  await home();
  await press('c', /Upgrade the control plane|Restart the meshed workloads/);
  await take(
    'The upgrade guide',
    '`c` shows the supported way to a newer version for this cluster, step by step, ticked from what the cluster shows; Enter opens a task or a notice, `t` chooses where to go.',
  );
  await press(key.escape, /Namespaces/);
  await choose('payments');
  await press('p', /^Plan: /m);
  await take(
    'A plan',
    '`p` plans what is marked, else the row: waves in order, from which version to which, why, what could go wrong, and what is left as it is.',
  );
  await press('r', /came back from the injector/);
  await take(
    'Before a restart',
    '`r`, here or on the table, asks the cluster what stands against it. The injector itself answers for each workload, by a pod of a dry run. Nothing is written before `yes`.',
  );
  await press(key.escape, /^Plan: /m);
  await press(key.escape, /Namespaces/);
  await home();
  await choose('invoicing');
  await press('r', /came back from the injector/);
  program.type(...'yes', key.enter);
  await program.until(/waits for pod/, 60_000);
  await take('A run', 'Wave by wave; each workload is waited for until its pods prove it.');
  await program.until(/Run +◔ soaking/, 60_000);
  await take('A soak', 'A wave that is over is watched for a while before the next one.');
  await program.until(/Next steps/, 120_000);
  await take(
    'A halt',
    'The new pods of `deploy/pdf` crash: the run stops by itself and says what still serves, what to type, and which keys help.',
    picture('halt.svg', HALT),
  );
  await draw('halt.svg', HALT);
  await press(key.enter, /What the restart does/);
  await take('A step', 'Enter on a step: what it is, how far it came, and its pods of this moment.');
} finally {
  program.kill('SIGKILL');
  await simulation.stop();
  rmSync(folder, { recursive: true, force: true });
}

const head = [
  '# Screens',
  '',
  'The live screen as text, written by `scripts/screens.mjs` from the built program on the cluster of `--demo`.',
  'Colours are left out; no meaning rests on them.',
].join('\n');
writeFileSync(`${root}docs/screens.md`, `${[head, ...sections].join('\n\n')}\n`);

/** The same screen with its colours, above its text. */
function picture(file, title) {
  return `\n\n![${title}](images/${file})`;
}

/** Draws the screen of this moment, which `take` has seen at rest. */
async function draw(file, title) {
  writeFileSync(`${root}docs/images/${file}`, await pictureOf(program.raw(), { ...SIZE, title }));
}

async function press(keys, wanted) {
  program.type(keys);
  await program.until(wanted, 60_000);
}

async function home() {
  while (!/^Namespaces/m.test(program.text())) {
    program.type(key.escape);
    await sleep(200);
  }
  if (
    /filter/.test(
      program
        .text()
        .split('\n')
        .find((row) => row.startsWith('Namespaces')) ?? '',
    )
  ) {
    program.type(key.escape);
    await program.until((text) => !/^Namespaces.*filter/m.test(text));
  }
}

async function choose(namespace) {
  program.type('/', ...`^${namespace}`, key.enter);
  await program.until(new RegExp(`^› {2}${namespace} `, 'm'));
}

async function open(namespace, wanted) {
  await choose(namespace);
  await press(key.enter, wanted);
}

/** Adds the screen once it has stood still for a moment; a frame is written in pieces. */
async function take(title, text, picture = '') {
  let before = '';
  for (let still = 0; still < 3; ) {
    await sleep(60);
    const now = program.text();
    still = now === before ? still + 1 : 0;
    before = now;
  }
  sections.push(`## ${title}\n\n${text}${picture}\n\n\`\`\`text\n${before.replace(/ +$/gm, '')}\n\`\`\``);
}

/** Completion by the built program, as real shells and the real kubectl ask for it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { demoScenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { type Simulation, startSimulation } from '../../src/sim/cluster/simulation.ts';
import { findKubectls } from '../support/kubectl.ts';
import { program, runProgram, runToEnd, temporaryFolder } from '../support/program.ts';
import { key, type PtyProgram, startInPty } from '../support/pty.ts';

const pluginScript = fileURLToPath(
  new URL('../../completions/kubectl_complete-linkerd_upgrade', import.meta.url),
);
const PLUGIN = 'kubectl-linkerd_upgrade';

const kubectls = findKubectls();
const [kubectl] = kubectls;

let simulation: Simulation;
let folder: ReturnType<typeof temporaryFolder>;
/** PATH has the program under its names, the script for kubectl, and a Node for a program that needs one. */
let env: Readonly<Record<string, string | undefined>>;

before(async () => {
  simulation = await startSimulation({ scenario: demoScenario() });
  folder = temporaryFolder();
  const bin = join(folder.path, 'bin');
  mkdirSync(bin);
  for (const name of [PLUGIN, 'kubectl-linkerd-upgrade', 'linkerd-dataplane'])
    symlinkSync(program, join(bin, name));
  copyFileSync(pluginScript, join(bin, 'kubectl_complete-linkerd_upgrade'));
  if (kubectl) symlinkSync(kubectl.path, join(bin, 'kubectl'));
  folder.file('plan.json', '{}');
  folder.file('plan-b.txt', '');
  mkdirSync(join(folder.path, 'plans'));
  env = {
    ...process.env,
    PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: folder.path,
    ZDOTDIR: folder.path,
    XDG_STATE_HOME: join(folder.path, 'state'),
    XDG_CONFIG_HOME: join(folder.path, 'config'),
    KUBECONFIG: folder.file('kubeconfig', renamed(simulation.kubeconfig, 'arn:aws:eks:eu:1:cluster/prod')),
    // The machine that runs the tests may be busy; what happens in 300 ms is not for this file to say.
    LINKERD_UPGRADE_COMPLETION_TIMEOUT: '60s',
  };
});

after(async () => {
  await simulation.stop();
  folder[Symbol.dispose]();
});

/** The kubeconfig with another name for its context, as EKS gives it: shells split words at colons. */
function renamed(kubeconfig: string, context: string): string {
  return kubeconfig
    .replace(/^current-context: .*$/m, `current-context: ${context}`)
    .replace(/(contexts:[\s\S]*?name: )simulation/, `$1${context}`);
}

async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runProgram(['__complete', ...words], env);
  assert.deepEqual([code, stderr], [0, '']);
  return stdout.trimEnd().split('\n');
}

test('commands, namespaces, workloads, contexts and versions are offered, and nothing is said besides', async () => {
  assert.deepEqual(await offered('sta'), ['status\tprint versions, skew, effects of restarts', ':36']);
  assert.deepEqual(await offered('restart', 'inv'), ['invoicing\tlinkerd.io/inject: enabled', ':38']);
  assert.deepEqual(await offered('restart', 'invoicing/deploy/p'), ['invoicing/deploy/pdf', ':4']);
  assert.deepEqual(await offered('status', '--context=arn'), [
    'arn:aws:eks:eu:1:cluster/prod\tcurrent, cluster simulation',
    ':4',
  ]);
  assert.deepEqual(await offered('pin', 'invoicing', '--proxy-version', 'edge-25.11.'), [
    'edge-25.11.3\t2.19',
    'edge-25.11.2\t2.19',
    'edge-25.11.1\t2.19',
    ':36',
  ]);
});

for (const [what, words] of [
  ['a server that is not there', ['restart', '--server=https://127.0.0.1:1', '']],
  ['a context that does not exist', ['restart', '--context=bogus', '']],
  ['a kubeconfig that does not exist', ['restart', '--kubeconfig=/nowhere', '']],
  ['a certificate that does not exist', ['restart', '--certificate-authority=/nowhere', '']],
  ['the demo, which starts too late', ['restart', '--demo', '']],
  ['a flag that does not exist', ['restart', '--bogus=1', '--worse', 'books/']],
  ['the value of a flag that does not exist', ['restart', '--bogus=']],
  ['no words at all', []],
] as const) {
  test(`without a word of complaint: ${what}`, async () => {
    const { code, stdout, stderr } = await runProgram(['__complete', ...words], {
      ...env,
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^(?:[a-z].*\n)*:\d+\n$/);
  });
}

test('a reader that has gone away is no error', async () => {
  const { status, stderr } = spawnSync('sh', ['-c', `${PLUGIN} __complete '' | true`], {
    env,
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [0, '']);
});

test('completion needs the name of a shell', async () => {
  for (const words of [[], ['tcsh'], ['bash', 'zsh']]) {
    const { code, stdout, stderr } = await runProgram(['completion', ...words], env);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /completion takes one of bash, zsh, fish, powershell, kubectl/);
  }
});

if (kubectls.length === 0) {
  test('kubectl completes the plugin', { skip: 'no kubectl on PATH' });
}
for (const { version, path } of kubectls) {
  describe(`kubectl ${version}`, () => {
    const asked = async (...words: readonly string[]) => {
      const { code, stdout } = await runToEnd(path, ['__complete', 'linkerd-upgrade', ...words], env);
      assert.equal(code, 0);
      return stdout.trimEnd().split('\n');
    };

    test('completes commands, flags and their values', async () => {
      assert.deepEqual(await asked('sta'), ['status\tprint versions, skew, effects of restarts', ':36']);
      assert.deepEqual(await asked('status', '--no-h'), [
        '--no-headers\tprint rows only: no headers and no summary',
        ':36',
      ]);
      assert.deepEqual(await asked('status', '-o', 'w'), ['wide', ':4']);
      assert.deepEqual(await asked('status', '--output=w'), ['wide', ':4']);
      assert.deepEqual(await asked('restart', '--kubeconfig', ''), [':0']);
    });

    test('completes namespaces and workloads of the cluster that the line names', async () => {
      assert.deepEqual(await asked('restart', 'inv'), ['invoicing\tlinkerd.io/inject: enabled', ':38']);
      assert.deepEqual(await asked('restart', '-n', 'invoicing', ''), [
        'deployment/mailer',
        'deployment/pdf',
        'deployment/scheduler',
        ':4',
      ]);
      assert.deepEqual(await asked('restart', '-s', 'https://127.0.0.1:1', 'inv'), [':38']);
    });
  });
}

/** A shell on a terminal, with the script for it and nothing else of anybody's. */
interface Shell {
  readonly name: string;
  readonly args: readonly string[];
  readonly setUp: string;
  /** For kubectl's own script; '' where that needs more than a shell. */
  readonly kubectlSetUp: string;
}

const shells: readonly Shell[] = [
  {
    name: 'bash',
    args: ['--norc', '--noprofile', '-i'],
    setUp: `PS1='> '; source <(${PLUGIN} completion bash)`,
    kubectlSetUp: '',
  },
  {
    name: 'zsh',
    args: ['-f', '-i'],
    setUp: `PS1='> '; autoload -Uz compinit; compinit -u -D; source <(${PLUGIN} completion zsh)`,
    kubectlSetUp: "PS1='> '; autoload -Uz compinit; compinit -u -D; source <(kubectl completion zsh)",
  },
  {
    name: 'fish',
    args: ['--no-config', '-i'],
    setUp: `function fish_prompt; echo '> '; end; ${PLUGIN} completion fish | source`,
    kubectlSetUp: "function fish_prompt; echo '> '; end; kubectl completion fish | source",
  },
];

/** What is typed, a tab among it, and what stands on the line then. The X shows whether a blank came behind the word. */
const typed: readonly (readonly [line: string, stands: RegExp])[] = [
  [`${PLUGIN} sta\tX`, /status X/],
  [`${PLUGIN} restart inv\tX`, /restart invoicing ?X/],
  [`${PLUGIN} restart invoicing/deploy/p\tX`, /restart invoicing\/deploy\/pdf X/],
  [`${PLUGIN} restart --dry-run=c\tX`, /restart --dry-run=client X/],
  [`${PLUGIN} status --context=arn:aws:e\tX`, /--context=arn:aws:eks:eu:1:cluster\/prod X/],
  [`${PLUGIN} status --context arn:aws:e\tX`, /--context arn:aws:eks:eu:1:cluster\/prod X/],
  [`${PLUGIN} restart --plan plan.\tX`, /--plan plan\.json X/],
  [`${PLUGIN} restart --plan=plan.\tX`, /--plan=plan\.json X/],
  [`kubectl-linkerd-upgrade status -n "inv\tX`, /-n "invoicing"? ?X/],
  [`linkerd-dataplane check --output=sh\tX`, /--output=short X/],
  [`linkerd-dataplane "$(touch evaluated)" --no-h\tX`, /X/],
];

for (const { name, args, setUp } of shells) {
  const missing = spawnSync(name, ['--version']).error !== undefined;
  test(`${name} completes the program called directly`, {
    skip: missing && `no ${name} on PATH`,
  }, async () => {
    for (const [line, stands] of typed) {
      using shell = startInPty(name, args, { columns: 100, env, cwd: folder.path });
      await ready(shell, setUp);
      shell.type(line);
      await shell.until(stands);
    }
    assert.ok(!existsSync(join(folder.path, 'evaluated')), 'a command of the line was run');
  });
}

/** Not bash: there kubectl's script needs the package bash-completion. */
const kubectlTyped: readonly (readonly [line: string, stands: RegExp])[] = [
  ['kubectl linkerd-upgrade sta\tX', /status X/],
  ['kubectl linkerd-upgrade restart inv\tX', /restart invoicing ?X/],
  ['kubectl linkerd-upgrade status --output=w\tX', /--output=wide X/],
];

for (const { name, args, kubectlSetUp } of shells) {
  if (kubectlSetUp === '') continue;
  const missing = kubectl === undefined || spawnSync(name, ['--version']).error !== undefined;
  test(`${name} completes the plugin by kubectl's own script`, {
    skip: missing && `no ${name} or no kubectl on PATH`,
  }, async () => {
    for (const [line, stands] of kubectlTyped) {
      using shell = startInPty(name, args, { columns: 100, env, cwd: folder.path });
      await ready(shell, kubectlSetUp);
      shell.type(line);
      await shell.until(stands);
    }
  });
}

/** A shell reads what was typed before its prompt in ways of its own; so this waits until the script is there. */
async function ready(shell: PtyProgram, setUp: string): Promise<void> {
  await shell.until(/[$%#>] ?$/m);
  shell.type(`${setUp}; clear; echo RE''ADY`, key.enter);
  await shell.until(/READY\n> /);
}

test('every script is one that its shell understands', async () => {
  for (const [name, args] of [
    ['sh', ['-n']],
    ['bash', ['-n']],
    ['zsh', ['-n']],
    ['fish', ['--no-execute']],
  ] as const) {
    if (spawnSync(name, ['-c', 'true']).error !== undefined) continue;
    const { stdout } = await runProgram(['completion', name === 'sh' ? 'kubectl' : name], env);
    const path = folder.file(`script.${name}`, stdout);
    const { status, stderr } = spawnSync(name, [...args, path], { encoding: 'utf8' });
    assert.deepEqual([name, status, stderr], [name, 0, '']);
  }
});

test('kubectl is given the script that archives bring', async () => {
  const { stdout } = await runProgram(['completion', 'kubectl'], env);
  assert.equal(stdout, readFileSync(pluginScript, 'utf8'));
  accessSync(pluginScript, constants.X_OK);
});

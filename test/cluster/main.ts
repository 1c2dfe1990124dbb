/**
 * `npm run test:cluster -- --yes`: this program against the API server of $KUBECONFIG. It asks first, works in namespaces
 * of its own, and takes them away whatever becomes of the tests.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RUN_LEASE } from '../../src/data/own.ts';
import type { ConnectionConfig } from '../../src/kube/config/connection.ts';
import { loadConnection } from '../../src/kube/config/load.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { isObject, type JsonObject } from '../../src/kube/json/value.ts';
import { linkerdOf } from './abilities.ts';
import { Api } from './api.ts';
import { clean } from './clean.ts';
import { meshedByOthers } from './others.ts';
import { environmentOf, namespaceName, newRunName, RUN_LABEL, type Settings } from './settings.ts';

const USAGE = `usage: KUBECONFIG=FILE npm run test:cluster -- [flags]

  --yes              begin without asking (or CLUSTER_TEST_CONFIRM=yes)
  --among-others     also on a cluster where other namespaces are meshed
  --inert-webhook    where there is no Linkerd: create a MutatingWebhookConfiguration of the
                     injector's name without any rule, so that restarts can be tested
  --old-proxy=VERSION  where there is Linkerd: the version that proxies start with
  --patience=SECONDS time for pods to start and namespaces to go (120)
  --clean            remove what earlier runs have left, and nothing else
`;

const SUITE = fileURLToPath(new URL('suite.ts', import.meta.url));
const exit = { fine: 0, failed: 1, usage: 2 } as const;
/** Others of which so many are named. */
const NAMED = 5;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<number> {
  const flags = parse();
  if (flags === undefined) {
    process.stderr.write(USAGE);
    return exit.usage;
  }
  if ((process.env.KUBECONFIG ?? '') === '') {
    say(
      'test:cluster: set KUBECONFIG to the cluster to test on; the one of your daily work is not taken by default',
    );
    return exit.usage;
  }
  const connection = loadConnection({}, process.env);
  if ('error' in connection) {
    say(`test:cluster: ${connection.error}`);
    return exit.usage;
  }
  if (flags.clean) return cleanAll(connection, flags);
  const run = newRunName();
  return withApi(connection, run, async (api) => {
    if (!(await mayBegin(api, connection, run, flags))) return exit.usage;
    return runTests(api, run, flags);
  });
}

/** Does the work on a cluster, and says what the cluster refuses. */
async function withApi(
  connection: ConnectionConfig,
  run: string,
  work: (api: Api) => Promise<number>,
): Promise<number> {
  const api = new Api(connection, run);
  try {
    return await work(api);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    say(`test:cluster: ${error.message}`);
    return exit.failed;
  } finally {
    api.close();
  }
}

interface Flags {
  readonly yes: boolean;
  readonly amongOthers: boolean;
  readonly inertWebhook: boolean;
  readonly oldProxy: string;
  readonly patienceSeconds: number;
  readonly clean: boolean;
}

function parse(): Flags | undefined {
  try {
    const { values } = parseArgs({
      options: {
        yes: { type: 'boolean', default: false },
        'among-others': { type: 'boolean', default: false },
        'inert-webhook': { type: 'boolean', default: false },
        'old-proxy': { type: 'string', default: '' },
        patience: { type: 'string', default: '120' },
        clean: { type: 'boolean', default: false },
      },
    });
    const patienceSeconds = Number(values.patience);
    if (!(patienceSeconds > 0)) return undefined;
    return {
      yes: values.yes || process.env.CLUSTER_TEST_CONFIRM === 'yes',
      amongOthers: values['among-others'],
      inertWebhook: values['inert-webhook'],
      oldProxy: values['old-proxy'],
      patienceSeconds,
      clean: values.clean,
    };
  } catch (error) {
    say(`test:cluster: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function cleanAll(connection: ConnectionConfig, { patienceSeconds }: Flags): Promise<number> {
  return withApi(connection, '', async (api) => {
    const { removed, lingering, kept } = await clean(api, '', patienceSeconds);
    say(removed.length === 0 ? 'nothing was left' : `removed: ${removed.join(', ')}`);
    tellKept(kept);
    if (lingering.length > 0) say(`marked, but nobody takes them away here: ${lingering.join(', ')}`);
    return exit.fine;
  });
}

/** Says where it would work and what it would do there, and whether that may be. */
async function mayBegin(
  api: Api,
  { server, context, user }: ConnectionConfig,
  run: string,
  flags: Flags,
): Promise<boolean> {
  const { gitVersion } = await api.client.version();
  const linkerd = await linkerdOf(api);
  const lines = [
    `server      ${server} (Kubernetes ${gitVersion}), context ${context}, user ${user}`,
    `namespaces  ${namespaceName(run, 'shop')}, -trial, -control-plane: made, and deleted at the end`,
    `label       ${RUN_LABEL}=${run}`,
  ];
  if (linkerd.state === 'present') {
    lines.push(
      `Linkerd     ${linkerd.version} in namespace ${linkerd.namespace}; while a run goes on it holds the Lease ${RUN_LEASE} there`,
    );
  } else if (flags.inertWebhook) {
    lines.push('webhook     a MutatingWebhookConfiguration without rules, deleted at the end');
  }
  say(lines.map((line) => `  ${line}`).join('\n'));
  const others = await meshedByOthers(api);
  if (!flags.amongOthers && (others === undefined || others.length > 0)) {
    const who =
      others === undefined
        ? 'whether others are meshed on this cluster may not be read'
        : `others are meshed here: ${others.slice(0, NAMED).join(', ')}${others.length > NAMED ? ` and ${others.length - NAMED} more` : ''}`;
    say(`test:cluster: ${who}. If this is the right cluster all the same, add --among-others`);
    return false;
  }
  if (flags.yes) return true;
  if (!process.stdin.isTTY) {
    say('test:cluster: without a terminal it begins only with --yes');
    return false;
  }
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await questions.question('Type yes to begin: ');
  questions.close();
  return answer.trim() === 'yes';
}

async function runTests(api: Api, run: string, flags: Flags): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'linkerd-upgrade-cluster-test-'));
  const { patienceSeconds, inertWebhook, oldProxy } = flags;
  const settings: Settings = {
    run,
    patienceSeconds,
    inertWebhook,
    oldProxy,
    notes: join(folder, 'notes'),
  };
  let notes: readonly JsonObject[] = [];
  try {
    const code = await tests(settings);
    notes = readNotes(settings.notes);
    tellSkips(notes);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    const hasControllers = notes.every(({ controllers }) => controllers !== false);
    const { removed, lingering, kept } = await clean(api, run, hasControllers ? patienceSeconds : 0);
    say(`removed: ${removed.join(', ')}`);
    tellKept(kept);
    if (lingering.length > 0) {
      say(
        `empty and marked for deletion, but nobody takes them away on this server: ${lingering.join(', ')}`,
      );
    }
  }
}

/** Runs the tests to their end, whatever signals come: what they made is cleaned up by this process. */
async function tests(settings: Settings): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--import=tsx', '--test-reporter=spec', SUITE],
    // The channel tells the tests when this process is gone: then they end, too.
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, ...environmentOf(settings) } },
  );
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (signal: NodeJS.Signals): void => {
    say(`test:cluster: ${signal}: stopping the tests, then cleaning up`);
    child.kill(signal === 'SIGINT' ? 'SIGTERM' : signal);
  };
  for (const signal of signals) process.on(signal, stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(signal === null ? (code ?? exit.failed) : 128 + constants.signals[signal]);
    });
  });
}

function tellKept(kept: readonly string[]): void {
  for (const name of kept) {
    say(
      `not removed: mutatingwebhookconfiguration ${name}, which has rules by now and is somebody else's; ` +
        `take the label off: kubectl label mutatingwebhookconfiguration ${name} ${RUN_LABEL}-`,
    );
  }
}

/** What was not tested is as loud as what failed. */
function tellSkips(notes: readonly JsonObject[]): void {
  const skipped = notes.filter(({ why }) => why !== undefined);
  if (skipped.length === 0) return;
  say(`NOT TESTED on this server (${skipped.length}):`);
  for (const { test, why } of skipped) say(`  ${test}: ${why}`);
}

function readNotes(file: string): readonly JsonObject[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
    .filter(isObject);
}

process.exitCode = await main();

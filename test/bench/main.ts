/**
 * Measures reading a large mesh: this program beside curl (the limit: the same bytes, thrown away) and kubectl, all
 * against the simulated API server in a process of its own. Prints figures; asserts nothing.
 * Arguments: --pods N (10000), --runs N (3), --pace N: serve at N megabytes a second, as a real API server does.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { layOut } from '../../src/report/columns.ts';
import { findKubectls } from '../support/kubectl.ts';
import { type Measurement, measure, measureOften } from './measure.ts';

const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '3' },
    pace: { type: 'string' },
  },
});
const runs = Number(values.runs);
const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/kubectl-linkerd_upgrade');
const binary = join(root, 'dist/stage/linux-amd64/kubectl-linkerd_upgrade');
const folder = mkdtempSync(join(tmpdir(), 'linkerd-upgrade-bench-'));
const kubeconfig = join(folder, 'kubeconfig');

let pacer: ChildProcessByStdio<null, Readable, null> | undefined;
const server = spawn(
  process.execPath,
  [
    '--import=tsx',
    join(root, 'src/sim/cluster/main.ts'),
    '--scenario',
    'load',
    '--pods',
    values.pods,
    '--kubeconfig-out',
    kubeconfig,
  ],
  { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
);
try {
  // The server says where it is once it has written the kubeconfig.
  await once(server.stderr, 'data');
  if (values.pace !== undefined) {
    await servePaced(values.pace);
  }
  await compareReading();
} finally {
  pacer?.kill('SIGTERM');
  server.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

/** Puts the pacer before the server, and its address into the kubeconfig. */
async function servePaced(megabytes: string): Promise<void> {
  const config = readFileSync(kubeconfig, 'utf8');
  const port = /https:\/\/127\.0\.0\.1:(\d+)/.exec(config)?.[1] ?? '';
  pacer = spawn(process.execPath, ['--import=tsx', join(root, 'test/bench/pace.ts'), port, megabytes], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed]: unknown[] = await once(pacer.stdout, 'data');
  writeFileSync(kubeconfig, config.replace(`127.0.0.1:${port}`, `127.0.0.1:${String(printed).trim()}`));
}

async function compareReading(): Promise<void> {
  const kubectl = findKubectls()[0];
  const rows: { readonly what: string; readonly result: Measurement }[] = [];
  const add = async (
    what: string,
    times: number,
    file: string,
    args: readonly string[],
  ): Promise<Measurement> => {
    const result = await measureOften(times, file, args);
    rows.push({ what, result });
    return result;
  };
  await measure(process.execPath, [program, 'status', '-o', 'json', '--kubeconfig', kubeconfig]);
  const limit = await add('curl, pods in protobuf (the limit)', runs, 'curl', curlArguments());
  const bare = await add('start-up alone: version', runs, process.execPath, [program, 'version']);
  const ours = await add('this program: status -o json', runs, process.execPath, [
    program,
    'status',
    '-o',
    'json',
    '--kubeconfig',
    kubeconfig,
  ]);
  if (existsSync(binary)) {
    const flags = ['status', '-o', 'json', '--kubeconfig', kubeconfig];
    await add('the same, self-contained binary', runs, binary, flags);
  }
  if (kubectl) {
    const get = ['--kubeconfig', kubeconfig, '--cache-dir', join(folder, 'cache'), 'get', 'pods', '-A'];
    const column =
      'custom-columns=NS:.metadata.namespace,NAME:.metadata.name,IMAGE:.spec.containers[?(@.name=="linkerd-proxy")].image';
    await add(`kubectl ${kubectl.version} get pods -A -o custom-columns`, 1, kubectl.path, [
      ...get,
      '-o',
      column,
    ]);
    await add(`kubectl ${kubectl.version} get pods -A`, runs, kubectl.path, get);
  }
  console.log(`\n${values.pods} meshed pods, median of ${runs}; memory is the peak of the client\n`);
  const cells = rows.map(({ what, result }) => [
    what,
    `${result.seconds.toFixed(2)} s`,
    `${result.megabytes.toFixed(0)} MB`,
    `${(result.seconds / ours.seconds).toFixed(2)} times ours`,
  ]);
  for (const line of layOut(['CLIENT', 'WALL', 'PEAK', 'RATIO'], cells)) {
    console.log(line);
  }
  const aim = limit.seconds * 1.3 + bare.seconds;
  console.log(
    `\n1.3 times the limit plus start-up is ${aim.toFixed(2)} s; status took ${ours.seconds.toFixed(2)} s (${(
      (ours.seconds - bare.seconds) / limit.seconds
    ).toFixed(2)} times the limit after start-up)`,
  );
}

function curlArguments(): readonly string[] {
  const config: unknown = parse(readFileSync(kubeconfig, 'utf8'));
  const text = (...path: readonly (string | number)[]): string => {
    let value: unknown = config;
    for (const step of path) {
      value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
    }
    return typeof value === 'string' ? value : '';
  };
  const authority = join(folder, 'ca.crt');
  writeFileSync(
    authority,
    Buffer.from(text('clusters', 0, 'cluster', 'certificate-authority-data'), 'base64'),
  );
  return [
    '--silent',
    '--fail',
    '--http1.1',
    '--cacert',
    authority,
    '-H',
    `Authorization: Bearer ${text('users', 0, 'user', 'token')}`,
    '-H',
    'Accept: application/vnd.kubernetes.protobuf',
    '-o',
    '/dev/null',
    `${text('clusters', 0, 'cluster', 'server')}/api/v1/pods?resourceVersion=0`,
  ];
}

/**
 * Measures the live screen of the built program in a pseudo-terminal, against the simulated API server in a process of
 * its own: how soon it shows something, how soon it answers a key while loading and when live, and what it costs while
 * nothing or much happens. Prints figures; asserts nothing.
 * Arguments: --pods N[,N…] (10000,50000), --namespaces N (one for each hundred pods).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { layOut } from '../../src/report/columns.ts';
import { key, type PtyProgram, startInPty } from '../support/pty.ts';

const { values } = parseArgs({
  options: { pods: { type: 'string', default: '10000,50000' }, namespaces: { type: 'string' } },
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/kubectl-linkerd_upgrade');
const folder = mkdtempSync(join(tmpdir(), 'linkerd-upgrade-bench-'));
const LIVE = /● live/;
const OBSERVED_MILLISECONDS = 5_000;
const LOADING_TIMEOUT = 300_000;
let started = 0;

/** Runs in the program: on SIGUSR2 writes what has been since the last one to a file of its own, and begins anew. */
const probe = `
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { renameSync, writeFileSync } from 'node:fs';
const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();
let cpu = process.cpuUsage(), from = performance.now(), turn = 0;
process.on('SIGUSR2', () => {
  const now = performance.now(), used = process.cpuUsage(cpu);
  const file = process.env.PROBE_FILE + '.' + turn++;
  writeFileSync(file + '.new', JSON.stringify({
    block: delay.max / 1e6, busy: (used.user + used.system) / 1000 / (now - from),
  }));
  renameSync(file + '.new', file);
  delay.reset(); cpu = process.cpuUsage(); from = performance.now();
});`;

interface Reading {
  /** Longest turn of the event loop, in milliseconds. */
  readonly block: number;
  /** Share of one core. */
  readonly busy: number;
}

async function measureScreen(pods: number): Promise<void> {
  const kubeconfig = join(folder, `kubeconfig-${pods}`);
  const server = startServer(pods, kubeconfig);
  try {
    // The server says where it is once it has written the kubeconfig.
    if (server.stderr) await once(server.stderr, 'data');
    const rows = await measureOn(kubeconfig, server);
    console.log(`\nThe live screen, ${pods} meshed pods, 120×40\n`);
    for (const line of layOut(['WHAT', 'FIGURE'], rows)) console.log(line);
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
}

function startServer(pods: number, kubeconfig: string): ChildProcess {
  const args = ['--scenario', 'load', '--pods', String(pods), '--kubeconfig-out', kubeconfig];
  if (values.namespaces !== undefined) args.push('--namespaces', values.namespaces);
  // The server keeps every object and its encoding; at 150,000 pods that is more than Node's default allows.
  const node = ['--max-old-space-size=14000', '--import=tsx'];
  return spawn(process.execPath, [...node, join(root, 'src/sim/cluster/main.ts'), ...args], {
    cwd: root,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

async function measureOn(kubeconfig: string, server: ChildProcess): Promise<(readonly [string, string])[]> {
  // The server encodes each object once; as a real one, it has done so long before anybody asks.
  await load(kubeconfig).then((warm) => warm.end());
  const rows: (readonly [string, string])[] = [];
  const loading = await load(kubeconfig, true);
  rows.push(
    ['first frame', ms(loading.firstFrame)],
    ['first rows', ms(loading.firstRows)],
    ['live', ms(loading.live)],
    ['longest block while loading', ms(loading.reading.block)],
    ['slowest key while loading', `${ms(Math.max(...loading.keys))} of ${loading.keys.length}`],
    ['peak memory when live', `${loading.memory().toFixed(0)} MB`],
  );
  const { screen, take } = loading;
  for (const [what, press, back] of [
    ['key j', 'j', undefined],
    ['key PageDown', key.pageDown, undefined],
    ['key s (sort)', 's', undefined],
    ['key S (reverse)', 'S', undefined],
    ['keys / and a letter', '/7', key.escape],
  ] as const) {
    screen.type('g');
    const times: number[] = [];
    for (let run = 0; run < 7; run++) {
      await sleep(50);
      // A page further there may be the end of the table.
      if (press === key.pageDown && run % 2 === 0) screen.type('g');
      await sleep(50);
      times.push(await latency(screen, press));
      if (back !== undefined) await latency(screen, back);
    }
    rows.push([what, `${ms(median(times))}, at most ${ms(Math.max(...times))}`]);
  }
  for (const rate of [0, 50, 500]) {
    server.stdin?.write(`${rate}\n`);
    await sleep(1_000);
    await take();
    await sleep(OBSERVED_MILLISECONDS);
    const { busy, block } = await take();
    const what = rate === 0 ? 'idle' : `${rate} pod events a second`;
    rows.push([what, `${(busy * 100).toFixed(1)} % of a core, longest block ${ms(block)}`]);
    if (rate === 500) rows.push(['key j meanwhile', ms(await latency(screen, 'j'))]);
  }
  server.stdin?.write('0\n');
  rows.push(['peak memory at the end', `${loading.memory().toFixed(0)} MB`]);
  await loading.end();
  return rows;
}

interface Loaded {
  readonly screen: PtyProgram;
  readonly firstFrame: number;
  readonly firstRows: number;
  readonly live: number;
  readonly keys: readonly number[];
  readonly reading: Reading;
  /** What the probe has seen since it was asked last. */
  readonly take: () => Promise<Reading>;
  /** Peak resident memory in MB (10^6 bytes), as /proc reports it. */
  readonly memory: () => number;
  readonly end: () => Promise<void>;
}

/** Opens the screen and waits until it is live; with `press`, presses keys all the while. */
async function load(kubeconfig: string, press = false): Promise<Loaded> {
  const file = join(folder, `probe-${started++}`);
  const began = performance.now();
  const screen = startInPty(process.execPath, [program, '--kubeconfig', kubeconfig], {
    columns: 120,
    rows: 40,
    env: {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(probe)}`,
      PROBE_FILE: file,
    },
  });
  let turn = 0;
  const take = async (): Promise<Reading> => {
    const answer = `${file}.${turn++}`;
    process.kill(screen.pid, 'SIGUSR2');
    while (!existsSync(answer)) await sleep(1);
    const { block, busy }: Record<string, unknown> = JSON.parse(readFileSync(answer, 'utf8'));
    return { block: Number(block), busy: Number(busy) };
  };
  const since = () => performance.now() - began;
  const live = screen.until(LIVE, LOADING_TIMEOUT).then(since);
  await screen.until(/NAMESPACE/);
  const firstFrame = since();
  const rowsShown = screen.until(/team-\d/, LOADING_TIMEOUT).then(since);
  const reset = take();
  const keys: number[] = [];
  const firstRows = await rowsShown;
  await reset;
  while (press && !LIVE.test(screen.text())) {
    keys.push(await latency(screen, 'S'));
    await sleep(20);
  }
  const liveAt = await live;
  return {
    screen,
    firstFrame,
    firstRows,
    live: liveAt,
    keys,
    reading: await take(),
    take,
    memory: () => peakMemory(screen.pid),
    end: async () => {
      screen.type('q');
      await screen.exited();
    },
  };
}

/** What shows that a key has been answered; figures in header and rows change by themselves. */
const answers: Readonly<Record<string, (text: string) => string>> = {
  j: (text) => String(text.split('\n').findIndex((line) => line.startsWith('›'))),
  s: (text) => /by [a-z ]+$/m.exec(text)?.[0] ?? '',
  S: (text) => String(/, reversed$/m.test(text)),
  '/7': (text) => String(/^\/7/m.test(text)),
  [key.escape]: (text) => String(/^\//m.test(text)),
  [key.pageDown]: (text) => /^› .*/m.exec(text)?.[0] ?? '',
};

/** Milliseconds from keys to their answer on the screen. */
async function latency(screen: PtyProgram, keys: string): Promise<number> {
  const answer = answers[keys];
  if (!answer) throw new Error(`nothing tells when ${JSON.stringify(keys)} is answered`);
  const before = answer(screen.text());
  const began = performance.now();
  screen.type(...(keys === '/7' ? ['/', '7'] : [keys]));
  await screen.until((text) => answer(text) !== before);
  return performance.now() - began;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function ms(milliseconds: number): string {
  return milliseconds < 9.95 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
}

function peakMemory(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kilobytes ?? 0) * 1024) / 1e6;
}

try {
  for (const pods of values.pods.split(',')) await measureScreen(Number(pods));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Measures starts: process start to the end of a short command, and to the first byte, the first whole frame and the
 * first rows of the live screen in a pseudo-terminal, for the script on Node and for the self-contained binary, in turn
 * round after round. The cluster is the simulated API server in a process of its own. Prints medians and the least;
 * asserts nothing. `npm run bench:start -- --rounds N (11) --binary FILE (what npm run package makes) --only TEXT`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as pty from '@lydell/node-pty';
import { layOut } from '../../src/report/columns.ts';
import { findKubectls } from '../support/kubectl.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    binary: { type: 'string', default: join(root, 'dist/stage/linux-amd64/kubectl-linkerd_upgrade') },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'linkerd-upgrade-bench-'));
const kubeconfig = join(folder, 'kubeconfig');
const env = { ...process.env, XDG_STATE_HOME: folder, NODE_OPTIONS: '', BUN_OPTIONS: '' };

/** What is measured: gives milliseconds from the start of the process, by what was reached. */
interface Subject {
  readonly form: string;
  readonly what: string;
  readonly measure: () => Promise<readonly (readonly [reached: string, milliseconds: number])[]>;
}

const script = join(root, 'dist/kubectl-linkerd_upgrade');
const forms: readonly { readonly form: string; readonly program: string; readonly by: readonly string[] }[] =
  [
    { form: `Node ${process.versions.node}`, program: script, by: [process.execPath] },
    ...(existsSync(values.binary) ? [{ form: 'binary', program: values.binary, by: [] }] : []),
  ];

/** Ends a frame that the terminal shows at once. */
const END_OF_FRAME = '\x1b[?2026l';

const server = spawn(
  process.execPath,
  ['--import=tsx', join(root, 'src/sim/cluster/main.ts'), '--kubeconfig-out', kubeconfig],
  { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
);
try {
  // The server says where it is once it has written the kubeconfig.
  await once(server.stderr, 'data');
  await compare([...forms.flatMap(subjectsOf), ...forComparison()]);
} finally {
  server.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

function subjectsOf({ form, program, by }: (typeof forms)[number], index: number): readonly Subject[] {
  const extension = join(folder, String(index), 'linkerd-dataplane');
  linkTo(program, extension);
  const command = (what: string, path: string, ...args: readonly string[]): Subject => ({
    form,
    what,
    measure: () => toItsEnd([...by, path, ...args]),
  });
  const screen = (what: string, ...args: readonly string[]): Subject => ({
    form,
    what,
    measure: () => toItsRows([...by, program, ...args]),
  });
  return [
    command('version', program, 'version'),
    command('_extension-metadata', extension, '_extension-metadata'),
    command('--help', program, '--help'),
    command('__complete of a command', program, '__complete', 'sta'),
    command('status', program, 'status', '--kubeconfig', kubeconfig),
    command('status --demo', program, 'status', '--demo'),
    screen('live screen', '--kubeconfig', kubeconfig),
    screen('live screen --demo', '--demo'),
  ];
}

/** What other programs take on this computer. */
function forComparison(): readonly Subject[] {
  const one = (form: string, what: string, words: readonly string[]): Subject => ({
    form,
    what,
    measure: () => toItsEnd(words),
  });
  const extension = join(folder, 'shell', 'linkerd-dataplane');
  linkTo(script, extension);
  return [
    one(`Node ${process.versions.node}`, 'an empty program', [process.execPath, '--eval', '']),
    one('the script by /bin/sh', '_extension-metadata', [extension, '_extension-metadata']),
    ...findKubectls()
      .slice(0, 1)
      .map(({ path, version }) =>
        one(`kubectl ${version}`, 'version --client', [path, 'version', '--client']),
      ),
  ];
}

function linkTo(program: string, link: string): void {
  mkdirSync(join(link, '..'));
  symlinkSync(program, link);
}

/** Runs all in turn, so that a busy moment of the computer does not fall on one alone, and prints a table. */
async function compare(all: readonly Subject[]): Promise<void> {
  const subjects = all.filter(({ what }) => what.includes(values.only));
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const { form, what, measure } of subjects) {
      for (const [reached, milliseconds] of await measure()) {
        const key = JSON.stringify([what, reached, form]);
        times.set(key, [...(times.get(key) ?? []), milliseconds]);
      }
    }
  }
  const rows = [...times].map(([key, found]) => {
    const sorted = found.toSorted((a, b) => a - b);
    const cells: readonly string[] = JSON.parse(key);
    return [...cells, milliseconds(sorted[Math.floor(sorted.length / 2)]), milliseconds(sorted[0])];
  });
  for (const line of layOut(['WHAT', 'UNTIL', 'BY', 'MEDIAN', 'LEAST'], rows)) {
    console.log(line);
  }
}

function milliseconds(value = Number.NaN): string {
  return `${value.toFixed(0)} ms`;
}

async function toItsEnd([file = '', ...args]: readonly string[]): ReturnType<Subject['measure']> {
  const began = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  child.stdout.resume();
  const [code]: unknown[] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${String(code)}`);
  return [['end', performance.now() - began]];
}

/** Starts the live screen and watches its output, without an emulator between. */
async function toItsRows([file = '', ...args]: readonly string[]): ReturnType<Subject['measure']> {
  const began = performance.now();
  const reached: (readonly [string, number])[] = [];
  const child = pty.spawn(file, [...args], { cols: 120, rows: 40, name: 'xterm-256color', env });
  const exited = new Promise<void>((resolve) => void child.onExit(() => resolve()));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let output = '';
  child.onData((data) => {
    output += data;
    reach('first byte', () => true);
    reach('first frame', () => output.includes(END_OF_FRAME));
    const row = output.indexOf('storefront');
    reach('first rows', () => row >= 0 && output.lastIndexOf(END_OF_FRAME) > row);
    if (reached.length === 3) resolve();
  });
  exited.then(() => reject(new Error(`${file} ${args.join(' ')} ended early:\n${output}`)));
  await promise;
  child.kill('SIGKILL');
  await exited;
  return reached;

  function reach(what: string, isReached: () => boolean): void {
    if (reached.every(([known]) => known !== what) && isReached()) {
      reached.push([what, performance.now() - began]);
    }
  }
}

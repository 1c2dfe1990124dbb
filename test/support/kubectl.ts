import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** One kubectl binary of a known version. */
export interface Kubectl {
  /** `1.33`. */
  readonly version: string;
  readonly path: string;
}

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A kubectl bound to one kubeconfig and a discovery cache of its own. */
export interface KubectlSession {
  readonly version: string;
  /** Runs to the end; never rejects because of the exit code. */
  run(...args: readonly string[]): Promise<KubectlResult>;
  /** Starts it, and resolves with what it has printed once `until` holds; then it is stopped. */
  follow(args: readonly string[], until: (stdout: string) => boolean): Promise<string>;
  close(): void;
}

const TIMEOUT_MS = 60_000;
const VERSIONED = /^kubectl\.(\d+\.\d+)$/;

/**
 * The newest and the oldest versioned kubectl (`kubectl.1.33`) beside the real place of the `kubectl` on PATH; where
 * there are none, that `kubectl` itself, unless it is a dispatcher that starts another version; none without one.
 */
export function findKubectls(): readonly Kubectl[] {
  const plain = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'kubectl'))
    .find((path) => existsSync(path));
  if (plain === undefined) return [];
  const folder = dirname(realpathSync(plain));
  const found = readdirSync(folder).flatMap((file) => {
    const version = VERSIONED.exec(file)?.[1];
    return version === undefined ? [] : [{ version, path: join(folder, file) }];
  });
  const sorted = found.sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
  const [oldest] = sorted;
  const newest = sorted.at(-1);
  if (oldest === undefined || newest === undefined) return plainKubectl(plain);
  return oldest === newest ? [newest] : [newest, oldest];
}

function plainKubectl(path: string): readonly Kubectl[] {
  const printed = spawnSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8' }).stdout ?? '';
  const version = /"gitVersion": "v(\d+\.\d+)\.[^"]*"/.exec(printed)?.[1];
  return version === undefined || printed.includes('-dispatcher') ? [] : [{ version, path }];
}

/** A session on a kubeconfig's text; `close` removes its files. */
export function openKubectl({ version, path }: Kubectl, kubeconfig: string): KubectlSession {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const config = join(home, 'config');
  writeFileSync(config, kubeconfig, { mode: 0o600 });
  const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: config, TZ: 'UTC' };
  const cache = `--cache-dir=${join(home, 'cache')}`;

  return {
    version,
    run: (...args) =>
      new Promise((resolve) => {
        execFile(
          path,
          [cache, ...args],
          { env, timeout: TIMEOUT_MS, maxBuffer: 256 * 1024 * 1024 },
          (error, stdout, stderr) => {
            const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
            resolve({ code, stdout, stderr });
          },
        );
      }),
    follow: (args, until) =>
      new Promise((resolve, reject) => {
        const child = spawn(path, [cache, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
        let printed = '';
        let complaints = '';
        const timer = setTimeout(() => child.kill(), TIMEOUT_MS);
        child.stdout.on('data', (chunk: Buffer) => {
          printed += chunk.toString();
          if (until(printed)) child.kill();
        });
        child.stderr.on('data', (chunk: Buffer) => {
          complaints += chunk.toString();
        });
        child.on('close', () => {
          clearTimeout(timer);
          if (until(printed)) resolve(printed);
          else reject(new Error(`kubectl ${args.join(' ')} printed only: ${printed}${complaints}`));
        });
      }),
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

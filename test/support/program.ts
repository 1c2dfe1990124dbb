import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const underTest = process.env.PROGRAM_UNDER_TEST ?? '';

/** Whether PROGRAM_UNDER_TEST names a self-contained binary, which is run in place of what `npm run build` makes. */
export const isBinary = underTest !== '';

/** The built program, as users run it. */
export const program = isBinary
  ? resolve(underTest)
  : fileURLToPath(new URL('../../dist/kubectl-linkerd_upgrade', import.meta.url));

/**
 * The file and arguments that start the built program: a binary by itself, else the Node that runs the tests with it.
 * @param path of the program, where it is to be called by a link
 */
export function startedBy(
  args: readonly string[],
  path: string = program,
): readonly [file: string, args: readonly string[]] {
  return isBinary ? [path, args] : [process.execPath, [path, ...args]];
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, without a terminal. */
export function runToEnd(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
  options: Pick<SpawnOptions, 'cwd' | 'uid' | 'gid'> = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], env });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs the built program to its end, without a terminal. */
export function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Finished> {
  return runToEnd(...startedBy(args), env);
}

/** Environment in which the program's runtime loads a module of the test's own before anything else. */
export function preloading(path: string): Readonly<Record<string, string>> {
  return isBinary
    ? { BUN_OPTIONS: `--preload ${path}` }
    : { NODE_OPTIONS: `--import=${pathToFileURL(path).href}` };
}

/** A temporary folder that is removed when the test's scope ends. */
export function temporaryFolder(): {
  readonly path: string;
  file(name: string, text: string): string;
} & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'linkerd-upgrade-test-'));
  return {
    path,
    file(name, text) {
      const full = join(path, name);
      writeFileSync(full, text);
      return full;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

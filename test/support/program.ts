import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program, as users run it. `npm run build` makes it. */
export const program = fileURLToPath(new URL('../../dist/kubectl-linkerd_upgrade', import.meta.url));

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
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
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

/** Runs the built program under the Node that runs the tests. */
export function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Finished> {
  return runToEnd(process.execPath, [program, ...args], env);
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

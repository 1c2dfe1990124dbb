import { spawn } from 'node:child_process';
import { type Finished, startedBy } from '../support/program.ts';

/** The built program while it runs, without a terminal. */
export interface Running extends Disposable {
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves once its output has what is wanted; fails with the output when the program ends before. */
  until(wanted: RegExp): Promise<void>;
  signal(name: NodeJS.Signals): void;
  ended(): Promise<Finished>;
}

/** Starts the built program. */
export function startProgram(args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(...startedBy(args), { stdio: ['ignore', 'pipe', 'pipe'], env });
  const watchers = new Set<() => void>();
  let stdout = '';
  let stderr = '';
  let finished: Finished | undefined;
  const { promise, resolve } = Promise.withResolvers<Finished>();
  const wake = (): void => {
    for (const look of watchers) look();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    wake();
  });
  child.on('close', (code) => {
    finished = { code, stdout, stderr };
    resolve(finished);
    wake();
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    until: (wanted) =>
      new Promise((done, fail) => {
        const look = (): void => {
          if (wanted.test(stdout) || wanted.test(stderr)) {
            watchers.delete(look);
            done();
          } else if (finished) {
            watchers.delete(look);
            fail(new Error(`${wanted} did not appear:\n${stdout}\n${stderr}`));
          }
        };
        watchers.add(look);
        look();
      }),
    signal: (name) => void child.kill(name),
    ended: () => promise,
    [Symbol.dispose]() {
      if (!finished) child.kill('SIGKILL');
    },
  };
}

/** Runs a credential plugin once: client-go `plugin/pkg/client/auth/exec/exec.go`, without a shell. */

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { clean, cleanLines } from '../clean.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { ConnectionConfig } from '../config/connection.ts';
import type { ExecEntry } from '../config/kubeconfig.ts';
import type { Environment } from '../config/load.ts';
import { type PluginPolicy, refusePlugin } from '../config/plugin-policy.ts';
import { KubeError } from '../errors.ts';
import { redact } from '../redact.ts';
import { type ExecCredential, execInfo, parseExecCredential } from './exec-credential.ts';
import { lookUpCommand } from './look-up.ts';

/**
 * Asks whoever owns the terminal for it, before a plugin starts that may read from it. Resolves with the
 * way to give it back, or undefined when the plugin has to do without.
 */
export type TakeTerminal = (request: {
  readonly command: string;
  /** The plugin says that it cannot work without a terminal. */
  readonly required: boolean;
}) => Promise<(() => void | Promise<void>) | undefined>;

export interface ExecPluginOptions {
  readonly exec: ExecEntry;
  readonly connection: ConnectionConfig;
  readonly env: Environment;
  readonly policy: PluginPolicy;
  /** CA of the cluster as PEM, '' when there is none. */
  readonly authority: string;
  /** Without it no plugin is interactive, nor has a terminal that it could open by itself. */
  readonly takeTerminal?: TakeTerminal | undefined;
  /** Gets what the plugin prints for people, cleaned and without credentials. */
  readonly onOutput?: ((text: string) => void) | undefined;
  readonly clock?: Clock;
  /** For a plugin that does not own the terminal. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
/** A person may have to log in with a browser. */
const INTERACTIVE_TIMEOUT_MS = 10 * 60_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** How much of stderr an error message repeats. */
const MAX_ERROR_CHARACTERS = 1_000;

/** Runs the plugin. Throws a {@link KubeError} of kind `credentials` that says what to do about it. */
export async function runExecPlugin(options: ExecPluginOptions): Promise<ExecCredential> {
  const { exec, env, policy, takeTerminal } = options;
  const lookUp = (command: string) => lookUpCommand(command, env);
  const refused = refusePlugin(policy, exec.command, lookUp);
  if (refused !== undefined) throw failure(refused);
  const command = lookUp(exec.command);
  if (command === '') throw notFound(exec);
  const mode = exec.interactiveMode === '' ? 'IfAvailable' : exec.interactiveMode;
  const required = mode === 'Always';
  const giveBack = mode === 'Never' ? undefined : await takeTerminal?.({ command: exec.command, required });
  if (required && giveBack === undefined) {
    throw failure(
      `exec plugin ${clean(exec.command)} cannot support interactive mode: standard input is not a terminal. Log in first in a terminal, then try again.`,
    );
  }
  try {
    const output = await run(command, options, giveBack !== undefined);
    try {
      return parseExecCredential(output, exec.apiVersion);
    } catch (error) {
      throw failure(
        `exec plugin ${clean(exec.command)}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  } finally {
    await giveBack?.();
  }
}

function run(command: string, options: ExecPluginOptions, interactive: boolean): Promise<string> {
  const { exec, connection, env, authority, takeTerminal, onOutput, clock = systemClock } = options;
  const timeoutMs = interactive ? INTERACTIVE_TIMEOUT_MS : (options.timeoutMs ?? TIMEOUT_MS);
  const environment: Record<string, string | undefined> = { ...env };
  for (const { name, value } of exec.env) environment[name] = value;
  environment.KUBERNETES_EXEC_INFO = execInfo(exec, connection, authority, interactive);
  const isApart = takeTerminal === undefined && process.platform !== 'win32';
  return new Promise((resolve, reject) => {
    const child = spawn(command, exec.args, {
      env: environment,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // A session of its own (setsid), which has no /dev/tty and is ended as a whole.
      detached: isApart,
    });
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let problem: KubeError | undefined;
    // Whoever waits is answered at once: a grandchild may hold the pipes open long after the plugin is gone.
    const giveUp = (error: KubeError) => {
      problem = error;
      kill(child, isApart);
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const cancelTimeout = clock.after(timeoutMs, () =>
      giveUp(
        failure(
          `exec plugin ${clean(exec.command)} did not answer within ${timeoutMs / 1000} s${said(stderr)}. Run it by hand to see what it waits for.`,
        ),
      ),
    );
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      stdout.push(chunk);
      if (size > MAX_OUTPUT_BYTES)
        giveUp(failure(`exec plugin ${clean(exec.command)} printed more than 1 MiB`));
    });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (chunk: string) => {
      const text = redact(cleanLines(chunk));
      stderr = (stderr + text).slice(-MAX_ERROR_CHARACTERS);
      onOutput?.(text);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      cancelTimeout();
      reject(
        error.code === 'ENOENT'
          ? notFound(exec)
          : failure(`exec plugin ${clean(exec.command)} could not start: ${clean(error.message)}`),
      );
    });
    child.on('close', (code, signal) => {
      cancelTimeout();
      if (problem !== undefined) reject(problem);
      else if (code === 0) resolve(Buffer.concat(stdout).toString('utf8'));
      else reject(failed(exec, code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stderr));
    });
  });
}

/** Ends a plugin; one in a session of its own with all that it has started. */
function kill(child: ChildProcess, isApart: boolean): void {
  if (!isApart || child.pid === undefined) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of it is left.
  }
}

function failed(exec: ExecEntry, code: number, stderr: string): KubeError {
  return failure(`exec: executable ${clean(exec.command)} failed with exit code ${code}${said(stderr)}`);
}

function said(stderr: string): string {
  const text = stderr.trim();
  return text === '' ? '' : `: ${text}`;
}

function notFound(exec: ExecEntry): KubeError {
  const hint = cleanLines(exec.installHint).trim();
  return failure(
    `exec: executable ${clean(exec.command)} not found. It is needed to get credentials for this cluster.${hint === '' ? ' Install it, or put it on PATH.' : `\n${hint}`}`,
  );
}

function failure(message: string): KubeError {
  return new KubeError('credentials', message);
}

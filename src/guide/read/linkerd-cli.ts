import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { clean } from '../../kube/clean.ts';
import type { Part } from '../../kube/part.ts';
import { parseVersion } from '../../mesh/version.ts';

/** A version needs no cluster and no network, so whatever takes longer hangs. */
const BOUND_MILLISECONDS = 2_000;
/** A version is short; whoever says more says something else. */
const MAX_OUTPUT = 200;
const ARGUMENTS = ['version', '--client', '--short'];

export interface FindLinkerdOptions {
  readonly boundMs?: number;
}

/**
 * The version of the first `linkerd` on PATH, such as `edge-25.10.7`, by `linkerd version --client --short`. A program of
 * that name that fails, hangs or says anything else than a version is unreadable. Never throws, never asks a cluster.
 */
export async function findLinkerd(
  env: NodeJS.ProcessEnv,
  { boundMs = BOUND_MILLISECONDS }: FindLinkerdOptions = {},
): Promise<Part<string>> {
  const program = await onPath('linkerd', env);
  if (program === undefined) return { state: 'absent' };
  return ask(program, env, boundMs);
}

/** The first executable file of this name in the directories of PATH. */
async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const windows = process.platform === 'win32';
  // Windows spells the variable as it likes.
  const path = Object.entries(env).find(([key]) => (windows ? key.toUpperCase() : key) === 'PATH')?.[1] ?? '';
  const file = windows ? `${name}.exe` : name;
  // An empty entry means the current directory, in which nobody expects a program to be looked for.
  for (const directory of path.split(delimiter).filter((entry) => entry !== '')) {
    const candidate = join(directory, file);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function ask(program: string, env: NodeJS.ProcessEnv, boundMs: number): Promise<Part<string>> {
  const called = `${clean(program)} ${ARGUMENTS.join(' ')}`;
  const unreadable = (why: string): Part<string> => ({ state: 'unreadable', why: `${called} ${why}` });
  return new Promise((resolve) => {
    const child = spawn(program, ARGUMENTS, {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
      detached: HAS_GROUPS,
    });
    let output = '';
    const settle = (part: Part<string>): void => {
      clearTimeout(bound);
      resolve(part);
    };
    const giveUp = (why: string): void => {
      end(child);
      settle(unreadable(why));
    };
    const bound = setTimeout(() => giveUp(`gave no answer within ${boundMs / 1000} s`), boundMs);
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      output += chunk;
      if (output.length > MAX_OUTPUT) giveUp('says more than a version');
    });
    child.on('error', (error) => settle(unreadable(`could not be run: ${clean(error.message)}`)));
    child.on('close', (code, signal) => {
      if (code !== 0) settle(unreadable(`ended with ${code === null ? signal : `exit code ${code}`}`));
      else
        settle(
          versionIn(output) ??
            unreadable(`says ${JSON.stringify(clean(output.trim()))}, which is no version`),
        );
    });
  });
}

/** A program and what it starts are a group there, which can be ended as one: a shim of a version manager hangs with its child. */
const HAS_GROUPS = process.platform !== 'win32';

function end(child: ChildProcess): void {
  child.stdout?.destroy();
  child.unref();
  try {
    if (HAS_GROUPS && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** A build of one's own counts too: `dev-undefined`, `git-cb21f1bc`. */
function versionIn(output: string): Part<string> | undefined {
  const text = output.trim();
  const isPlain = /^[A-Za-z0-9][\w.+-]*$/.test(text);
  return isPlain && parseVersion(text).kind !== 'unparsed' ? { state: 'known', value: text } : undefined;
}

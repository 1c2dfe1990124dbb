/** A shell in which the built program goes by the names that the documents use. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { demoScenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { startSimulation } from '../../src/sim/cluster/simulation.ts';
import { findKubectls } from '../support/kubectl.ts';
import { program, temporaryFolder } from '../support/program.ts';

export interface Answer {
  readonly code: number;
  /** Both streams, as a terminal shows them. */
  readonly lines: readonly string[];
}

/** No output of ours has it. */
const MARK = '\u001e';
const TIMEOUT_MS = 120_000;

/**
 * Types commands into one shell that stands in an empty folder, with the demo's cluster as its current context.
 * @returns one answer a command
 */
export async function typed(commands: readonly string[]): Promise<readonly Answer[]> {
  using folder = temporaryFolder();
  const simulation = await startSimulation({ scenario: demoScenario(), speed: 10 });
  try {
    const bin = join(folder.path, 'bin');
    const work = join(folder.path, 'work');
    for (const path of [bin, work]) mkdirSync(path);
    putOnPath(bin);
    const script = ['exec 2>&1', ...commands.map((command) => `${command}\n${told}`)].join('\n');
    const printed = await shell(folder.file('session.sh', script), work, {
      PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      HOME: folder.path,
      KUBECONFIG: folder.file('kubeconfig', simulation.kubeconfig),
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      USER: 'docs',
    });
    return answersIn(printed.replaceAll(folder.path, ''));
  } finally {
    await simulation.stop();
  }
}

/** Prints the exit code behind a mark, and leaves it as it was for `echo $?`. */
const told = `_code=$?; printf '${MARK}%d${MARK}' "$_code"; (exit "$_code")`;

function answersIn(printed: string): readonly Answer[] {
  const parts = printed.split(MARK);
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, index) => ({
    code: Number(parts[index * 2 + 1]),
    lines: (parts[index * 2] ?? '').split('\n'),
  }));
}

function putOnPath(bin: string): void {
  for (const name of ['kubectl-linkerd_upgrade', 'linkerd-dataplane']) symlinkSync(program, join(bin, name));
  const [kubectl] = findKubectls();
  const other =
    kubectl === undefined ? 'echo "no kubectl here" >&2; exit 127' : `exec '${kubectl.path}' "$@"`;
  executable(
    'kubectl',
    `[ "$1" = linkerd-upgrade ] && shift && exec kubectl-linkerd_upgrade "$@"\n${other}\n`,
  );
  executable('linkerd', '[ "$1" = dataplane ] && shift && exec linkerd-dataplane "$@"\nexit 127\n');

  function executable(name: string, code: string): void {
    const path = join(bin, name);
    writeFileSync(path, `#!/bin/sh\n${code}`);
    chmodSync(path, 0o755);
  }
}

function shell(script: string, cwd: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', [script], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: TIMEOUT_MS,
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.on('error', reject);
    child.on('close', () => resolve(printed));
  });
}

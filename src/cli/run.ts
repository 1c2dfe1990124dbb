import { basename } from 'node:path';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import { list } from '../mesh/words.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import { clientFor, connect, type Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { asksForCheckDocument, extensionArguments } from './extension-arguments.ts';
import { extensionName } from './extension-name.ts';
import { allFlags } from './flags.ts';
import { UsageError } from './pflag.ts';
import { programVersion } from './version.ts';

type Command = (
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
) => Promise<number>;

/** Commands that talk to a cluster; each is loaded when it is called. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['status', async () => (await import('./status.ts')).status],
  ['plan', async () => (await import('./plan.ts')).plan],
  ['check', async () => (await import('./check.ts')).check],
  ['verify', async () => (await import('./verify.ts')).verify],
  ['restart', async () => (await import('./restart.ts')).restart],
  ['pin', async () => (await import('./pin.ts')).pin],
  ['unpin', async () => (await import('./unpin.ts')).unpin],
  ['explain', async () => (await import('./explain.ts')).explain],
]);

type LocalCommand = (args: Arguments, env: NodeJS.ProcessEnv, output: Output) => number | Promise<number>;

/** Commands that need no cluster: they read what runs have left on this computer. */
const localCommands: ReadonlyMap<string, () => Promise<LocalCommand>> = new Map([
  ['runs', async () => (await import('./runs.ts')).runs],
  ['report', async () => (await import('./report.ts')).report],
]);

/** Commands that take operands. */
const takesOperands: ReadonlySet<string> = new Set([
  'plan',
  'restart',
  'verify',
  'pin',
  'unpin',
  'report',
  'explain',
]);

/**
 * Runs one command line.
 * @param argv the words after the program's name
 * @returns the exit code
 */
export async function run(argv: readonly string[]): Promise<number> {
  const output = outputTo(process);
  const path = process.argv[1] ?? '';
  const program = programName(path);
  const isExtension = extensionName(path) !== '';
  const words = isExtension ? extensionArguments(argv) : argv;
  try {
    return await dispatch(parseArguments(words), program, output);
  } catch (error) {
    if (isExtension && asksForCheckDocument(words)) {
      const { failedCheck } = await import('./extension-failure.ts');
      output.out(failedCheck(error));
      return exitCode.failed;
    }
    if (error instanceof UsageError) {
      output.err(`error: ${error.message}\nSee '${program} --help' for usage.\n`);
      return exitCode.usage;
    }
    if (error instanceof CommandError || error instanceof KubeError) {
      output.err(`error: ${error.message}\n`);
      return exitCode.failed;
    }
    throw error;
  }
}

async function dispatch(args: Arguments, program: string, output: Output): Promise<number> {
  const { command, operands } = args;
  if (args.on('help') || command === 'help') {
    const { helpText } = await import('./help.ts');
    output.out(`${helpText(program)}\n`);
    return exitCode.fine;
  }
  if (args.on('version') || command === 'version') {
    output.out(`kubectl-linkerd-upgrade ${programVersion}\n`);
    return exitCode.fine;
  }
  if (command !== '' && !commands.has(command) && !localCommands.has(command)) {
    throw new UsageError(`unknown command "${command}"`);
  }
  checkFlags(args);
  const [operand] = operands;
  if (operand !== undefined && !takesOperands.has(command)) {
    const hint = localCommands.has(command) ? '' : '; name a namespace with -n';
    throw new UsageError(`unexpected argument "${operand}"${hint}`);
  }
  if (command === '' && process.stdin.isTTY && process.stdout.isTTY) {
    return withClient(args, output, (await import('./screen.ts')).screen);
  }
  const local = await localCommands.get(command)?.();
  if (local) {
    return local(args, process.env, output);
  }
  const load = commands.get(command || 'status');
  if (!load) {
    throw new UsageError(`unknown command "${command}"`);
  }
  return withClient(args, output, await load());
}

/** @throws UsageError for a flag of another command: it would be passed over in silence */
function checkFlags({ command, given }: Arguments): void {
  for (const { name, commands: owners } of allFlags) {
    if (owners && given.includes(name) && !owners.includes(command)) {
      const where = list(owners.map((owner) => owner || 'the live screen'));
      throw new UsageError(`--${name} is a flag of ${where}, not of ${command || 'the live screen'}`);
    }
  }
}

/** Runs a command with a client for the cluster, or for the demo's, and closes both behind it. */
async function withClient(args: Arguments, output: Output, command: Command): Promise<number> {
  const { env } = process;
  if (!args.on('demo')) {
    return closing(connect(args, env, output));
  }
  const { startDemo } = await import('./demo.ts');
  const demo = await startDemo(args.text('namespace'));
  try {
    return await closing(clientFor(demo.connection, args, env, output));
  } finally {
    await demo.stop();
  }

  async function closing(client: KubeClient): Promise<number> {
    try {
      return await command(args, client, env, output);
    } finally {
      client.close();
    }
  }
}

/** How the program was called: `kubectl linkerd-upgrade` as a plugin of kubectl, `linkerd dataplane` as linkerd's. */
function programName(path: string): string {
  const name = basename(path);
  if (extensionName(path) !== '') return name.replace('-', ' ');
  return name.startsWith('kubectl-') ? 'kubectl linkerd-upgrade' : name;
}

/** Writes to the standard streams; a reader that has gone away, such as `head`, is no error. */
function outputTo({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): Output {
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') {
        throw error;
      }
    });
  }
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
  };
}

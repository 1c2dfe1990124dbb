import { basename } from 'node:path';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import { list } from '../mesh/words.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import { calledAs } from './called-as.ts';
import { CommandError } from './command-error.ts';
import type { Output } from './connect.ts';
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

/** Commands that need no cluster. */
const localCommands: ReadonlyMap<string, () => Promise<LocalCommand>> = new Map([
  ['runs', async () => (await import('./runs.ts')).runs],
  ['report', async () => (await import('./report.ts')).report],
  ['rbac', async () => (await import('./rbac.ts')).rbac],
  ['completion', async () => (await import('./completion/completion.ts')).completion],
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
  'rbac',
  'completion',
]);

/**
 * Runs one command line.
 * @param argv the words after the program's name
 * @returns the exit code
 */
export async function run(argv: readonly string[]): Promise<number> {
  if (argv[0] === '__complete') {
    return (await import('./completion/complete.ts')).complete(argv.slice(1));
  }
  const output = outputTo(process);
  const path = calledAs();
  const program = programName(path, process.env);
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
      const meant = error.near === undefined ? '' : `Did you mean "${error.near}"?\n`;
      output.err(`error: ${error.message}\n${meant}See '${helpCommand(program, words)}' for usage.\n`);
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
    const { helpFor } = await import('./help.ts');
    const isAsked = command === 'help' && (operands.length > 0 || !args.on('help'));
    output.out(`${helpFor(program, isAsked ? operands : [command, ...operands])}\n`);
    return exitCode.fine;
  }
  if (args.on('version') || command === 'version') {
    output.out(`kubectl-linkerd-upgrade ${programVersion}\n`);
    return exitCode.fine;
  }
  if (command !== '' && !commands.has(command) && !localCommands.has(command)) {
    const { unknownCommand } = await import('./help.ts');
    throw unknownCommand(command);
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
  // Only now: TLS and HTTP are the larger part of a start, and neither help nor completion of a flag needs them.
  const { clientFor, connect } = await import('./connect.ts');
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

/** What to type for help about a command line that cannot be read: that of its command, where it begins with one. */
function helpCommand(program: string, [command = '']: readonly string[]): string {
  const isCommand = commands.has(command) || localCommands.has(command);
  return `${program} ${isCommand ? `${command} ` : ''}--help`;
}

/**
 * How the program was called, so that what it says can be pasted: `kubectl linkerd-upgrade` as a plugin of kubectl,
 * `linkerd dataplane` as linkerd's, `npx kubectl-linkerd-upgrade` where npm started it without installing it.
 */
function programName(path: string, env: NodeJS.ProcessEnv): string {
  const name = basename(path).replace(/\.exe$/i, '');
  if (extensionName(path) !== '') return name.replace('-', ' ');
  if (name === 'kubectl-linkerd-upgrade' && env.npm_lifecycle_event === 'npx') return `npx ${name}`;
  return name.startsWith('kubectl-') ? 'kubectl linkerd-upgrade' : name;
}

function outputTo({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): Output {
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
  };
}

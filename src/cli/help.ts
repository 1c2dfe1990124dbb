import { layOut } from '../report/columns.ts';
import { hang, PAGE_WIDTH, wrap } from '../report/wrap.ts';
import {
  allCommands,
  type CommandHelp,
  commandNamed,
  type ExitCode,
  exitMeaning,
  targetWords,
} from './command-help.ts';
import { exitCode } from './exit-codes.ts';
import { allGroups, commonGroups, type FlagGroup, groupsOf, spelling } from './flag-groups.ts';
import { nearest } from './nearest.ts';
import { UsageError } from './pflag.ts';

/** Commands that need no example in the overview. */
const isPlain: ReadonlySet<string> = new Set(['runs', 'unpin', 'version', 'help']);

/** Where the pages are that help names; they are not installed with the program. */
export const PAGES = 'https://github.com/linkerd-upgrade/kubectl-linkerd-upgrade/blob/main/';

/** What `help` also explains: every flag, those of the connection among them. */
const FLAGS = 'flags';

/**
 * The text of `help WORDS` and of `WORDS --help`, for a program that was started as `program`.
 * @throws UsageError for words that name no command
 */
export function helpFor(program: string, words: readonly string[]): string {
  const [first = ''] = words;
  if (first === '') return helpText(program);
  if (first === FLAGS) return flagsText(program);
  const command = commandNamed(words);
  if (command === undefined) throw unknownCommand(first);
  return commandText(program, command);
}

/** The error for a word that is no command, with the command that was probably meant. */
export function unknownCommand(word: string): UsageError {
  const near = nearest(word, [...new Set(allCommands.map(({ name }) => name.split(' ')[0] ?? ''))]);
  return new UsageError(`unknown command "${word}"`, near);
}

/** The text of `--help` alone: what there is, and where to read on. */
export function helpText(program: string): string {
  return [
    'Shows which Linkerd proxies lag behind their control plane, says what a restart',
    'of each workload would do, and restarts namespaces safely.',
    '',
    'It restarts your workloads; it is not `linkerd upgrade`, which renders manifests',
    'for the control plane.',
    '',
    'Usage:',
    ...usageOf(program, allCommands),
    '',
    ...targetWords.flatMap((words) => wrap(words, PAGE_WIDTH)),
    ...wrap(
      'A SUBJECT is that too, a version (edge-24.8.2, 2.19) or a class (violation). A namespace named upgrade is `plan -n upgrade`.',
      PAGE_WIDTH,
    ),
    '',
    'Examples:',
    ...indent(
      allCommands
        .filter(({ name }) => !isPlain.has(name))
        .flatMap(({ examples: [first] }) => (first === undefined ? [] : [`${program} ${first.line}`.trim()])),
    ),
    '',
    ...commonGroups.flatMap(section),
    'Exit codes:',
    ...exits(Object.values(exitCode).map((code) => [code, exitMeaning[code]])),
    '',
    'Read on:',
    ...indent(
      layOut(undefined, [
        [`${program} COMMAND --help`, 'flags, examples and exit codes of a command'],
        [`${program} help ${FLAGS}`, "every flag, the connection's too"],
      ]),
    ),
    `  ${PAGES}README.md`,
  ].join('\n');
}

/** The text of `COMMAND --help`. */
function commandText(program: string, command: CommandHelp): string {
  const { about, more = [], next, isLocal } = command;
  return [
    ...wrap(about, PAGE_WIDTH),
    '',
    'Usage:',
    ...usageOf(program, [command]),
    '',
    ...more.flatMap((words) => [...wrap(words, PAGE_WIDTH), '']),
    'Examples:',
    ...examples(program, command.examples),
    '',
    ...groupsOf(command).flatMap(section),
    ...(isLocal ? [] : [`Flags of the connection are kubectl's own: ${program} help ${FLAGS}`, '']),
    'Exit codes:',
    ...exits(exitsOf(command)),
    '',
    `Read on (pages are at ${PAGES}):`,
    ...indent(next.map((where) => (isPage(where) ? where : `${program} ${where}`))),
  ].join('\n');
}

/** The text of `help flags`. */
function flagsText(program: string): string {
  return [
    ...wrap(
      `Every flag; ${program} COMMAND --help lists those of one command. A flag may stand anywhere after the name of the plugin, as --flag value, --flag=value, -f value or -fvalue.`,
      PAGE_WIDTH,
    ),
    '',
    ...allGroups.flatMap(section).slice(0, -1),
  ].join('\n');
}

/** The exit codes of a command with what they mean there, in order. */
export function exitsOf({ exits = {} }: CommandHelp): readonly (readonly [ExitCode, string])[] {
  const always: readonly ExitCode[] = [exitCode.fine, exitCode.usage];
  return Object.values(exitCode)
    .filter((code) => always.includes(code) || exits[code] !== undefined)
    .map((code) => [code, exits[code] ?? exitMeaning[code]]);
}

/** Whether a place to read on is a page of the repository; else it is a command of this program. */
export function isPage(where: string): boolean {
  return /\.(md|json)$/.test(where);
}

function usageOf(program: string, all: readonly CommandHelp[]): readonly string[] {
  const usages = all.flatMap(({ usage }) => usage);
  return indent(hang(usages.map(({ line, help }) => [`${program} ${line}`.trim(), help])));
}

function examples(program: string, all: CommandHelp['examples']): readonly string[] {
  const rows = all.map(({ line, what }) => [`${program} ${line}`.trim(), `# ${what}`]);
  const widest = Math.max(...rows.map(([line = '']) => line.length));
  const longest = Math.max(...rows.map(([, what = '']) => what.length));
  // Side by side where the page is wide enough, else the words above the line.
  return widest + longest + 5 <= PAGE_WIDTH
    ? indent(layOut(undefined, rows))
    : indent(rows.flatMap(([line = '', what = '']) => [what, line]));
}

function exits(codes: readonly (readonly [number, string])[]): readonly string[] {
  return indent(hang(codes.map(([code, meaning]) => [String(code), meaning])));
}

function section({ title, flags }: FlagGroup): readonly string[] {
  const rows = flags.map((flag) => [
    `${(flag.short ? `-${flag.short},` : '').padEnd(3)} ${spelling(flag)}`,
    flag.help,
  ]);
  return [`${title}:`, ...indent(hang(rows)), ''];
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

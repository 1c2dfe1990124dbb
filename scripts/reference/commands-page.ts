import { allCommands, type CommandHelp, exitMeaning } from '../../src/cli/command-help.ts';
import { allGroups, type FlagGroup, groupsOf, spelling } from '../../src/cli/flag-groups.ts';
import { exitsOf, isPage } from '../../src/cli/help.ts';
import { files, variables } from './surroundings.ts';

const PROGRAM = 'kubectl linkerd-upgrade';

/** The text of docs/commands.md: `--help` of every command on one page. */
export function commandsPage(): string {
  return `${[
    '# Commands and flags',
    'Written by `npm run man` from `src/cli/flags.ts` and `src/cli/command-help.ts`, which `--help` reads, too; a test keeps this page and the man page in step.',
    'A TARGET is NAMESPACE, NAMESPACE/KIND/NAME, or KIND/NAME with `-n`; KIND is as kubectl takes it (`deploy`, `sts`, `ds`). A SUBJECT is that too, a version (`edge-24.8.2`, `2.19`) or a class (`violation`).',
    allCommands.map((command) => `[${titleOf(command)}](#${anchorOf(command)})`).join(' · '),
    ...allCommands.flatMap(section),
    '## Flags of the connection',
    "kubectl's own, with its meanings; they stand after the name of the plugin.",
    ...allGroups.filter(({ title }) => title.startsWith('Connection')).map(table),
    '## Environment',
    [
      '| variable | what it does |',
      '|---|---|',
      ...variables.map(({ names, what }) => row([names.map(code).join(', '), what])),
    ].join('\n'),
    '## Files',
    ['| file | what it is |', '|---|---|', ...files.map(({ path, what }) => row([code(path), what]))].join(
      '\n',
    ),
    '## Exit codes',
    [
      '| code | meaning |',
      '|---|---|',
      ...Object.entries(exitMeaning).map(([exit, meaning]) => row([exit, meaning])),
    ].join('\n'),
    'More about each, and which command ends with it: [exit-codes.md](exit-codes.md).',
  ].join('\n\n')}\n`;
}

function section(command: CommandHelp): readonly string[] {
  const { usage, about, more = [], examples, next } = command;
  const exits = exitsOf(command).filter(([exit, meaning]) => meaning !== exitMeaning[exit]);
  return [
    `## ${titleOf(command)}`,
    about,
    fence(usage.map(({ line }) => `${PROGRAM} ${line}`.trim())),
    ...more,
    fence(examples.flatMap(({ line, what }) => [`# ${what}`, `${PROGRAM} ${line}`.trim()])),
    ...groupsOf(command).map(table),
    ...(exits.length === 0
      ? []
      : [
          [
            '| exit code | here |',
            '|---|---|',
            ...exits.map(([exit, meaning]) => row([String(exit), meaning])),
          ].join('\n'),
        ]),
    `Read on: ${next.map(link).join(', ')}.`,
  ];
}

function table({ title, flags }: FlagGroup): string {
  const rows = flags.map((flag) =>
    row([flag.short === undefined ? '' : code(`-${flag.short}`), code(spelling(flag)), flag.help]),
  );
  return [`**${title}**`, '', '| short | flag | what it does |', '|---|---|---|', ...rows].join('\n');
}

function titleOf({ name }: CommandHelp): string {
  return name === '' ? 'The live screen' : name;
}

function anchorOf(command: CommandHelp): string {
  return titleOf(command).toLowerCase().replaceAll(' ', '-');
}

function link(where: string): string {
  if (!isPage(where)) return code(where);
  return where.startsWith('docs/') ? `[${where.slice(5)}](${where.slice(5)})` : `[${where}](../${where})`;
}

function fence(lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

import { allCommands, type CommandHelp, exitMeaning } from '../../src/cli/command-help.ts';
import { allGroups, type FlagGroup, groupsOf } from '../../src/cli/flag-groups.ts';
import type { Flag } from '../../src/cli/flags.ts';
import { exitsOf, isPage, PAGES } from '../../src/cli/help.ts';
import { type Action, actions, type Group } from '../../src/tui/keys/actions.ts';
import { keyLabel } from '../../src/tui/keys/key.ts';
import { bold, italic, item, paragraph, prose, roff, section, subsection, typed, unbroken } from './roff.ts';
import { files, variables } from './surroundings.ts';

/** The date of a version in the text of CHANGELOG.md, '' where it is not released. */
export function releaseDate(changelog: string, version: string): string {
  const [, date = ''] =
    new RegExp(`^## \\[?${version.replaceAll('.', '\\.')}\\]? - (\\d{4}-\\d\\d-\\d\\d)`, 'm').exec(
      changelog,
    ) ?? [];
  return date;
}

const PROGRAM = 'kubectl linkerd-upgrade';
const FILE = 'kubectl-linkerd_upgrade';

/** Groups of keys in the order of the page; those of text fields are the usual ones. */
const keyGroups: readonly Group[] = ['Moving', 'Table', 'Restart', 'Run', 'Checklist', 'General'];

/** Flags that are told once for all commands. */
const shared: ReadonlySet<string> = new Set(['What to look at', 'Other flags']);

/**
 * The man page kubectl-linkerd_upgrade(1), from the tables of flags, commands and keys that the program itself reads.
 * @param date of the release, '' before it; never that of the day, so that the same sources make the same bytes
 */
export function manPage(version: string, date: string): string {
  return `${[
    '.\\" Written by `npm run man` from src/cli/flags.ts and src/cli/command-help.ts.',
    `.TH ${roff(FILE.toUpperCase())} 1 "${date}" "${roff(`${FILE} ${version}`)}" "User Commands"`,
    unbroken,
    section('NAME'),
    `${roff(FILE)} \\- roll the Linkerd data plane forward, safely`,
    section('SYNOPSIS'),
    allCommands.flatMap(({ usage }) => usage.map(({ line }) => synopsis(line))).join('\n.br\n'),
    section('DESCRIPTION'),
    prose(
      'Shows which Linkerd proxies lag behind their control plane, says what a restart of each workload would do, and restarts namespaces safely.',
    ),
    paragraph(
      'It is a plugin of kubectl: kubectl finds the file kubectl-linkerd_upgrade on PATH. Under the name linkerd-dataplane it is an extension of the Linkerd CLI, linkerd dataplane. It restarts workloads; it is not linkerd upgrade, which renders manifests for the control plane.',
    ),
    paragraph(
      'A TARGET is NAMESPACE, NAMESPACE/KIND/NAME, or KIND/NAME with -n. KIND is as kubectl takes it. A SUBJECT is that too, a version (edge-24.8.2, 2.19) or a class (violation).',
    ),
    section('COMMANDS'),
    ...allCommands.flatMap(command),
    section('OPTIONS'),
    prose(
      'A flag may stand anywhere after the name of the plugin, as --flag value, --flag=value, -f value or -fvalue; the last one of a kind counts.',
    ),
    ...allGroups
      .filter(({ title }) => shared.has(title) || title === 'Output' || title.startsWith('Connection'))
      .flatMap(options),
    section('KEYS'),
    prose('On the live screen. Text fields have the usual keys; the whole list is in docs/keys.md.'),
    ...keyGroups.flatMap(keys),
    section('ENVIRONMENT'),
    ...variables.map(({ names, what }) => item(names.map(bold).join(', '), what)),
    section('FILES'),
    ...files.map(({ path, what }) => item(italic(path), what)),
    section('EXIT STATUS'),
    ...Object.entries(exitMeaning).map(([code, what]) => item(bold(code), what)),
    section('EXAMPLES'),
    ...allCommands
      .flatMap(({ name, examples }) => examples.map((example) => ({ name, ...example })))
      .flatMap(({ name, line, what }, index) => [
        ...(index === 0 ? [] : ['.PP']),
        prose(`${name === '' ? 'the live screen' : name}: ${what}`),
        typed([`${PROGRAM} ${line}`.trim()]),
      ]),
    section('SEE ALSO'),
    `${bold('kubectl')}(1), ${bold('linkerd')}(1)`,
    paragraph(`The pages that are named here: ${PAGES}`),
  ].join('\n')}\n`;
}

function synopsis(line: string): string {
  return `${bold(PROGRAM)} ${roff(line)}`.trim();
}

function command(each: CommandHelp): readonly string[] {
  const { usage, about, more = [], next } = each;
  const groups = groupsOf(each).filter(({ title }) => !shared.has(title));
  return [
    subsection(each.name === '' ? 'The live screen' : each.name),
    usage.map(({ line }) => synopsis(line)).join('\n.br\n'),
    paragraph(about),
    ...more.map(paragraph),
    ...groups.flatMap(({ flags }) => flags.map(option)),
    ...exitsOf(each)
      .filter(([code, meaning]) => meaning !== exitMeaning[code])
      .map(([code, meaning]) => item(`exit status ${bold(String(code))}`, meaning)),
    paragraph(
      `See also: ${next.map((where) => (isPage(where) ? where : `${PROGRAM} ${where}`)).join(', ')}.`,
    ),
  ];
}

function options({ title, flags }: FlagGroup): readonly string[] {
  return [subsection(title), ...flags.map(option)];
}

function option(flag: Flag): string {
  const { name, short, value, alone, help } = flag;
  const long = bold(`--${name}`);
  const told = value === undefined ? long : `${long}${alone === undefined ? ' ' : '='}${italic(value)}`;
  return item(short === undefined ? told : `${bold(`-${short}`)}, ${told}`, help);
}

function keys(group: Group): readonly string[] {
  return [subsection(group), ...actions.filter((action) => action.group === group).map(key)];
}

function key({ keys: all, description }: Action): string {
  return item(all.map((each) => bold(keyLabel(each))).join(', '), description);
}

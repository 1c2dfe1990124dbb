import type { CommandHelp } from './command-help.ts';
import {
  checkFlags,
  connectionFlags,
  type Flag,
  limitFlags,
  otherFlags,
  outputFlags,
  pinFlags,
  planFlags,
  rbacFlags,
  restartFlags,
  scopeFlags,
  verifyFlags,
} from './flags.ts';

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}

const scope: FlagGroup = { title: 'What to look at', flags: scopeFlags };
const output: FlagGroup = { title: 'Output', flags: outputFlags };
const other: FlagGroup = { title: 'Other flags', flags: otherFlags };
const limits: FlagGroup = {
  title: 'Limits of a run (and what they are without the flag); DURATION is 30s, 5m, 1h30m',
  flags: limitFlags,
};
const connection: FlagGroup = {
  title: "Connection (kubectl's own flags; put them after the name of the plugin)",
  flags: connectionFlags,
};

/** Flags that belong to some commands. */
const owned: readonly FlagGroup[] = [
  { title: 'Plan and restart', flags: planFlags },
  { title: 'Restart', flags: restartFlags },
  { title: 'Pin', flags: pinFlags },
  { title: 'Check', flags: checkFlags },
  { title: 'Verify', flags: verifyFlags },
  { title: 'Rights', flags: rbacFlags },
];

/** What the overview shows: the flags that every command takes. */
export const commonGroups: readonly FlagGroup[] = [scope, output, other];

/** Every flag that has a meaning. */
export const allGroups: readonly FlagGroup[] = [scope, output, ...owned, limits, other, connection];

/** The flags that one command takes, but for those of the connection, which are those of kubectl. */
export function groupsOf(command: CommandHelp): readonly FlagGroup[] {
  const [word = ''] = command.name.split(' ');
  const groups: readonly FlagGroup[] = [
    { title: `Flags of ${command.name || 'the live screen'}`, flags: owned.flatMap(({ flags }) => flags) },
    limits,
    ...commonGroups,
  ];
  return groups
    .map(({ title, flags }) => ({
      title,
      flags: flags
        .filter(
          ({ name, commands }) => !command.without?.includes(name) && (commands?.includes(word) ?? true),
        )
        .filter(({ name }) => appliesTo(command, name))
        .map((flag) => withForms(flag, command)),
    }))
    .filter(({ flags }) => flags.length > 0);
}

const needless: ReadonlySet<string> = new Set([
  ...scopeFlags.map(({ name }) => name),
  'demo',
  'read-only',
  'version',
]);

function appliesTo({ isLocal, takes = [], name, forms }: CommandHelp, flag: string): boolean {
  if (flag === 'output') return forms !== undefined;
  if (flag === 'no-headers') return name === 'status' || name === 'runs';
  if (flag === 'version') return name === '';
  return !(isLocal && needless.has(flag)) || takes.includes(flag);
}

/** `-o` as this command takes it. */
function withForms(flag: Flag, { forms }: CommandHelp): Flag {
  if (flag.name !== 'output' || forms === undefined) return flag;
  const [first = '', ...others] = forms;
  const help =
    others.length === 0
      ? `${first}; words without the flag`
      : `${first} (without the flag), ${others.join(', ')}`;
  return { ...flag, help };
}

/** `--dry-run=client|server`, `--reason TEXT`. */
export function spelling({ name, value, alone }: Flag): string {
  if (value === undefined) return `--${name}`;
  return `--${name}${alone === undefined ? ' ' : '='}${value}`;
}

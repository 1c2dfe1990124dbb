import type { CommandHelp } from '../command-help.ts';
import { groupsOf } from '../flag-groups.ts';
import { connectionFlags, type Flag } from '../flags.ts';
import type { Candidate } from './cobra.ts';

/**
 * Flags of a command that have not been given, unless they may be repeated. A flag whose value has to follow `=` is
 * offered with its values.
 */
export function flagNames(
  begun: string,
  command: CommandHelp | undefined,
  given: readonly string[],
): readonly Candidate[] {
  const fresh = flagsOf(command).filter(({ name, many }) => many || !given.includes(name));
  const long = fresh.flatMap(({ name, help, alone, value = '' }) =>
    alone === undefined
      ? [{ text: `--${name}`, about: help }]
      : value.split('|').map((word) => ({ text: `--${name}=${word}`, about: help })),
  );
  const short = fresh.flatMap(({ short: letter, help }) =>
    letter === undefined ? [] : [{ text: `-${letter}`, about: help }],
  );
  return begun.startsWith('--') ? long : [...short, ...long];
}

/** Those that its help lists, and those of the connection, which help lists once for all. */
function flagsOf(command: CommandHelp | undefined): readonly Flag[] {
  if (!command) return [];
  const own = groupsOf(command).flatMap(({ flags }) => flags);
  const connection: readonly Flag[] = command.isLocal ? [] : connectionFlags;
  const all = [...own, ...connection].filter(({ help }) => help !== '');
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

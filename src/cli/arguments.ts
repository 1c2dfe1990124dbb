import meow from 'meow';
import { allFlags, type Flag } from './flags.ts';
import { normalize } from './pflag.ts';

/** What the user typed, checked against the flag table. */
export interface Arguments {
  /** The first word that is not a flag; '' when there is none. */
  readonly command: string;
  /** The other words. */
  readonly operands: readonly string[];
  /** The last value given for a text flag. */
  text(name: string): string | undefined;
  /** All values given for a text flag. */
  list(name: string): readonly string[];
  on(name: string): boolean;
}

/**
 * Parses a command line as kubectl does: flags in any place, the last one of a kind wins.
 * @param argv the words after the program's name
 * @throws UsageError (see `pflag.ts`)
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const { input, flags } = meow({
    importMeta: import.meta,
    argv: normalize(argv, allFlags),
    pkg: {},
    autoHelp: false,
    autoVersion: false,
    flags: Object.fromEntries(allFlags.map((flag) => [camelCase(flag.name), meowFlag(flag)])),
  });
  const values = (name: string): readonly string[] => {
    const given = flags[camelCase(name)];
    return Array.isArray(given) ? given.map(String) : [];
  };
  const [command = '', ...operands] = input;
  return {
    command,
    operands,
    text: (name) => values(name).at(-1),
    list: values,
    on: (name) => flags[camelCase(name)] === true,
  };
}

function meowFlag(flag: Flag) {
  return flag.type === 'string'
    ? ({ type: 'string', isMultiple: true } as const)
    : ({ type: 'boolean' } as const);
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

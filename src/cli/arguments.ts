import meow from 'meow';
import { allFlags, type Flag } from './flags.ts';
import { normalize } from './pflag.ts';

/** What `ps` calls this program, whose file is called so too. */
const PROCESS_NAME = 'kubectl-linkerd_upgrade';

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
  /** Names of the flags that were given, each once. */
  readonly given: readonly string[];
}

/**
 * Parses a command line as kubectl does: flags in any place, the last one of a kind wins.
 * @param argv the words after the program's name
 * @throws UsageError (see `pflag.ts`)
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const given = normalize(argv, allFlags);
  // Meow loses an empty value (`--dry-run=`) that nothing follows.
  const words = given.includes('--') ? given : [...given, '--'];
  const { input, flags } = meow({
    importMeta: import.meta,
    argv: words,
    // Becomes the title of the process, by which `ps` and `pgrep` find it; without a name they would show nothing.
    pkg: { name: PROCESS_NAME },
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
    given: givenIn(words),
  };
}

/** Names of the flags among normalized words, which end at `--`. */
function givenIn(words: readonly string[]): readonly string[] {
  const flags = words.slice(0, words.indexOf('--')).filter((word) => word.startsWith('--'));
  return [...new Set(flags.map((word) => word.slice(2, word.indexOf('='))))];
}

function meowFlag(flag: Flag) {
  return flag.type === 'string'
    ? ({ type: 'string', isMultiple: true } as const)
    : ({ type: 'boolean' } as const);
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

import type { Flag } from './flags.ts';
import { nearest } from './nearest.ts';

/** Thrown for wrong usage; ends the program with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What was probably meant, as it would be typed. */
  readonly near: string | undefined;

  constructor(message: string, near?: string) {
    super(message);
    this.near = near;
  }
}

/**
 * Rewrites a command line from the grammar of kubectl's flags (spf13/pflag: `-ojson`, `-o=json`, `-An ns`,
 * `--flag value`, `--flag=value`, `--`) into `--flag=value` and plain words, which every parser reads alike.
 * @throws UsageError in pflag's words for an unknown flag, a missing value or a malformed boolean
 */
export function normalize(argv: readonly string[], flags: readonly Flag[]): readonly string[] {
  const words: string[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      words.push('--', ...rest);
      break;
    }
    if (word.startsWith('--')) {
      words.push(long(word));
    } else if (word.startsWith('-') && word !== '-') {
      words.push(...shorthands(word));
    } else {
      words.push(word);
    }
  }
  return words;

  function long(word: string): string {
    const at = word.indexOf('=');
    const name = at < 0 ? word.slice(2) : word.slice(2, at);
    const flag = flags.find((candidate) => candidate.name === name);
    if (!flag) {
      const near = nearest(
        name,
        flags.map((candidate) => candidate.name),
      );
      throw new UsageError(`unknown flag: --${name}`, near && `--${near}`);
    }
    return assignment(flag, at < 0 ? undefined : word.slice(at + 1), `--${name}`);
  }

  function shorthands(word: string): readonly string[] {
    const found: string[] = [];
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      const flag = flags.find((candidate) => candidate.short === letter);
      if (!flag) {
        throw new UsageError(`unknown shorthand flag: '${letter}' in ${word}`);
      }
      const tail = word.slice(at + 1);
      if (tail.startsWith('=')) {
        return [...found, assignment(flag, tail.slice(1), word)];
      }
      if (flag.type === 'string') {
        return [...found, assignment(flag, tail === '' ? undefined : tail, word)];
      }
      found.push(`--${flag.name}=true`);
    }
    return found;
  }

  function assignment(flag: Flag, value: string | undefined, word: string): string {
    if (flag.type === 'boolean') {
      return `--${flag.name}=${truth(flag, value ?? 'true')}`;
    }
    const text = value ?? flag.alone ?? rest.shift();
    if (text === undefined) {
      throw new UsageError(`flag needs an argument: ${word}`);
    }
    return `--${flag.name}=${text}`;
  }
}

/** The spellings of Go's strconv.ParseBool, which kubectl accepts. */
function truth(flag: Flag, value: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) {
    return true;
  }
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) {
    return false;
  }
  throw new UsageError(`invalid argument "${value}" for "--${flag.name}" flag: use true or false`);
}

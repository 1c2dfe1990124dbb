import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Arguments } from '../arguments.ts';
import { allFlags, type Flag } from '../flags.ts';

/** The word that is being completed. */
export type Word =
  | { readonly kind: 'operand'; readonly text: string }
  /** Begins with `-`. */
  | { readonly kind: 'flag'; readonly text: string }
  | {
      readonly kind: 'value';
      readonly flag: Flag;
      readonly text: string;
      /** What stands before the value and takes part in the completion: `-n` of `-nbooks`; else ''. */
      readonly lead: string;
    }
  /** The value of a flag that does not exist. */
  | { readonly kind: 'unknown' };

/** A command line that somebody is still typing. */
export interface TypedLine {
  /** What stands before the word. */
  readonly args: Arguments;
  readonly word: Word;
}

/** What has been read of the words so far. */
interface Read {
  readonly operands: string[];
  readonly values: { readonly flag: Flag; readonly value: string }[];
  /** A flag that takes the next word as its value. */
  pending: Flag | undefined;
  /** `--` was there. */
  ended: boolean;
}

/**
 * Reads an unfinished command line in the grammar of `normalize` (see `pflag.ts`), which refuses what is wrong with it;
 * here it is passed over, since somebody may be about to repair it.
 * @param words after the program's name; the last one is being completed and may be empty
 */
export function readLine(words: readonly string[]): TypedLine {
  const read: Read = { operands: [], values: [], pending: undefined, ended: false };
  for (const word of words.slice(0, -1)) {
    take(read, word);
  }
  return { args: argumentsOf(read), word: wordOf(read, words.at(-1) ?? '') };
}

function take(read: Read, word: string): void {
  const { pending } = read;
  if (pending) {
    read.values.push({ flag: pending, value: word });
    read.pending = undefined;
  } else if (read.ended || !word.startsWith('-') || word === '-') {
    read.operands.push(word);
  } else if (word === '--') {
    read.ended = true;
  } else {
    for (const { flag, value } of flagsOf(word)) {
      if (flag && value === undefined) read.pending = flag;
      else if (flag && value !== undefined) read.values.push({ flag, value });
    }
  }
}

function wordOf({ pending, ended }: Read, text: string): Word {
  if (pending) return { kind: 'value', flag: pending, text, lead: '' };
  if (ended || !text.startsWith('-')) return { kind: 'operand', text };
  const at = text.indexOf('=');
  if (at >= 0) {
    const flag = flagsOf(text).at(-1)?.flag;
    return flag ? { kind: 'value', flag, text: text.slice(at + 1), lead: '' } : { kind: 'unknown' };
  }
  if (text.startsWith('--')) return { kind: 'flag', text };
  return glued(text) ?? { kind: 'flag', text };
}

/** `-nbooks`, `-Anbooks`: the value stands in the same word. */
function glued(text: string): Word | undefined {
  const found = flagsOf(text).at(-1);
  if (found?.flag?.type !== 'string' || found.value === undefined) return undefined;
  const lead = text.slice(0, text.length - found.value.length);
  return { kind: 'value', flag: found.flag, text: found.value, lead };
}

/** The flags in one word with their values; undefined for a value that follows, and for a flag that does not exist. */
function flagsOf(
  word: string,
): readonly { readonly flag: Flag | undefined; readonly value: string | undefined }[] {
  if (!word.startsWith('--')) return shorthandsOf(word);
  const at = word.indexOf('=');
  const flag = allFlags.find(({ name }) => name === word.slice(2, at < 0 ? undefined : at));
  return [{ flag, value: at < 0 ? flag && alone(flag) : word.slice(at + 1) }];
}

function shorthandsOf(word: string): ReturnType<typeof flagsOf> {
  const found: { flag: Flag | undefined; value: string | undefined }[] = [];
  for (let at = 1; at < word.length; at++) {
    const flag = allFlags.find(({ short }) => short === word.charAt(at));
    const tail = word.slice(at + 1);
    if (tail.startsWith('=')) return [...found, { flag, value: tail.slice(1) }];
    if (flag?.type === 'string') return [...found, { flag, value: tail === '' ? alone(flag) : tail }];
    found.push({ flag, value: flag && alone(flag) });
  }
  return found;
}

/** What a flag says without a value; undefined when the next word is its value. */
function alone(flag: Flag): string | undefined {
  return flag.type === 'boolean' ? 'true' : flag.alone;
}

function argumentsOf({ operands: [command = '', ...operands], values }: Read): Arguments {
  const list = (name: string): readonly string[] =>
    values.filter(({ flag }) => flag.name === name).map(({ flag, value }) => fullPath(flag, value));
  return {
    command,
    operands,
    list,
    text: (name) => list(name).at(-1),
    on: (name) => /^(?:1|t|true)$/i.test(list(name).at(-1) ?? ''),
    given: [...new Set(values.map(({ flag }) => flag.name))],
  };
}

/** The shell has not yet put the home folder in place of `~`. */
function fullPath({ value: what }: Flag, value: string): string {
  return what === 'FILE' && value.startsWith('~/') ? join(homedir(), value.slice(2)) : value;
}

import type { Key as InkKey } from 'ink';
import { charactersOf } from '../text/width.ts';

/** A key by name: a named key, `ctrl-` and a letter, or the character that it types. */
export type Key = string;

const control: Readonly<Record<string, Key>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x1b': 'escape',
  '\x7f': 'backspace',
  '\b': 'backspace',
};

function named(key: InkKey): Key | undefined {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.tab) return 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  return undefined;
}

/**
 * The keys in one chunk of input. A held key, a fast typist or a slow connection delivers several
 * characters at once (`jjj`, `yes` with Enter), so a chunk is never taken for one key.
 */
export function keysOf(input: string, key: InkKey): Key[] {
  if (key.eventType === 'release') return [];
  const name = named(key);
  if (name !== undefined) return [name];
  // Alt with a letter is bound to nothing; without this it would act as the bare letter.
  if (key.meta || key.super || key.hyper) return [];
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input.toLowerCase()}`];
  return charactersOf(input).flatMap((character) => {
    // A carriage return and a line feed in one chunk are one grapheme, and one press of Enter.
    if (character === '\r\n') return ['enter'];
    const code = character.charCodeAt(0);
    const known = control[character];
    if (known !== undefined) return [known];
    if (code < 0x20) return [`ctrl-${String.fromCharCode(code + 0x60)}`];
    return [character];
  });
}

/** Whether a key types a character, as against naming a function. */
export function isCharacter(key: Key): boolean {
  return charactersOf(key).length === 1;
}

const spoken: Readonly<Record<string, string>> = {
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  backspace: 'Backspace',
  delete: 'Del',
  tab: 'Tab',
  ' ': 'Space',
};

/** A key as it is printed: `Enter`, `Ctrl-F`, `s`. */
export function keyLabel(key: Key): string {
  if (key.startsWith('ctrl-')) return `Ctrl-${key.slice('ctrl-'.length).toUpperCase()}`;
  return spoken[key] ?? key;
}

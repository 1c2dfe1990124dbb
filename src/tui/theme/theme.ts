import type { SkewClass } from '../../mesh/view.ts';
import { asciiGlyphs, type Glyphs, unicodeGlyphs } from './glyphs.ts';

/** What a piece of text means. Screens name roles; only this file knows colours. */
export type Role =
  | 'plain'
  | 'strong'
  | 'muted'
  | 'title'
  | 'key'
  | 'info'
  | 'good'
  | 'caution'
  | 'danger'
  | 'input'
  | `class:${SkewClass}`;

/** Attributes of Ink's `Text`. */
export interface Style {
  readonly color?: string;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
  readonly underline?: boolean;
}

type Palette = Readonly<Record<Role, Style>>;

export interface Theme {
  readonly glyphs: Glyphs;
  /** True where the locale can show nothing beyond ASCII. */
  readonly ascii: boolean;
  readonly palette: Palette;
}

/** The terminal's own sixteen colours, so that light and dark backgrounds both stay readable. */
const standard: Palette = {
  plain: {},
  strong: { bold: true },
  muted: { dimColor: true },
  title: { bold: true },
  key: { color: 'cyan' },
  info: { color: 'cyan' },
  good: { color: 'green' },
  caution: { color: 'yellow' },
  danger: { color: 'red', bold: true },
  input: { bold: true, underline: true },
  'class:violation': { color: 'red', bold: true },
  'class:unknown': { color: 'magenta' },
  'class:ahead': { color: 'blue', bold: true },
  'class:behind-one': { color: 'yellow', bold: true },
  'class:behind': { color: 'yellow' },
  'class:current': { color: 'green' },
};

/** Blue against orange, after Okabe and Ito's palette: no pair differs by red and green alone. */
const colourBlind: Palette = {
  ...standard,
  key: { color: '#56b4e9' },
  info: { color: '#56b4e9' },
  good: { color: '#56b4e9' },
  caution: { color: '#e69f00' },
  danger: { color: '#d55e00', bold: true },
  'class:violation': { color: '#d55e00', bold: true },
  'class:unknown': { color: '#cc79a7' },
  'class:ahead': { color: '#cc79a7', bold: true },
  'class:behind-one': { color: '#e69f00', bold: true },
  'class:behind': { color: '#e69f00' },
  'class:current': { color: '#56b4e9' },
};

/** Weight alone: every class and state has its sign and its word, so nothing is lost. */
const colourless: Palette = {
  plain: {},
  strong: { bold: true },
  muted: { dimColor: true },
  title: { bold: true },
  key: {},
  info: {},
  good: {},
  caution: {},
  danger: { bold: true },
  input: { bold: true, underline: true },
  'class:violation': { bold: true },
  'class:unknown': {},
  'class:ahead': { bold: true },
  'class:behind-one': { bold: true },
  'class:behind': {},
  'class:current': {},
};

/** Selects palette and glyphs; every other state of the terminal is Ink's business. */
const THEME_VARIABLE = 'LINKERD_UPGRADE_THEME';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the locale says UTF-8, by the order of POSIX (LC_ALL, LC_CTYPE, LANG).
 * Windows has no such variables: there Windows Terminal and its like announce themselves.
 */
function speaksUnicode(env: Environment): boolean {
  if (env.TERM === 'linux') return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (locale !== '') return /utf-?8/i.test(locale);
  return Boolean(env.WT_SESSION || env.TERM_PROGRAM);
}

/**
 * The theme for an environment. `LINKERD_UPGRADE_THEME` may hold, separated by commas: `colour-blind`
 * (or `color-blind`), `none` (no colour), `ascii`, `unicode`. `NO_COLOR` (https://no-color.org) and
 * `TERM=dumb` take the colours away; bold and reverse video stay, and no meaning rests on either.
 */
export function themeFor(env: Environment): Theme {
  const wishes = (env[THEME_VARIABLE] ?? '').split(',').map((wish) => wish.trim().toLowerCase());
  const ascii = wishes.includes('ascii') || (!wishes.includes('unicode') && !speaksUnicode(env));
  const glyphs = ascii ? asciiGlyphs : unicodeGlyphs;
  const noColour = Boolean(env.NO_COLOR) || env.TERM === 'dumb' || wishes.includes('none');
  if (noColour) return { glyphs, ascii, palette: colourless };
  const safe = wishes.includes('colour-blind') || wishes.includes('color-blind');
  return { glyphs, ascii, palette: safe ? colourBlind : standard };
}

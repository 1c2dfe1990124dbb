import { wrap } from '../../src/report/wrap.ts';

/** The few requests of man(7) that a page needs, and the escapes that keep text what it is. */

const ESCAPES: readonly (readonly [RegExp, string])[] = [
  [/\\/g, '\\e'],
  [/-/g, '\\-'],
  [/'/g, '\\(aq'],
  [/`/g, '\\(ga'],
  [/\^/g, '\\(ha'],
  [/~/g, '\\(ti'],
  [/…/g, '...'],
];

/** Bytes of a line of source, as mandoc's lint wants it. */
const LINE = 78;

/** Text whose every character prints as itself, dashes and quotes included. @throws Error for what roff has no sign for */
export function roff(text: string): string {
  const escaped = ESCAPES.reduce((all, [from, to]) => all.replaceAll(new RegExp(from, 'g'), to), text);
  const odd = /[^\x20-\x7e]/.exec(escaped);
  if (odd) throw new Error(`the man page has no sign for ${JSON.stringify(odd[0])} in: ${text}`);
  return escaped;
}

/** Prose over several lines, none of which is taken for a request. */
export function prose(text: string): string {
  return wrap(roff(text), LINE)
    .map((line) => line.replace(/^\./, '\\&.'))
    .join('\n');
}

export const section = (title: string): string => `.SH ${title}`;
/** Quoted, since a title may be of several words. */
export const subsection = (title: string): string => `.SS "${roff(title)}"`;
export const paragraph = (text: string): string => `.PP\n${prose(text)}`;
export const bold = (text: string): string => `\\fB${roff(text)}\\fR`;
export const italic = (text: string): string => `\\fI${roff(text)}\\fR`;
/** A tag in the margin with what it means. */
export const item = (tag: string, text: string): string => `.TP\n${tag}\n${prose(text)}`;
/** No word broken, for most are names of files and flags, and a ragged edge, which reads better then. */
export const unbroken = '.nh\n.ad l';
/** Lines as they are typed. groff breaks words again from `.EE` on. */
export const typed = (lines: readonly string[]): string =>
  ['.PP', '.EX', ...lines.map((line) => `  ${roff(line)}`), '.EE', unbroken].join('\n');

/**
 * Every string of a cluster passes through here once, where it is decoded, so that nothing above has to
 * think of terminal escapes again (CVE-2021-25743 is kubectl's own lesson). Dangerous characters become
 * visible escapes: an operator sees that something odd was there.
 */

/** Longest message kept of a status, condition or event, in UTF-16 units. */
export const MAX_MESSAGE = 2_000;

/**
 * Controls (C0, DEL, C1), soft hyphen, bidi controls, zero-width and other invisible characters, line and
 * paragraph separators, tag characters, lone surrogates.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  /[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/u;

const ALL_UNSAFE = new RegExp(UNSAFE.source, 'gu');

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Visible form of one code point: `\n`, `\x1b`, `\u202e`, `\u{e0041}`. */
function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** `text` with every dangerous character as a visible escape; the very same string when there is none. */
export function clean(text: string): string {
  return UNSAFE.test(text) ? text.replace(ALL_UNSAFE, escapeCharacter) : text;
}

/** Like {@link clean}, and no longer than `limit` UTF-16 units; a shortened text ends in `…`. */
export function cleanText(text: string, limit: number = MAX_MESSAGE): string {
  if (text.length <= limit) return shorten(clean(text), limit);
  // Escapes only lengthen, so what lies beyond `limit` cannot appear in the result.
  return shorten(`${clean(wholeCharacters(text, limit))}…`, limit);
}

/** Like {@link clean}, but line ends stay: for text that is printed as a block, such as a plugin's stderr. */
export function cleanLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => clean(line))
    .join('\n');
}

function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${wholeCharacters(text, limit - 1)}…`;
}

/** At most the first `limit` UTF-16 units of `text`, never half of a surrogate pair. */
function wholeCharacters(text: string, limit: number): string {
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}

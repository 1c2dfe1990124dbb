/**
 * Examples of the documents that are run. A block
 *
 *     ```console
 *     $ kubectl linkerd-upgrade verify payments
 *     Not as they should be:
 *     ...
 *     $ echo $?
 *     3
 *     ```
 *
 * is typed into a shell, and what comes back has to be what the page shows. `...` stands for any lines, and within a
 * line, where `…` does so too, for any text; times, durations and ids of runs differ from one reading to the next and are not compared. A
 * command may go on behind `\` in lines that begin with `> `. The blocks of a page share one shell, one folder and one
 * simulated cluster, so that a page can tell a story.
 */
import type { Block } from './pages.ts';

export interface Example {
  readonly command: string;
  readonly output: readonly string[];
}

/** The examples of a block. @throws Error for a block that does not begin with a command */
export function examplesOf({ page, lines }: Block): readonly Example[] {
  const examples: { command: string; output: string[] }[] = [];
  for (const line of lines) {
    const last = examples.at(-1);
    if (line.startsWith('$ ')) examples.push({ command: line.slice(2), output: [] });
    else if (last === undefined)
      throw new Error(`${page}: a console block begins with "${line}", not with "$ "`);
    else if (line.startsWith('> ') && last.output.length === 0 && last.command.endsWith('\\')) {
      last.command += `\n${line.slice(2)}`;
    } else last.output.push(line);
  }
  return examples;
}

/** Programs that a command calls, without those that are ours. */
export function toolsOf({ command }: Example): readonly string[] {
  const words = command.replaceAll(/'[^']*'|"[^"]*"/g, '""').replaceAll('kubectl linkerd-upgrade', 'linkerd');
  return [...words.matchAll(/(?:^|[|;&(]|\n)\s*(?:\w+=\S*\s+)*([\w./-]+)/g)]
    .map(([, word = '']) => word)
    .filter((word) => !word.includes('/') && !word.startsWith('-'));
}

const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| UTC)?)?/g, '<time>'],
  [/\b[0-9a-f]{64}\b/g, '<hash>'],
  [/\b[0-9a-f]{8}\b/g, '<run>'],
  [/\b\d\d:\d\d(?::\d\d)?\b/g, '<clock>'],
  [/\b127\.0\.0\.1:\d+/g, '<server>'],
  [/\b(?:\d+(?:\.\d+)?(?:ms|h|m|s|d))+\b/g, '<age>'],
  [/\b\d+(?:\.\d+)? (?:ms|s|min|h|d)\b/g, '<age>'],
  [/ {2,}/g, '  '],
  [/[ \t]+$/g, ''],
];

/** A line as it is compared: what differs from one run to the next has a name, columns are two blanks apart. */
export function comparable(line: string): string {
  return VARYING.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), line);
}

/** The first line of `shown` that `printed` does not have where it should be; undefined when all is as shown. */
export function difference(shown: readonly string[], printed: readonly string[]): string | undefined {
  const wanted = withoutEnd(shown.map(comparable));
  const got = withoutEnd(printed.map(comparable));
  return matches(wanted, got) ? undefined : farthest(wanted, got);
}

function matches(wanted: readonly string[], got: readonly string[]): boolean {
  const [first, ...rest] = wanted;
  if (first === undefined) return got.length === 0;
  if (first.trim() === '...') {
    return Array.from({ length: got.length + 1 }, (_, skip) => skip).some((skip) =>
      matches(rest, got.slice(skip)),
    );
  }
  const [line, ...others] = got;
  return line !== undefined && isLike(first, line) && matches(rest, others);
}

function isLike(wanted: string, line: string): boolean {
  const parts = wanted.split(/\.\.\.|…/);
  if (parts.length === 1) return wanted === line;
  const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(`^${pattern}$`).test(line);
}

/** Where a reader has to look: the first line that is not printed in its place. */
function farthest(wanted: readonly string[], got: readonly string[]): string {
  for (let length = 1; length <= wanted.length; length++) {
    if (!matches([...wanted.slice(0, length), '...'], got)) return `not printed: ${wanted[length - 1]}`;
  }
  return `printed, but not shown: ${got.find((line) => !wanted.includes(line)) ?? '(blank lines)'}`;
}

function withoutEnd(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1);
}

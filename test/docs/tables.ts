/** Reads the tables of a document, and finds what they point to. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Row {
  readonly id: string;
  readonly cells: readonly string[];
}

const texts = new Map<string, string>();

/** A file of the repository by its path from the root; undefined where there is none. */
export function textOf(path: string): string | undefined {
  const known = texts.get(path);
  if (known !== undefined) return known;
  if (path === '' || !existsSync(`${root}${path}`)) return undefined;
  const text = readFileSync(`${root}${path}`, 'utf8');
  texts.set(path, text);
  return text;
}

/** Rows of all tables of a document whose first cell is such an id, without their heads. */
export function rowsOf(path: string, id: RegExp): readonly Row[] {
  return (textOf(path) ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').slice(1, -1))
    .map(([first = '', ...cells]) => ({ id: first.trim(), cells: cells.map((cell) => cell.trim()) }))
    .filter((row) => id.test(row.id));
}

/** What is wrong with a reference to a test, `` `path › title` ``; '' when the file has a test of that title. */
export function wrongTest(reference: string): string {
  const [, path = '', title = ''] = /^`(\S+) › (.+)`$/.exec(reference) ?? [];
  const source = textOf(path);
  if (source === undefined || !path.startsWith('test/')) return `names no test file: ${reference}`;
  const quoted = ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
  return quoted ? '' : `${path} has no test "${title}"`;
}

/** What is wrong with a reference to code, `` `path › name` ``; '' when the file exports that name. */
export function wrongCode(reference: string): string {
  const [, path = '', name = ''] = /^`(\S+) › (\w+)`$/.exec(reference) ?? [];
  const source = textOf(path);
  if (source === undefined || !path.startsWith('src/')) return `names no source: ${reference}`;
  const isExported = new RegExp(
    `^export (?:async )?(?:function|const|class|interface|type) ${name}\\b`,
    'm',
  ).test(source);
  return isExported ? '' : `${path} exports no ${name}`;
}

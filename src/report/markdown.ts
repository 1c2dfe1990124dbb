import { clean } from '../kube/clean.ts';

/** Characters that mean something in Markdown or its tables (CommonMark 2.4; GitHub's tables and strikethrough). */
const SPECIAL = /[\\`*_{}[\]<>|~#!&]/g;

/**
 * Text that Markdown shows as it is: nothing in it is markup, a link or the end of a table cell, and no control
 * character survives.
 */
export function escapeMarkdown(text: string): string {
  return (
    clean(text)
      .replace(SPECIAL, '\\$&')
      // GitHub makes links of bare addresses too.
      .replaceAll('://', '\\://')
      .replace(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`)
      // Marks of lists and of headings count at the beginning of a line only.
      .replace(/^(\s*)([-+=])/, '$1\\$2')
      .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}

/** A table of GitHub's Markdown; the cells are Markdown already. */
export function markdownTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headers), line(headers.map(() => '---')), ...rows.map(line)];
}

/** Text as code, with a fence longer than any run of backticks in it. */
export function codeBlock(lines: readonly string[]): readonly string[] {
  const cleaned = lines.map((text) => clean(text));
  const longest = cleaned
    .flatMap((text) => text.match(/`+/g) ?? [])
    .reduce((n, run) => Math.max(n, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return [fence, ...cleaned, fence];
}

/** Holds the messages that docs/troubleshooting.md quotes to the sources that print them. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isHeading, pages, root } from './pages.ts';

const PAGE = 'docs/troubleshooting.md';
/** Characters of source in which the parts of one message stand. */
const REACH = 500;

/** Sources as their readers see their texts: what is put in is `…`, pieces of one text are joined. */
const sources = [...globSync('src/**/*.{ts,tsx}', { cwd: root }), 'scripts/build.mjs']
  .filter((path) => !path.startsWith('src/sim/'))
  .map((path) => told(readFileSync(`${root}${path}`, 'utf8')));

function told(source: string): string {
  return source
    .replaceAll(/\$\{(?:[^{}`]|\{[^{}]*\})*\}/g, '…')
    .replaceAll(/['"`]\s*\+\s*['"`]/g, '')
    .replaceAll("\\'", "'")
    .replaceAll(/\s+/g, ' ');
}

/** The parts of a message that do not vary. */
const partsOf = (message: string): readonly string[] =>
  message
    .split('…')
    .map((part) => part.trim())
    .filter((part) => /\w{2}/.test(part));

function isPrinted(message: string): boolean {
  const parts = partsOf(message).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(parts.join(`[^]{0,${REACH}}?`));
  return parts.length > 0 && sources.some((source) => pattern.test(source));
}

/** A heading that is all code is a message; one that has words beside it is not. */
const messages = (pages.find(({ path }) => path === PAGE)?.tokens ?? [])
  .filter(isHeading)
  .flatMap(({ tokens: [only, more] }) =>
    only?.type === 'codespan' && more === undefined && 'text' in only ? [String(only.text)] : [],
  );

test('every message that is a heading is printed by the program', () => {
  assert.ok(messages.length > 10, `${messages.length} messages`);
  assert.deepEqual(
    messages.filter((message) => !isPrinted(message)),
    [],
  );
});

test('a message that varies too much to be found again is none', () => {
  for (const message of messages) {
    const letters = partsOf(message).join('').length;
    assert.ok(letters >= 10, `"${message}" says too little`);
  }
  assert.equal(isPrinted('no such … message anywhere at all'), false);
});

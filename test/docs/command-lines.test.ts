/** Holds every command line of ours on any page, in blocks and in running text, to the tables of commands and flags. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arguments, parseArguments } from '../../src/cli/arguments.ts';
import { allCommands, commandNamed } from '../../src/cli/command-help.ts';
import { allFlags } from '../../src/cli/flags.ts';
import { UsageError } from '../../src/cli/pflag.ts';
import { destinationOf } from '../../src/guide/path.ts';
import { blocksOf, codeOf, type Page, pages } from './pages.ts';

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'console', 'yaml']);
const CALL =
  /(?:^|[\s|;&(]|npx )(?:kubectl linkerd-upgrade|kubectl-linkerd_upgrade|linkerd dataplane)( [^#|;&>)\n`]*|$)/;

/** The words after the program's name in each call on a page. */
function callsOf(page: Page): readonly (readonly string[])[] {
  const lines = blocksOf(page)
    .filter(({ language }) => SHELLS.has(language))
    .flatMap(({ lines: all }) =>
      all
        .join('\n')
        .replaceAll(/ \\\n(?:> )?\s*/g, ' ')
        .split('\n'),
    );
  const inText = codeOf(page).filter(
    (code) => code.startsWith('kubectl linkerd-upgrade ') && !code.includes('…'),
  );
  return [...lines, ...inText].flatMap((line) => {
    const words = CALL.exec(line.replaceAll(/'[^']*'|"[^"]*"/g, 'text'))?.[1];
    return words === undefined ? [] : [words.trim().split(/\s+/).filter(Boolean)];
  });
}

function parsed(words: readonly string[]): Arguments | string {
  try {
    return parseArguments(words);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

const calls = pages.flatMap((page) => callsOf(page).map((words) => ({ page: page.path, words })));

test('every command line on a page is one of this program, with flags of its command', () => {
  assert.ok(calls.length > 60, `${calls.length} command lines`);
  for (const { page, words } of calls) {
    const where = `${page}: ${words.join(' ')}`;
    const args = parsed(words);
    if (typeof args === 'string') assert.fail(`${where}: ${args}`);
    const { command, given, text } = args;
    // What linkerd asks an extension, what shells ask for candidates, and COMMAND in a sentence about all of them.
    if (command.startsWith('_') || command === 'COMMAND') continue;
    assert.ok(commandNamed([command]), `${where}: no such command`);
    for (const flag of given) {
      const owners: readonly string[] | undefined = allFlags.find(({ name }) => name === flag)?.commands;
      assert.ok(owners?.includes(command) ?? true, `${where}: --${flag} is not for ${command}`);
    }
    const to = text('to');
    if (to !== undefined && to !== 'VERSION') assert.deepEqual(destinationOf(to), { version: to }, where);
  }
});

test('every command has a command line on a page for people', () => {
  const shown = new Set(
    calls
      .filter(({ page }) => page !== 'docs/commands.md')
      .map(({ words }) => commandNamed(words.filter((word) => !word.startsWith('-')))?.name),
  );
  const plain = new Set(['help', 'version']);
  assert.deepEqual(
    allCommands.map(({ name }) => name).filter((name) => !shown.has(name) && !plain.has(name)),
    [],
  );
});

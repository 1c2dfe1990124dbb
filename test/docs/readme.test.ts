/** Holds the examples of README.md to the command line, and to what `--help` lists. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { allFlags } from '../../src/cli/flags.ts';
import { helpText } from '../../src/cli/help.ts';
import { asksForUpgrade } from '../../src/cli/plan-upgrade-words.ts';
import { destinationOf } from '../../src/guide/path.ts';
import { textOf } from './tables.ts';

const PROGRAM = 'kubectl linkerd-upgrade';
const readme = textOf('README.md') ?? '';

/** Words of each example, without the program and what a comment or the shell adds. */
const examples: readonly (readonly string[])[] = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)]
  .flatMap(([, block = '']) => block.split('\n'))
  .flatMap((line) => /^(?:kubectl linkerd-upgrade|linkerd dataplane)\b([^#|]*)/.exec(line)?.[1] ?? [])
  .map((words) => words.trim().split(/\s+/).filter(Boolean));

/** Commands of the usage in `--help`; `plan upgrade` is one of its own. */
const listed = new Set(
  [...helpText(PROGRAM).matchAll(/^ {2}kubectl linkerd-upgrade (plan upgrade|[a-z]+)\b.* {2,}\S/gm)].map(
    ([, command = '']) => command,
  ),
);

function commandOf(words: readonly string[]): string {
  const args = parseArguments(words);
  return args.command === 'plan' && asksForUpgrade(args) ? 'plan upgrade' : args.command;
}

test('the examples are command lines of this program, with flags of their commands', () => {
  assert.ok(examples.length > 15, `${examples.length} examples`);
  for (const words of examples) {
    const { command, given, text } = parseArguments(words);
    const name = commandOf(words);
    assert.ok(name === '' || listed.has(name), `--help does not list ${name}: ${words.join(' ')}`);
    for (const flag of given) {
      const owners: readonly string[] | undefined = allFlags.find(({ name }) => name === flag)?.commands;
      assert.ok(owners?.includes(command) ?? true, `--${flag} is not for ${command}: ${words.join(' ')}`);
    }
    const to = text('to');
    if (to !== undefined) assert.deepEqual(destinationOf(to), { version: to });
  }
});

test('every command that does something to or for a cluster has an example', () => {
  const shown = new Set(examples.map(commandOf));
  const unshown = [...listed].filter((command) => !shown.has(command));
  assert.deepEqual(unshown.toSorted(), ['help', 'unpin', 'version']);
});

test('what README.md links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);
  assert.ok(links.length > 10);
  for (const path of links) {
    assert.ok(existsSync(new URL(`../../${path}`, import.meta.url)), `README.md links to ${path}`);
  }
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Key as InkKey } from 'ink';
import { type ActionId, actionFor, actions, actionsOf, type Mode } from '../../src/tui/keys/actions.ts';
import { keysMarkdown } from '../../src/tui/keys/docs.ts';
import { keysOf } from '../../src/tui/keys/key.ts';

const none: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

const modes: readonly Mode[] = ['table', 'filter', 'plan', 'confirm', 'run', 'help', 'detail', 'ask'];

test('a chunk of input is taken apart into its keys', () => {
  for (const [input, key, expected] of [
    ['jjj', {}, ['j', 'j', 'j']],
    ['yes\r', {}, ['y', 'e', 's', 'enter']],
    ['a\x7f', {}, ['a', 'backspace']],
    ['a\r\n', {}, ['a', 'enter']],
    ['\x06\x02', {}, ['ctrl-f', 'ctrl-b']],
    ['本', {}, ['本']],
    ['', { upArrow: true }, ['up']],
    ['', { escape: true }, ['escape']],
    ['c', { ctrl: true }, ['ctrl-c']],
    ['G', { shift: true }, ['G']],
    ['r', { meta: true }, []],
    ['r', { eventType: 'release' }, []],
  ] as const) {
    assert.deepEqual(keysOf(input, { ...none, ...key }), expected, JSON.stringify([input, key]));
  }
});

test('no key means two things in one mode', () => {
  for (const mode of modes) {
    const keys = actionsOf(mode, false).flatMap((action) => action.keys);
    assert.deepEqual(keys.toSorted(), [...new Set(keys)].toSorted(), mode);
  }
});

test('every mode can be left, interrupted and drawn anew', () => {
  const leaving: readonly ActionId[] = ['quit', 'filter-cancel', 'cancel', 'close', 'no'];
  for (const mode of modes) {
    const ids = actionsOf(mode, false).map(({ id }) => id);
    assert.ok(
      ids.some((id) => leaving.includes(id)),
      `${mode} has no way out`,
    );
    for (const id of ['interrupt', 'suspend', 'redraw'] as const)
      assert.ok(ids.includes(id), `${mode} ${id}`);
  }
});

test('where text is typed no printable character is a command', () => {
  for (const mode of ['filter', 'confirm'] as const) {
    const printable = actionsOf(mode, false)
      .flatMap(({ keys }) => keys)
      .filter((key) => [...key].length === 1);
    assert.deepEqual(printable, [], mode);
  }
});

test('a read-only session binds nothing that leads to a restart', () => {
  for (const mode of modes) {
    for (const { keys, writes } of actions) {
      if (!writes) continue;
      for (const key of keys) {
        const bound = actionFor(mode, key, true);
        const action = actions.find(({ id, modes: where }) => id === bound && where.includes(mode));
        assert.ok(!action?.writes, `${key} in ${mode}`);
      }
    }
  }
  assert.equal(actionFor('table', 'r', false), 'restart');
  assert.equal(actionFor('table', 'r', true), undefined);
});

test('docs/keys.md is what the table of bindings says', async () => {
  const written = await readFile(new URL('../../docs/keys.md', import.meta.url), 'utf8');
  assert.equal(
    written,
    keysMarkdown(),
    'write it anew: node --import=tsx -e "import(\'./src/tui/keys/docs.ts\').then((m) => process.stdout.write(m.keysMarkdown()))" > docs/keys.md',
  );
});

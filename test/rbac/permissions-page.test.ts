/** docs/permissions.md says what the list of rights says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { rbac } from '../../src/cli/rbac.ts';
import { ownAnnotation, RUN_LEASE } from '../../src/data/own.ts';
import { commandTable, partList, rightsTable } from './permission-tables.ts';

const page = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');

for (const [what, text] of [
  ['the parts', partList()],
  ['the parts that a command uses', commandTable()],
  ['the rights', rightsTable()],
] as const) {
  test(`the page has ${what}`, () => {
    assert.ok(page.includes(`\n${text}\n`), `docs/permissions.md should have:\n${text}`);
  });
}

test('the page names what the policy leaves', () => {
  for (const name of [
    ownAnnotation.run,
    RUN_LEASE,
    'kubectl.kubernetes.io/restartedAt',
    'config.linkerd.io/proxy-version',
  ]) {
    assert.ok(page.includes(`\`${name}\``), name);
  }
});

test('every call of rbac on the page is one that prints', () => {
  const calls = [...page.matchAll(/^kubectl linkerd-upgrade (rbac.*?)(?: \|.*)?$/gm)].map(
    ([, words = '']) => words,
  );
  assert.ok(calls.length >= 4);
  for (const call of calls) {
    let text = '';
    const output = {
      out: (more: string) => {
        text += more;
      },
      err: (more: string) => assert.fail(more),
    };
    assert.equal(rbac(parseArguments(call.split(' ')), {}, output), 0);
    assert.match(text, /^kind: ClusterRole$/m);
  }
});

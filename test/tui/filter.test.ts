import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFilter } from '../../src/tui/state/filter.ts';

function matches(filter: string, text: string): boolean {
  const parsed = parseFilter(filter);
  if (!parsed.ok) throw new Error(`${filter}: ${parsed.error}`);
  return parsed.matches(text);
}

test('a plain text is looked for as it stands, ignoring case', () => {
  assert.ok(matches('', 'anything'));
  assert.ok(matches('WEB', 'team-web'));
  assert.ok(matches('a web', 'team-a web'));
  assert.ok(!matches('db', 'team-web'));
});

test('a dot is a dot until another sign makes an expression of the filter', () => {
  assert.ok(!matches('25.4', 'edge-2594'));
  assert.ok(matches('edge-25.4', 'edge-25.4.4'));
  assert.ok(matches('^edge-25.4', 'edge-25x4'));
});

test('signs of a regular expression make one, ignoring case', () => {
  assert.ok(matches('^team-(a|b)$', 'TEAM-A'));
  assert.ok(!matches('^team-(a|b)$', 'team-c'));
});

test('a leading ! turns the meaning round', () => {
  assert.ok(matches('!web', 'db'));
  assert.ok(!matches('!web', 'web'));
  assert.ok(!matches('!^w.b', 'web'));
  assert.ok(matches('!', 'anything'));
});

test('an expression that does not compile says why', () => {
  for (const text of ['web(', '[a', 'a**', '\\']) {
    const parsed = parseFilter(text);
    assert.ok(!parsed.ok, text);
    assert.notEqual(parsed.error, '');
    assert.doesNotMatch(parsed.error, /Invalid regular expression/);
  }
});

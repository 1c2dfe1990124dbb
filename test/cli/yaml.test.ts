import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { yamlOf } from '../../src/cli/yaml.ts';

test('a document reads alike by YAML 1.2 and by 1.1, whatever a namespace is called', () => {
  const names = ['on', 'off', 'yes', 'y', 'no', 'null', '0b1', '1e3', '2026-01-01', '0777', 'books'];
  const document = { namespaces: names, proxies: 12, isLive: true, class: null };
  const text = yamlOf(document);
  assert.deepEqual(parse(text, { version: '1.1' }), document);
  assert.deepEqual(parse(text), document);
});

test('an object that is named twice is written twice', () => {
  const same = { version: 'edge-25.11.3' };
  assert.doesNotMatch(yamlOf({ from: same, to: same }), /[&*]/);
});

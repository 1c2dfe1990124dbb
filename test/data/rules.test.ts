import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rules } from '../../src/data/rules.ts';

test("each rule is a sentence and links to a page of Linkerd's", () => {
  for (const [name, { text, link }] of Object.entries(rules)) {
    assert.match(text, /^(?:[A-Z]|config\.linkerd\.io\/).*\.$/, name);
    assert.match(link, /^https:\/\/linkerd\.io\/(docs\/[\w/-]+\/(#[\w-]+)?|releases\/)$/, name);
  }
});

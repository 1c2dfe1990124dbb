import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html, nothing, raw } from '../../src/report/html.ts';
import { codeBlock, escapeMarkdown, markdownTable } from '../../src/report/markdown.ts';

test('what is filled in is text, in content and in attributes', () => {
  const text = `<b> & "it's"\u001b`;
  const escaped = '&lt;b&gt; &amp; &quot;it&#39;s&quot;\\x1b';
  assert.equal(html`<p title="${text}">${text}</p>`.markup, `<p title="${escaped}">${escaped}</p>`);
});

test('markup is filled in as it is, lists of it too', () => {
  const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
  assert.equal(
    html`<ul>${items}</ul>${nothing}${raw('<br>')}${3}`.markup,
    '<ul><li>a</li><li>&lt;</li></ul><br>3',
  );
});

test('Markdown shows text as it is', () => {
  assert.equal(
    escapeMarkdown('a|b `c` *d* _e_ <f> [g](h) \\'),
    'a\\|b \\`c\\` \\*d\\* \\_e\\_ \\<f\\> \\[g\\](h) \\\\',
  );
  assert.equal(escapeMarkdown('https://x www.y'), 'https\\://x www\\.y');
  assert.equal(escapeMarkdown('- a'), '\\- a');
  assert.equal(escapeMarkdown('---'), '\\---');
  assert.equal(escapeMarkdown('1. a'), '1\\. a');
  assert.equal(escapeMarkdown('edge-25.11.3 (3), 2 of 3'), 'edge-25.11.3 (3), 2 of 3');
  assert.equal(escapeMarkdown('a\nb'), 'a\\\\nb');
});

test('a code block ends where it ends', () => {
  assert.deepEqual(codeBlock(['kubectl get pods', '```', 'a````b']), [
    '`````',
    'kubectl get pods',
    '```',
    'a````b',
    '`````',
  ]);
});

test('a table has its line of dashes', () => {
  assert.deepEqual(markdownTable(['A', 'B'], [['1', '2']]), ['| A | B |', '| --- | --- |', '| 1 | 2 |']);
});

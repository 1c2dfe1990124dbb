import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clampSpans,
  fitSpans,
  paragraph,
  span,
  spread,
  textOf,
  widthOfSpans,
} from '../../src/tui/text/line.ts';
import { clampText, widthOf, wrapText } from '../../src/tui/text/width.ts';
import { random } from '../support/random.ts';

test('wide characters count two columns, combining marks none', () => {
  assert.equal(widthOf('web'), 3);
  assert.equal(widthOf('本番'), 4);
  assert.equal(widthOf('e\u0301'), 1);
});

test('a text is cut at its columns, never inside a character', () => {
  for (const [text, columns, expected] of [
    ['linkerd', 7, 'linkerd'],
    ['linkerd', 6, 'linke…'],
    ['linkerd', 1, '…'],
    ['linkerd', 0, ''],
    ['本番環境', 8, '本番環境'],
    ['本番環境', 6, '本番…'],
    ['本番環境', 5, '本番…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
  ] as const) {
    assert.equal(clampText(text, columns, '…'), expected, `${text} in ${columns}`);
  }
});

test('a paragraph is broken at blanks, and inside a word only where it does not fit at all', () => {
  assert.deepEqual(wrapText('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrapText('abcdefgh ij', 3), ['abc', 'def', 'gh', 'ij']);
  assert.deepEqual(wrapText('本番', 1), ['本', '番']);
  assert.deepEqual(wrapText('  ', 5), []);
});

test('the further lines of a paragraph stand below its text', () => {
  const lines = paragraph(span('  ! '), 'no replica is available', 14).map(textOf);
  assert.deepEqual(lines, ['  ! no replica', '    is', '    available']);
});

test('the right end of a spread line is kept, the left is cut', () => {
  assert.equal(textOf(spread([span('a-long-context')], [span('live')], 12, '…')), 'a-long… live');
  assert.equal(textOf(spread([span('left')], [span('right')], 5, '…')), 'right');
});

test('whatever the spans, a fitted cell has exactly its width and a cut one at most', () => {
  const { seed, next, pick } = random();
  const pieces = ['web', 'edge-26.8.3', '本番', 'e\u0301', ' ', '', 'ñandú', '→'];
  for (let round = 0; round < 2000; round += 1) {
    const spans = Array.from({ length: next(5) }, () => span(pick(pieces)));
    const columns = next(20);
    const hint = `seed ${seed}, round ${round}`;
    assert.ok(widthOfSpans(clampSpans(spans, columns, '…')) <= columns, hint);
    assert.equal(widthOfSpans(fitSpans(spans, columns, 'left', '…')), columns, hint);
    assert.equal(widthOfSpans(fitSpans(spans, columns, 'right', '…')), columns, hint);
  }
});

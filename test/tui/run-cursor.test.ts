import assert from 'node:assert/strict';
import { test } from 'node:test';
import { movedPlace } from '../../src/tui/state/run-cursor.ts';

/** Ten lines of a halt card, then thirty steps, on a page of eight. */
const card = 10;
const rowOf = (index: number): number => card + index;

function place(cursor: number, top: number, action: Parameters<typeof movedPlace>[2]) {
  return movedPlace({ page: 8, lines: card + 30, top }, { count: 30, cursor, rowOf }, action);
}

test('while the cursor is below the page, moving down brings it into sight before it moves', () => {
  assert.deepEqual(place(0, 0, 'down'), { cursor: 0, top: 1 });
  assert.deepEqual(place(0, 2, 'down'), { cursor: 0, top: 3 });
  assert.deepEqual(place(0, 3, 'down'), { cursor: 1, top: 4 });
  assert.deepEqual(place(5, 0, 'page-down'), { cursor: 5, top: 8 });
});

test('above the first step the card scrolls', () => {
  assert.deepEqual(place(1, 9, 'up'), { cursor: 0, top: 9 });
  assert.deepEqual(place(0, 9, 'up'), { cursor: 0, top: 8 });
  assert.deepEqual(place(0, 9, 'page-up'), { cursor: 0, top: 1 });
  assert.deepEqual(place(0, 0, 'up'), { cursor: 0, top: 0 });
});

test('first and last go to the ends, and the cursor never leaves the steps', () => {
  assert.deepEqual(place(20, 25, 'first'), { cursor: 0, top: 0 });
  assert.deepEqual(place(0, 0, 'last'), { cursor: 29, top: 32 });
  assert.deepEqual(place(29, 32, 'down'), { cursor: 29, top: 32 });
  assert.deepEqual(place(28, 32, 'page-down'), { cursor: 29, top: 32 });
});

test('going up, the line above comes along: it may be the title of a wave', () => {
  assert.deepEqual(place(12, 22, 'up'), { cursor: 11, top: 20 });
});

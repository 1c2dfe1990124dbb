import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartedAtValue } from '../../src/rollout/run/restarted-at.ts';

const at = Date.UTC(2026, 10, 21, 19, 30, 16) / 1000;

test('is local time in whole seconds, as kubectl writes it', () => {
  assert.equal(restartedAtValue(at + 0.9, 0, ''), '2026-11-21T19:30:16Z');
  assert.equal(restartedAtValue(at, -300, ''), '2026-11-21T14:30:16-05:00');
  assert.equal(restartedAtValue(at, 345, ''), '2026-11-22T01:15:16+05:45');
});

test('never repeats the value in the template: the server would see no change', () => {
  assert.equal(restartedAtValue(at, 0, '2026-11-21T19:30:16Z'), '2026-11-21T19:30:17Z');
});

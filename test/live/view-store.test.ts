import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Timers, ViewStore } from '../../src/live/view-store.ts';

/** Time that moves only when told to. */
function handTimers(): Timers & { advance(milliseconds: number): void } {
  let now = 0;
  let pending: { at: number; action: () => void }[] = [];
  return {
    now: () => now,
    after(milliseconds, action) {
      const entry = { at: now + milliseconds, action };
      pending.push(entry);
      return () => {
        pending = pending.filter((other) => other !== entry);
      };
    },
    advance(milliseconds) {
      now += milliseconds;
      const due = pending.filter(({ at }) => at <= now);
      pending = pending.filter(({ at }) => at > now);
      for (const { action } of due) {
        action();
      }
    },
  };
}

test('any number of changes make one picture every 100 ms', () => {
  const timers = handTimers();
  let made = 0;
  const store = new ViewStore(() => ++made, timers);
  const seen: number[] = [];
  store.subscribe(() => seen.push(store.get()));
  for (let change = 0; change < 1000; change++) {
    store.invalidate();
  }
  assert.deepEqual(seen, []);
  timers.advance(100);
  assert.deepEqual(seen, [2]);
  store.invalidate();
  timers.advance(99);
  assert.deepEqual(seen, [2]);
  timers.advance(1);
  assert.deepEqual(seen, [2, 3]);
});

test('a change after a quiet time is shown at once', () => {
  const timers = handTimers();
  let value = 'before';
  const store = new ViewStore(() => value, timers);
  timers.advance(500);
  value = 'after';
  store.invalidate();
  timers.advance(0);
  assert.equal(store.get(), 'after');
});

test('a value is the same object until it is made anew, and nobody is told after the end', () => {
  const timers = handTimers();
  let made = 0;
  const store = new ViewStore(() => ({ made: ++made }), timers);
  assert.equal(store.get(), store.get());
  let told = 0;
  store.subscribe(() => told++);
  store.invalidate();
  store.close();
  store.invalidate();
  timers.advance(1000);
  assert.equal(told, 0);
  assert.equal(made, 1, 'nor is anything made');
});

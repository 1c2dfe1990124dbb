import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockUntil, within } from '../../src/cli/completion/deadline.ts';
import { ManualClock } from '../kube/support/manual-clock.ts';

test('work that takes too long is told so, and nobody waits for it', async () => {
  const clock = new ManualClock();
  let told: AbortSignal | undefined;
  const answer = within({ clock, end: clock.now() + 100 }, (signal) => {
    told = signal;
    return new Promise(() => undefined);
  });
  clock.advance(99);
  assert.equal(told?.aborted, false);
  clock.advance(1);
  assert.equal(await answer, undefined);
  assert.equal(told?.aborted, true);
});

test('work that is done leaves no timer, and work that fails gives nothing', async () => {
  const clock = new ManualClock();
  const deadline = { clock, end: clock.now() + 100 };
  assert.equal(await within(deadline, () => Promise.resolve('books')), 'books');
  assert.equal(await within(deadline, () => Promise.reject(new Error('no'))), undefined);
  assert.deepEqual(clock.waits, []);
});

test('work is not begun once the time is over', async () => {
  const clock = new ManualClock();
  const answer = await within({ clock, end: clock.now() }, () => assert.fail('it was begun'));
  assert.equal(answer, undefined);
});

test('timers of others run out before the deadline, however long they were to be', () => {
  const clock = new ManualClock();
  const bounded = clockUntil({ clock, end: clock.now() + 100 });
  bounded.after(60_000, () => undefined);
  bounded.after(5, () => undefined);
  assert.deepEqual(clock.waits, [5, 85]);
  clock.advance(99);
  bounded.after(1_000, () => undefined);
  assert.deepEqual(clock.waits, [0]);
});

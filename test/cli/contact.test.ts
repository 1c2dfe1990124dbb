import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellOfContact } from '../../src/cli/contact.ts';
import type { Freshness } from '../../src/live/view.ts';

const live: Freshness = { state: 'live' };
const reconnecting: Freshness = { state: 'reconnecting', retryAt: 9, reason: 'connection refused' };
const stale: Freshness = { state: 'stale', since: 1, retryAt: 30, reason: 'connection refused' };

/** What is told while the picture becomes as fresh as each of these, one after the other. */
function told(...states: readonly Freshness[]): readonly string[] {
  const lines: string[] = [];
  let freshness = live;
  let look = (): void => undefined;
  const view = {
    get: () => ({ freshness }),
    subscribe(listener: () => void) {
      look = listener;
      return () => {
        look = () => undefined;
      };
    },
  };
  const stop = tellOfContact(view, '1a2b', {
    contact: ({ run, contact, reason }) => lines.push(`${run} ${contact} ${reason}`),
  });
  for (const state of states) {
    freshness = state;
    look();
  }
  stop();
  freshness = stale;
  look();
  return lines;
}

test('contact is told of once when it is lost for good, and once when it is back', () => {
  assert.deepEqual(told(reconnecting, stale, stale, reconnecting, live, live, stale), [
    '1a2b lost connection refused',
    '1a2b back ',
    '1a2b lost connection refused',
  ]);
});

test('a watch that begins anew at once is no news', () => {
  assert.deepEqual(told(reconnecting, live), []);
});

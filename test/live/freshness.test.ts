import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FeedState, freshnessOf } from '../../src/live/freshness.ts';

const live: FeedState = { state: 'live' };
const lost: FeedState = { state: 'waiting', since: 1000, retryAt: 1003, reason: 'connection refused' };

test('is live when every feed is, and a forbidden one does not count', () => {
  assert.deepEqual(freshnessOf([live, { state: 'forbidden' }], 1000), { state: 'live' });
});

test('is loading, with the sum of what has arrived, while a first list is under way', () => {
  const feeds: FeedState[] = [live, { state: 'listing', objects: 3 }, { state: 'listing', objects: 4 }];
  assert.deepEqual(freshnessOf(feeds, 1000), { state: 'loading', objects: 7 });
});

test('what has arrived in full goes on counting while the rest is loading', () => {
  const feeds: FeedState[] = [
    { state: 'live', objects: 90 },
    { state: 'listing', objects: 4 },
  ];
  assert.deepEqual(freshnessOf(feeds, 1000), { state: 'loading', objects: 94 });
});

test('is loading before anything is followed', () => {
  assert.deepEqual(freshnessOf([], 1000), { state: 'loading', objects: 0 });
});

test('is reconnecting as soon as one feed is lost, and stale when it stays lost', () => {
  assert.deepEqual(freshnessOf([live, lost], 1001), {
    state: 'reconnecting',
    retryAt: 1003,
    reason: 'connection refused',
  });
  assert.deepEqual(freshnessOf([live, lost], 1015), {
    state: 'stale',
    since: 1000,
    retryAt: 1003,
    reason: 'connection refused',
  });
});

test('the feed that was lost first decides', () => {
  const later: FeedState = { state: 'waiting', since: 1010, retryAt: 1011, reason: 'reset' };
  assert.equal(freshnessOf([later, lost], 1020).state, 'stale');
});

import type { Freshness } from './view.ts';

/** Where one reflector stands. Times are seconds since the epoch. */
export type FeedState =
  /** The first list is arriving; `objects` so far. */
  | { readonly state: 'listing'; readonly objects: number }
  /** Up to date; `objects` were there when it became so. */
  | { readonly state: 'live'; readonly objects?: number }
  /** Contact is lost since `since`; the next attempt comes at `retryAt`. */
  | { readonly state: 'waiting'; readonly since: number; readonly retryAt: number; readonly reason: string }
  /** It may not be read: named under "not readable", and no reason to call the rest stale. */
  | { readonly state: 'forbidden' };

/** So long without contact, and the picture is called stale. */
const STALE_AFTER_SECONDS = 15;

/** How fresh the whole picture is: as fresh as its worst part, and loading while there is no part yet. */
export function freshnessOf(feeds: Iterable<FeedState>, now: number): Freshness {
  let objects = 0;
  let followed = false;
  let listing = false;
  let waiting: (FeedState & { state: 'waiting' }) | undefined;
  for (const feed of feeds) {
    followed = true;
    if (feed.state === 'listing') {
      listing = true;
    }
    // What has arrived in full still counts: the sum must not fall while the rest is loading.
    if (feed.state === 'listing' || feed.state === 'live') {
      objects += feed.objects ?? 0;
    }
    if (feed.state === 'waiting' && (!waiting || feed.since < waiting.since)) {
      waiting = feed;
    }
  }
  if (waiting) {
    const { since, retryAt, reason } = waiting;
    return now - since >= STALE_AFTER_SECONDS
      ? { state: 'stale', since, retryAt, reason }
      : { state: 'reconnecting', retryAt, reason };
  }
  return listing || !followed ? { state: 'loading', objects } : { state: 'live' };
}

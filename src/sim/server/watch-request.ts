import { type ApiError, versionTooLarge, watchExpired } from '../api-error.ts';
import { type Matcher, parseSelectors } from '../selectors.ts';
import type { MemoryStore } from '../store.ts';
import type { KubeObject, ResourceType, StoreEvent } from '../types.ts';
import { forbiddenOption, parseVersion } from './list.ts';
import type { View } from './render.ts';

/** A request for a watch, checked and ready to begin. */
export interface WatchRequest {
  readonly resource: ResourceType;
  readonly namespace: string;
  readonly view: View;
  readonly matches: Matcher;
  /** Events after this version. */
  readonly from: number;
  /** Objects to send as ADDED first. */
  readonly initial: readonly KubeObject[];
  /** The first events, missed between `from` and now. */
  readonly missed: readonly StoreEvent[];
  /** Whether a bookmark marks the end of the initial objects (WatchList). */
  readonly marksEnd: boolean;
  readonly bookmarks: boolean;
  readonly timeoutSeconds: number;
  /** Sent as the only event, when the watch cannot begin. */
  readonly error: ApiError | undefined;
}

export interface WatchDefaults {
  /** Whether `sendInitialEvents` is served (feature WatchList). */
  readonly watchList: boolean;
  /** 0 to 1, spreads the timeouts of watches that name none. */
  readonly random: () => number;
}

const MIN_TIMEOUT_SECONDS = 1800;

/** Reads a watch's query. Throws ApiErrors that are answers of their own: 400, 422, 504. */
export function prepareWatch(
  store: MemoryStore,
  namespace: string,
  query: URLSearchParams,
  view: View,
  defaults: WatchDefaults,
): WatchRequest {
  const { resource } = view;
  const { matches } = parseSelectors(resource, query);
  const version = parseVersion(query.get('resourceVersion') ?? '') ?? 0;
  const listFirst = query.get('sendInitialEvents') === 'true';
  if (query.has('sendInitialEvents') && !defaults.watchList) {
    const why = 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled';
    throw forbiddenOption('sendInitialEvents', why);
  }
  if (version > store.revision) throw versionTooLarge(version, store.revision);
  const synthetic = listFirst || (version === 0 && !query.has('sendInitialEvents'));
  const missed = synthetic || version === 0 ? [] : store.eventsSince(resource, version);
  return {
    resource,
    namespace,
    view,
    matches,
    from: version === 0 || listFirst ? store.revision : version,
    initial: synthetic ? store.list(resource, namespace).filter(matches) : [],
    missed: missed ?? [],
    marksEnd: listFirst,
    bookmarks: query.get('allowWatchBookmarks') === 'true',
    timeoutSeconds: timeoutOf(query, defaults.random),
    error: missed === undefined ? watchExpired(version, store.revision) : undefined,
  };
}

function timeoutOf(query: URLSearchParams, random: () => number): number {
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  return seconds > 0 ? seconds : MIN_TIMEOUT_SECONDS * (1 + random());
}

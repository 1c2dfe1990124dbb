import type { MeshView, Unreadable } from '../mesh/view.ts';

/** How fresh the picture is. Times are seconds since the epoch. */
export type Freshness =
  /** First lists are still arriving; `objects` have been read so far. */
  | { readonly state: 'loading'; readonly objects: number }
  | { readonly state: 'live' }
  /** Watches broke; the next attempt is at `retryAt`. */
  | { readonly state: 'reconnecting'; readonly retryAt: number; readonly reason: string }
  /** No contact since `since`, long enough that the picture may be wrong. */
  | { readonly state: 'stale'; readonly since: number; readonly retryAt: number; readonly reason: string };

export interface ClusterInfo {
  readonly context: string;
  readonly server: string;
  /** `gitVersion` of the API server, '' when unknown. */
  readonly kubernetesVersion: string;
}

/** One immutable picture of the cluster. */
export interface LiveView {
  readonly cluster: ClusterInfo;
  readonly mesh: MeshView;
  readonly freshness: Freshness;
  readonly unreadable: readonly Unreadable[];
}

/** Where a view of type `T` can be read and followed; fits React's `useSyncExternalStore`. */
export interface Store<T> {
  get(): T;
  /** Calls `listener` after each new value; returns the way to stop. */
  subscribe(listener: () => void): () => void;
}

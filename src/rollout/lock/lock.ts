/** Who holds the lock of a cluster. Times are seconds since the epoch. */
export interface LockHolder {
  /** `user@host/run-id`. */
  readonly holder: string;
  readonly run: string;
  readonly acquiredAt: number;
  /** Seconds since the record was last seen to change, by this program's own clock. */
  readonly unchangedSeconds: number;
  /** It has not changed for a whole lease: its holder is probably gone. */
  readonly stale: boolean;
}

export type LockAnswer =
  | { readonly answer: 'held' }
  | { readonly answer: 'taken'; readonly by: LockHolder }
  /** The right to it is missing, or the server cannot be asked. */
  | { readonly answer: 'unavailable'; readonly reason: string };

/** The lock that keeps two runs on one cluster apart. */
export interface RunLock {
  /**
   * Takes the lock for a run and renews it until `release`. With `takeOver` a lock that is held is watched for a
   * whole lease and taken only if it did not change meanwhile. A lock that this very run holds is taken at once.
   */
  acquire(request: {
    readonly by: string;
    readonly run: string;
    readonly takeOver: boolean;
  }): Promise<LockAnswer>;
  /** Called at most once per acquisition, when it was taken away or could not be renewed in time. */
  onLost(listener: (reason: string) => void): () => void;
  /** True while the lease is ours by our own clock; asked right before each write. */
  isHeld(): boolean;
  release(): Promise<void>;
}

/** A request as a fault hook sees it. */
export interface FaultRequest {
  readonly method: string;
  readonly verb: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Plural name, '' for paths that are no resource. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly userAgent: string;
}

/** What goes wrong with one request. */
export type Fault =
  /** The request is served, after this time. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** This answer comes instead of the real one, and nothing is changed. An object is sent as JSON. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is cut: before anything happened, or after the change was stored. */
  | { readonly kind: 'reset'; readonly after: 'nothing' }
  | { readonly kind: 'reset'; readonly after: 'commit' }
  /** No answer ever comes: before anything happened, or after the change was stored. */
  | { readonly kind: 'hang'; readonly after: 'nothing' }
  | { readonly kind: 'hang'; readonly after: 'commit' }
  /** The answer breaks off after this many bytes. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** The answer's bytes are changed before they are sent. */
  | { readonly kind: 'corrupt'; readonly change: (chunk: Buffer) => Buffer };

/** Asked before every request is answered; undefined lets it pass. */
export type FaultHook = (request: FaultRequest) => Fault | undefined;

/** Chooses watches by resource and namespace; without it, all. */
export type WatchFilter = (watch: { readonly resource: string; readonly namespace: string }) => boolean;

/** Everything a test can break. */
export interface Faults {
  /** Adds a hook; the first that names a fault decides. Returns the way to remove it. */
  onRequest(hook: FaultHook): () => void;
  /** Ends watches as a timeout does, on an event boundary. */
  endWatches(filter?: WatchFilter): void;
  /** Sends the first half of a bookmark, then cuts the connection. */
  cutWatches(filter?: WatchFilter): void;
  /** Stops writing to watches but keeps their connections, as a dead network does. */
  silenceWatches(filter?: WatchFilter): void;
  /** Sends bytes of the test's making into watches. */
  injectIntoWatches(bytes: Uint8Array, filter?: WatchFilter): void;
  /** Forgets all history: older versions and continue tokens are 410 from now on. */
  expireHistory(): void;
  /** Cuts all connections. */
  dropConnections(): void;
  /** Cuts all connections and refuses new ones until the returned function is called. */
  refuseConnections(): Promise<() => Promise<void>>;
}

/** A hook that names the fault for the first `times` requests that `matches` chooses. */
export function faultTimes(
  times: number,
  matches: (request: FaultRequest) => boolean,
  fault: Fault,
): FaultHook {
  let left = times;
  return (request) => {
    if (left === 0 || !matches(request)) return undefined;
    left -= 1;
    return fault;
  };
}

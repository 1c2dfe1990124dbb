/** What one request asks and what its answer offers. */

export interface Timeouts {
  /** To connect, TLS included. */
  readonly connectMs: number;
  /** From the request to the head of its answer. */
  readonly headersMs: number;
  /** A body must bring {@link MIN_PROGRESS_BYTES} in this time. */
  readonly idleMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 10_000, headersMs: 60_000, idleMs: 30_000 };

/** A body slower than this within the idle time counts as stalled. */
export const MIN_PROGRESS_BYTES = 1_024;

export interface RequestOptions {
  readonly method: string;
  /** Path below the server's base URL, with query. */
  readonly path: string;
  readonly accept: string;
  readonly body?: { readonly contentType: string; readonly text: string } | undefined;
  /** A watch: the body may be silent, and is never compressed. */
  readonly streaming?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What is being done, for messages: `list pods`. */
  readonly operation: string;
}

export interface Answer {
  readonly status: number;
  /** Media type without parameters, in lower case; '' when absent. */
  readonly mediaType: string;
  /** First value of a header. */
  header(name: string): string | undefined;
  /** The decoded body, once. Ends with a {@link KubeError} when it is cut. Leaving the loop closes the connection. */
  chunks(): AsyncGenerator<Buffer, void, undefined>;
  /** Reads the body to its end and forgets it, so that the connection can be used again. */
  discard(): Promise<void>;
}

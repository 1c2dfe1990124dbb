/**
 * What a reflector does next: a pure function of what happened. The rules are those of client-go
 * `tools/cache/reflector.go`, with full jitter, and without a relist where resuming is enough.
 */

import type { KubeError } from '../errors.ts';

export interface PolicyState {
  /** The version that a list has to reach: `'0'` before the first, `''` for the newest there is. */
  readonly listVersion: string;
  /** Where a watch goes on. */
  readonly watchVersion: string;
  /** Failures in a row, without two healthy minutes between them. */
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly lastFailureAt: number;
  /** Watches in a row that ended within a second without an event, or met a server behind our version. */
  readonly fruitless: number;
}

export const INITIAL_STATE: PolicyState = {
  listVersion: '0',
  watchVersion: '',
  failures: 0,
  lastFailureAt: 0,
  fruitless: 0,
};

export type Outcome =
  | { readonly type: 'listed'; readonly resourceVersion: string }
  /** The server ended the watch in order. */
  | {
      readonly type: 'watch-ended';
      readonly durationMs: number;
      readonly events: number;
      readonly resourceVersion: string;
    }
  /** Nothing came for too long, not even a bookmark. */
  | { readonly type: 'watch-silent'; readonly resourceVersion: string }
  | { readonly type: 'list-failed'; readonly error: KubeError }
  | {
      readonly type: 'watch-failed';
      readonly error: KubeError;
      readonly resourceVersion: string;
      /** The error came as an ERROR event of a watch that had begun. */
      readonly inStream: boolean;
    };

export interface Step {
  readonly action: 'list' | 'watch';
  readonly delayMs: number;
}

const BASE_MS = 800;
const CAP_MS = 30_000;
const MIN_DELAY_MS = 100;
const HEALTHY_MS = 120_000;
/** What only a person can change is not asked for often. */
const RARE_MS = 60_000;
const SHORT_WATCH_MS = 1_000;
const MAX_FRUITLESS = 5;

/** The next state and step after `outcome`. `random` is in [0, 1); times are milliseconds. */
export function decide(
  state: PolicyState,
  outcome: Outcome,
  now: number,
  random: number,
): { readonly state: PolicyState; readonly step: Step } {
  switch (outcome.type) {
    case 'listed': {
      const { resourceVersion } = outcome;
      return {
        state: { ...state, listVersion: resourceVersion, watchVersion: resourceVersion },
        step: { action: 'watch', delayMs: 0 },
      };
    }
    case 'watch-ended':
      return afterEnd(at(state, outcome.resourceVersion), outcome, now, random);
    case 'watch-silent': {
      const next = failed(at(state, outcome.resourceVersion), now);
      return { state: next, step: { action: 'watch', delayMs: backoff(next.failures, random) } };
    }
    case 'list-failed':
      return afterListFailure(failed(state, now), outcome.error, random);
    case 'watch-failed': {
      const next = failed(at(state, outcome.resourceVersion), now);
      return afterWatchFailure(next, outcome.error, outcome.inStream, random);
    }
  }
}

/** The state after a watch that came as far as `resourceVersion`; a later list must not be older. */
function at(state: PolicyState, resourceVersion: string): PolicyState {
  return { ...state, watchVersion: resourceVersion, listVersion: resourceVersion };
}

function afterEnd(
  state: PolicyState,
  outcome: { readonly durationMs: number; readonly events: number },
  now: number,
  random: number,
): { state: PolicyState; step: Step } {
  if (outcome.durationMs >= SHORT_WATCH_MS) {
    return { state: { ...state, fruitless: 0 }, step: { action: 'watch', delayMs: 0 } };
  }
  const next = failed(state, now);
  if (outcome.events > 0) {
    return {
      state: { ...next, fruitless: 0 },
      step: { action: 'watch', delayMs: backoff(next.failures, random) },
    };
  }
  return fruitless(next, backoff(next.failures, random), next.watchVersion);
}

/** Goes on watching, but lists (at `listVersion`) when that has brought nothing several times over. */
function fruitless(
  state: PolicyState,
  delayMs: number,
  listVersion: string,
): { state: PolicyState; step: Step } {
  const count = state.fruitless + 1;
  if (count < MAX_FRUITLESS)
    return { state: { ...state, fruitless: count }, step: { action: 'watch', delayMs } };
  return { state: { ...state, fruitless: 0, listVersion }, step: { action: 'list', delayMs } };
}

function afterListFailure(
  state: PolicyState,
  error: KubeError,
  random: number,
): { state: PolicyState; step: Step } {
  const delayMs = delayAfter(state, error, random);
  if ((error.kind === 'expired' || error.kind === 'too-new') && state.listVersion !== '') {
    // The newest version is always there. At once the first time; a server that goes on so is given time.
    return {
      state: { ...state, listVersion: '' },
      step: { action: 'list', delayMs: state.failures === 1 ? 0 : delayMs },
    };
  }
  return { state, step: { action: 'list', delayMs } };
}

function afterWatchFailure(
  state: PolicyState,
  error: KubeError,
  inStream: boolean,
  random: number,
): { state: PolicyState; step: Step } {
  const delayMs = delayAfter(state, error, random);
  switch (error.kind) {
    case 'expired':
      return { state, step: { action: 'list', delayMs: state.failures === 1 ? 0 : delayMs } };
    case 'too-new':
      return fruitless(state, delayMs, '');
    case 'too-many-requests':
    case 'network':
    case 'proxy':
    case 'tls':
    case 'timeout':
    case 'credentials':
    case 'unauthorized':
    case 'not-kubernetes':
      return { state, step: { action: 'watch', delayMs } };
    case 'unavailable':
      // Before the watch began nothing is lost; in its midst the server no longer vouches for it.
      return { state, step: { action: inStream ? 'list' : 'watch', delayMs } };
    default:
      return { state, step: { action: 'list', delayMs } };
  }
}

function failed(state: PolicyState, now: number): PolicyState {
  const wasHealthy = now - state.lastFailureAt >= HEALTHY_MS;
  return { ...state, failures: wasHealthy ? 1 : state.failures + 1, lastFailureAt: now };
}

/** Milliseconds to wait after the n-th failure in a row: full jitter under a doubling ceiling. */
function backoff(failures: number, random: number): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures - 1, 16));
  return Math.max(MIN_DELAY_MS, Math.round(ceiling * random));
}

function delayAfter(state: PolicyState, error: KubeError, random: number): number {
  if (isForPeople(error)) return RARE_MS;
  const delay = backoff(state.failures, random);
  return error.retryAfterSeconds === undefined ? delay : Math.max(delay, error.retryAfterSeconds * 1000);
}

/** Errors that repeating will not mend: rights, missing API groups, refused credentials. */
export function isForPeople(error: KubeError): boolean {
  return error.kind === 'forbidden' || error.kind === 'not-found' || error.kind === 'unauthorized';
}

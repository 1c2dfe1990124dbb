/** What can go wrong between here and an API server, in a form that callers can decide by. */

import type { Status, StatusCause } from './status.ts';

export type KubeErrorKind =
  /** 401, after the credentials were refreshed once. */
  | 'unauthorized'
  | 'forbidden'
  /** 404, of an object or of a whole API group. */
  | 'not-found'
  /** 409 on a precondition. */
  | 'conflict'
  /** 409 on a create. */
  | 'already-exists'
  /** 410: the resourceVersion or continue token is too old. */
  | 'expired'
  /** The server has not yet seen the resourceVersion that was asked for. */
  | 'too-new'
  | 'too-many-requests'
  | 'bad-request'
  | 'not-acceptable'
  | 'invalid'
  /** 500, 502, 503, 504. */
  | 'unavailable'
  /** No connection: refused, reset, name not found, cut. */
  | 'network'
  | 'proxy'
  | 'tls'
  | 'timeout'
  /** Credentials could not be had: exec plugin, token file, certificate file. */
  | 'credentials'
  /** The answer is not one of a Kubernetes API server. */
  | 'not-kubernetes'
  /** The answer began as it should and went wrong: cut, corrupt or of another kind. */
  | 'malformed'
  /** The caller gave up. */
  | 'aborted'
  | 'other';

export interface KubeErrorFields {
  /** HTTP status, 0 without an answer. */
  readonly status?: number;
  /** `reason` of the Status, or a system's code such as `ECONNREFUSED`. */
  readonly reason?: string;
  /** What the server said, word for word. */
  readonly detail?: string;
  readonly retryAfterSeconds?: number | undefined;
  readonly causes?: readonly StatusCause[];
  readonly continueToken?: string;
  readonly cause?: unknown;
}

/** The message says what failed, on what, and what to do next. It never holds credentials. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly kind: KubeErrorKind;
  readonly status: number;
  readonly reason: string;
  /** What the server said of it in its own words, cleaned; '' where it said nothing. */
  readonly detail: string;
  /** Seconds that the server asks to wait, undefined when it does not say. */
  readonly retryAfterSeconds: number | undefined;
  readonly causes: readonly StatusCause[];
  /** Of an expired list: the token that goes on inconsistently, else ''. */
  readonly continueToken: string;

  constructor(kind: KubeErrorKind, message: string, fields: KubeErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.kind = kind;
    this.status = fields.status ?? 0;
    this.reason = fields.reason ?? '';
    this.detail = fields.detail ?? '';
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.causes = fields.causes ?? [];
    this.continueToken = fields.continueToken ?? '';
  }
}

/** Whatever was thrown as a KubeError; a programming error keeps its message under the kind `other`. */
export function toKubeError(error: unknown, operation: string): KubeError {
  if (error instanceof KubeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new KubeError('other', `could not ${operation}: ${message}`, { cause: error });
}

const HINTS: Readonly<Partial<Record<KubeErrorKind, string>>> = {
  unauthorized:
    'The server does not accept these credentials: log in again, or choose another --context or --user.',
  forbidden: 'Ask for this right, or use --as or another --context.',
  'too-many-requests': 'The server is busy and is asked again later.',
  unavailable: 'The server or something in front of it is failing; try again.',
  expired: 'The list is read again.',
  conflict: 'Someone else changed the object: look at it again before trying once more.',
};

/** The error that an answer with `httpStatus` and this Status stands for. `operation` is `list pods` or the like. */
export function statusError(
  operation: string,
  httpStatus: number,
  status: Status,
  retryAfterSeconds: number | undefined,
): KubeError {
  const code = status.code === 0 ? httpStatus : status.code;
  const kind = kindOf(code, status);
  const detail = status.message === '' ? `the server answered ${code}` : status.message;
  const hint = HINTS[kind];
  return new KubeError(
    kind,
    `could not ${operation}: ${detail}${hint === undefined ? '' : `${stop(detail)} ${hint}`}`,
    {
      status: code,
      reason: status.reason,
      detail: status.message,
      retryAfterSeconds: retryAfterSeconds ?? (status.details.retryAfterSeconds || undefined),
      causes: status.details.causes,
      continueToken: status.continueToken,
    },
  );
}

function stop(text: string): string {
  return /[.!?]$/.test(text) ? '' : '.';
}

function kindOf(code: number, status: Status): KubeErrorKind {
  if (isTooNew(status)) return 'too-new';
  switch (code) {
    case 400:
      return 'bad-request';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 406:
    case 415:
      return 'not-acceptable';
    case 409:
      return status.reason === 'AlreadyExists' ? 'already-exists' : 'conflict';
    case 410:
      return 'expired';
    case 422:
      return 'invalid';
    case 429:
      return 'too-many-requests';
    default:
      return code >= 500 && code < 600 ? 'unavailable' : 'other';
  }
}

/**
 * A version that the server has not reached yet: from the watch cache a 504 with a cause of its own, from
 * etcd a 500 without one (kubernetes/apiserver `pkg/storage/errors.go`; the latter as recorded).
 */
function isTooNew(status: Status): boolean {
  if (status.details.causes.some((cause) => cause.reason === 'ResourceVersionTooLarge')) return true;
  return /too large resource version|required revision is a future revision/i.test(status.message);
}

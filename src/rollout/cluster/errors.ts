import type { KubeError, KubeErrorKind } from '../../kube/errors.ts';
import type { PatchOutcome } from '../ports.ts';
import type { EvictionKind } from '../run/events.ts';

/** Errors after which nobody knows whether the server has applied a write. */
const inTheDark: ReadonlySet<KubeErrorKind> = new Set([
  'network',
  'proxy',
  'tls',
  'timeout',
  'aborted',
  'unavailable',
  'malformed',
  'not-kubernetes',
]);

/** Of those: errors of a server that did answer, and that trying again would not mend. */
const answered: ReadonlySet<KubeErrorKind> = new Set(['unavailable', 'not-kubernetes', 'proxy', 'tls']);

/** What a failed patch comes to. */
export function patchOutcomeOf({ kind, message, retryAfterSeconds = 0 }: KubeError): PatchOutcome {
  if (inTheDark.has(kind)) {
    if (kind === 'unavailable' && isWebhook(message)) {
      return { outcome: 'lost', kind: 'webhook', message };
    }
    return { outcome: 'lost', kind: answered.has(kind) ? 'refused' : 'unanswered', message };
  }
  switch (kind) {
    case 'conflict':
      return { outcome: 'refused', kind, message, retryAfterSeconds };
    case 'not-found':
      return { outcome: 'refused', kind: 'gone', message, retryAfterSeconds };
    case 'too-many-requests':
      return { outcome: 'refused', kind: 'busy', message, retryAfterSeconds };
    default:
      return { outcome: 'refused', kind: 'refused', message, retryAfterSeconds };
  }
}

/** The words of kube-apiserver for a webhook without an answer (`pkg/admission/plugin/webhook/errors`). */
function isWebhook(message: string): boolean {
  return /failed calling webhook|failed to call webhook/.test(message);
}

/** True when reading again may bring an answer. */
export function mayPass(kind: KubeErrorKind): boolean {
  return inTheDark.has(kind) || kind === 'too-many-requests';
}

/**
 * What a failed eviction comes to. A budget that allows none and a server that is too busy are both a 429; only the
 * former names a cause (kubernetes `pkg/registry/core/pod/storage/eviction.go`).
 */
export function evictionKindOf({ kind, causes }: KubeError): EvictionKind {
  switch (kind) {
    case 'too-many-requests':
      return causes.some(({ reason }) => reason === 'DisruptionBudget') ? 'budget' : 'busy';
    case 'not-found':
    case 'conflict':
      return 'gone';
    default:
      return mayPass(kind) ? 'busy' : 'refused';
  }
}

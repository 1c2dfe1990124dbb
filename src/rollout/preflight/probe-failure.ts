import { INJECTOR_WEBHOOK } from '../../data/linkerd.ts';
import type { ProbeAnswer } from './facts.ts';

/**
 * Why a probe came back otherwise than with a proxy. `unreachable`: the API server could not call the injector.
 * `bare`: the pod passed without a proxy. `denied`: the injector refused it. `quota`, `policy`: somebody else did.
 */
export type ProbeFailure = 'unreachable' | 'bare' | 'denied' | 'quota' | 'policy';

/** undefined for a probe with a proxy, and for one that could not be made. */
export function probeFailure(answer: ProbeAnswer): ProbeFailure | undefined {
  switch (answer.answer) {
    case 'no-proxy':
      return 'bare';
    case 'refused':
      return refusal(answer.message);
    default:
      return undefined;
  }
}

/** Words of kubernetes/apiserver `pkg/admission/plugin/webhook`, kubernetes `plugin/pkg/admission/resourcequota`. */
function refusal(message: string): ProbeFailure {
  if (message.includes(`failed calling webhook "${INJECTOR_WEBHOOK}"`)) {
    return 'unreachable';
  }
  if (message.includes(`admission webhook "${INJECTOR_WEBHOOK}" denied`)) {
    return 'denied';
  }
  return message.includes('exceeded quota') ? 'quota' : 'policy';
}

/** Failures that the workload has no part in. */
export const injectorsFault: ReadonlySet<ProbeFailure> = new Set<ProbeFailure>([
  'unreachable',
  'bare',
  'denied',
]);

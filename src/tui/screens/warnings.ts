import type { LiveView } from '../../live/view.ts';
import type { ControlPlaneView } from '../../mesh/view.ts';
import type { Tone } from '../state/ui-state.ts';
import { count } from '../text/words.ts';

export interface Warning {
  readonly tone: Extract<Tone, 'caution' | 'danger'>;
  readonly text: string;
}

/** A reason as a sentence: with exactly one full stop. */
function sentence(text: string): string {
  return `${text.trim().replace(/\.$/, '')}.`;
}

function injectorWarning({ injector, failurePolicy }: ControlPlaneView): Warning | undefined {
  if (injector.state === 'ready') return undefined;
  if (injector.state === 'unknown') {
    return { tone: 'caution', text: sentence(`The injector's state is unknown: ${injector.reason}`) };
  }
  // Webhook failurePolicy: Ignore lets the pod through without a proxy, Fail refuses the pod.
  const consequence =
    failurePolicy === 'Ignore'
      ? ' New pods would start without a proxy.'
      : failurePolicy === 'Fail'
        ? ' New pods would be refused.'
        : '';
  return { tone: 'danger', text: sentence(`The injector is down: ${injector.reason}`) + consequence };
}

/** What has to be known before a figure on the screen is believed, gravest first. */
export function warningsOf({ mesh, freshness, unreadable }: LiveView): readonly Warning[] {
  const { controlPlane } = mesh;
  const warnings: Warning[] = [];
  const injector = injectorWarning(controlPlane);
  if (injector !== undefined) warnings.push(injector);
  if (controlPlane.halfRolled !== '') {
    warnings.push({
      tone: 'caution',
      text: sentence(`The control plane is half rolled: ${controlPlane.halfRolled}`),
    });
  }
  if (freshness.state === 'stale') {
    warnings.push({ tone: 'danger', text: sentence(`No contact with the API server: ${freshness.reason}`) });
  }
  if (freshness.state === 'reconnecting') {
    warnings.push({ tone: 'caution', text: sentence(`The watch broke off: ${freshness.reason}`) });
  }
  for (const other of controlPlane.others) {
    const state = other.exists ? 'another control plane' : 'a control plane that does not exist';
    warnings.push({
      tone: 'caution',
      text: `${count(other.proxies, 'proxy belongs', 'proxies belong')} to ${state}, in namespace ${other.namespace}.`,
    });
  }
  for (const { what, why } of unreadable) {
    warnings.push({ tone: 'caution', text: sentence(`Not readable: ${what} (${why})`) });
  }
  return warnings;
}

import type { ControlPlaneView } from '../../mesh/view.ts';

/**
 * Reasons in words why nothing may be restarted now; empty when restarting is safe. A restart while the injector
 * cannot answer leaves pods without a proxy (policy Ignore) or without pods (policy Fail); while the control plane
 * is half rolled it may inject the old version.
 */
export function blockedBy(controlPlane: ControlPlaneView): readonly string[] {
  const reasons: string[] = [];
  if (controlPlane.version === '') {
    reasons.push(
      'the version of the control plane is not known, so the outcome of a restart cannot be predicted',
    );
  }
  if (controlPlane.injector.state === 'down') {
    const effect =
      controlPlane.failurePolicy === 'Fail' ? 'no pod could start' : 'new pods would come up without a proxy';
    reasons.push(`the proxy injector is down (${controlPlane.injector.reason}): ${effect}`);
  }
  if (controlPlane.halfRolled !== '') {
    reasons.push(`the control plane is half rolled: ${controlPlane.halfRolled}; wait until it has settled`);
  }
  if (controlPlane.injector.state === 'unknown') {
    reasons.push(`whether the proxy injector works is not known: ${controlPlane.injector.reason}`);
  }
  return reasons;
}

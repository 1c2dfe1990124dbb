import type { EffectKind, WorkloadKey } from '../../mesh/view.ts';
import { operandOf } from './subject.ts';

/** How this program is called. */
export const PROGRAM = 'kubectl linkerd-upgrade';

/** Commands that help with a workload whose restart has this effect, the most useful first. */
export function nextFor(
  key: WorkloadKey,
  effect: EffectKind,
  isPinnedByTemplate: boolean,
): readonly string[] {
  const operand = operandOf(key);
  const resource = `${key.kind.toLowerCase()}/${key.name}`;
  switch (effect) {
    case 'pinned':
      return [
        `${PROGRAM} unpin ${isPinnedByTemplate ? operand : key.namespace}`,
        `${PROGRAM} plan ${operand}`,
      ];
    case 'static':
      // `linkerd inject` leaves a manifest alone that has the proxy, so that one is taken out first.
      return [
        `kubectl get ${resource} -n ${key.namespace} -o yaml | linkerd uninject - | linkerd inject --manual - | kubectl apply -f -`,
      ];
    case 'nothing':
      return [];
    case 'upgrades':
    case 'renews':
      return [`${PROGRAM} plan ${operand}`, `${PROGRAM} restart ${operand}`];
    case 'meshes':
    case 'downgrades':
      return [`${PROGRAM} plan ${operand}`, `${PROGRAM} restart ${operand} --include ${effect}`];
    default:
      return [`${PROGRAM} plan ${operand}`];
  }
}

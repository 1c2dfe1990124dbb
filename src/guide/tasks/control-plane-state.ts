import { installationText } from '../applicability/installed.ts';
import { linkerdCrds, missingCrd } from './linkerd-crds.ts';
import type { Finding, StepContext } from './task.ts';

/** Whether the CRDs of a step were applied, as far as they or the control plane tell. */
export function crdsState({ inventory, to, reached }: StepContext): Pick<Finding, 'state' | 'why'> {
  const missing = missingCrd(inventory, to);
  if (missing !== '') return { state: 'open', why: `CRD ${missing} is absent` };
  const crds = linkerdCrds(inventory);
  const isApplied = crds.every(
    ({ annotations }) => annotations['linkerd.io/created-by']?.split(' ')[1] === to,
  );
  if (crds.length > 0 && isApplied) {
    return { state: 'done', why: `Linkerd's CRDs say that they are of ${to}` };
  }
  if (reached) return { state: 'done', why: `the control plane is at ${to}` };
  return { state: 'open', why: 'the control plane is not at this version yet' };
}

/** How far the control plane is on its step. */
export function controlPlaneState({ inventory, to, reached }: StepContext): Pick<Finding, 'state' | 'why'> {
  const { components, version, ready, halfRolled } = inventory.controlPlane;
  if (!reached) {
    return {
      state: 'open',
      why: `it runs ${version}, installed ${installationText(inventory.installation)}`,
    };
  }
  if (halfRolled !== '') return { state: 'in-progress', why: halfRolled };
  if (components.length === 0) {
    return { state: 'unknown', why: `it says ${to}, but its components could not be read` };
  }
  if (ready)
    return { state: 'done', why: `${components.length} of ${components.length} components run ${to}` };
  const unready = components.filter(
    (component) =>
      component.version !== to || component.ready < component.replicas || component.replicas === 0,
  );
  return {
    state: 'in-progress',
    why: unready
      .map(
        (component) =>
          `${component.name} ${component.ready}/${component.replicas} on ${component.version || 'an unknown version'}`,
      )
      .join('; '),
  };
}

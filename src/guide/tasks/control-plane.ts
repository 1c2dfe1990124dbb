import { controlPlaneState, crdsState } from './control-plane-state.ts';
import { type Finding, ifInstalled, type StepContext } from './task.ts';
import type { Recipe, Way } from './way.ts';
import { byCli } from './way-cli.ts';
import { asItWillBe, byHelm } from './way-helm.ts';
import { byGit, byOperator } from './way-others.ts';

/** CRDs, then the control plane, by the way in which this control plane was installed; by both where nobody knows. */
export function controlPlane(step: StepContext): readonly Finding[] {
  const ways = waysOf(step);
  const crds = ways.flatMap((way): readonly Finding[] => (way.crds ? [crdsTask(step, way, way.crds)] : []));
  return [...crds, ...ways.map((way) => controlPlaneTask(step, way))];
}

function crdsTask(step: StepContext, { name }: Way, recipe: Recipe): Finding {
  return {
    id: name === '' ? 'crds' : `crds/${name}`,
    kind: 'crds',
    title: `Apply the CRDs of ${step.to}${ifInstalled(name)}`,
    ...crdsState(step),
    ...recipe,
  };
}

function controlPlaneTask(step: StepContext, { name, controlPlane: recipe }: Way): Finding {
  return {
    id: name === '' ? 'control-plane' : `control-plane/${name}`,
    kind: 'control-plane',
    title: `Upgrade the control plane to ${step.to}${ifInstalled(name)}`,
    ...controlPlaneState(step),
    ...recipe,
  };
}

function waysOf(step: StepContext): readonly Way[] {
  const { installation } = step.inventory;
  switch (installation.method) {
    case 'cli':
      return [byCli(step, '')];
    case 'helm':
      return [byHelm(step, asItWillBe(step, installation), '')];
    case 'gitops':
      return [byGit(step, installation.tool)];
    case 'operator':
      return [byOperator(step, installation)];
    case 'unknown':
      return [
        byCli(step, 'cli'),
        byHelm(
          step,
          { method: 'helm', release: 'HELM_RELEASE', namespace: 'HELM_NAMESPACE', chart: '' },
          'helm',
        ),
      ];
  }
}

import type { Installation } from '../inventory.ts';
import { chartVersions, repositoryOf } from './charts.ts';
import { guide, linkerdNamespace, quote, type StepContext } from './task.ts';
import type { Way } from './way.ts';
import { hasOneChart, splitsChart } from './way-helm.ts';

/** What to write in Git, for the tool that applies it. */
export function byGit(step: StepContext, tool: string): Way {
  const { inventory, to } = step;
  const repository = repositoryOf(to);
  const versions = chartVersions(to);
  const from = `of ${repository.url}`;
  if (hasOneChart(to)) {
    return {
      name: '',
      crds: undefined,
      controlPlane: {
        commands: [],
        details: [
          `In Git: chart linkerd2 ${from}, version ${versions.controlPlane}.`,
          `Then let ${tool} apply it.`,
        ],
        docs: guide.helm,
      },
    };
  }
  return {
    name: '',
    crds: {
      commands: [],
      details: [
        ...(splitsChart(step, '')
          ? [
              `Chart linkerd2 ends with 2.11: in Git two charts take its place, ${repository.crds} and ${repository.controlPlane}. No object may be deleted between the two, so keep ${tool} from pruning until both are applied.`,
            ]
          : []),
        `In Git: chart ${repository.crds} ${from}, version ${versions.crds}. Let ${tool} apply it before the control plane's chart.`,
        ...versions.explained.filter((line) => line.startsWith('CRDS_')),
      ],
      docs: guide.helm,
    },
    controlPlane: {
      commands: [],
      details: [
        `In Git: chart ${repository.controlPlane} ${from}, version ${versions.controlPlane}. Let ${tool} apply it to namespace ${linkerdNamespace(inventory)}.`,
        'Compare your values with those of the new chart: helm show values.',
        ...versions.explained.filter((line) => line.startsWith('CHART_')),
      ],
      docs: guide.helm,
    },
  };
}

/** Buoyant's operator installs what its ControlPlane resource names. */
export function byOperator(
  { to }: StepContext,
  { resource }: Extract<Installation, { method: 'operator' }>,
): Way {
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  const patch = JSON.stringify({ spec: { components: { linkerd: { version: to } } } });
  return {
    name: '',
    crds: undefined,
    controlPlane: {
      commands: [
        `kubectl patch controlplanes.linkerd.buoyant.io ${quote(name)} --type merge -p ${quote(patch)}`,
      ],
      details: [
        `The operator installs the version that ControlPlane ${resource} names. Where Git holds that resource, change it there.`,
        'Where a DataPlane resource selects workloads, the operator restarts them by itself as soon as the version changes.',
        "Read the vendor's notes first.",
      ],
      docs: guide.enterprise,
    },
  };
}

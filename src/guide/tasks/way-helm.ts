import { annotation } from '../../data/linkerd.ts';
import { minorOf } from '../applicability/facts.ts';
import { isOldChart } from '../applicability/installed.ts';
import type { Installation } from '../inventory.ts';
import { chartVersions, helmUpgrade, repositoryCommands, repositoryOf } from './charts.ts';
import { handOver, takeOver } from './helm-migration.ts';
import { linkerdCrds } from './linkerd-crds.ts';
import { guide, linkerdNamespace, quote, type StepContext, type Way as WayName } from './task.ts';
import type { Way } from './way.ts';

export type HelmInstallation = Extract<Installation, { method: 'helm' }>;

/** From 2.12 on the release that stands after the migration, whatever stands today. */
export function asItWillBe({ inventory, from, to }: StepContext, today: HelmInstallation): HelmInstallation {
  if ((minorOf(from) ?? 0) < FIRST_MINOR_OF_TWO_CHARTS || !isOldChart(today.chart)) return today;
  const { controlPlane: chart } = repositoryOf(to);
  return { method: 'helm', release: chart, namespace: linkerdNamespace(inventory), chart };
}

/** Whether a step is the one that splits the single chart. */
export function splitsChart({ from }: StepContext, chart: string): boolean {
  return (minorOf(from) ?? 0) < FIRST_MINOR_OF_TWO_CHARTS && (chart === '' || isOldChart(chart));
}

const FIRST_MINOR_OF_TWO_CHARTS = 12;

/** Up to 2.11 there is one chart, and CRDs are part of it. */
export function hasOneChart(version: string): boolean {
  return (minorOf(version) ?? Number.POSITIVE_INFINITY) < FIRST_MINOR_OF_TWO_CHARTS;
}

/** One chart to 2.11, two from 2.12 on, with the migration between them. */
export function byHelm(step: StepContext, installation: HelmInstallation, name: WayName): Way {
  const { to } = step;
  const { release, namespace, chart } = installation;
  const repository = repositoryOf(to);
  const versions = chartVersions(to);
  const known = name === '';
  const placeholders = known
    ? []
    : ['HELM_RELEASE and HELM_NAMESPACE: name and namespace of the release: helm list -A shows them.'];
  const values =
    'values.yaml receives your overrides, which may hold the key of the issuer: keep it safe. Compare it with the new defaults: helm show values.';
  if (hasOneChart(to)) {
    return {
      name,
      crds: undefined,
      controlPlane: {
        commands: [
          ...repositoryCommands(repository),
          ...helmUpgrade(
            release,
            namespace,
            `${repository.name}/linkerd2`,
            versions.controlPlane,
            'values.yaml',
          ),
        ],
        details: [values, ...placeholders, ...versions.explained.filter((line) => line.startsWith('CHART_'))],
        docs: guide.helm,
      },
    };
  }
  if (splitsChart(step, chart)) {
    const first = handOver(step, installation);
    const second = takeOver(step, installation);
    return {
      name,
      crds: { ...first, details: [...placeholders, ...first.details], docs: guide.helmMigration },
      controlPlane: {
        ...second,
        details: [...placeholders, ...second.details],
        docs: guide.helmMigration,
      },
    };
  }
  const crds = crdsRelease(step, repository.crds);
  return {
    name,
    crds: {
      commands: [
        ...repositoryCommands(repository),
        `helm upgrade ${quote(crds.release)} ${repository.name}/${repository.crds} -n ${quote(crds.namespace)} --version ${quote(versions.crds)}`,
      ],
      details: [
        ...(crds.isKnown
          ? []
          : [
              `${crds.release} is the name that Linkerd's documentation gives the release: helm list -A shows yours.`,
            ]),
        ...versions.explained.filter((line) => line.startsWith('CRDS_')),
      ],
      docs: guide.helm,
    },
    controlPlane: {
      commands: helmUpgrade(
        release,
        namespace,
        `${repository.name}/${repository.controlPlane}`,
        versions.controlPlane,
        'values.yaml',
      ),
      details: [values, ...placeholders, ...versions.explained.filter((line) => line.startsWith('CHART_'))],
      docs: guide.helm,
    },
  };
}

/** The release that owns Linkerd's CRDs, by their own annotations. */
function crdsRelease(
  { inventory }: StepContext,
  fallback: string,
): { readonly release: string; readonly namespace: string; readonly isKnown: boolean } {
  const { installation } = inventory;
  // Today's owner is not the one after the migration to two charts.
  const isToday = installation.method !== 'helm' || !isOldChart(installation.chart);
  const owned = linkerdCrds(inventory).find(({ annotations }) => annotations[annotation.helmRelease]);
  const annotations = isToday ? owned?.annotations : undefined;
  const release = annotations?.[annotation.helmRelease];
  return {
    release: release ?? fallback,
    namespace: annotations?.['meta.helm.sh/release-namespace'] ?? linkerdNamespace(inventory),
    isKnown: release !== undefined,
  };
}

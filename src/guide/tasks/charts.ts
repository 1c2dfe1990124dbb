import { hasBehaviour } from '../../mesh/release.ts';
import { parseVersion, type Version } from '../../mesh/version.ts';
import { minorOf } from '../applicability/facts.ts';
import { quote } from './task.ts';

/** A Helm repository with the charts of a channel. */
export interface Repository {
  readonly name: string;
  readonly url: string;
  readonly crds: string;
  readonly controlPlane: string;
}

const edge: Repository = {
  name: 'linkerd-edge',
  url: 'https://helm.linkerd.io/edge',
  crds: 'linkerd-crds',
  controlPlane: 'linkerd-control-plane',
};
const stable: Repository = { ...edge, name: 'linkerd', url: 'https://helm.linkerd.io/stable' };
const enterprise: Repository = {
  name: 'linkerd-buoyant',
  url: 'https://helm.buoyant.cloud',
  crds: 'linkerd-enterprise-crds',
  controlPlane: 'linkerd-enterprise-control-plane',
};

/** Where the charts of a version are published. */
export function repositoryOf(version: string): Repository {
  const { channel } = parseVersion(version);
  if (channel === 'stable') return stable;
  return channel === 'enterprise' || channel === 'preview' ? enterprise : edge;
}

export interface ChartVersions {
  readonly crds: string;
  readonly controlPlane: string;
  /** Explains the placeholders; empty when there are none. */
  readonly explained: readonly string[];
}

/** Chart versions of stable releases from 2.12 on, as far as they are published beside the release. */
const stableCharts: Readonly<Record<string, { readonly crds?: string; readonly controlPlane: string }>> = {
  'stable-2.12.0': { crds: '1.4.0', controlPlane: '1.9.0' },
  'stable-2.13.0': { crds: '1.6.0', controlPlane: '1.12.0' },
  'stable-2.14.0': { crds: '1.8.0', controlPlane: '1.15.0' },
  'stable-2.14.10': { controlPlane: '1.16.11' },
};

const CRDS = 'CRDS_CHART_VERSION';
const CONTROL_PLANE = 'CHART_VERSION';

/**
 * Chart versions that hold a version of Linkerd. From edge-24.3.1 on they are its number with a four-digit year; the
 * vendor's are its number as it is; the single chart of 2.11 and before had the release's number; those between have
 * numbers of their own, which only the repository's index tells, so that a placeholder stands for them.
 */
export function chartVersions(version: string): ChartVersions {
  const parsed = parseVersion(version);
  const exact = exactVersion(parsed);
  if (exact !== '') return { crds: exact, controlPlane: exact, explained: [] };
  const known = stableCharts[version];
  const crds = known?.crds ?? CRDS;
  const controlPlane = known?.controlPlane ?? CONTROL_PLANE;
  const { name, crds: crdsChart, controlPlane: chart } = repositoryOf(version);
  const development = parsed.channel === 'stable' ? '' : ' --devel';
  const explain = (placeholder: string, of: string): string =>
    `${placeholder}: the chart version whose APP VERSION is ${version}: helm search repo ${name}/${of} --versions${development}`;
  return {
    crds,
    controlPlane,
    explained: [
      ...(crds === CRDS ? [explain(CRDS, crdsChart)] : []),
      ...(controlPlane === CONTROL_PLANE ? [explain(CONTROL_PLANE, chart)] : []),
    ],
  };
}

function exactVersion(version: Version): string {
  if (
    version.kind === 'dated' &&
    version.channel === 'edge' &&
    hasBehaviour(version, 'chartVersionsByDate')
  ) {
    const [year, month, count] = version.number;
    return `${2000 + year}.${month}.${count}`;
  }
  if (version.kind !== 'numbered') return '';
  if (version.channel === 'enterprise') return version.text.slice('enterprise-'.length);
  return version.minor <= 11 ? version.text.slice('stable-'.length) : '';
}

/** The chart version of an extension of Linkerd's own; it goes with the control plane's from edge-24.3.1 on. */
export function extensionChartVersion(
  version: string,
  chart: string,
): Pick<ChartVersions, 'controlPlane' | 'explained'> {
  const exact = (minorOf(version) ?? 0) >= 12 ? exactVersion(parseVersion(version)) : '';
  if (exact !== '') return { controlPlane: exact, explained: [] };
  const { name } = repositoryOf(version);
  const development = parseVersion(version).channel === 'stable' ? '' : ' --devel';
  return {
    controlPlane: CONTROL_PLANE,
    explained: [
      `${CONTROL_PLANE}: the chart version whose APP VERSION is ${version}: helm search repo ${name}/${chart} --versions${development}`,
    ],
  };
}

/** Adds a repository, which is harmless where it is there, and fetches its index. */
export function repositoryCommands({ name, url }: Repository): readonly string[] {
  return [`helm repo add ${name} ${url}`, `helm repo update ${name}`];
}

/** True for the step to 2.12, whose charts of extensions do not create their namespaces any more. */
export function leavesOldCharts(from: string, to: string): boolean {
  return (minorOf(from) ?? 12) < 12 && (minorOf(to) ?? 0) >= 12;
}

/** Why {@link helmReinstall} is needed in that step. */
export const OLD_CHARTS =
  'From 2.12 on the charts of extensions do not create their namespaces, so that this one has to be deleted and installed again.';

/** Deletes a release of Helm and installs its new chart with its values. */
export function helmReinstall(
  {
    release,
    home,
    namespace,
  }: { readonly release: string; readonly home: string; readonly namespace: string },
  chart: string,
  version: string,
  values: string,
): readonly string[] {
  return [
    `helm get values ${quote(release)} -n ${quote(home)} -o yaml > ${values}`,
    `helm delete ${quote(release)} -n ${quote(home)}`,
    `helm install ${quote(release)} ${chart} -n ${quote(namespace)} --create-namespace --version ${quote(version)} -f ${values}`,
  ];
}

/** Upgrades a release of Helm with its own values over the new chart's. */
export function helmUpgrade(
  release: string,
  namespace: string,
  chart: string,
  version: string,
  values: string,
): readonly string[] {
  const at = `-n ${quote(namespace)}`;
  return [
    `helm get values ${quote(release)} ${at} -o yaml > ${values}`,
    `helm upgrade ${quote(release)} ${chart} ${at} --version ${quote(version)} --reset-values -f ${values} --atomic`,
  ];
}

import { annotation, label } from '../../data/linkerd.ts';
import type { Part } from '../../kube/part.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import type { LinkerdConfig } from '../../mesh/config.ts';
import { releaseOf } from '../../mesh/release.ts';
import { compareVersions, parseVersion } from '../../mesh/version.ts';
import type { ControlPlaneView } from '../../mesh/view.ts';
import { byText, list } from '../../mesh/words.ts';
import type { Installation } from '../inventory.ts';

const helmNamespace = 'meta.helm.sh/release-namespace';
const chartLabel = 'helm.sh/chart';

/** The last release with one chart for everything. */
const LAST_SINGLE_CHART_MINOR = 11;
/** Control-plane charts carry the number of the edge, with four digits of the year, from this edge on. */
const DATED_CHARTS_SINCE = 'edge-24.3.1';

export interface ControlPlaneMarks {
  /** Deployments of the control plane's namespace. */
  readonly deployments: readonly WorkloadRecord[];
  readonly config: LinkerdConfig | undefined;
  /** Version of the control plane, for the chart where no label names it. */
  readonly version: string;
  /** ControlPlane resources of Buoyant's operator. */
  readonly operated: Part<readonly string[]>;
}

/**
 * How the control plane was installed: by Buoyant's operator where it has a ControlPlane, by whoever applies what Git
 * says, as a Helm release, by the CLI. Never from Secrets, in which Helm and the CLI keep more. Source: linkerd2
 * `charts/linkerd-control-plane` (annotation `linkerd.io/created-by`), Helm `pkg/action/validate.go` (`meta.helm.sh`).
 */
export function controlPlaneInstallation(marks: ControlPlaneMarks): Installation {
  const { operated, config, version } = marks;
  const [resource] = operated.state === 'known' ? operated.value : [];
  if (resource !== undefined) return { method: 'operator', resource: `controlplane/${resource}` };
  const deployments = marks.deployments.filter(
    ({ labels }) => (labels[label.controlPlaneComponent] ?? '') !== '',
  );
  return (
    gitOps(deployments) ??
    helmRelease(deployments, (written) => written || controlPlaneChart(version)) ??
    byHand(deployments, config?.cliVersion ?? '') ??
    unknown(nothingSays(deployments, config !== undefined))
  );
}

/** From this edge on viz and jaeger say truly that the CLI made them; before they claim to be Helm's. */
const TRUE_CREATED_BY_SINCE = 'edge-25.8.1';

/**
 * How an extension was installed, by the marks on its own Deployments: it need not have come the way that the control
 * plane came. Only where they leave open whether the CLI or a tool without marks made them, a control plane of the CLI's
 * speaks for the CLI.
 */
export function extensionInstallation(
  { name, version, deployments }: ExtensionMarks,
  controlPlane: Installation,
): Installation {
  const release = gitOps(deployments) ?? helmRelease(deployments, (written) => written);
  if (release) return release;
  const found = byHand(deployments, '');
  const mayBeCli = (name === 'viz' || name === 'jaeger') && !isSince(version, TRUE_CREATED_BY_SINCE);
  if (found?.method === 'gitops' && mayBeCli) {
    if (controlPlane.method === 'cli') return { method: 'cli' };
    return unknown(
      `${annotation.createdBy} names Helm, as the CLI of before ${TRUE_CREATED_BY_SINCE} writes too, and there is no Helm release`,
    );
  }
  return found ?? unknown(nothingSays(deployments, false));
}

export interface ExtensionMarks {
  readonly name: string;
  readonly version: string;
  readonly deployments: readonly WorkloadRecord[];
}

/** True for what is certainly no older than an edge. */
function isSince(version: string, edge: string): boolean {
  const order = compareVersions(parseVersion(version), parseVersion(edge));
  return order === 0 || order === 1;
}

function gitOps(deployments: readonly WorkloadRecord[]): Installation | undefined {
  const tools = new Set(deployments.flatMap((deployment) => gitOpsTool(deployment) ?? []));
  const [tool] = [...tools].sort(byText);
  return tool === undefined ? undefined : { method: 'gitops', tool };
}

/**
 * The tool that holds an object to what Git says, and what it calls the object's origin: `Argo CD application linkerd`.
 * A HelmRelease of Flux is a release of Helm too, and an upgrade of it by hand would be taken back.
 */
function gitOpsTool({ labels, annotations }: WorkloadRecord): string | undefined {
  for (const [kind, domain] of [
    ['HelmRelease', 'helm.toolkit.fluxcd.io'],
    ['Kustomization', 'kustomize.toolkit.fluxcd.io'],
  ] as const) {
    const name = labels[`${domain}/name`];
    if (name) return `Flux ${kind} ${[labels[`${domain}/namespace`], name].filter(Boolean).join('/')}`;
  }
  const tracked = annotations['argocd.argoproj.io/tracking-id']?.split(':', 1)[0];
  const application = tracked || labels['argocd.argoproj.io/instance'];
  return application ? `Argo CD application ${application}` : undefined;
}

/** @param chartOf the chart's name, given what the label says of it ('' without one) */
function helmRelease(
  deployments: readonly WorkloadRecord[],
  chartOf: (written: string) => string,
): Installation | undefined {
  for (const { annotations, labels, namespace } of deployments) {
    const release = annotations[annotation.helmRelease];
    if (!release) continue;
    const chart = chartOf(labels[chartLabel] ?? '');
    return { method: 'helm', release, namespace: annotations[helmNamespace] || namespace, chart };
  }
  return undefined;
}

/**
 * The chart that installs a version of the control plane: `linkerd2-2.11.4`, `linkerd-control-plane-2025.10.7`,
 * `linkerd-enterprise-control-plane-2.18.4`. Charts of stable-2.12 to 2.14 have versions of their own, which are left out.
 */
export function controlPlaneChart(version: string): string {
  const parsed = parseVersion(version);
  if (parsed.kind === 'dated') {
    const release = releaseOf(parsed);
    if (release && release.minor <= LAST_SINGLE_CHART_MINOR) return 'linkerd2';
    const [year, month, number] = parsed.number;
    const dated = isSince(version, DATED_CHARTS_SINCE);
    return `linkerd-control-plane${dated ? `-20${year}.${month}.${number}` : ''}`;
  }
  if (parsed.kind !== 'numbered') return '';
  const number = `2.${parsed.minor}.${parsed.patch}`;
  if (parsed.channel === 'enterprise') return `linkerd-enterprise-control-plane-${number}`;
  return parsed.minor <= LAST_SINGLE_CHART_MINOR ? `linkerd2-${number}` : 'linkerd-control-plane';
}

/** What made the objects, where no tool claims them. */
function byHand(deployments: readonly WorkloadRecord[], cliVersion: string): Installation | undefined {
  const authors = deployments.map(({ annotations }) => annotations[annotation.createdBy] ?? '');
  if (cliVersion !== '' || authors.some((author) => author.startsWith('linkerd/cli')))
    return { method: 'cli' };
  if (!authors.some((author) => author.startsWith('linkerd/helm'))) return undefined;
  // Helm's own label without its annotations is left by whoever copies manifests.
  return { method: 'gitops', tool: 'manifests rendered from the chart, without a Helm release' };
}

const unknown = (why: string): Installation => ({ method: 'unknown', why });

function nothingSays(deployments: readonly WorkloadRecord[], hasConfig: boolean): string {
  if (deployments.length > 0) return 'its Deployments carry no mark of the CLI, Helm or another tool';
  return hasConfig
    ? 'its Deployments could not be read'
    : 'neither its Deployments nor its configuration could be read';
}

/** Components that HA values multiply. */
const multiplied = ['destination', 'identity', 'proxy-injector'];

/** More than one replica of every component wanted, and pods refused rather than left without a proxy. */
export function isHighlyAvailable({ components, failurePolicy }: ControlPlaneView): boolean {
  const several = multiplied.every((name) =>
    components.some((component) => component.name === name && component.replicas > 1),
  );
  return several && failurePolicy === 'Fail';
}

/** Names joined for a sentence, in order. */
export function named(names: Iterable<string>): string {
  return list([...new Set(names)].sort(byText));
}

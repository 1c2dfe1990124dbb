import { membershipText } from '../../mesh/membership.ts';
import { severity, skewOf } from '../../mesh/skew.ts';
import { parseVersion } from '../../mesh/version.ts';
import type {
  ControlPlaneView,
  MeshView,
  NamespaceView,
  PodView,
  SkewClass,
  Tally,
  WorkloadView,
} from '../../mesh/view.ts';
import { count } from '../../mesh/words.ts';
import type { Ground } from '../explanation.ts';

/** Proxies of one version and class, and why they have that class. */
export interface Finding {
  readonly version: string;
  readonly class: SkewClass;
  readonly reason: string;
  readonly proxies: number;
}

/** The live proxies of a workload, worst class first, then most proxies. */
export function findingsOf(workload: WorkloadView, mesh: MeshView): readonly Finding[] {
  return findingsAmong(mesh.pods(workload));
}

/**
 * The live proxies of a namespace. Where there are proxies of other control planes, the pods are asked one by one: the
 * version alone does not tell whose they are.
 */
export function findingsInNamespace(namespace: NamespaceView, mesh: MeshView): readonly Finding[] {
  if (mesh.controlPlane.others.length === 0) return findingsIn(namespace, mesh.controlPlane);
  return findingsAmong(mesh.workloads(namespace.name).flatMap((workload) => mesh.pods(workload)));
}

function findingsAmong(pods: readonly PodView[]): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const { life, proxy } of pods) {
    if (life !== 'live' || !proxy) continue;
    const key = `${proxy.version}\n${proxy.reason}`;
    const proxies = (found.get(key)?.proxies ?? 0) + 1;
    found.set(key, { version: proxy.version, class: proxy.class, reason: proxy.reason, proxies });
  }
  return [...found.values()].sort(byConcern);
}

/** The proxies of a sum by version, judged against the control plane that the sum is of. */
export function findingsIn(tally: Tally, controlPlane: ControlPlaneView): readonly Finding[] {
  return Object.entries(tally.byVersion)
    .map(([version, proxies]) => ({ version, proxies, ...skewOf(version, controlPlane) }))
    .sort(byConcern);
}

function byConcern(a: Finding, b: Finding): number {
  return severity.indexOf(a.class) - severity.indexOf(b.class) || b.proxies - a.proxies;
}

const evidenceText: Readonly<Record<ControlPlaneView['evidence'], string>> = {
  config: 'linkerdVersion in linkerd-config',
  deployment: "the label of the control plane's Deployments",
  pods: "images of the control plane's pods, or what the injector wrote on proxies",
  none: 'nothing that can be read',
};

/** The control plane that proxies are judged against, and its release. */
export function controlPlaneGround({ version, namespace, evidence }: ControlPlaneView): Ground {
  return {
    topic: 'class',
    what: `control plane in namespace ${namespace}`,
    value: version || 'version not known',
    follows: `${version === '' ? '' : `${membershipText(parseVersion(version))}; `}from ${evidenceText[evidence]}`,
    decides: false,
  };
}

/** Each version with the arithmetic of releases; the worst decides over the class. */
export function findingGrounds(findings: readonly Finding[]): readonly Ground[] {
  return findings.map(({ version, class: skewClass, reason, proxies }, index) => ({
    topic: 'class',
    what: count(proxies, 'proxy', 'proxies'),
    value: version || 'version not readable',
    follows: `${version === '' ? '' : `${membershipText(parseVersion(version))}; `}${skewClass}: ${reason}`,
    decides: index === 0,
  }));
}

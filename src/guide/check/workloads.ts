import { releaseOf, releaseText } from '../../mesh/release.ts';
import { type SkewReference, skewOf } from '../../mesh/skew.ts';
import { UNREADABLE_VERSION } from '../../mesh/tally.ts';
import { parseVersion } from '../../mesh/version.ts';
import type { MeshView, PodView, SkewClass, WorkloadKey, WorkloadView } from '../../mesh/view.ts';
import { byText, list } from '../../mesh/words.ts';
import type { Finding } from './rule.ts';

/** `books deployment/webapp`. */
export function nameOf({ namespace, kind, name }: WorkloadKey): string {
  return `${namespace} ${kind.toLowerCase()}/${name}`;
}

/**
 * The workloads of the data plane, in order of namespace, kind and name. The control plane's own pods are none: their
 * proxies stand in their templates, and `linkerd check` looks at them.
 */
export function dataPlane(mesh: MeshView): readonly WorkloadView[] {
  return mesh.namespaces
    .filter(({ role }) => role !== 'control-plane')
    .flatMap(({ name }) => mesh.workloads(name));
}

/** A finding for each workload that `tell` has something to say about. */
export function each(
  mesh: MeshView,
  tell: (workload: WorkloadView) => string | undefined,
): readonly Finding[] {
  return dataPlane(mesh).flatMap((workload) => {
    const text = tell(workload);
    return text === undefined ? [] : [{ text: `${nameOf(workload)}: ${text}`, settles: isRolling(workload) }];
  });
}

/** A rollout that goes on by itself: neither paused nor past its deadline. */
export function isRolling({ rollout }: WorkloadView): boolean {
  return rollout !== '' && !/paused|deadline/.test(rollout);
}

/** Workloads with proxies of a class: `3 of 4 proxies: edge-24.8.2 (2.16)`. */
export function ofClass(mesh: MeshView, skewClass: SkewClass): readonly Finding[] {
  return against(mesh, skewClass, mesh.controlPlane);
}

/** The same for another control plane than the one that runs. Proxies of a foreign control plane are not judged. */
export function against(mesh: MeshView, skewClass: SkewClass, reference: SkewReference): readonly Finding[] {
  return each(mesh, (workload) => {
    const found = [...ownVersions(mesh, workload)]
      .filter(([version]) => classOf(version, reference) === skewClass)
      .sort(([a], [b]) => byText(a, b));
    const proxies = found.reduce((sum, [, amount]) => sum + amount, 0);
    return proxies === 0
      ? undefined
      : share(
          proxies,
          workload,
          found.map(([version]) => version),
        );
  });
}

/** Live proxies of this control plane by version. */
function ownVersions(mesh: MeshView, workload: WorkloadView): ReadonlyMap<string, number> {
  const versions = new Map(Object.entries(workload.byVersion));
  for (const { version } of foreignProxies(mesh, workload)) {
    const name = version || UNREADABLE_VERSION;
    versions.set(name, (versions.get(name) ?? 0) - 1);
  }
  return versions;
}

/** Class of a version as a tally names it. */
export function classOf(version: string, reference: SkewReference): SkewClass {
  return skewOf(version === UNREADABLE_VERSION ? '' : version, reference).class;
}

/** `3 of 4 proxies: edge-24.8.2 (2.16)`. */
export function share(proxies: number, workload: WorkloadView, versions: readonly string[]): string {
  const all = workload.proxies;
  const amount = proxies === all ? `${all}` : `${proxies} of ${all}`;
  const what = `${amount} ${all === 1 ? 'proxy' : 'proxies'}`;
  return versions.length === 0 ? what : `${what}: ${list(versions.map(withRelease))}`;
}

/** `edge-24.8.2 (2.16)`; a version of no known release stands alone. */
export function withRelease(version: string): string {
  const release = releaseText(releaseOf(parseVersion(version)));
  return release === '' ? version : `${version} (${release})`;
}

type ForeignProxy = NonNullable<PodView['proxy']> & { readonly controlPlane: string };

/** Live proxies of a workload that belong to another control plane; those are of no class. */
export function foreignProxies(mesh: MeshView, workload: WorkloadView): readonly ForeignProxy[] {
  if (workload.byClass.unknown === 0) return [];
  return mesh.pods(workload).flatMap(({ life, proxy }) => {
    const controlPlane = proxy?.controlPlane;
    return life === 'live' && proxy && controlPlane !== undefined ? [{ ...proxy, controlPlane }] : [];
  });
}

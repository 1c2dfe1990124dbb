import type { MeshView, WorkloadView } from '../mesh/view.ts';

/** A workload with proxies that are not what they should be. */
export interface Finding {
  readonly workload: WorkloadView;
  /** What is wrong with its proxies, in words. */
  readonly reason: string;
}

export interface Verification {
  /** Live proxies that were looked at. */
  readonly proxies: number;
  readonly findings: readonly Finding[];
  /** Findings that the operator has excused by name. */
  readonly excused: readonly Finding[];
  /** Excuses that met nothing: a misspelt one would hide a finding. */
  readonly unused: readonly string[];
}

/**
 * Whether every live proxy is at the target of its workload, within the supported skew, and trusts the control
 * plane's root. A proxy at its pin is at its target; a pin that violates the skew is a finding all the same.
 * @param namespaces all of the mesh when undefined
 * @param excuses `NAMESPACE`, or `NAMESPACE/KIND/NAME` with the kind in any case
 */
export function verify(
  mesh: MeshView,
  namespaces: readonly string[] | undefined,
  excuses: readonly string[],
): Verification {
  const findings: Finding[] = [];
  const excused: Finding[] = [];
  const used = new Set<string>();
  let proxies = 0;
  for (const { name } of mesh.namespaces) {
    if (namespaces && !namespaces.includes(name)) {
      continue;
    }
    for (const workload of mesh.workloads(name)) {
      proxies += workload.proxies;
      const reason = faultOf(workload);
      if (reason === undefined) {
        continue;
      }
      const excuse = excuses.find((candidate) => isExcused(workload, candidate));
      if (excuse === undefined) {
        findings.push({ workload, reason });
      } else {
        used.add(excuse);
        excused.push({ workload, reason });
      }
    }
  }
  return { proxies, findings, excused, unused: excuses.filter((excuse) => !used.has(excuse)) };
}

function faultOf(workload: WorkloadView): string | undefined {
  const { proxies, byVersion, byClass, staleTrust, target } = workload;
  if (proxies === 0) {
    return undefined;
  }
  if (byClass.violation > 0) {
    return `${byClass.violation} of ${proxies} violate the version skew`;
  }
  // What a restart cannot renew (a Job, a static proxy, the control plane's own) has no target: its class tells.
  const settled = target === '' ? byClass.current : (byVersion[target] ?? 0);
  if (settled < proxies) {
    return `${proxies - settled} of ${proxies} are not ${target === '' ? 'current' : `at ${target}`}`;
  }
  return staleTrust > 0 ? `${staleTrust} of ${proxies} have a stale trust root` : undefined;
}

function isExcused({ namespace, kind, name }: WorkloadView, excuse: string): boolean {
  return excuse === namespace || excuse.toLowerCase() === `${namespace}/${kind}/${name}`.toLowerCase();
}

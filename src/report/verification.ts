import type { ControlPlaneView, MeshView, WorkloadView } from '../mesh/view.ts';
import { count } from '../mesh/words.ts';

/**
 * What is wrong with a workload. `skew`: proxies outside the supported skew; `version`: proxies of another version
 * than a new pod would get; `trust`: a stale trust root; `unmeshed`: pods without the proxy that they should have;
 * `rolling`: its controller has not finished, so that it may still get better or worse.
 */
export type ProblemKind = 'skew' | 'version' | 'trust' | 'unmeshed' | 'rolling';

export interface Problem {
  readonly kind: ProblemKind;
  /** In words, with figures. */
  readonly text: string;
}

/** A workload that is not as it should be. */
export interface Finding {
  readonly workload: WorkloadView;
  /** Never empty; the gravest first. */
  readonly problems: readonly Problem[];
  /** What is wrong with it, in words. */
  readonly reason: string;
}

/** Says that findings are known and no failure. */
export interface Excuse {
  /** `NAMESPACE`, or `NAMESPACE/KIND/NAME` with the kind as typed. */
  readonly of: string;
  /** Why, in the operator's words; '' when none were given. */
  readonly because: string;
}

export interface ExcusedFinding extends Finding {
  readonly excuse: Excuse;
}

export interface Verification {
  /** Live proxies that were looked at. */
  readonly proxies: number;
  /** Workloads that have proxies, or pods that should have one. */
  readonly workloads: number;
  /** What is wrong with the control plane, so that the targets of workloads may change; no excuse covers it. */
  readonly controlPlane: readonly string[];
  readonly findings: readonly Finding[];
  /** Findings that the operator has excused by name. */
  readonly excused: readonly ExcusedFinding[];
  /** Excuses that met nothing: a misspelt one would hide a finding. */
  readonly unused: readonly string[];
}

/** Reads `NAMESPACE[/KIND/NAME][=REASON]`; names of Kubernetes hold no `=`. */
export function excuseOf(text: string): Excuse {
  const at = text.indexOf('=');
  return at < 0
    ? { of: text, because: '' }
    : { of: text.slice(0, at).trim(), because: text.slice(at + 1).trim() };
}

/**
 * Whether every live proxy is at the target of its workload, within the supported skew, and trusts the control
 * plane's root; whether every pod that should have a proxy has one; and whether nothing is still under way. A proxy
 * at its pin is at its target; a pin that violates the skew is a finding all the same.
 * @param namespaces all of the mesh when undefined
 * @param namesKind whether a kind as typed in an excuse means the kind of a workload
 */
export function verify(
  mesh: MeshView,
  namespaces: readonly string[] | undefined,
  excuses: readonly Excuse[],
  namesKind: (typed: string, kind: string) => boolean,
): Verification {
  const findings: Finding[] = [];
  const excused: ExcusedFinding[] = [];
  const used = new Set<Excuse>();
  let proxies = 0;
  let workloads = 0;
  for (const { name } of mesh.namespaces) {
    if (namespaces && !namespaces.includes(name)) {
      continue;
    }
    for (const workload of mesh.workloads(name)) {
      proxies += workload.proxies;
      workloads += concerns(workload) ? 1 : 0;
      const problems = problemsOf(workload);
      if (problems.length === 0) {
        continue;
      }
      const finding = { workload, problems, reason: problems.map(({ text }) => text).join('; ') };
      const excuse = excuses.find((candidate) => isExcused(workload, candidate, namesKind));
      if (excuse === undefined) {
        findings.push(finding);
      } else {
        used.add(excuse);
        excused.push({ ...finding, excuse });
      }
    }
  }
  return {
    proxies,
    workloads,
    controlPlane: unsettled(mesh.controlPlane),
    findings,
    excused,
    unused: excuses.filter((excuse) => !used.has(excuse)).map(({ of }) => of),
  };
}

function unsettled({ halfRolled, injector }: ControlPlaneView): readonly string[] {
  return [
    ...(halfRolled === '' ? [] : [`it is half rolled: ${halfRolled}`]),
    ...(injector.state === 'down' ? [`the proxy injector is down: ${injector.reason}`] : []),
  ];
}

function problemsOf(workload: WorkloadView): readonly Problem[] {
  if (!concerns(workload)) {
    return [];
  }
  const { proxies, byClass, staleTrust, rollout } = workload;
  const problems: Problem[] = [];
  if (byClass.violation > 0) {
    problems.push({ kind: 'skew', text: `${byClass.violation} of ${proxies} violate the version skew` });
  } else {
    problems.push(...behindTarget(workload));
  }
  const unmeshed = unmeshedPods(workload);
  if (unmeshed > 0) {
    const { live } = workload.pods;
    problems.push({
      kind: 'unmeshed',
      text: `${unmeshed} of ${count(live, 'pod')} ${unmeshed === 1 ? 'has' : 'have'} no proxy and should have one`,
    });
  }
  if (staleTrust > 0) {
    problems.push({ kind: 'trust', text: `${staleTrust} of ${proxies} have a stale trust root` });
  }
  if (rollout !== '') {
    problems.push({ kind: 'rolling', text: `its rollout has not finished: ${rollout}` });
  }
  return problems;
}

/** Workloads outside the mesh are nobody's concern here, whatever state they are in. */
function concerns(workload: WorkloadView): boolean {
  return workload.proxies > 0 || unmeshedPods(workload) > 0;
}

/** A workload has a target only where the injector would give its new pods a proxy. */
function unmeshedPods({ target, pods }: WorkloadView): number {
  return target === '' ? 0 : pods.unmeshed;
}

/** What a restart cannot renew (a Job, a static proxy, the control plane's own) has no target: its class tells. */
function behindTarget({ proxies, byVersion, byClass, target }: WorkloadView): readonly Problem[] {
  const settled = target === '' ? byClass.current : (byVersion[target] ?? 0);
  const others = proxies - settled;
  return others === 0
    ? []
    : [
        {
          kind: 'version',
          text: `${others} of ${proxies} are not ${target === '' ? 'current' : `at ${target}`}`,
        },
      ];
}

function isExcused(
  workload: WorkloadView,
  { of }: Excuse,
  namesKind: (typed: string, kind: string) => boolean,
): boolean {
  const [namespace, kind, name, ...rest] = of.split('/');
  if (namespace !== workload.namespace) return false;
  if (kind === undefined) return true;
  return name === workload.name && rest.length === 0 && namesKind(kind, workload.kind);
}

import { annotation } from '../../data/linkerd.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import type {
  ControlPlaneView,
  EffectKind,
  MeshView,
  RiskKind,
  WorkloadKey,
  WorkloadView,
} from '../../mesh/view.ts';
import { byText } from '../../mesh/words.ts';
import type { Decision } from '../run/machine.ts';
import { restartedAtValue } from '../run/restarted-at.ts';
import type { Exclusion, Plan, PlanItem, Scope } from './plan.ts';

/** What a plan is made from: one picture of the mesh and the records behind it. */
export interface PlanningInput {
  readonly mesh: MeshView;
  workload(key: WorkloadKey): WorkloadRecord | undefined;
}

/** Effects that a plain restart brings about and that are what the operator wants. */
const wanted: ReadonlySet<EffectKind> = new Set(['upgrades', 'renews']);

/** Conditions under which a restart is left for later, with the reason why. */
const postponing: Partial<Record<RiskKind, string>> = {
  unhealthy: 'a restart could take its last healthy pods',
  rolling: 'wait until that rollout has finished',
  partition: 'pods below the partition would keep their old proxy',
};

/** Those that usually pass by themselves, so that a workload under way may wait for its turn to be good. */
const passing: ReadonlySet<RiskKind> = new Set<RiskKind>(['unhealthy', 'rolling']);

/** Used where a workload sets no progress deadline: the default that Kubernetes gives a Deployment. */
const DEFAULT_DEADLINE_SECONDS = 600;

/**
 * The plan for `scopes`: what would be restarted in which order, what stays and why, and what forbids all of it.
 * Order: the scopes as asked for; inside each, redundant Deployments first (the smallest is the canary), then
 * DaemonSets, StatefulSets, single replicas, and last what stops before it starts again.
 */
export function planRestart(input: PlanningInput, scopes: readonly Scope[]): Plan {
  const items: PlanItem[] = [];
  const exclusions: Exclusion[] = [];
  const seen = new Set<string>();
  for (const scope of scopes) {
    const chosen: PlanItem[] = [];
    for (const view of workloadsOf(input.mesh, scope)) {
      const id = `${view.namespace}/${view.kind}/${view.name}`;
      if (seen.has(id)) {
        continue;
      }
      seen.add(id);
      const planned = planWorkload(input, view);
      if ('reason' in planned) {
        exclusions.push(planned);
      } else {
        chosen.push(planned);
      }
    }
    items.push(...chosen.sort(byCaution));
  }
  return {
    scopes,
    items,
    exclusions,
    blocked: blockedBy(input.mesh.controlPlane),
    controlPlaneVersion: input.mesh.controlPlane.version,
  };
}

/**
 * Reasons in words why nothing may be restarted now; empty when restarting is safe. A restart while the injector
 * cannot answer leaves pods without a proxy (policy Ignore) or without pods (policy Fail); while the control plane
 * is half rolled it may inject the old version.
 */
export function blockedBy(controlPlane: ControlPlaneView): readonly string[] {
  const reasons: string[] = [];
  if (controlPlane.version === '') {
    reasons.push(
      'the version of the control plane is not known, so the outcome of a restart cannot be predicted',
    );
  }
  if (controlPlane.injector.state === 'down') {
    const effect =
      controlPlane.failurePolicy === 'Fail' ? 'no pod could start' : 'new pods would come up without a proxy';
    reasons.push(`the proxy injector is down (${controlPlane.injector.reason}): ${effect}`);
  }
  if (controlPlane.halfRolled !== '') {
    reasons.push(`the control plane is half rolled: ${controlPlane.halfRolled}; wait until it has settled`);
  }
  if (controlPlane.injector.state === 'unknown') {
    reasons.push(`whether the proxy injector works is not known: ${controlPlane.injector.reason}`);
  }
  return reasons;
}

/**
 * Decides anew on a planned workload when its turn comes: restart it as it is now if the outcome is still the one
 * that was reviewed, drop it if nothing is left to do, wait while it is in motion, refuse it if anything else has
 * changed.
 * @param now seconds since the epoch
 */
export function decide(
  input: PlanningInput,
  planned: PlanItem,
  now: number,
  utcOffsetMinutes: number,
): Decision {
  const view = input.mesh.workloads(planned.key.namespace).find((workload) => isSame(workload, planned.key));
  const record = input.workload(planned.key);
  if (!record || record.uid !== planned.uid || record.deletedAt !== 0) {
    return { decision: 'drop', reason: 'the workload was deleted, or replaced by another of its name' };
  }
  if (!view || record.replicas === 0) {
    return { decision: 'drop', reason: 'it was scaled to zero before its turn came' };
  }
  if (view.effect.kind === 'nothing') {
    return { decision: 'drop', reason: 'its proxies became current in the meantime' };
  }
  const current = planWorkload(input, view);
  if ('reason' in current) {
    const inMotion = wanted.has(view.effect.kind) && view.risks.some(({ kind }) => passing.has(kind));
    if (inMotion) {
      return { decision: 'wait', reason: current.reason };
    }
    return { decision: 'refuse', reason: `it changed after it was reviewed: ${current.reason}` };
  }
  const { version, trustRootSha256 } = current.expected;
  if (version !== planned.expected.version) {
    const change = `a restart would now give ${version}, not ${planned.expected.version} as reviewed`;
    return { decision: 'refuse', reason: change };
  }
  if (trustRootSha256 !== planned.expected.trustRootSha256) {
    return { decision: 'refuse', reason: 'the trust root of the control plane changed after the review' };
  }
  const previous = record.template.annotations[annotation.restartedAt] ?? '';
  return {
    decision: 'restart',
    item: current,
    restartedAt: restartedAtValue(now, utcOffsetMinutes, previous),
  };
}

function workloadsOf(mesh: MeshView, scope: Scope): readonly WorkloadView[] {
  const all = mesh.workloads(scope.namespace);
  const { workload } = scope;
  return workload ? all.filter((view) => isSame(view, { namespace: scope.namespace, ...workload })) : all;
}

function isSame(view: WorkloadView, key: WorkloadKey): boolean {
  return view.namespace === key.namespace && view.kind === key.kind && view.name === key.name;
}

function planWorkload(input: PlanningInput, view: WorkloadView): PlanItem | Exclusion {
  const key = { namespace: view.namespace, kind: view.kind, name: view.name };
  const exclude = (reason: string): Exclusion => ({ key, effect: view.effect, reason });
  if (view.role === 'control-plane') {
    return exclude("the control plane's own proxies come with its next upgrade, not with a restart");
  }
  if (view.role === 'system') {
    return exclude(`${view.namespace} is never restarted by this program`);
  }
  if (!wanted.has(view.effect.kind)) {
    return exclude(view.effect.reason);
  }
  for (const risk of view.risks) {
    const why = postponing[risk.kind];
    if (why) {
      return exclude(`${risk.text}; ${why}`);
    }
  }
  const record = input.workload(key);
  if (!record) {
    return exclude(`its ${view.kind} is not readable`);
  }
  const { trustRootSha256 } = input.mesh.controlPlane;
  return {
    key,
    uid: record.uid,
    apiVersion: view.apiVersion,
    resourceVersion: record.resourceVersion,
    effect: view.effect,
    risks: view.risks,
    from: view.byVersion,
    expected: { version: view.target, trustRootSha256 },
    pods: record.replicas,
    deadlineSeconds: record.progressDeadlineSeconds || DEFAULT_DEADLINE_SECONDS,
  };
}

function byCaution(a: PlanItem, b: PlanItem): number {
  return caution(a) - caution(b) || a.pods - b.pods || byText(a.key.name, b.key.name);
}

function caution({ key, risks }: PlanItem): number {
  const has = (kind: RiskKind) => risks.some((risk) => risk.kind === kind);
  if (has('recreate')) {
    return 4;
  }
  if (has('single-replica')) {
    return 3;
  }
  return { Deployment: 0, DaemonSet: 1 }[key.kind] ?? 2;
}

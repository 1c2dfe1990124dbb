import type { WorkloadRecord } from '../../kube/records.ts';
import type { ControlPlaneView, WorkloadKey, WorkloadView } from '../../mesh/view.ts';
import { listUpTo } from '../../mesh/words.ts';
import type { PlanItem } from '../plan/plan.ts';
import type { PlanningInput } from '../plan/planner.ts';
import { type PreflightFacts, type WorkloadId, workloadId } from './facts.ts';
import type { CheckName, Finding } from './report.ts';

/** A planned workload and what is seen of it now. */
export interface Subject {
  readonly item: PlanItem;
  readonly key: WorkloadKey;
  readonly id: WorkloadId;
  readonly view: WorkloadView | undefined;
  readonly record: WorkloadRecord | undefined;
}

/** What every check judges by. */
export interface Case {
  readonly facts: PreflightFacts;
  readonly controlPlane: ControlPlaneView;
  readonly subjects: readonly Subject[];
}

export interface ExclusionFinding {
  readonly key: WorkloadKey;
  readonly reason: string;
}

/** What a check has to say. */
export type Verdict = Finding | ExclusionFinding;

/** One question of the preflight. */
export type Check = (of: Case) => readonly Verdict[];

export function blocker(check: CheckName, text: string): Finding {
  return { check, severity: 'blocker', text };
}

export function warning(check: CheckName, text: string): Finding {
  return { check, severity: 'warning', text };
}

/** Something that could not be looked at. */
export function unknown(check: CheckName, text: string): Finding {
  return { check, severity: 'unknown', text };
}

export function excluded({ key }: Pick<Subject, 'key'>, reason: string): ExclusionFinding {
  return { key, reason };
}

export function caseOf(facts: PreflightFacts, items: readonly PlanItem[], planning: PlanningInput): Case {
  const { mesh } = planning;
  const views = new Map<string, ReadonlyMap<WorkloadId, WorkloadView>>();
  const viewsOf = (namespace: string): ReadonlyMap<WorkloadId, WorkloadView> => {
    const known = views.get(namespace);
    if (known) {
      return known;
    }
    const read = new Map(mesh.workloads(namespace).map((view) => [workloadId(view), view]));
    views.set(namespace, read);
    return read;
  };
  const subjects = items.map((item): Subject => {
    const { key } = item;
    const id = workloadId(key);
    return { item, key, id, view: viewsOf(key.namespace).get(id), record: planning.workload(key) };
  });
  return { facts, controlPlane: mesh.controlPlane, subjects };
}

const NAMED = 3;

/** `a`, `a, b and c`, `a, b, c and 4 more`. */
export function some(names: readonly string[]): string {
  return listUpTo(NAMED, names);
}

/** Workloads by name, three at most. */
export function someOf(subjects: readonly Subject[]): string {
  return some(subjects.map(({ id }) => id));
}

/** Findings about parts that could not be read, one for all namespaces. */
export function unreadable(
  check: CheckName,
  what: string,
  parts: ReadonlyMap<string, { readonly state: string }>,
  loss: string,
): readonly Finding[] {
  const names = [...parts].filter(([, part]) => part.state === 'unreadable').map(([name]) => name);
  return names.length === 0 ? [] : [unknown(check, `${what} cannot be read in ${some(names)}: ${loss}`)];
}

import type { WorkloadKey } from '../../mesh/view.ts';
import { byText } from '../../mesh/words.ts';

/** Names a workload as kubectl takes it: `deployment/webapp`, `cluster.postgresql.cnpg.io/main`. */
export function resourceName({ kind, name }: Pick<WorkloadKey, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** Names a workload as this program's commands take it: `books/deployment/webapp`. */
export function operandOf(key: WorkloadKey): string {
  return `${key.namespace}/${resourceName(key)}`;
}

/** Tells two workloads apart; for maps and sets. */
export function idOf({ namespace, kind, name }: WorkloadKey): string {
  return `${namespace}/${kind}/${name}`;
}

/** Names a workload in full, as people read it: `Deployment shop/web`. */
export function fullName({ namespace, kind, name }: WorkloadKey): string {
  return `${kind} ${namespace}/${name}`;
}

/** Orders by namespace, kind and name. */
export function byKey(a: WorkloadKey, b: WorkloadKey): number {
  return byText(a.namespace, b.namespace) || byText(a.kind, b.kind) || byText(a.name, b.name);
}

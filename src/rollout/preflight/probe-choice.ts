import type { PodTemplate } from '../../kube/records.ts';
import type { PlanItem } from '../plan/plan.ts';

/** Up to so many workloads are all probed: a canary, or a small run. */
const FEW = 5;
/** Templates that are tried in one preflight: each asks the injector once, as a new pod would. */
const MAX_PROBES = 200;

/** Workloads whose new pods admission treats alike, as far as can be told from here. Never empty. */
export type ProbeGroup = readonly [PlanItem, ...PlanItem[]];

export interface ProbeChoice {
  readonly groups: readonly ProbeGroup[];
  /** Groups beyond the limit. */
  readonly omitted: number;
}

/**
 * What is probed: every one of a few workloads; of many, one for each namespace and kind of template in it, that is
 * one and whatever is pinned or set apart by annotations. Its answer stands for its group.
 */
export function chooseProbes(
  items: readonly PlanItem[],
  template: (item: PlanItem) => PodTemplate | undefined,
): ProbeChoice {
  const groups = new Map<string, [PlanItem, ...PlanItem[]]>();
  for (const [index, item] of items.entries()) {
    const key = items.length <= FEW ? String(index) : groupKey(item, template(item));
    const group = groups.get(key);
    if (group) {
      group.push(item);
    } else {
      groups.set(key, [item]);
    }
  }
  const all = [...groups.values()];
  return { groups: all.slice(0, MAX_PROBES), omitted: Math.max(0, all.length - MAX_PROBES) };
}

/** Everything of a template that the injector reads and that differs between workloads. */
function groupKey({ key, expected }: PlanItem, template: PodTemplate | undefined): string {
  const settings = Object.entries(template?.annotations ?? {})
    .filter(([name]) => /(^|\.)linkerd\.io\//.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { hostNetwork, automountServiceAccountToken } = template ?? {};
  return JSON.stringify([
    key.namespace,
    expected.version,
    settings,
    hostNetwork === true,
    automountServiceAccountToken === false,
  ]);
}

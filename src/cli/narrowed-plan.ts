import { idOf } from '../rollout/plan/names.ts';
import type { Plan } from '../rollout/plan/plan.ts';
import type { PreflightReport } from '../rollout/preflight/report.ts';

/**
 * A plan without what its preflight leaves out, which a run would drop at its first look: such workloads stand among
 * the exclusions, with the reason. Waves that have nothing left are gone.
 */
export function narrowedPlan(plan: Plan, { exclusions }: Pick<PreflightReport, 'exclusions'>): Plan {
  const reasons = new Map(exclusions.map(({ key, reason }) => [idOf(key), reason]));
  const items = plan.items.filter(({ key }) => !reasons.has(idOf(key)));
  if (items.length === plan.items.length) {
    return plan;
  }
  const left = plan.items.flatMap(({ key, effect }) => {
    const reason = reasons.get(idOf(key));
    return reason === undefined ? [] : [{ key, effect, reason, command: '' }];
  });
  const used = [...plan.waves.keys()].filter((index) => items.some(({ wave }) => wave === index));
  const places = new Map(used.map((index, place) => [index, place]));
  return {
    ...plan,
    items: items.map((item) => ({ ...item, wave: places.get(item.wave) ?? 0 })),
    waves: plan.waves.filter((_wave, index) => places.has(index)),
    exclusions: [...left, ...plan.exclusions],
  };
}

import { estimateOf } from '../../rollout/plan/estimate.ts';
import type { Plan } from '../../rollout/plan/plan.ts';
import type { RunLimits } from '../../rollout/run/limits.ts';

const known = new WeakMap<Plan, { readonly limits: RunLimits; readonly seconds: number }>();

/** Seconds that a plan is likely to take, worked out once: the same plan is drawn many times. */
export function estimatedSeconds(plan: Plan, limits: RunLimits): number {
  const before = known.get(plan);
  if (before?.limits === limits) return before.seconds;
  const { seconds } = estimateOf(plan, limits);
  known.set(plan, { limits, seconds });
  return seconds;
}

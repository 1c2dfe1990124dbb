import { bindPlan, type PlanChange } from '../rollout/plan/bind.ts';
import { estimateOf } from '../rollout/plan/estimate.ts';
import type { Estimate, Plan, PlanOptions } from '../rollout/plan/plan.ts';
import type { RunLimits } from '../rollout/run/limits.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { Engine } from './engine.ts';
import type { FiledPlan } from './plan-file.ts';
import { scopesIn } from './scopes.ts';

/** A plan with what is told beside it. */
export interface Proposal {
  readonly plan: Plan;
  readonly estimate: Estimate;
  /** What changed since the plan file was written; empty without one. */
  readonly changes: readonly PlanChange[];
}

/** What the command line asks for, planned on the cluster as it is now. */
export function proposeScopes(
  { session, rollout }: Engine,
  args: Arguments,
  options: PlanOptions,
  limits: RunLimits,
): Proposal {
  const scopes = scopesIn(session.store.get(), args, (key) => session.model.workload(key)?.labels);
  const plan = rollout.plan(scopes, options);
  return { plan, estimate: estimateOf(plan, limits), changes: [] };
}

/**
 * What a plan file asks for, bound to the cluster as it is now: nothing is added, what changed is named.
 * @throws CommandError when it is about another cluster
 */
export async function proposeFile(
  { ports }: Engine,
  { document }: FiledPlan,
  limits: RunLimits,
): Promise<Proposal> {
  const { uid } = await ports.cluster();
  const binding = bindPlan(document, ports.planning(), uid);
  if (binding.outcome === 'refused') {
    throw new CommandError(binding.reason);
  }
  const { plan, changes } = binding;
  return { plan, estimate: estimateOf(plan, limits), changes };
}

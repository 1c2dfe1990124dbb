import type { Destination } from '../advice.ts';
import type { CheckCategory } from '../checks.ts';
import type { Inventory } from '../inventory.ts';
import { upgradeRules } from './before-upgrade.ts';
import { controlPlaneRules } from './control-plane.ts';
import { extensionRules } from './extensions.ts';
import { readingRules } from './reading.ts';
import { restartRules } from './restarts.ts';
import { ask } from './rule.ts';
import { skewRules } from './skew.ts';

export { NEXT_STEP } from './before-upgrade.ts';

export interface CheckOptions {
  /** Adds what must hold before the control plane is upgraded to this, or by its next step (`NEXT_STEP`). */
  readonly pre?: Destination;
}

/**
 * All checks on one picture of a cluster: those that `linkerd check` has not. Every check answers, whatever could not
 * be read; what that was is a check of its own.
 */
export function runChecks(inventory: Inventory, { pre }: CheckOptions = {}): readonly CheckCategory[] {
  const sets = [readingRules, controlPlaneRules, skewRules, restartRules, extensionRules];
  const all = pre === undefined ? sets : [...sets, upgradeRules(inventory, pre)];
  return all.map((set) => ask(set, inventory));
}

/** True unless a check has failed; warnings are no failures. */
export function isSuccess(categories: readonly CheckCategory[]): boolean {
  return categories.every(({ checks }) => checks.every(({ result }) => result !== 'error'));
}

/** True when a failed check may pass by itself while a rollout goes on, so that it is worth asking again. */
export function maySettle(categories: readonly CheckCategory[]): boolean {
  return categories.some(({ checks }) => checks.some(({ settles }) => settles));
}

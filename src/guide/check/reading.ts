import type { CheckCategory } from '../checks.ts';
import type { Inventory } from '../inventory.ts';
import { checkOf, type Rule, type RuleSet } from './rule.ts';

const NAME = 'linkerd-dataplane-api';

const query = {
  anchor: 'api',
  description: 'can query the Kubernetes API',
  weight: 'error',
} as const;

const answered: Rule<Inventory> = { ...query, look: () => [] };

const complete: Rule<Inventory> = {
  anchor: 'unreadable',
  description: 'can read all that these checks look at',
  weight: 'warning',
  summary: 'some of it may not be read, and is not checked:',
  look: ({ unreadable }) => unreadable.map(({ what, why }) => ({ text: `${what}: ${why}` })),
};

/** How much of the cluster the other checks rest on. */
export const readingRules: RuleSet<Inventory> = { name: NAME, rules: [answered, complete] };

/** All that can be said when the cluster could not be read: one failed check. */
export function notRead(why: string): readonly CheckCategory[] {
  return [{ name: NAME, checks: [checkOf(query, [{ text: why || 'the cluster could not be read' }])] }];
}

import type { PlanOptions } from '../rollout/plan/plan.ts';
import type { Arguments } from './arguments.ts';
import { choicesOf } from './values.ts';

/**
 * What `plan` and `restart` take in beside the plain case, and in which order: as the operator named them, else
 * derived.
 * @throws UsageError
 */
export function planOptionsOf(args: Arguments): PlanOptions {
  const include = choicesOf(args, 'include', ['meshes', 'downgrades', 'on-delete']);
  return {
    meshes: include.includes('meshes'),
    downgrades: include.includes('downgrades'),
    onDelete: include.includes('on-delete'),
    order: args.on('all-namespaces') ? 'derived' : 'asked',
  };
}

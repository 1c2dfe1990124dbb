import { DEFAULT_LIMITS, type RunLimits } from '../rollout/run/limits.ts';
import type { Arguments } from './arguments.ts';
import { durationOf, numberOf } from './values.ts';

/**
 * The limits of a run: what the command line says, and `base` where it says nothing.
 * @throws UsageError
 */
export function limitsOf(args: Arguments, base: RunLimits = DEFAULT_LIMITS): RunLimits {
  return {
    maxParallel: numberOf(args, 'max-parallel', 1) ?? base.maxParallel,
    perNamespace: base.perNamespace,
    startsPerMinute: numberOf(args, 'starts-per-minute', 1) ?? base.startsPerMinute,
    soakSeconds: durationOf(args, 'soak') ?? base.soakSeconds,
    workloadSoakSeconds: durationOf(args, 'workload-soak') ?? base.workloadSoakSeconds,
    deadlineSeconds: durationOf(args, 'timeout', { aboveZero: true }) ?? base.deadlineSeconds,
    failureBudget: numberOf(args, 'failure-budget', 0) ?? base.failureBudget,
  };
}

import { operandOf } from '../rollout/plan/names.ts';
import { resumeCommand } from '../rollout/resume-command.ts';
import type { Halt } from '../rollout/run/run.ts';
import { nameOf } from './plan-table.ts';

/**
 * The diagnosis of a halted run in lines: what failed, on what, what still serves, and what to type.
 * @param resume command that goes on with the run from here, with the flags that lead to its cluster; it stands last,
 *   in place of the one that every halt names. It goes on without the workload that failed, so how that one is
 *   restarted again is said, too
 */
export function haltCard(halt: Halt, resume: string): readonly string[] {
  const { workload, pod, container, reason, details, serving } = halt;
  const facts = [
    ['Workload', workload ? nameOf(workload) : ''],
    ['Pod', pod],
    ['Container', container],
    ['Still serving', serving],
  ].filter(([, value]) => value !== '');
  const others = halt.nextSteps.filter((step) => !step.startsWith(resumeCommand('')));
  const steps = [...others, resume];
  return [
    reason,
    ...facts.map(([name, value]) => `  ${name}: ${value}`),
    ...details.map((detail) => `  ${detail}`),
    'Next steps:',
    ...steps.map((step) => `  ${step}`),
    ...(workload
      ? [`--resume leaves ${nameOf(workload)} as it is; --retry ${operandOf(workload)} queues it again.`]
      : []),
  ];
}

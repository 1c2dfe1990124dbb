import type { Halt } from '../rollout/run/run.ts';
import { nameOf } from './plan-table.ts';

/**
 * The diagnosis of a halted run in lines: what failed, on what, what still serves, and what to type.
 * @param resume command that goes on with the run; named last unless the next steps have it already
 */
export function haltCard(halt: Halt, resume: string): readonly string[] {
  const { workload, pod, container, reason, details, serving } = halt;
  const facts = [
    ['Workload', workload ? nameOf(workload) : ''],
    ['Pod', pod],
    ['Container', container],
    ['Still serving', serving],
  ].filter(([, value]) => value !== '');
  const goesOn = halt.nextSteps.some((step) => step.includes('restart --resume'));
  const steps = goesOn ? halt.nextSteps : [...halt.nextSteps, resume];
  return [
    reason,
    ...facts.map(([name, value]) => `  ${name}: ${value}`),
    ...details.map((detail) => `  ${detail}`),
    'Next steps:',
    ...steps.map((step) => `  ${step}`),
  ];
}

import { resumeCommand } from '../rollout/resume-command.ts';
import type { Run } from '../rollout/run/run.ts';
import { inProgress, isUnfinished, runSentence, stepCounts } from './state/run-facts.ts';
import { count, placedName } from './text/words.ts';

/** Failures that are listed; more are only counted. */
const MOST_FAILURES = 20;

function failures({ steps }: Run): readonly string[] {
  const failed = steps.flatMap(({ item: { key }, status }) =>
    status.state === 'failed' ? [`  ${placedName(key)}: ${status.reason}`] : [],
  );
  if (failed.length === 0) return [];
  const rest = failed.length - MOST_FAILURES;
  return ['Failed:', ...failed.slice(0, MOST_FAILURES), ...(rest > 0 ? [`  and ${rest} more`] : [])];
}

function haltLines({ phase }: Run): readonly string[] {
  if (phase.phase !== 'halted') return [];
  const { details, serving, nextSteps } = phase.halt;
  return [
    ...details.map((text) => `  ${text}`),
    ...(serving === '' ? [] : [`  Still serving: ${serving}`]),
    ...(nextSteps.length === 0 ? [] : ['Next steps:']),
    ...nextSteps.map((text, index) => `  ${index + 1}. ${text}`),
  ];
}

function leftLines(run: Run): readonly string[] {
  if (!isUnfinished(run)) return [];
  const moving = inProgress(run);
  const { queued } = stepCounts(run);
  const command = resumeCommand(run.id);
  const isTold =
    run.phase.phase === 'halted' && run.phase.halt.nextSteps.some((text) => text.includes(command));
  return [
    ...(moving === 0
      ? []
      : [`${count(moving, 'workload')} in progress: Kubernetes finishes what was started, unwatched.`]),
    ...(queued === 0 ? [] : [`${count(queued, 'workload')} not touched.`]),
    ...(isTold ? [] : [`To take the run up again: ${command}`]),
  ];
}

/** What is worth knowing about a run after the screen has gone; undefined without one. */
export function summaryOf(run: Run | undefined, now: number): string | undefined {
  if (run === undefined) return undefined;
  return [runSentence(run, now), ...haltLines(run), ...failures(run), ...leftLines(run)].join('\n');
}

import { resumeCommand } from '../../rollout/resume-command.ts';
import type { Run } from '../../rollout/run/run.ts';
import { inProgress, isUnfinished, restarted, stepCounts } from '../state/run-facts.ts';
import type { Question } from '../state/ui-state.ts';
import { blank, type Line, line, paragraph, span } from '../text/line.ts';
import { count, placedName } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';

const titles: Readonly<Record<Question, string>> = {
  quit: 'A run is in progress. Quit?',
  abort: 'End this run for good?',
  proceed: 'Go on after the halt?',
};

const answers: Readonly<Record<Question, readonly [no: string, yes: string]>> = {
  quit: ['Stay', 'quits'],
  abort: ['Keep it', 'ends the run'],
  proceed: ['Wait', 'goes on'],
};

/** What the answer yes means, point by point. */
function consequences(run: Run, about: Question): readonly string[] {
  const { queued, failed } = stepCounts(run);
  const moving = inProgress(run);
  const total = count(run.steps.length, 'workload');
  const done = `${restarted(run)} of ${total} restarted.`;
  const untouched = `${count(queued, 'workload is', 'workloads are')} not touched yet, and left as now.`;
  switch (about) {
    case 'quit':
      return [
        done,
        moving > 0
          ? `${count(moving, 'workload')} in progress: Kubernetes finishes what was started, but nobody here checks the result.`
          : 'No workload is in progress.',
        untouched,
        'The lock is given back. The run can be taken up again: by R when this screen is opened next, or by',
      ];
    case 'abort':
      return [
        done,
        ...(moving > 0 ? [`${count(moving, 'workload')} in progress: watched to the end.`] : []),
        untouched,
        'A run that was ended cannot be taken up again. To stop for a while, pause it or quit.',
      ];
    case 'proceed': {
      const { phase } = run;
      const { halt } = phase.phase === 'halted' ? phase : { halt: undefined };
      const where = halt?.workload === undefined ? '' : `${placedName(halt.workload)}: `;
      return [
        ...(halt === undefined ? [] : [`Halted because of ${where}${halt.reason}`]),
        ...(failed > 0
          ? [
              `${count(failed, 'failed workload is', 'failed workloads are')} left as now, and no longer counted against the failure budget.`,
            ]
          : []),
        `Everything that must hold is looked at again; then the run goes on with ${count(queued, 'workload')} not touched yet.`,
      ];
    }
  }
}

/** A question that `y` answers, with what the answer means. */
export function askLines(
  about: Question,
  run: Run | undefined,
  columns: number,
  { glyphs }: Theme,
): readonly Line[] {
  if (!isUnfinished(run)) {
    const yes = about === 'quit' ? 'y quits, Esc stays.' : 'Esc goes back.';
    return [line(span('The run has ended meanwhile.', 'title')), blank, line(yes)];
  }
  const [no, yes] = answers[about];
  return [
    line(span(titles[about], 'title')),
    blank,
    ...consequences(run, about).flatMap((text) => paragraph(span(`${glyphs.bullet} `), text, columns)),
    ...(about === 'quit' ? [line('  ', span(resumeCommand(run.id), 'key'))] : []),
    blank,
    line(span(`[ ${no} ]`, 'strong'), span('  Esc or Enter', 'muted'), '     ', span('y', 'key'), ` ${yes}`),
  ];
}

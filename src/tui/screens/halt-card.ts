import type { Halt, Run } from '../../rollout/run/run.ts';
import { actions } from '../keys/actions.ts';
import { keyLabel } from '../keys/key.ts';
import { currentStep, objection } from '../state/run-facts.ts';
import { blank, type Line, line, paragraph, type Span, span } from '../text/line.ts';
import { placedName } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';

/**
 * Where it happened: `shop deploy/web, pod web-7d9f8-abcde, container app`; '' when on no single thing. A pod that the
 * reason names itself is not named twice.
 */
function placeOf({ workload, pod, container, reason }: Halt): string {
  const isTold = pod !== '' && reason.includes(pod);
  return [
    ...(workload === undefined ? [] : [placedName(workload)]),
    ...(pod === '' || isTold ? [] : [`pod ${pod}`]),
    ...(container === '' || isTold ? [] : [`container ${container}`]),
  ].join(', ');
}

/** The keys that help now, as the footer names them. */
function keysLine(run: Run): Line {
  const index = currentStep(run);
  const offered = [
    { type: 'retry', index },
    { type: 'skip', index },
    { type: 'proceed' },
    { type: 'abort' },
  ] as const;
  const spans = offered
    .filter((action) => objection(run, action) === '')
    .flatMap(({ type }): Span[] => {
      const action = actions.find(({ id }) => id === type);
      const [key] = action?.keys ?? [];
      if (key === undefined || action?.label === undefined) return [];
      return [span(keyLabel(key), 'key'), span(` ${action.label}   `, 'muted')];
    });
  return { spans: [span('  '), ...spans] };
}

/** The diagnosis of a halt: what failed, on what and why, what still serves, what to do next. */
export function haltLines(run: Run, columns: number, { glyphs }: Theme): readonly Line[] {
  const { phase } = run;
  if (phase.phase !== 'halted') return [];
  const { halt } = phase;
  const { reason, scope, details, serving, nextSteps } = halt;
  const place = placeOf(halt);
  const title = scope === 'run' ? 'Halted  ' : 'Halted in this wave  ';
  const detail = (text: string): Line[] => paragraph(span(`  ${glyphs.bullet} `, 'muted'), text, columns);
  return [
    ...paragraph(
      span(`${glyphs.failure} ${title}`, 'danger'),
      place === '' ? reason : `${place}: ${reason}`,
      columns,
      'danger',
    ),
    ...details.flatMap(detail),
    ...(serving === '' ? [] : paragraph(span('  Still serving: ', 'muted'), serving, columns)),
    ...(nextSteps.length === 0 ? [] : [line(span('Next steps', 'strong'))]),
    ...nextSteps.flatMap((text, index) => paragraph(span(`  ${index + 1}. `, 'key'), text, columns)),
    keysLine(run),
    blank,
  ];
}

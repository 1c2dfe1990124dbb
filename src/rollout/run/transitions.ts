import type { EventType } from './events.ts';
import type { PhaseName } from './run.ts';

type Row = Readonly<Record<EventType, readonly PhaseName[]>>;

/** An ended run never changes. */
function ended(phase: PhaseName): Row {
  const same = [phase];
  return {
    observed: same,
    preflighted: same,
    'preflight-failed': same,
    patched: same,
    refused: same,
    evicted: same,
    explained: same,
    'lock-lost': same,
    'journal-failed': same,
    pause: same,
    proceed: same,
    abort: same,
    retry: same,
    skip: same,
  };
}

/**
 * Which phases may follow which by which event: the drawing of the machine that docs/rollout.md shows, and to which
 * the reducer is held by a test. Phases stand in the order in which they are usually reached.
 */
export const transitions: Readonly<Record<PhaseName, Row>> = {
  preflight: {
    observed: ['preflight', 'halted'],
    preflighted: ['preflight', 'running', 'halted'],
    'preflight-failed': ['preflight'],
    patched: ['preflight'],
    refused: ['preflight', 'halted'],
    evicted: ['preflight', 'halted'],
    explained: ['preflight', 'halted'],
    'lock-lost': ['halted'],
    'journal-failed': ['halted'],
    pause: ['paused'],
    proceed: ['preflight'],
    abort: ['aborting', 'aborted'],
    retry: ['preflight'],
    skip: ['preflight'],
  },
  running: {
    observed: ['preflight', 'running', 'soaking', 'halted', 'done'],
    preflighted: ['running'],
    'preflight-failed': ['running'],
    patched: ['running'],
    refused: ['running', 'halted'],
    evicted: ['running', 'halted'],
    explained: ['running', 'halted'],
    'lock-lost': ['halted'],
    'journal-failed': ['halted'],
    pause: ['paused'],
    proceed: ['running'],
    abort: ['aborting', 'aborted'],
    retry: ['running'],
    skip: ['running'],
  },
  soaking: {
    observed: ['preflight', 'soaking', 'halted', 'done'],
    preflighted: ['soaking'],
    'preflight-failed': ['soaking'],
    patched: ['soaking'],
    refused: ['soaking'],
    evicted: ['soaking'],
    explained: ['soaking'],
    'lock-lost': ['halted'],
    'journal-failed': ['halted'],
    pause: ['paused'],
    proceed: ['preflight', 'done'],
    abort: ['aborted'],
    retry: ['soaking'],
    skip: ['soaking'],
  },
  paused: {
    observed: ['paused', 'halted'],
    preflighted: ['paused'],
    'preflight-failed': ['paused'],
    patched: ['paused'],
    refused: ['paused', 'halted'],
    evicted: ['paused', 'halted'],
    explained: ['paused', 'halted'],
    'lock-lost': ['halted'],
    'journal-failed': ['halted'],
    pause: ['paused'],
    proceed: ['preflight', 'done'],
    abort: ['aborting', 'aborted'],
    retry: ['paused'],
    skip: ['paused'],
  },
  halted: {
    observed: ['halted'],
    preflighted: ['halted'],
    'preflight-failed': ['halted'],
    patched: ['halted'],
    refused: ['halted'],
    evicted: ['halted'],
    explained: ['halted'],
    'lock-lost': ['halted'],
    'journal-failed': ['halted'],
    pause: ['halted'],
    proceed: ['preflight', 'halted', 'done'],
    abort: ['aborting', 'aborted'],
    retry: ['halted'],
    skip: ['halted'],
  },
  aborting: {
    observed: ['aborting', 'aborted'],
    preflighted: ['aborting'],
    'preflight-failed': ['aborting'],
    patched: ['aborting', 'aborted'],
    refused: ['aborting', 'aborted'],
    evicted: ['aborting', 'aborted'],
    explained: ['aborting', 'aborted'],
    'lock-lost': ['aborting'],
    'journal-failed': ['aborting'],
    pause: ['aborting'],
    proceed: ['aborting'],
    abort: ['aborting'],
    retry: ['aborting'],
    skip: ['aborting'],
  },
  done: ended('done'),
  aborted: ended('aborted'),
};

/** The machine as a Markdown table: a row a phase and event, but for events that change nothing. */
export function transitionsMarkdown(): string {
  const lines = ['| phase | event | next phase |', '|---|---|---|'];
  for (const [phase, row] of Object.entries(transitions)) {
    for (const [event, next] of Object.entries(row)) {
      if (next.some((one) => one !== phase)) {
        lines.push(`| ${phase} | ${event} | ${next.join(', ')} |`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

import type { TaskState } from '../../guide/advice.ts';
import type { SkewClass } from '../../mesh/view.ts';
import type { StepState } from '../../rollout/run/run.ts';

/** The signs drawn beside words. None of them is an emoji, so each takes exactly one column. */
export interface Glyphs {
  readonly cursor: string;
  readonly mark: string;
  readonly ellipsis: string;
  readonly dot: string;
  readonly dash: string;
  readonly arrow: string;
  readonly crumb: string;
  readonly times: string;
  readonly ascending: string;
  readonly descending: string;
  readonly warning: string;
  readonly failure: string;
  readonly success: string;
  readonly bullet: string;
  readonly caret: string;
  readonly up: string;
  readonly down: string;
  readonly class: Readonly<Record<SkewClass, string>>;
  /** Fills of the bar: each class has its own texture, so that it can be told without colour. */
  readonly bar: Readonly<Record<SkewClass, string>>;
  readonly step: Readonly<Record<StepState['state'], string>>;
  readonly task: Readonly<Record<TaskState, string>>;
  readonly paused: string;
  readonly progress: { readonly full: string; readonly empty: string };
  readonly live: {
    readonly loading: string;
    readonly live: string;
    readonly reconnecting: string;
    readonly stale: string;
  };
}

export const unicodeGlyphs: Glyphs = {
  cursor: '›',
  mark: '•',
  ellipsis: '…',
  dot: '·',
  dash: '–',
  arrow: '→',
  crumb: '›',
  times: '×',
  ascending: '↑',
  descending: '↓',
  warning: '!',
  failure: '✗',
  success: '✓',
  bullet: '•',
  caret: '█',
  up: '↑',
  down: '↓',
  class: { violation: '✗', unknown: '?', ahead: '▲', 'behind-one': '▼', behind: '▽', current: '✓' },
  bar: { violation: '✗', unknown: '?', ahead: '▲', 'behind-one': '░', behind: '▒', current: '█' },
  step: {
    queued: '·',
    patching: '»',
    rolling: '↻',
    soaking: '◔',
    done: '✓',
    partial: '◑',
    dropped: '–',
    skipped: '↷',
    failed: '✗',
  },
  task: { done: '✓', 'in-progress': '↻', next: '»', blocked: '✗', later: '·', unknown: '?' },
  paused: '‖',
  progress: { full: '█', empty: '░' },
  live: { loading: '◌', live: '●', reconnecting: '◌', stale: '✗' },
};

export const asciiGlyphs: Glyphs = {
  cursor: '>',
  mark: '*',
  ellipsis: '~',
  dot: '-',
  dash: '-',
  arrow: '->',
  crumb: '>',
  times: 'x',
  ascending: '^',
  descending: 'v',
  warning: '!',
  failure: 'X',
  success: '+',
  bullet: '*',
  caret: '_',
  up: '^',
  down: 'v',
  class: { violation: 'X', unknown: '?', ahead: '^', 'behind-one': 'v', behind: '-', current: '+' },
  bar: { violation: 'X', unknown: '?', ahead: '^', 'behind-one': 'v', behind: '-', current: '#' },
  step: {
    queued: '.',
    patching: '>',
    rolling: '~',
    soaking: 'o',
    done: '+',
    partial: '%',
    dropped: '-',
    skipped: '/',
    failed: 'X',
  },
  task: { done: '+', 'in-progress': '~', next: '>', blocked: 'X', later: '.', unknown: '?' },
  paused: '=',
  progress: { full: '#', empty: '.' },
  live: { loading: 'o', live: '*', reconnecting: 'o', stale: 'X' },
};

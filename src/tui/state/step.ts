import type { LiveView } from '../../live/view.ts';
import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { Run } from '../../rollout/run/run.ts';
import type { Guide } from './guide.ts';
import type { Intent, Overlay, Tone, UiState } from './ui-state.ts';

/** The steps of a run among the lines of its screen. */
export interface StepRows {
  readonly count: number;
  /** Index of the step under the cursor. */
  readonly cursor: number;
  /** Line of a step, by its index. */
  readonly rowOf: (index: number) => number;
}

/** Lines that fit on the screen, lines there are, and the first one shown. */
export interface Extent {
  readonly page: number;
  readonly lines: number;
  readonly top: number;
  /** Only of a run. */
  readonly steps?: StepRows;
}

/** What the reducer may know besides its own state. */
export interface Context {
  readonly view: LiveView;
  readonly run: Run | undefined;
  /** A run of this cluster that an earlier session left unfinished. */
  readonly unfinished: RecordedRun | undefined;
  readonly guide: Guide;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly readOnly: boolean;
  /** False while the window is too small to show anything but that. */
  readonly visible: boolean;
  /** Rows that the table has on the screen. */
  readonly tableRows: number;
  /** How an overlay stands on the screen. */
  readonly extent: (overlay: Overlay) => Extent;
}

export interface Step {
  readonly state: UiState;
  readonly intents: readonly Intent[];
}

/** Seconds for which a message stays. */
const FLASH_SECONDS = 6;

/** `state`, and nothing to be done outside. */
export function stay(state: UiState): Step {
  return { state, intents: [] };
}

/** `state`, and `intents` to be carried out. */
export function want(state: UiState, ...intents: readonly Intent[]): Step {
  return { state, intents };
}

/** `state` with a message under the table. */
export function flash(state: UiState, context: Context, text: string, tone: Tone = 'info'): UiState {
  return { ...state, flash: { text, tone, until: context.now + FLASH_SECONDS } };
}

/** `state` with another overlay, or none. */
export function over(state: UiState, overlay: Overlay | undefined): UiState {
  return { ...state, overlay };
}

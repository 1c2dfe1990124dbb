import type { LiveView, Store } from '../live/view.ts';
import type { Plan, Scope } from '../rollout/plan/plan.ts';
import type { Rollout, Run } from '../rollout/run/run.ts';
import { isTooSmall, type Size } from './screens/layout.ts';
import { extentOf, type Scene, tableRowsOf } from './screens/picture.ts';
import { reduce, type UiEvent } from './state/reduce.ts';
import { isActive, runSentence, sameInSubstance } from './state/run-facts.ts';
import type { Context } from './state/step.ts';
import { type Intent, initialState, type Tone, type UiState } from './state/ui-state.ts';
import type { Theme } from './theme/theme.ts';

/** What the interface may do to the terminal it runs in. */
export interface TerminalPort {
  /** Columns and rows of this moment. */
  size(): Size;
  exit(code: 'interrupted' | 'quit'): void;
  suspend(): void;
  redraw(): void;
}

export interface ControllerOptions {
  readonly store: Store<LiveView>;
  readonly rollout: Rollout;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly readOnly: boolean;
  readonly version: string;
  readonly theme: Theme;
  readonly initialNamespace: string | undefined;
  readonly terminal: TerminalPort;
}

/** Carries events to the reducer and its intents to the engine; React only draws what it publishes. */
export interface Controller {
  readonly state: Store<UiState>;
  /** Takes events in order; those of one chunk of input are published as one new state. */
  feed(events: readonly UiEvent[]): void;
  /** Stops following the run. */
  close(): void;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const endTones: Readonly<Record<Run['phase']['phase'], Tone>> = {
  running: 'info',
  stopping: 'info',
  stopped: 'caution',
  done: 'good',
  halted: 'danger',
};

export function createController(options: ControllerOptions): Controller {
  const { store, rollout, now, readOnly, version, theme, terminal } = options;
  const listeners = new Set<() => void>();
  let state = initialState(options.initialNamespace);

  const context = (): Context => {
    const scene: Scene = {
      view: store.get(),
      run: rollout.run.get(),
      now: now(),
      readOnly,
      version,
      size: terminal.size(),
      theme,
    };
    return {
      view: scene.view,
      run: scene.run,
      now: scene.now,
      readOnly,
      visible: !isTooSmall(scene.size),
      tableRows: tableRowsOf(scene),
      extent: (overlay) => extentOf(state, overlay, scene),
    };
  };

  const planFor = (scopes: readonly Scope[], changed: boolean): UiEvent => {
    try {
      return { type: 'planned', plan: rollout.plan(scopes), changed };
    } catch (error) {
      return { type: 'flash', text: `Could not plan the restart: ${reasonOf(error)}`, tone: 'danger' };
    }
  };

  // What was read is started only if a fresh plan still says the same; the fresh one carries the
  // resource versions of this moment, which the patches are conditional on.
  const start = (read: Plan): UiEvent => {
    const planned = planFor(read.scopes, true);
    if (planned.type !== 'planned' || !sameInSubstance(read, planned.plan)) return planned;
    const refusal = rollout.start(planned.plan);
    if (refusal === undefined) return { type: 'started' };
    return { type: 'flash', text: `Not started: ${refusal}`, tone: 'danger' };
  };

  const carryOut = (intent: Intent): void => {
    switch (intent.type) {
      case 'plan':
        take(planFor(intent.scopes, false));
        break;
      case 'start':
        take(start(intent.plan));
        break;
      case 'stop':
        rollout.stop();
        break;
      case 'suspend':
        terminal.suspend();
        break;
      case 'redraw':
        terminal.redraw();
        break;
      case 'exit':
        terminal.exit(intent.code);
        break;
    }
  };

  function take(event: UiEvent): void {
    const step = reduce(state, event, context());
    state = step.state;
    for (const intent of step.intents) carryOut(intent);
  }

  const feed = (events: readonly UiEvent[]): void => {
    if (events.length === 0) return;
    for (const event of events) take(event);
    for (const listener of listeners) listener();
  };

  let followed = rollout.run.get();
  const unfollow = rollout.run.subscribe(() => {
    const before = followed;
    followed = rollout.run.get();
    if (!isActive(before) || followed === undefined || isActive(followed)) return;
    if (state.overlay?.kind === 'run') return;
    feed([{ type: 'flash', text: runSentence(followed, now()), tone: endTones[followed.phase.phase] }]);
  });

  return {
    state: {
      get: () => state,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    feed,
    close: unfollow,
  };
}

import type { LiveView, Store } from '../live/view.ts';
import type { RecordedRun } from '../rollout/journal/record.ts';
import type { Plan, PlanOptions, Scope } from '../rollout/plan/plan.ts';
import type { Rollout, StartOptions, StartOutcome } from '../rollout/rollout.ts';
import type { PhaseName } from '../rollout/run/run.ts';
import { type After, createGuideFollower, type GuidePort } from './guide-follower.ts';
import { isTooSmall, type Size } from './screens/layout.ts';
import { extentOf, type Scene, tableRowsOf } from './screens/picture.ts';
import type { Guide } from './state/guide.ts';
import { reduce, type UiEvent } from './state/reduce.ts';
import { isUnfinished, runSentence, sameInSubstance } from './state/run-facts.ts';
import type { Context } from './state/step.ts';
import {
  type Intent,
  initialState,
  type Subject,
  showsChecklist,
  type Tone,
  type UiState,
} from './state/ui-state.ts';
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
  /** How runs of this session are carried out. */
  readonly start: StartOptions;
  /** What plans of this session may restart beside the plain case. */
  readonly planOptions: PlanOptions;
  /** A run of this cluster that an earlier session left unfinished. */
  readonly unfinished: RecordedRun | undefined;
  /** What the checklist rests on. */
  readonly guide: GuidePort;
  /** Timers of the checklist. */
  readonly after: After;
}

/** Carries events to the reducer and its intents to the engine; React only draws what it publishes. */
export interface Controller {
  readonly state: Store<UiState>;
  readonly guide: Store<Guide>;
  /** Takes events in order; those of one chunk of input are published as one new state. */
  feed(events: readonly UiEvent[]): void;
  /** Stops following the run, and takes no more events. */
  close(): void;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Phases that are told of wherever the operator looks. */
const endTones: Partial<Record<PhaseName, Tone>> = { done: 'good', aborted: 'caution', halted: 'danger' };

export function createController(options: ControllerOptions): Controller {
  const { store, rollout, now, readOnly, version, theme, terminal, unfinished } = options;
  const listeners = new Set<() => void>();
  let state = initialState(options.initialNamespace);
  let closed = false;
  const guide = createGuideFollower({
    port: options.guide,
    view: store,
    destination: 'latest-known',
    now,
    after: options.after,
  });

  const context = (): Context => {
    const scene: Scene = {
      view: store.get(),
      run: rollout.run.get(),
      unfinished,
      guide: guide.get(),
      limits: options.start.limits,
      now: now(),
      readOnly,
      version,
      size: terminal.size(),
      theme,
    };
    return {
      view: scene.view,
      run: scene.run,
      unfinished,
      guide: scene.guide,
      now: scene.now,
      readOnly,
      visible: !isTooSmall(scene.size),
      tableRows: tableRowsOf(scene),
      extent: (overlay) => extentOf(state, overlay, scene),
    };
  };

  const planned = (scopes: readonly Scope[]): Plan | { readonly error: string } => {
    try {
      return rollout.plan(scopes, { order: 'derived', ...options.planOptions });
    } catch (error) {
      return { error: reasonOf(error) };
    }
  };

  const plan = (scopes: readonly Scope[], purpose: 'review' | 'restart', read: Plan | undefined): UiEvent => {
    const fresh = planned(scopes);
    if ('error' in fresh) {
      return { type: 'flash', text: `Could not plan the restart: ${fresh.error}`, tone: 'danger' };
    }
    return {
      type: 'planned',
      plan: fresh,
      purpose,
      changed: read !== undefined && !sameInSubstance(read, fresh),
    };
  };

  const preflight = (chosen: Plan): void => {
    rollout.preflight(chosen, { probe: options.start.probe }).then(
      (report) => feed([{ type: 'preflighted', plan: chosen, preflight: { state: 'found', report } }]),
      (error) =>
        feed([
          { type: 'preflighted', plan: chosen, preflight: { state: 'failed', message: reasonOf(error) } },
        ]),
    );
  };

  const startEnds = (outcome: Promise<StartOutcome>): void => {
    outcome
      .catch((error): StartOutcome => ({ outcome: 'refused', reason: reasonOf(error) }))
      .then((ended) => feed([{ type: 'start-ended', outcome: ended }]));
  };

  const start = (subject: Subject, lock: StartOptions['lock']): void => {
    const how: StartOptions = { ...options.start, lock };
    if (subject.what === 'run') {
      const { recorded } = subject;
      // It goes on as it was begun, whatever this session would do.
      startEnds(rollout.resume(recorded, { ...how, limits: recorded.limits }));
      return;
    }
    // What was read is started only if a fresh plan still says the same; the fresh one carries the
    // resource versions of this moment, which the patches are conditional on.
    const fresh = planned(subject.plan.scopes);
    if ('error' in fresh) {
      take({ type: 'start-ended', outcome: { outcome: 'refused', reason: fresh.error } });
      return;
    }
    if (sameInSubstance(subject.plan, fresh)) startEnds(rollout.start(fresh, how));
    else take({ type: 'planned', plan: fresh, purpose: 'restart', changed: true });
  };

  const carryOut = (intent: Intent): void => {
    switch (intent.type) {
      case 'plan':
        take(plan(intent.scopes, intent.purpose, intent.read));
        break;
      case 'preflight':
        preflight(intent.plan);
        break;
      case 'start':
        start(intent.subject, intent.lock ?? options.start.lock);
        break;
      case 'act':
        rollout.act(intent.action);
        break;
      case 'aim':
        guide.aim(intent.destination);
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

  function feed(events: readonly UiEvent[]): void {
    if (events.length === 0 || closed) return;
    for (const event of events) take(event);
    guide.show(showsChecklist(state.overlay));
    for (const listener of listeners) listener();
  }

  let followed = rollout.run.get();
  const unfollow = rollout.run.subscribe(() => {
    const before = followed;
    const run = rollout.run.get();
    followed = run;
    if (!isUnfinished(before) || run === undefined || before.phase.phase === run.phase.phase) return;
    const tone = endTones[run.phase.phase];
    if (tone === undefined) return;
    if (run.phase.phase === 'halted') feed([{ type: 'halted' }]);
    if (state.overlay?.kind !== 'run') feed([{ type: 'flash', text: runSentence(run, now()), tone }]);
  });

  return {
    state: {
      get: () => state,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    guide,
    feed,
    close: () => {
      closed = true;
      guide.close();
      unfollow();
    },
  };
}

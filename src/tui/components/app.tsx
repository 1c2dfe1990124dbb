import { Box, Text, useApp, useInput, useIsScreenReaderEnabled, usePaste, useWindowSize } from 'ink';
import { type ReactNode, useCallback, useEffect, useReducer, useSyncExternalStore } from 'react';
import type { LiveView, Store } from '../../live/view.ts';
import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { RunLimits } from '../../rollout/run/limits.ts';
import type { Run } from '../../rollout/run/run.ts';
import type { Controller } from '../controller.ts';
import { keysOf } from '../keys/key.ts';
import type { Scene } from '../screens/picture.ts';
import { screenLines } from '../screens/screen.ts';
import { spokenLines } from '../screens/spoken.ts';
import { listingOf } from '../state/listing.ts';
import { isUnfinished } from '../state/run-facts.ts';
import { currentTable, showsChecklist, type UiState } from '../state/ui-state.ts';
import type { Theme } from '../theme/theme.ts';
import { Frame } from './line-view.tsx';

export interface AppProps {
  readonly controller: Controller;
  readonly store: Store<LiveView>;
  readonly run: Store<Run | undefined>;
  /** A run of this cluster that an earlier session left unfinished. */
  readonly unfinished: RecordedRun | undefined;
  readonly limits: RunLimits;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly readOnly: boolean;
  readonly version: string;
  readonly theme: Theme;
  /** Told once how the terminal can be handed away and taken back. */
  readonly onSuspender: (suspend: (between: () => Promise<void>) => Promise<void>) => void;
}

/** The value of a store, followed. */
function useStore<T>(store: Store<T>): T {
  const subscribe = useCallback((listener: () => void) => store.subscribe(listener), [store]);
  return useSyncExternalStore(subscribe, () => store.get());
}

/** Whole seconds of now; draws again every second while `ticking`. */
function useSeconds(now: () => number, ticking: boolean): number {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return Math.floor(now());
}

/** Whether something on the screen changes with time alone. */
function showsTime(state: UiState, view: LiveView, run: Run | undefined, now: number): boolean {
  return (
    view.freshness.state !== 'live' ||
    (state.flash !== undefined && state.flash.until > now) ||
    isUnfinished(run) ||
    currentTable(state).level.kind === 'pods' ||
    showsChecklist(state.overlay)
  );
}

interface ScreenProps {
  readonly state: UiState;
  readonly scene: Scene;
}

function SpokenScreen({ state, scene }: ScreenProps): ReactNode {
  const listing = listingOf(scene.view.mesh, currentTable(state));
  const lines = spokenLines(state, scene, listing);
  return (
    <Box flexDirection="column">
      {lines.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is its place
        <Text key={index}>{text}</Text>
      ))}
    </Box>
  );
}

/** Takes keys and pastes to the controller; draws nothing. */
function Keyboard({ controller, onSuspender }: Pick<AppProps, 'controller' | 'onSuspender'>): ReactNode {
  const { suspendTerminal } = useApp();
  useInput((input, key) => controller.feed(keysOf(input, key).map((name) => ({ type: 'key', key: name }))));
  usePaste((text) => controller.feed([{ type: 'paste', text }]));
  useEffect(() => onSuspender(suspendTerminal), [onSuspender, suspendTerminal]);
  return null;
}

/** Draws what controller and stores hold. */
function Picture(props: AppProps): ReactNode {
  const { controller, store, theme, readOnly, version, unfinished, limits } = props;
  const size = useWindowSize();
  const speaks = useIsScreenReaderEnabled();
  const view = useStore(store);
  const run = useStore(props.run);
  const state = useStore(controller.state);
  const guide = useStore(controller.guide);
  const now = useSeconds(props.now, showsTime(state, view, run, props.now()));

  const scene: Scene = { view, run, unfinished, guide, limits, now, readOnly, version, size, theme };
  if (speaks) return <SpokenScreen state={state} scene={scene} />;
  return <Frame lines={screenLines(state, scene)} size={size} theme={theme} />;
}

/**
 * The whole interface. Keys are taken in a component of their own: their hooks count as an update of it each time it
 * is drawn, and for Ink any update is a reason to lay out and write the whole screen.
 */
export function App(props: AppProps): ReactNode {
  const { controller, onSuspender } = props;
  return (
    <>
      <Keyboard controller={controller} onSuspender={onSuspender} />
      <Picture {...props} />
    </>
  );
}

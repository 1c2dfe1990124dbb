import { Box, Text, useApp, useInput, useIsScreenReaderEnabled, usePaste, useWindowSize } from 'ink';
import { type ReactNode, useCallback, useEffect, useReducer, useSyncExternalStore } from 'react';
import type { LiveView, Store } from '../../live/view.ts';
import type { Run } from '../../rollout/run.ts';
import type { Controller } from '../controller.ts';
import { keysOf } from '../keys/key.ts';
import { judgeOf } from '../screens/cells.ts';
import { keysLine, messageLine } from '../screens/footer.ts';
import { bodyLines, isTooSmall, type Size, smallest, TABLE_HEAD_LINES } from '../screens/layout.ts';
import { headerOf, overlayLines, type Scene } from '../screens/picture.ts';
import { spokenLines } from '../screens/spoken.ts';
import { emptyLine, titleLine } from '../screens/table-head.ts';
import { listingOf } from '../state/listing.ts';
import { isActive } from '../state/run-facts.ts';
import { currentTable, type UiState } from '../state/ui-state.ts';
import { type Line, line, span } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';
import { Lines, LineView } from './line-view.tsx';
import { TableBody } from './table-body.tsx';

export interface AppProps {
  readonly controller: Controller;
  readonly store: Store<LiveView>;
  readonly run: Store<Run | undefined>;
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
    isActive(run) ||
    currentTable(state).level.kind === 'pods'
  );
}

function tooSmall({ columns, rows }: Size): readonly Line[] {
  const lines = [
    line(span('Window too small', 'caution')),
    line(`${columns}x${rows}, needs ${smallest.columns}x${smallest.rows}`),
  ];
  return lines.slice(0, rows);
}

interface ScreenProps {
  readonly state: UiState;
  readonly scene: Scene;
}

function Screen({ state, scene }: ScreenProps): ReactNode {
  const { size, theme, view, now, readOnly } = scene;
  const { columns, rows } = size;
  const table = currentTable(state);
  const listing = listingOf(view.mesh, table);
  const { overlay } = state;
  const covered = overlay !== undefined && overlay.kind !== 'filter';
  const header = headerOf(scene, covered);
  const body = bodyLines(size, header.length);
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <Lines lines={header} theme={theme} />
      <Box flexDirection="column" height={body} overflow="hidden">
        {covered ? (
          <Lines lines={overlayLines(state, overlay, scene, listing, body)} theme={theme} />
        ) : (
          <>
            <LineView line={titleLine(table, listing, columns, theme)} theme={theme} />
            <TableBody
              table={table}
              listing={listing}
              judge={judgeOf(view.mesh.controlPlane)}
              height={Math.max(1, body - TABLE_HEAD_LINES)}
              total={columns}
              theme={theme}
              now={now}
            />
            {listing.rows.length === 0 && (
              <LineView line={emptyLine(table, listing, view.freshness.state === 'loading')} theme={theme} />
            )}
          </>
        )}
      </Box>
      <LineView line={messageLine(state, listing, now, columns, theme)} theme={theme} />
      <LineView line={keysLine(state, scene.run, readOnly, columns)} theme={theme} />
    </Box>
  );
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

/** The whole interface: takes keys to the controller, and draws what controller and stores hold. */
export function App(props: AppProps): ReactNode {
  const { controller, store, theme, readOnly, version, onSuspender } = props;
  const size = useWindowSize();
  const { suspendTerminal } = useApp();
  const speaks = useIsScreenReaderEnabled();
  const view = useStore(store);
  const run = useStore(props.run);
  const state = useStore(controller.state);
  const now = useSeconds(props.now, showsTime(state, view, run, props.now()));

  useInput((input, key) => controller.feed(keysOf(input, key).map((name) => ({ type: 'key', key: name }))));
  usePaste((text) => controller.feed([{ type: 'paste', text }]));
  useEffect(() => onSuspender(suspendTerminal), [onSuspender, suspendTerminal]);

  const scene: Scene = { view, run, now, readOnly, version, size, theme };
  if (speaks) return <SpokenScreen state={state} scene={scene} />;
  if (!isTooSmall(size)) return <Screen state={state} scene={scene} />;
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
      <Lines lines={tooSmall(size)} theme={theme} />
    </Box>
  );
}

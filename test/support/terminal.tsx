import { PassThrough, Writable } from 'node:stream';
import { afterEach } from 'node:test';
import xterm from '@xterm/headless';
import { render } from 'ink';
import type { ReactNode } from 'react';
import type { LiveView } from '../../src/live/view.ts';
import type { RecordedRun } from '../../src/rollout/journal/record.ts';
import type { StartOptions } from '../../src/rollout/rollout.ts';
import { App } from '../../src/tui/components/app.tsx';
import { type Controller, createController } from '../../src/tui/controller.ts';
import { themeFor } from '../../src/tui/theme/theme.ts';
import { type FakeGuide, fakeGuide, type ManualTimers, manualTimers } from './guides.ts';
import { type FakeRollout, fakeRollout, startOptions } from './runs.ts';
import { type SettableStore, storeOf } from './views.ts';

/** Keys as a terminal sends them. */
export const keys = {
  enter: '\r',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  home: '\x1b[H',
  end: '\x1b[F',
  backspace: '\x7f',
  ctrlC: '\x03',
  ctrlB: '\x02',
  ctrlF: '\x06',
  ctrlL: '\x0c',
  ctrlU: '\x15',
  ctrlW: '\x17',
  ctrlZ: '\x1a',
} as const;

/** Time that Ink gives an Escape to become a longer sequence; then it counts as the key. */
const ESCAPE_MILLISECONDS = 20;

class FakeStdout extends Writable {
  readonly isTTY = true;
  bytes = 0;
  readonly #terminal: xterm.Terminal;

  constructor(terminal: xterm.Terminal) {
    // The callback comes once the terminal has parsed the data: what was written is on the screen.
    super({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        this.bytes += Buffer.byteLength(chunk);
        terminal.write(chunk, () => done());
      },
    });
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }
}

class FakeStdin extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A component on a real terminal emulator. */
export interface Screen {
  /** Rows of the screen, without trailing blanks. */
  rows(): string[];
  /** The rows as one text. */
  text(): string;
  /** Row and its attributes at the first occurrence of `text`. */
  cellOf(text: string): { row: number; foreground: number; bold: boolean; inverse: boolean };
  /** Bytes written so far. */
  bytes(): number;
  isRaw(): boolean;
  onAlternateScreen(): boolean;
  /** Sends each string as one chunk of input, and waits until the screen has settled after each. */
  press(...chunks: readonly string[]): Promise<void>;
  /** Text as a terminal with bracketed paste sends it. */
  paste(text: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** Waits until everything drawn so far is on the screen. */
  settle(): Promise<void>;
  /** Takes the component away; done after each test by itself. */
  unmount(): Promise<void>;
}

const mounted = new Set<() => Promise<void>>();

// A test that fails leaves its screen mounted, and with it timers that would keep the process alive.
afterEach(async () => {
  for (const unmount of mounted) await unmount();
});

/** Draws `node` on a terminal of the given size, as the program itself does. */
export async function mount(node: ReactNode, { columns, rows }: Size): Promise<Screen> {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    allowProposedApi: true,
    scrollback: 0,
    convertEol: true,
  });
  const stdout = new FakeStdout(terminal);
  const stdin = new FakeStdin();
  const instance = render(node, {
    stdout,
    stdin,
    stderr: stdout,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    patchConsole: false,
    exitOnCtrlC: false,
    maxFps: 1000,
  });

  const lineAt = (row: number) => terminal.buffer.active.getLine(row);
  const screenRows = (): string[] =>
    Array.from({ length: terminal.rows }, (_, row) => lineAt(row)?.translateToString(true) ?? '');

  const settle = async (): Promise<void> => {
    await instance.waitUntilRenderFlush();
    await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  };

  const send = async (chunk: string): Promise<void> => {
    const read = new Promise((resolve) => stdin.once('readable', resolve));
    stdin.write(chunk);
    await read;
    if (chunk === keys.escape) await new Promise((resolve) => setTimeout(resolve, ESCAPE_MILLISECONDS + 5));
    await settle();
  };

  const unmount = async (): Promise<void> => {
    mounted.delete(unmount);
    instance.unmount();
    await instance.waitUntilExit();
    await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  };
  mounted.add(unmount);

  await settle();
  return {
    rows: screenRows,
    text: () => screenRows().join('\n'),
    cellOf(text) {
      const row = screenRows().findIndex((line) => line.includes(text));
      const cell = lineAt(row)?.getCell(screenRows()[row]?.indexOf(text) ?? 0);
      if (cell === undefined) throw new Error(`"${text}" is not on the screen:\n${screenRows().join('\n')}`);
      return {
        row,
        foreground: cell.getFgColor(),
        bold: cell.isBold() !== 0,
        inverse: cell.isInverse() !== 0,
      };
    },
    bytes: () => stdout.bytes,
    isRaw: () => stdin.isRaw,
    onAlternateScreen: () => terminal.buffer.active.type === 'alternate',
    async press(...chunks) {
      for (const chunk of chunks) await send(chunk);
    },
    paste: (text) => send(`\x1b[200~${text}\x1b[201~`),
    async resize(toColumns, toRows) {
      terminal.resize(toColumns, toRows);
      stdout.emit('resize');
      await settle();
    },
    settle,
    unmount,
  };
}

export interface TuiScreen extends Screen {
  readonly store: SettableStore<LiveView>;
  readonly rollout: FakeRollout;
  readonly guide: FakeGuide;
  /** Timers of the checklist. */
  readonly timers: ManualTimers;
  readonly controller: Controller;
  /** How the interface asked to be left, in order. */
  readonly exits: readonly string[];
  /** How often it asked to be suspended or drawn anew. */
  readonly suspensions: () => number;
  readonly redraws: () => number;
}

export interface TuiSetup extends Partial<Size> {
  readonly view: LiveView;
  readonly rollout?: FakeRollout;
  readonly guide?: FakeGuide;
  readonly readOnly?: boolean;
  readonly initialNamespace?: string;
  readonly unfinished?: RecordedRun;
  readonly start?: Partial<StartOptions>;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

/** The whole interface on a terminal, over stores that the test sets. */
export async function mountTui(setup: TuiSetup): Promise<TuiScreen> {
  const { columns = 80, rows = 24, readOnly = false, env = { LANG: 'C.UTF-8' } } = setup;
  const store = storeOf(setup.view);
  const rollout = setup.rollout ?? fakeRollout();
  const guide = setup.guide ?? fakeGuide();
  const timers = manualTimers();
  const now = setup.now ?? (() => 1000);
  const theme = themeFor(env);
  const start: StartOptions = { ...startOptions, ...setup.start };
  const exits: string[] = [];
  let suspensions = 0;
  let redraws = 0;
  let size: Size = { columns, rows };
  const controller = createController({
    store,
    rollout,
    now,
    readOnly,
    version: '1.2.3',
    theme,
    initialNamespace: setup.initialNamespace,
    start,
    planOptions: {},
    unfinished: setup.unfinished,
    guide,
    after: timers.after,
    terminal: {
      size: () => size,
      exit: (code) => exits.push(code),
      suspend: () => {
        suspensions += 1;
      },
      redraw: () => {
        redraws += 1;
      },
    },
  });
  const screen = await mount(
    <App
      controller={controller}
      store={store}
      run={rollout.run}
      unfinished={setup.unfinished}
      limits={start.limits}
      now={now}
      readOnly={readOnly}
      version="1.2.3"
      theme={theme}
      onSuspender={() => {}}
    />,
    size,
  );
  return {
    ...screen,
    async resize(toColumns, toRows) {
      size = { columns: toColumns, rows: toRows };
      await screen.resize(toColumns, toRows);
    },
    store,
    rollout,
    guide,
    timers,
    controller,
    exits,
    suspensions: () => suspensions,
    redraws: () => redraws,
  };
}

import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

/** Keys as a terminal sends them. */
export const key = {
  enter: '\r',
  tab: '\t',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  home: '\x1b[H',
  end: '\x1b[F',
  ctrlC: '\x03',
  ctrlD: '\x04',
} as const;

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export interface Exit {
  readonly code: number;
  /** Number of the signal that ended the program, 0 when it exited by itself. */
  readonly signal: number;
}

/** A program in a real pseudo-terminal, its output on a real terminal emulator. */
export interface PtyProgram extends Disposable {
  readonly pid: number;
  /** The rows on screen, without trailing blanks. */
  screen(): readonly string[];
  text(): string;
  /** Everything the program has written, escape sequences included. */
  raw(): string;
  /** True while the program is on the alternate screen. */
  onAlternateScreen(): boolean;
  type(...keys: readonly string[]): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen's text satisfies `wanted`; fails with the screen after `timeout` ms. */
  until(wanted: RegExp | ((text: string) => boolean), timeout?: number): Promise<string>;
  /** Waits for the end of the program and of its output. */
  exited(timeout?: number): Promise<Exit>;
  kill(signal?: string): void;
}

/** Synchronized output: a terminal that knows it shows nothing between these two. */
const BEGIN_FRAME = '\x1b[?2026h';
const END_FRAME = '\x1b[?2026l';

const DEFAULT_TIMEOUT = 30_000;

/** Starts `file` in a pseudo-terminal. */
export function startInPty(file: string, args: readonly string[], options: PtyOptions = {}): PtyProgram {
  const { columns = 80, rows = 24 } = options;
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  const waiting = new Set<() => void>();
  let output = '';
  let end: Exit | undefined;
  /** False between the two halves of a frame: what stands on the emulator then is seen by nobody. */
  let isWhole = true;
  const child = pty.spawn(file, [...args], {
    cols: columns,
    rows,
    name: 'xterm-256color',
    cwd: options.cwd ?? process.cwd(),
    env: cleanEnvironment(options.env),
  });
  child.onData((data) => {
    output += data;
    const endsFrame = output.lastIndexOf(BEGIN_FRAME) <= output.lastIndexOf(END_FRAME);
    terminal.write(data, () => {
      isWhole = endsFrame;
      wake();
    });
  });
  child.onExit(({ exitCode, signal }) => {
    terminal.write('', () => {
      end = { code: exitCode, signal: signal ?? 0 };
      wake();
    });
  });
  return {
    pid: child.pid,
    screen,
    text: () => screen().join('\n'),
    raw: () => output,
    onAlternateScreen: () => terminal.buffer.active.type === 'alternate',
    type(...keys) {
      for (const each of keys) {
        child.write(each);
      }
    },
    resize(toColumns, toRows) {
      terminal.resize(toColumns, toRows);
      child.resize(toColumns, toRows);
    },
    async until(wanted, timeout = DEFAULT_TIMEOUT) {
      const found = (): string | undefined => {
        const text = screen().join('\n');
        return (typeof wanted === 'function' ? wanted(text) : wanted.test(text)) ? text : undefined;
      };
      return waitFor(found, timeout, () => `${wanted} did not appear; the screen is\n${screen().join('\n')}`);
    },
    exited: (timeout = DEFAULT_TIMEOUT) =>
      waitFor(
        () => end,
        timeout,
        () => `${file} did not end; the screen is\n${screen().join('\n')}`,
      ),
    kill: (signal) => child.kill(signal),
    [Symbol.dispose]() {
      if (!end) {
        child.kill('SIGKILL');
      }
    },
  };

  function screen(): readonly string[] {
    const { active } = terminal.buffer;
    return Array.from(
      { length: terminal.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  }

  function wake(): void {
    for (const check of waiting) {
      check();
    }
  }

  function waitFor<T>(found: () => T | undefined, timeout: number, complaint: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const value = isWhole || end ? found() : undefined;
        if (value !== undefined) {
          done();
          resolve(value);
        }
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(complaint()));
      }, timeout);
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  }
}

/** The environment of the tests, without what would change how a terminal program behaves. */
function cleanEnvironment(extra: PtyOptions['env'] = {}): Record<string, string> {
  const {
    CI: _ci,
    NO_COLOR: _noColor,
    FORCE_COLOR: _forceColor,
    NODE_ENV: _nodeEnv,
    ...inherited
  } = process.env;
  const entries = Object.entries({ ...inherited, LANG: 'C.UTF-8', ...extra });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

import { render } from 'ink';
import type { LiveView, Store } from '../live/view.ts';
import type { Rollout, Run } from '../rollout/run/run.ts';
import { App } from './components/app.tsx';
import { createController } from './controller.ts';
import { holdOutput } from './hold-output.ts';
import { isActive, runSentence } from './state/run-facts.ts';
import { guardTerminal, stopProcessGroup } from './terminal-guard.ts';
import { themeFor } from './theme/theme.ts';

export interface TuiOptions {
  readonly store: Store<LiveView>;
  readonly rollout: Rollout;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version of this program, shown in the help. */
  readonly version: string;
  /** Binds no key that leads to a restart. */
  readonly readOnly?: boolean;
  /** Opens the workloads of this namespace; Esc goes up to all namespaces. */
  readonly initialNamespace?: string;
}

export interface TuiResult {
  /** 0 fine, 1 could not run, 4 the last run halted, 130 interrupted, 128 and the number of a signal. */
  readonly exitCode: number;
  /** To be printed once the screen is back: the result of the run, if there was one. */
  readonly summary: string | undefined;
}

/** What is worth knowing about a run after the screen has gone. */
function summaryOf(run: Run | undefined, now: number): string | undefined {
  if (run === undefined) return undefined;
  const sentence = runSentence(run, now);
  if (isActive(run)) {
    return `${sentence} Left before its end: what was started is finished by Kubernetes, unwatched; the rest was not touched.`;
  }
  if (run.phase.phase !== 'halted') return sentence;
  const { details, nextSteps } = run.phase.halt;
  const steps = nextSteps.map((text, index) => `  ${index + 1}. ${text}`);
  return [
    sentence,
    ...details.map((text) => `  ${text}`),
    ...(steps.length > 0 ? ['Next steps:', ...steps] : []),
  ].join('\n');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const NO_TERMINAL =
  'The terminal UI needs a terminal on standard input and output. In a pipe or a script use: kubectl linkerd-upgrade status\n';

/**
 * Runs the interface until it is left. Resolves with exit code and summary, whatever happens: on every path the
 * terminal gets its screen, cursor and modes back first.
 */
export async function openTui(options: TuiOptions): Promise<TuiResult> {
  const { store, rollout, now, stdin, stdout, stderr, env, version, readOnly = false } = options;
  if (!stdin.isTTY || !stdout.isTTY) {
    stderr.write(NO_TERMINAL);
    return { exitCode: 1, summary: undefined };
  }

  const theme = themeFor(env);
  const ended = Promise.withResolvers<{ readonly exitCode: number; readonly message?: string }>();
  const end = (exitCode: number, message?: string): void => {
    // Nothing new may be patched between now and the end of the process.
    if (isActive(rollout.run.get())) rollout.stop();
    ended.resolve(message === undefined ? { exitCode } : { exitCode, message });
  };
  const crash = (error: unknown): void => end(1, messageOf(error));
  let handOver: ((between: () => Promise<void>) => Promise<void>) | undefined;
  let away = false;

  // Gives the terminal back for as long as `between` takes, then takes it again and draws everything anew.
  const leaveFor = (between: () => Promise<void>): void => {
    if (away || handOver === undefined) return;
    away = true;
    handOver(between)
      .catch(crash)
      .finally(() => {
        away = false;
      });
  };
  const stop = (): void => leaveFor(() => stopProcessGroup(stop));
  const redraw = (): void => leaveFor(() => Promise.resolve());

  const controller = createController({
    store,
    rollout,
    now,
    readOnly,
    version,
    theme,
    initialNamespace: options.initialNamespace,
    terminal: {
      size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
      exit: (code) => {
        const run = rollout.run.get();
        const halted = run?.phase.phase === 'halted';
        const interrupted = code === 'interrupted' || isActive(run);
        end(interrupted ? 130 : halted ? 4 : 0);
      },
      suspend: stop,
      redraw,
    },
  });

  const unguard = guardTerminal({
    onCrash: crash,
    onEnd: end,
    onStop: stop,
    onContinue: redraw,
  });

  const release = holdOutput(stderr);
  try {
    const instance = render(
      <App
        controller={controller}
        store={store}
        run={rollout.run}
        now={now}
        readOnly={readOnly}
        version={version}
        theme={theme}
        onSuspender={(suspend) => {
          handOver = suspend;
        }}
      />,
      {
        stdin,
        stdout,
        stderr,
        alternateScreen: true,
        incrementalRendering: true,
        patchConsole: false,
        exitOnCtrlC: false,
        interactive: true,
        maxFps: 30,
        isScreenReaderEnabled: env.INK_SCREEN_READER === 'true',
      },
    );
    // An error while React draws ends Ink by itself and is told only here.
    const left = instance.waitUntilExit().catch(crash);
    await ended.promise;
    instance.unmount();
    await left;
  } finally {
    controller.close();
    unguard();
    for (const text of release()) stderr.write(`${text}\n`);
  }

  const { exitCode, message } = await ended.promise;
  if (message !== undefined) {
    stderr.write(`kubectl linkerd-upgrade stopped because of an error of its own: ${message}\n`);
  }
  return { exitCode, summary: summaryOf(rollout.run.get(), now()) };
}

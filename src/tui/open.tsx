import { render } from 'ink';
import type { LiveView, Store } from '../live/view.ts';
import type { RecordedRun } from '../rollout/journal/record.ts';
import type { PlanOptions } from '../rollout/plan/plan.ts';
import type { Rollout, StartOptions } from '../rollout/rollout.ts';
import { App } from './components/app.tsx';
import { createController } from './controller.ts';
import type { GuidePort } from './guide-follower.ts';
import { holdOutput } from './hold-output.ts';
import { lettingGo } from './leaving.ts';
import { isUnfinished } from './state/run-facts.ts';
import { summaryOf } from './summary.ts';
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
  /** How runs are carried out, as the command line says: limits, `user@host`, reason, lock, probe. */
  readonly start: StartOptions;
  /** What plans may restart beside the plain case; nothing when absent. */
  readonly planOptions?: PlanOptions;
  /** A run of this very cluster that an earlier session left unfinished: offered to be taken up. */
  readonly unfinished?: RecordedRun;
  /** What the checklist of the upgrade guide rests on. */
  readonly guide: GuidePort;
}

export interface TuiResult {
  /** 0 fine, 1 could not run, 4 the last run halted, 130 interrupted or left unfinished, 128 and the number of a signal. */
  readonly exitCode: number;
  /** To be printed once the screen is back: the result of the run, if there was one. */
  readonly summary: string | undefined;
}

/** A timer that keeps no process alive. */
function later(milliseconds: number, action: () => void): () => void {
  const timer = setTimeout(action, milliseconds).unref();
  return () => clearTimeout(timer);
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
  const { store, rollout, now, stdin, stdout, stderr, env, version, start, readOnly = false } = options;
  if (!stdin.isTTY || !stdout.isTTY) {
    stderr.write(NO_TERMINAL);
    return { exitCode: 1, summary: undefined };
  }

  const theme = themeFor(env);
  const ended = Promise.withResolvers<{ readonly exitCode: number; readonly message?: string }>();
  const impatience = Promise.withResolvers<void>();
  let leaving: Promise<void> | undefined;
  let runAtEnd = rollout.run.get();
  const end = (exitCode: number, message?: string): void => {
    if (leaving !== undefined) return;
    // Nothing new may be patched between now and the end of the process.
    runAtEnd = rollout.run.get();
    leaving = rollout.leave();
    // Awaited below, where its failure is told.
    leaving.catch(() => {});
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
    start,
    planOptions: options.planOptions ?? {},
    unfinished: options.unfinished,
    guide: options.guide,
    after: later,
    terminal: {
      size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
      exit: (code) => {
        const run = rollout.run.get();
        if (code === 'interrupted') end(130);
        else if (run?.phase.phase === 'halted') end(4);
        else end(isUnfinished(run) ? 130 : 0);
      },
      suspend: stop,
      redraw,
    },
  });

  const unguard = guardTerminal({
    onCrash: crash,
    onEnd: (exitCode) => (leaving === undefined ? end(exitCode) : impatience.resolve()),
    onStop: stop,
    onContinue: redraw,
  });

  const release = holdOutput(stderr);
  let problem = '';
  try {
    const instance = render(
      <App
        controller={controller}
        store={store}
        run={rollout.run}
        unfinished={options.unfinished}
        limits={start.limits}
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
    problem = await lettingGo(leaving ?? rollout.leave(), impatience.promise);
    controller.close();
    unguard();
    for (const text of release()) stderr.write(`${text}\n`);
  }

  const { exitCode, message } = await ended.promise;
  if (message !== undefined) {
    stderr.write(`kubectl linkerd-upgrade stopped because of an error of its own: ${message}\n`);
  }
  const run = rollout.run.get();
  if (problem !== '' && run !== undefined) stderr.write(`${problem}\n`);
  // Leaving may say that a halted run is paused: what is told is why it halted.
  return { exitCode, summary: summaryOf(runAtEnd?.phase.phase === 'halted' ? runAtEnd : run, now()) };
}

/** What can end or interrupt the interface from outside. */
export interface GuardHandlers {
  /** An error nobody caught: the screen has to be left before anything is said. */
  readonly onCrash: (error: unknown) => void;
  /** A signal that asks to end, with the exit code that shells expect for it. */
  readonly onEnd: (exitCode: number) => void;
  /** SIGTSTP from outside; Ctrl-Z arrives as a key instead. */
  readonly onStop: () => void;
  /** SIGCONT: somebody else may have drawn on the terminal meanwhile. */
  readonly onContinue: () => void;
}

/** 128 and the number of the signal, as POSIX shells report it. */
const endSignals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Watches for crashes and signals until the returned function is called. Own handlers are needed on every
 * runtime: left to itself Bun ends without leaving the alternate screen.
 */
export function guardTerminal(handlers: GuardHandlers): () => void {
  const { onCrash, onEnd, onStop, onContinue } = handlers;
  const ends = Object.entries(endSignals).map(([signal, code]) => [signal, () => onEnd(code)] as const);
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  for (const [signal, listener] of ends) process.on(signal, listener);
  const canStop = process.platform !== 'win32';
  if (canStop) process.on('SIGTSTP', onStop).on('SIGCONT', onContinue);
  return () => {
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
    for (const [signal, listener] of ends) process.off(signal, listener);
    if (canStop) process.off('SIGTSTP', onStop).off('SIGCONT', onContinue);
  };
}

/**
 * Stops this process group as Ctrl-Z in a cooked terminal would, and returns once it runs again. Where nobody
 * could wake it (an orphaned process group) the kernel ignores the signal, and this returns at once.
 */
export async function stopProcessGroup(onStop: () => void): Promise<void> {
  process.off('SIGTSTP', onStop);
  try {
    process.kill(0, 'SIGTSTP');
    // The signal may take effect on another thread a moment after the call.
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.on('SIGTSTP', onStop);
  }
}

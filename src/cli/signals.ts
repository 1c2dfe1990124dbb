/** Two ways to leave a run: `pause` starts nothing new and watches on, `leave` goes at once. */
export interface Leaving {
  readonly pause: () => void;
  readonly leave: () => void;
}

/**
 * Listens to what wants the program to end: the first Ctrl-C or SIGTERM pauses, a second one leaves; a terminal that
 * has hung up leaves, since nobody is there any more. Returns the way to stop listening.
 */
export function onSignals({ pause, leave }: Leaving): () => void {
  let asked = false;
  const interrupt = (): void => {
    if (asked) {
      leave();
    } else {
      asked = true;
      pause();
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', leave);
  return () => {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    process.removeListener('SIGHUP', leave);
  };
}

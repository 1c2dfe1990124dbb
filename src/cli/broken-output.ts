/**
 * Lets the program live on when one of its streams cannot be written: a reader that has gone away, such as `head`, is
 * no error, and a disk that is full must not end a run half way. That one is said once, and ends with exit code 1.
 */
export function watchOutput({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): void {
  // What cannot be said cannot be complained of either.
  stderr.on('error', () => undefined);
  let isTold = false;
  stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || isTold) return;
    isTold = true;
    stderr.write(`error: standard output could not be written: ${message}\n`);
    process.on('exit', () => {
      process.exitCode ||= 1;
    });
  });
}

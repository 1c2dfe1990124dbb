import { format } from 'node:util';

/** Lines kept; what is older is dropped, so that a chatty library cannot fill the memory. */
const MOST_LINES = 50;

const methods = ['log', 'info', 'debug', 'warn', 'error', 'trace'] as const;

/**
 * Holds back what the program or a library prints while the screen is up: a line written beside Ink would stay
 * there as rubbish. Covers `console` and `stderr` (where Node prints its warnings). The returned function ends
 * it and gives the lines held, oldest first.
 */
export function holdOutput(stderr: NodeJS.WritableStream): () => readonly string[] {
  const held: string[] = [];
  const keep = (text: string): void => {
    held.push(...text.replace(/\n$/, '').split('\n'));
    held.splice(0, held.length - MOST_LINES);
  };
  let holding = true;
  const before = Object.fromEntries(methods.map((method) => [method, console[method]]));
  for (const method of methods) {
    const original = console[method];
    // Node keeps the function by which it printed its first warning: it has to work afterwards too.
    console[method] = (...values: unknown[]) => (holding ? keep(format(...values)) : original(...values));
  }
  const { write } = stderr;
  stderr.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    keep(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(() => done());
    return true;
  };
  return () => {
    holding = false;
    Object.assign(console, before);
    stderr.write = write;
    return held;
  };
}

import { createInterface } from 'node:readline/promises';

/** True when somebody sits there who can read a question and answer it. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks on the terminal, where only `yes` is yes. The question goes to standard error: standard output may be a file.
 * What is written next begins a line of its own, whether or not somebody pressed Enter.
 * @returns `interrupted` when Ctrl-C answered it
 */
export async function askYes(question: string): Promise<'yes' | 'no' | 'interrupted'> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const { promise, resolve } = Promise.withResolvers<'yes' | 'no' | 'interrupted'>();
  const unanswered = (as: 'no' | 'interrupted') => (): void => {
    process.stderr.write('\n');
    resolve(as);
  };
  const onClose = unanswered('no');
  prompt.on('SIGINT', unanswered('interrupted'));
  // The end of input, or a terminal that has gone.
  prompt.on('close', onClose);
  prompt.question(question).then(
    (answer) => resolve(answer.trim() === 'yes' ? 'yes' : 'no'),
    () => resolve('no'),
  );
  try {
    return await promise;
  } finally {
    prompt.off('close', onClose);
    prompt.close();
  }
}

import { systemClock } from '../../kube/clock.ts';
import { parseDuration } from '../values.ts';
import { answerTo } from './answer.ts';
import { type Answer, answerLines, NOTHING } from './cobra.ts';
import type { Deadline } from './deadline.ts';
import { sourcesOf } from './sources.ts';

/** Changes how long the cluster is waited for; `0` never asks it. */
const TIMEOUT_VARIABLE = 'LINKERD_UPGRADE_COMPLETION_TIMEOUT';
/** From the start of the program to its answer. */
const DEFAULT_TIMEOUT_MS = 300;
/** To print the answer and to end. */
const ENDING_MS = 20;

/**
 * `__complete WORD...`: prints what may stand in place of the last word, and ends the program with 0, whatever happens.
 * Writes nothing to standard error, which would appear in the middle of the line that is being typed.
 */
export async function complete(words: readonly string[]): Promise<never> {
  process.removeAllListeners('warning');
  process.on('uncaughtException', () => end(NOTHING));
  try {
    return await end(await answerTo(words, (args) => sourcesOf(args, process.env, deadline(process.env))));
  } catch {
    return await end(NOTHING);
  }
}

/** When the cluster is given up: counted from the start of the process, since that is what a person waits for. */
function deadline(env: NodeJS.ProcessEnv): Deadline {
  const wish = env[TIMEOUT_VARIABLE] ?? '';
  const seconds = wish === '' ? undefined : parseDuration(wish);
  const timeout = seconds === undefined ? DEFAULT_TIMEOUT_MS : seconds * 1000;
  return { clock: systemClock, end: performance.timeOrigin + timeout - ENDING_MS };
}

/** Ends at once: a look-up of a name, or a file that does not come, would hold the program up. */
function end(answer: Answer): Promise<never> {
  process.stdout.on('error', () => process.exit(0));
  return new Promise(() => {
    process.stdout.write(answerLines(answer), () => process.exit(0));
  });
}

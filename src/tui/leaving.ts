/** Time that the engine gets to give back the lock and to close the journal. */
const MOST_MILLISECONDS = 5000;

/**
 * Waits for the engine to let go of the run, for a bounded time and not beyond `impatience` (a second signal).
 * Returns what went wrong, as a sentence, or '' when nothing did. Never throws.
 */
export async function lettingGo(leaving: Promise<void>, impatience: Promise<void>): Promise<string> {
  const late = Promise.withResolvers<string>();
  const slow = 'The lock was perhaps not given back: it runs out by itself.';
  const timer = setTimeout(() => late.resolve(slow), MOST_MILLISECONDS);
  try {
    return await Promise.race([leaving.then(() => ''), impatience.then(() => slow), late.promise]);
  } catch (error) {
    return `The run was not left as it should be: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    clearTimeout(timer);
  }
}

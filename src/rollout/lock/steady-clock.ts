/**
 * Seconds that have passed, for judging a lease. The wall clock may be set back, and a monotonic clock may stand
 * still while the computer sleeps (CLOCK_MONOTONIC of Linux does): of each stretch the longer of both is believed,
 * so that a lease may seem older than it is, and never younger.
 * @param clocks each in milliseconds
 */
export function steadySeconds(...clocks: readonly (() => number)[]): () => number {
  let last = clocks.map((clock) => clock());
  let passed = 0;
  return () => {
    const now = clocks.map((clock) => clock());
    passed += Math.max(0, ...now.map((time, index) => time - (last[index] ?? time)));
    last = now;
    return passed / 1000;
  };
}

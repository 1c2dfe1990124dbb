/** Numbers for randomised tests: `SEED=… node --test …` repeats a run whose seed a failing test printed. */
export interface Seeded {
  readonly seed: number;
  /** A whole number from 0 to below `limit`. */
  next(limit: number): number;
}

/** A generator after mulberry32. */
export function seeded(seed = Number(process.env.SEED ?? Date.now() % 1_000_000)): Seeded {
  let state = seed >>> 0;
  return {
    seed,
    next(limit) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
    },
  };
}

import { seededRandom } from './seeded-random.ts';

/** Random choices and the seed they come from, which a failing test names. The variable SEED repeats a run. */
export function random(seed: number = Number(process.env.SEED) || Date.now() % 1_000_000): {
  readonly seed: number;
  /** A whole number from 0 to `limit - 1`. */
  readonly next: (limit: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
} {
  const { below, pick } = seededRandom(seed);
  return { seed, next: below, pick };
}

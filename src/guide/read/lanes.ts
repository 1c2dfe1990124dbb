/** Does work when it is its turn: at most so many pieces are under way at a time. */
export type Lanes = <T>(work: () => Promise<T>) => Promise<T>;

/** Lanes for `limit` pieces of work; the others wait in the order in which they came. */
export function createLanes(limit: number): Lanes {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

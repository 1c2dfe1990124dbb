import { setTimeout as wait } from 'node:timers/promises';

/** Real time, far beyond what anything here takes. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 20;

/** Resolves once `holds`; fails with `state` when that takes too long. */
export async function waitUntil(holds: () => Promise<boolean>, state: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(state());
    await wait(PAUSE_MS);
  }
}

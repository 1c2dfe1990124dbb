/**
 * Whole runs in virtual time, each on a random cluster while random things go wrong and somebody presses random keys,
 * against the invariants that hold whatever happens. `SEED=17` plays one seed, with its log;
 * `SEEDS=100` plays the first hundred.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FailureCause } from '../../../src/rollout/run/run.ts';
import { type Played, play } from './play.ts';

const SEEDS = Number(process.env.SEEDS ?? 2_000);
/** Seeds that are played twice. */
const TWICE = 12;
/** Ends and turns that so many of the seeds must reach at least, or the runs have become tame. */
const WANTED: Readonly<Record<string, number>> = {
  done: 500,
  aborted: 120,
  killed: 250,
  left: 100,
  resumed: 300,
  evicted: 80,
  'step partial': 70,
  'step dropped': 80,
  'step failed': 150,
  'step skipped': 50,
};
/** Likewise for each reason to halt: about a quarter of what is usual. */
const HALTS: Readonly<Record<FailureCause, number>> = {
  changed: 3,
  'control-plane': 25,
  'crash-loop': 12,
  deadline: 8,
  'image-pull': 15,
  injector: 18,
  interference: 10,
  journal: 18,
  lock: 40,
  namespace: 2,
  'no-proxy': 6,
  preflight: 25,
  refused: 3,
  rejected: 4,
  unschedulable: 3,
  'wrong-proxy': 18,
};

function failure(seed: number, { broken, scenario, log }: Played): string {
  return [
    `seed ${seed}; play it again with SEED=${seed}`,
    ...broken.map((what) => `  ${what}`),
    scenario,
    ...log,
  ].join('\n');
}

const only = Number(process.env.SEED);

test('whatever goes wrong, the invariants hold', async (t) => {
  const marks = new Map<string, number>();
  const start = performance.now();
  const seeds = only ? [only] : Array.from({ length: SEEDS }, (_, index) => index + 1);
  for (const seed of seeds) {
    const played = await play(seed);
    if (only) t.diagnostic(failure(seed, played));
    assert.deepEqual(played.broken, [], failure(seed, played));
    for (const mark of played.marks) marks.set(mark, (marks.get(mark) ?? 0) + 1);
  }
  t.diagnostic(`${((performance.now() - start) / seeds.length).toFixed(1)} ms a seed`);
  t.diagnostic(JSON.stringify(Object.fromEntries([...marks].sort())));
  if (only || SEEDS < 2_000) return;
  const halts = Object.entries(HALTS).map(([cause, wanted]) => [`halted ${cause}`, wanted] as const);
  for (const [mark, wanted] of [...Object.entries(WANTED), ...halts]) {
    assert.ok((marks.get(mark) ?? 0) >= wanted, `only ${marks.get(mark) ?? 0} runs with ${mark}`);
  }
});

test('the same seed is the same run, to the millisecond', { skip: only > 0 }, async () => {
  for (let seed = 1; seed <= TWICE; seed++) {
    assert.deepEqual((await play(seed)).log, (await play(seed)).log, `seed ${seed}`);
  }
});

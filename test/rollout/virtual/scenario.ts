import type { StartOptions } from '../../../src/rollout/rollout.ts';
import type { RunLimits } from '../../../src/rollout/run/limits.ts';
import { type Random, seededRandom } from '../../support/seeded-random.ts';
import { clusterMishaps } from './cluster-mishaps.ts';
import type { Fleet, Member } from './fleet.ts';
import type { Mishap } from './mishap.ts';
import { networkMishaps } from './network-mishaps.ts';
import { stateMishaps } from './state-mishaps.ts';
import { edits, podMishaps } from './workload-mishaps.ts';

/** What the operator does unasked, at a random time. */
export type Key = 'pause' | 'proceed' | 'abort' | 'skip' | 'retry' | 'leave';

/** How a process ends before its time: right after its n-th record is on disk, or at a time. */
export type Death =
  | { readonly after: 'records'; readonly records: number }
  | { readonly after: 'time'; readonly ms: number };

/** Everything that is chosen before a run begins; the rest follows from the seed of its world. */
export interface Scenario {
  readonly seed: number;
  readonly members: readonly Member[];
  readonly limits: RunLimits;
  readonly onDelete: boolean;
  readonly lock: StartOptions['lock'];
  /** Milliseconds that the computer's clock is ahead of the cluster's. */
  readonly skewMs: number;
  /** Milliseconds that the watch is behind at most. */
  readonly lagMs: number;
  /** `at`: milliseconds after the start. */
  readonly mishaps: readonly { readonly at: number; readonly on: Member; readonly mishap: Mishap }[];
  readonly keys: readonly { readonly at: number; readonly key: Key }[];
  readonly deaths: readonly Death[];
  /** Seed of what happens by chance while the run goes on. */
  readonly chance: number;
}

/** Everything that goes wrong does so within this time; then the world comes to rest. */
export const TROUBLED_MS = 150_000;
const HOUR_MS = 3_600_000;

/** The scenario of a seed; the same one each time. */
export function createScenario(seed: number, fleet: Fleet): Scenario {
  const random = seededRandom(seed);
  const members = random.shuffle(fleet.members).slice(0, random.pick([1, 2, 2, 3, 3, 5]));
  return {
    seed,
    members,
    limits: randomLimits(random),
    onDelete: random.chance(0.5),
    lock: random.chance(0.15) ? 'without' : 'required',
    skewMs: random.pick([0, 0, 0, HOUR_MS, -HOUR_MS]),
    lagMs: random.pick([50, 500, 500, 4_000, 9_000]),
    mishaps: randomMishaps(random, members),
    keys: Array.from({ length: random.pick([0, 0, 0, 1, 2, 4]) }, () => ({
      at: randomTime(random),
      key: random.pick<Key>([
        'pause',
        'pause',
        'proceed',
        'proceed',
        'abort',
        'skip',
        'retry',
        'retry',
        'leave',
      ]),
    })),
    deaths: Array.from({ length: random.pick([0, 0, 1, 1, 2]) }, () => randomDeath(random)),
    chance: random.below(2 ** 31),
  };
}

function randomLimits(random: Random): RunLimits {
  const maxParallel = 1 + random.below(5);
  return {
    maxParallel,
    perNamespace: random.chance(0.5) ? 1 : 1 + random.below(maxParallel),
    startsPerMinute: random.pick([4, 12, 60, 60, 200]),
    soakSeconds: random.pick([0, 0, 5, 30, 90]),
    workloadSoakSeconds: random.pick([0, 0, 5, 20]),
    deadlineSeconds: random.pick([0, 25, 60]) || undefined,
    failureBudget: random.below(3),
  };
}

/** A quarter of all runs is left in peace. */
function randomMishaps(random: Random, members: readonly Member[]): Scenario['mishaps'] {
  const kinds = [
    podMishaps,
    podMishaps,
    edits,
    edits,
    clusterMishaps,
    networkMishaps,
    networkMishaps,
    stateMishaps,
  ];
  return Array.from({ length: random.pick([0, 1, 1, 2, 2, 3, 4, 6]) }, () => ({
    at: randomTime(random),
    on: random.pick(members),
    mishap: random.pick(random.pick(kinds)),
  }));
}

/** Most of what happens happens early: a small run is soon over. */
function randomTime(random: Random): number {
  return random.below(random.pick([2_000, 10_000, 30_000, 60_000, TROUBLED_MS]));
}

function randomDeath(random: Random): Death {
  return random.chance(0.7)
    ? { after: 'records', records: 1 + random.below(24) }
    : { after: 'time', ms: randomTime(random) };
}

/** A scenario in lines, for messages. */
export function describeScenario({ seed, members, limits, ...others }: Scenario): string {
  const { mishaps, keys, deaths, chance: _chance, ...rest } = others;
  return [
    `seed ${seed}: ${members.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`,
    JSON.stringify({ limits, ...rest }),
    `keys: ${keys.map(({ at, key }) => `${key} at ${at / 1000} s`).join(', ') || 'none'}`,
    `deaths: ${JSON.stringify(deaths)}; ${mishaps.length} mishaps`,
  ].join('\n');
}

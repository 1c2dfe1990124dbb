import { noClasses, severity, worst } from '../mesh/skew.ts';
import type { PodTally, Tally } from '../mesh/view.ts';

/** Adds up tallies of proxies. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  const byVersion: Record<string, number> = {};
  const byClass = noClasses();
  let proxies = 0;
  let staleTrust = 0;
  for (const tally of tallies) {
    proxies += tally.proxies;
    staleTrust += tally.staleTrust;
    for (const [version, count] of Object.entries(tally.byVersion)) {
      byVersion[version] = (byVersion[version] ?? 0) + count;
    }
    for (const skewClass of severity) {
      byClass[skewClass] += tally.byClass[skewClass];
    }
  }
  return { proxies, byVersion, byClass, worst: worst(byClass), staleTrust };
}

const podCounts = ['live', 'ready', 'unmeshed', 'completed', 'failed', 'terminating'] as const;

/** Adds up tallies of pods. */
export function sumPods(tallies: readonly PodTally[]): PodTally {
  const sum = { live: 0, ready: 0, unmeshed: 0, completed: 0, failed: 0, terminating: 0 };
  for (const tally of tallies) {
    for (const life of podCounts) {
      sum[life] += tally[life];
    }
  }
  return sum;
}

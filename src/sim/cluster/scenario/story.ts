import type { StoryClock } from '../clock.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Something that people did to the cluster, so long ago. */
export interface Chapter {
  readonly ago: number;
  readonly happens: (world: World) => void;
}

/** A chapter that many days before the present. */
export function daysAgo(days: number, happens: (world: World) => void): Chapter {
  return { ago: days * DAY_MS, happens };
}

/** A chapter that many minutes before the present. */
export function minutesAgo(minutes: number, happens: (world: World) => void): Chapter {
  return { ago: minutes * MINUTE_MS, happens };
}

/** When the story begins, in milliseconds since the epoch, for it to end at `present`. */
export function beginning(story: readonly Chapter[], present: number): number {
  return present - Math.max(0, ...story.map(({ ago }) => ago));
}

/**
 * Lets the chapters happen in their order, with controllers and kubelets at work in between, up to `present`. Pauses
 * after each thing that happens.
 */
export function* telling(
  story: readonly Chapter[],
  world: World,
  clock: StoryClock,
  present: number,
): Generator<undefined, void> {
  for (const { ago, happens } of [...story].sort((a, b) => b.ago - a.ago)) {
    while (clock.step(present - ago)) yield;
    happens(world);
    yield;
  }
  while (clock.step(present)) yield;
}

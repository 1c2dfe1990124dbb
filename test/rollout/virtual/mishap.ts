import type { Random } from '../../support/seeded-random.ts';
import type { Member } from './fleet.ts';
import type { Program } from './program.ts';
import type { World } from './world.ts';

export interface Stage {
  readonly world: World;
  readonly on: Member;
  readonly random: Random;
  /** The process that runs now; undefined while none does. */
  readonly program: Program | undefined;
}

/** Something that goes wrong. Returns what it was, for the log. */
export type Mishap = (stage: Stage) => string;

/** Notes that what a run proves of a workload may not hold any more; without `on`, of any. */
export function disturb({ world }: Stage, on?: Member): void {
  world.disturbances.push({ at: world.clock.now(), on });
}

/** Lets `action` happen at a random time from now on. */
export function later(
  { world, random }: Stage,
  fromMs: number,
  toMs: number,
  what: string,
  action: () => void,
): void {
  world.clock.after(fromMs + random.below(toMs - fromMs), () => {
    world.tell(`  ${what}`);
    action();
  });
}

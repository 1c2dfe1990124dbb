import { ManualClock } from '../../../src/sim/cluster/clock.ts';
import { SimulatedCluster } from '../../../src/sim/cluster/simulated-cluster.ts';
import { type Authorizer, allowAll } from '../../../src/sim/server/authorizer.ts';
import type { Random } from '../../support/seeded-random.ts';
import { createVirtualDisk, type VirtualDisk } from './disk.ts';
import { type Fleet, type Member, PRESENT } from './fleet.ts';
import { createVirtualApi, type VirtualApi } from './virtual-api.ts';
import type { RequestFault, SentRequest } from './virtual-transport.ts';

/** A fault that the next requests of a kind meet. */
export interface Trap {
  readonly fault: RequestFault;
  readonly catches: (request: SentRequest) => boolean;
  left: number;
}

/** Something that was done to a cluster; whoever looks at a workload afterwards may see it. */
export interface Disturbance {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Undefined where it may concern any workload. */
  readonly on: Member | undefined;
}

/** Everything outside the program: time, cluster, network, rights, disk. The program may die; this goes on. */
export interface World {
  readonly clock: ManualClock;
  readonly cluster: SimulatedCluster;
  readonly api: VirtualApi;
  readonly members: readonly Member[];
  readonly disk: VirtualDisk;
  /** For whatever happens while the world goes on. */
  readonly random: Random;
  readonly traps: Trap[];
  /** Milliseconds since the epoch until which no connection can be made. */
  awayUntil: number;
  /** Namespaces in which nothing may be patched any more. */
  readonly forbidden: Set<string>;
  readonly disturbances: Disturbance[];
  /** What happened, in order, each line with the seconds since the beginning. */
  readonly log: readonly string[];
  /** Milliseconds of one way to the server. */
  readonly latency: () => number;
  tell(line: string): void;
  /** The fault that a request meets now. */
  faultOf(request: SentRequest): RequestFault | undefined;
  /** True while the API server carries out a request of the program. */
  isServing(): boolean;
  /** Something of the program has been called: its promises have something to do. */
  stir(): void;
  /** Lets the world go on until `holds`, which is asked after everything that happens. False when `ms` were not enough. */
  goOn(ms: number, holds?: () => boolean): Promise<boolean>;
}

export interface WorldOptions {
  readonly fleet: Fleet;
  readonly members: readonly Member[];
  readonly seed: number;
  readonly random: Random;
}

/** A world at its beginning, with nothing going on. */
export function createWorld({ fleet, members, seed, random }: WorldOptions): World {
  const clock = new ManualClock(PRESENT);
  const cluster = new SimulatedCluster({ clock, seed, scenario: fleet.scenario(members) });
  const forbidden = new Set<string>();
  const authorizer: Authorizer = {
    ...allowAll,
    allows: (_, { verb, namespace }) => verb !== 'patch' || !forbidden.has(namespace),
  };
  const user = { name: 'ann', groups: [] };
  const userAgent = 'kubectl-linkerd-upgrade/test';
  const log: string[] = [];
  const traps: Trap[] = [];
  let stirred = false;
  let serving = false;
  const api = createVirtualApi({ cluster, clock, authorizer, user, userAgent });
  return {
    clock,
    cluster,
    api: {
      answer(request) {
        serving = true;
        try {
          return api.answer(request);
        } finally {
          serving = false;
        }
      },
    },
    members,
    disk: createVirtualDisk(),
    random,
    traps,
    awayUntil: 0,
    forbidden,
    disturbances: [],
    log,
    latency: () => 2 + random.below(40),
    tell: (line) => log.push(`${((clock.now() - PRESENT) / 1000).toFixed(3)} ${line}`),
    faultOf(request) {
      const trap = traps.find(({ left, catches }) => left > 0 && catches(request));
      if (trap) trap.left -= 1;
      return trap?.fault;
    },
    isServing: () => serving,
    stir() {
      stirred = true;
    },
    async goOn(ms, holds = () => false) {
      const end = clock.now() + ms;
      for (;;) {
        if (stirred) {
          stirred = false;
          await promisesDone();
        }
        if (holds()) return true;
        if (!clock.step(end)) return false;
      }
    },
  };
}

/** Resolves when no promise has anything to do any more: microtasks run before the next turn of the event loop. */
function promisesDone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

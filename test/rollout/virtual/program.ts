import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/client.ts';
import { clusterPorts } from '../../../src/rollout/cluster/ports.ts';
import { createRollout } from '../../../src/rollout/executor.ts';
import type { JournalRecord } from '../../../src/rollout/journal/record.ts';
import { createLeaseLock } from '../../../src/rollout/lock/lease-lock.ts';
import type { RunLock } from '../../../src/rollout/lock/lock.ts';
import type { RolloutPorts } from '../../../src/rollout/ports.ts';
import type { Rollout } from '../../../src/rollout/rollout.ts';
import { connectionTo } from '../../support/connection.ts';
import { ComputerClock } from './virtual-clock.ts';
import { followVirtually, type VirtualSession } from './virtual-session.ts';
import { createVirtualTransport, type SentRequest } from './virtual-transport.ts';
import type { World } from './world.ts';

export interface LaunchOptions {
  readonly world: World;
  readonly skewMs: number;
  readonly lagMs: number;
  readonly onSent: (program: Program, request: SentRequest) => void;
  readonly onServed: (request: SentRequest, code: number) => void;
  /** Called once a record is on the disk; `count` over all processes. */
  readonly onRecord: (program: Program, record: JournalRecord, count: number) => void;
}

/** One process of the program: the real client, planner, lock and engine in a virtual world. */
export interface Program {
  readonly computer: ComputerClock;
  readonly client: KubeClient;
  readonly session: VirtualSession;
  readonly lock: RunLock;
  readonly rollout: Rollout;
  /** Ends it as SIGKILL does: nothing of it runs any more, but what it has sent is served. */
  kill(): void;
}

const RUN_ID = 'c0ffee01';

/** Starts the program, which has read the cluster already. */
export function launch(options: LaunchOptions): Program {
  const { world, skewMs, lagMs } = options;
  const { random, latency } = world;
  const computer = new ComputerClock(world.clock, skewMs, () => world.stir());
  const transport = createVirtualTransport({
    world: world.clock,
    computer,
    api: world.api,
    network: {
      latency,
      isAway: () => world.clock.now() < world.awayUntil,
      faultOf: (request) => world.faultOf(request),
      onSent: (request) => options.onSent(program, request),
      onServed: options.onServed,
    },
  });
  const client = createKubeClient(connectionTo('https://virtual.invalid'), {
    userAgentVersion: 'test',
    clock: computer,
    random: () => random.below(1000) / 1000,
    env: {},
    transport,
  });
  const session = followVirtually(world.cluster.store, world.clock, computer, {
    watch: () => 5 + random.below(lagMs),
    poll: () => 5 + random.below(Math.max(lagMs, 5_000)),
  });
  const lock = createLeaseLock({
    client,
    namespace: () => session.model.view().controlPlane.namespace,
    monotonic: () => computer.awake(),
    closed: session.closed,
  });
  const ports: RolloutPorts = {
    ...clusterPorts(client, session),
    lock,
    newRunId: () => RUN_ID,
    utcOffsetMinutes: () => 0,
    openJournal: () => {
      const file = world.disk.journal((record, count) => options.onRecord(program, record, count));
      return {
        ...file,
        append(record) {
          // The dead write nothing: what follows in the same breath never happens.
          if (!computer.isDead) file.append(record);
        },
      };
    },
  };
  const program: Program = {
    computer,
    client,
    session,
    lock,
    rollout: createRollout(ports),
    kill() {
      computer.die();
      session.vanish();
    },
  };
  return program;
}

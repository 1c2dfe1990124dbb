import { DEFAULT_CONTROL_PLANE_NAMESPACE } from '../../../src/data/linkerd.ts';
import { RUN_LEASE } from '../../../src/data/own.ts';
import { isObject } from '../../../src/sim/json.ts';
import { leases } from '../../../src/sim/resources.ts';
import type { Mishap } from './mishap.ts';
import type { RequestFault } from './virtual-transport.ts';
import type { World } from './world.ts';

/** The lock in the hands of others or out of reach, the journal on a full disk. */
export const stateMishaps: readonly Mishap[] = [
  ({ world, random }) => {
    const forMs = random.pick([0, 60_000, 300_000]);
    return `${steal(world, forMs)} for ${forMs} ms`;
  },
  ({ world }) => {
    world.cluster.store.delete(leases, DEFAULT_CONTROL_PLANE_NAMESPACE, RUN_LEASE);
    return 'the Lease is deleted';
  },
  ({ world, random }) => {
    const fault: RequestFault = random.pick([
      { kind: 'silence', after: 'nothing' },
      { kind: 'cut', after: 'commit' },
      {
        kind: 'refuse',
        status: 403,
        reason: 'Forbidden',
        message: 'User "ann" cannot update resource "leases"',
      },
    ]);
    const left = random.pick([1, 3, 10, 100]);
    world.traps.push({ fault, left, catches: ({ path }) => path.includes('/leases') });
    return `the next ${left} requests about the lock: ${JSON.stringify(fault)}`;
  },
  ({ world, random }) => {
    const writes = random.pick([1, 2, 1_000]);
    world.disk.failNext(writes);
    return `the next ${writes} writes of the journal fail`;
  },
];

/** Somebody else takes the lock by force, keeps it for a while, and gives it back. */
function steal({ cluster: { store }, clock }: World, forMs: number): string {
  const write = (holderIdentity: string): boolean => {
    const found = store.get(leases, DEFAULT_CONTROL_PLANE_NAMESPACE, RUN_LEASE);
    if (found === undefined) return false;
    const spec = isObject(found.spec) ? found.spec : {};
    const renewTime = new Date(clock.now()).toISOString();
    // What his own process wrote into it goes with the holder.
    const { annotations: _theirs, ...metadata } = found.metadata;
    store.update(leases, { ...found, metadata, spec: { ...spec, holderIdentity, renewTime } });
    return true;
  };
  const until = clock.now() + forMs;
  const renew = (): boolean => {
    const done = write(THIEF);
    if (clock.now() < until) clock.after(5_000, renew);
    else clock.after(1_000, () => write(''));
    return done;
  };
  return renew() ? 'the lock is stolen' : 'there is no lock to steal';
}

/** Holder of a stolen lock. */
export const THIEF = 'eve@elsewhere/0ddba11';

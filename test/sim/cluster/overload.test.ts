import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, namespace } from '../../../src/sim/cluster/scenario/builders.ts';
import { type Bench, bench, MESHED } from './support.ts';

function destinationRestarts({ sim }: Bench): number {
  const [pod] = sim.cluster
    .list('Pod', 'linkerd')
    .filter(({ metadata }) => metadata.name.startsWith('linkerd-destination-'));
  const found = pod?.status?.containerStatuses?.find(({ name }) => name === 'destination');
  assert.ok(found);
  return found.restartCount;
}

test('destination is OOM-killed by more pod starts a minute than it bears, and recovers', () => {
  const here = bench();
  const relieve = here.sim.starveControlPlane(4);
  here.sim.world.create(namespace('shop', MESHED));
  here.sim.world.create(deployment('shop', 'a', { replicas: 4 }));
  here.settle();
  assert.equal(destinationRestarts(here), 0, 'as many as it bears');
  here.sim.world.create(deployment('shop', 'b', { replicas: 5 }));
  here.settle();
  const restarts = destinationRestarts(here);
  assert.ok(restarts >= 2, `${restarts} restarts`);
  relieve();
  here.settle(10);
  assert.ok(destinationRestarts(here) <= restarts + 1, 'it runs again');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rollout } from '../../../src/sim/cluster/objects.ts';
import { timestamp } from '../../../src/sim/cluster/objects.ts';
import { isReady } from '../../../src/sim/cluster/pods.ts';
import { namespace, replicaSet, rollout } from '../../../src/sim/cluster/scenario/builders.ts';
import { type Bench, bench, MESHED, states } from './support.ts';

function withRollout(replicas: number): Bench {
  const here = bench();
  here.sim.world.create(namespace('pricing', MESHED));
  const owner = here.sim.world.create(rollout('pricing', 'engine', { replicas }));
  here.sim.world.create(replicaSet('pricing', 'engine-abc', { labels: { app: 'engine' }, replicas, owner }));
  here.settle();
  return here;
}

function restartAt({ sim, get }: Bench, at: number): void {
  const found: Rollout = get('Rollout', 'pricing', 'engine');
  sim.cluster.update('Rollout', { ...found, spec: { ...found.spec, restartAt: timestamp(at) } });
}

test('restartAt replaces every pod, one at a time, and says so in the status', () => {
  const here = withRollout(3);
  const before = here.pods('pricing', 'engine').map(({ metadata }) => metadata.uid);
  assert.equal(before.length, 3);
  here.events.length = 0;
  restartAt(here, here.clock.now());
  here.settle(10);
  const after = here.pods('pricing', 'engine');
  assert.equal(after.filter(isReady).length, 3);
  assert.deepEqual(
    after.filter(({ metadata }) => before.includes(metadata.uid)),
    [],
  );
  const available = states(here.events, 'Rollout', 'pricing', 'engine').map(
    ({ status }) => status?.availableReplicas,
  );
  assert.ok(!available.includes(1), 'no two pods were away at once');
  const { status, spec } = here.get('Rollout', 'pricing', 'engine');
  assert.equal(status?.restartedAt, spec.restartAt);
  assert.equal(
    status?.observedGeneration,
    String(here.get('Rollout', 'pricing', 'engine').metadata.generation),
  );
});

test('a time in the future waits until it has come', () => {
  const here = withRollout(2);
  const before = here.pods('pricing', 'engine').map(({ metadata }) => metadata.uid);
  restartAt(here, here.clock.now() + 5 * 60_000);
  here.settle(4);
  assert.deepEqual(
    here.pods('pricing', 'engine').map(({ metadata }) => metadata.uid),
    before,
  );
  here.settle(10);
  assert.ok(here.pods('pricing', 'engine').every(({ metadata }) => !before.includes(metadata.uid)));
});

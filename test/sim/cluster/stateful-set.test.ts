import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, StatefulSet } from '../../../src/sim/cluster/objects.ts';
import { namespace, statefulSet } from '../../../src/sim/cluster/scenario/builders.ts';
import { at } from '../../../src/sim/json.ts';
import { recordedEvents } from '../../support/wire.ts';
import { allReady, type Bench, bench, MESHED, restart, states } from './support.ts';

const REVISION = 'controller-revision-hash';

function withSet(options: Parameters<typeof statefulSet>[2] = {}): Bench {
  const made = bench();
  made.sim.world.createAll([namespace('legacy', MESHED), statefulSet('legacy', 'queue', options)]);
  made.settle();
  return made;
}

/** The counters, and whether the two revisions are the same. */
function course(of: unknown): readonly unknown[] {
  const status = (field: string): unknown => at(of, 'status', field);
  const counters = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];
  const unobserved = Number(at(of, 'metadata', 'generation')) - Number(status('observedGeneration'));
  return [
    unobserved,
    ...counters.map((field) => status(field) ?? 0),
    status('currentRevision') === status('updateRevision'),
  ];
}

function uids(pods: readonly Pod[]): readonly (string | undefined)[] {
  return pods.map(({ metadata }) => metadata.uid);
}

test('a rolling update takes the course that a real controller was recorded to take', () => {
  const made = withSet();
  made.events.length = 0;
  restart(made, 'StatefulSet', 'legacy', 'queue');
  made.settle();
  const recorded = recordedEvents('089-watch-statefulsets.json').filter(({ type }) => type === 'MODIFIED');
  assert.deepEqual(
    states(made.events, 'StatefulSet', 'legacy', 'queue').map(course),
    recorded.map(({ object }) => course(object)),
  );
});

test('pods go from the highest ordinal down and come back under their name with another uid', () => {
  const made = withSet();
  const before = uids(made.pods('legacy', 'queue'));
  made.events.length = 0;
  restart(made, 'StatefulSet', 'legacy', 'queue');
  made.settle();
  const told = made.events
    .filter(({ type, object }) => object.kind === 'Pod' && type !== 'MODIFIED')
    .map(({ type, object }) => `${type} ${object.metadata.name}`);
  const replaced = (name: string): readonly string[] => [`DELETED ${name}`, `ADDED ${name}`];
  assert.deepEqual(told, ['queue-2', 'queue-1', 'queue-0'].flatMap(replaced));
  const after = made.pods('legacy', 'queue');
  assert.deepEqual(
    after.map(({ metadata }) => metadata.name),
    ['queue-0', 'queue-1', 'queue-2'],
  );
  assert.equal(
    uids(after).some((uid) => before.includes(uid)),
    false,
  );
});

test('pods start one after another, or all at once when managed in parallel', () => {
  const waitingTogether = (parallel: boolean): number => {
    const made = bench();
    made.sim.world.createAll([namespace('legacy', MESHED), statefulSet('legacy', 'queue', { parallel })]);
    made.clock.advance(1_000);
    return made.pods('legacy', 'queue').length;
  };
  assert.equal(waitingTogether(false), 1);
  assert.equal(waitingTogether(true), 3);
});

test('a partition keeps the ordinals below it on their old template, even when they are deleted', () => {
  const made = withSet({ replicas: 4, partition: 2 });
  restart(made, 'StatefulSet', 'legacy', 'queue');
  made.settle();
  const { status } = made.get('StatefulSet', 'legacy', 'queue');
  const revisions = (): readonly unknown[] =>
    made.pods('legacy', 'queue').map(({ metadata }) => metadata.labels?.[REVISION]);
  const expected = [
    status?.currentRevision,
    status?.currentRevision,
    status?.updateRevision,
    status?.updateRevision,
  ];
  assert.notEqual(status?.currentRevision, status?.updateRevision);
  assert.deepEqual(revisions(), expected);
  assert.equal(status?.updatedReplicas, 2);
  made.sim.cluster.deletePod(made.get('Pod', 'legacy', 'queue-0'));
  made.settle();
  assert.deepEqual(revisions(), expected);
});

test('OnDelete replaces nothing by itself, and takes the new template for what is deleted', () => {
  const made = withSet({ onDelete: true });
  const before = uids(made.pods('legacy', 'queue'));
  restart(made, 'StatefulSet', 'legacy', 'queue');
  made.settle();
  assert.deepEqual(uids(made.pods('legacy', 'queue')), before);
  made.sim.cluster.deletePod(made.get('Pod', 'legacy', 'queue-1'));
  made.settle();
  const { status } = made.get('StatefulSet', 'legacy', 'queue');
  assert.equal(made.get('Pod', 'legacy', 'queue-1').metadata.labels?.[REVISION], status?.updateRevision);
  assert.equal(status?.updatedReplicas, 1);
});

test('an ordered set stays stuck on a broken pod after a revert, until that pod is deleted', () => {
  const made = withSet();
  const original = made.get('StatefulSet', 'legacy', 'queue').spec.template;
  made.sim.setWorkloadBehaviour('legacy', 'queue', { kind: 'crash-loop' });
  restart(made, 'StatefulSet', 'legacy', 'queue');
  made.settle();
  made.sim.setWorkloadBehaviour('legacy', 'queue', { kind: 'healthy' });
  const revert = (found: StatefulSet) => ({ ...found, spec: { ...found.spec, template: original } });
  made.sim.world.change('StatefulSet', 'legacy', 'queue', revert);
  made.settle(5);
  assert.equal(made.get('StatefulSet', 'legacy', 'queue').status?.readyReplicas, 2);
  made.sim.cluster.deletePod(made.get('Pod', 'legacy', 'queue-2'));
  made.settle();
  assert.equal(made.get('StatefulSet', 'legacy', 'queue').status?.readyReplicas, 3);
  assert.ok(allReady(made.pods('legacy', 'queue')));
});

test('scaling down takes the highest ordinal first', () => {
  const made = withSet();
  made.sim.world.change('StatefulSet', 'legacy', 'queue', (found) => ({
    ...found,
    spec: { ...found.spec, replicas: 1 },
  }));
  made.settle();
  assert.deepEqual(
    made.pods('legacy', 'queue').map(({ metadata }) => metadata.name),
    ['queue-0'],
  );
  const ends = made.events.filter(({ type, object }) => type === 'DELETED' && object.kind === 'Pod');
  assert.deepEqual(
    ends.map(({ object }) => object.metadata.name),
    ['queue-2', 'queue-1'],
  );
});

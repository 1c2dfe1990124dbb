import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daemonSet, namespace, node } from '../../../src/sim/cluster/scenario/builders.ts';
import { allReady, type Bench, bench, MESHED, restart, states } from './support.ts';

const NODES = 6;

function withSet(options: Parameters<typeof daemonSet>[2] = {}): Bench {
  const made = bench();
  for (const name of ['node-d', 'node-e', 'node-f']) made.sim.world.create(node(name, 'v1.31.4'));
  made.sim.world.createAll([namespace('infra', MESHED), daemonSet('infra', 'agent', options)]);
  made.settle();
  return made;
}

test('every node gets one pod, a new node too', () => {
  const made = withSet();
  const placed = (): readonly unknown[] =>
    made
      .pods('infra', 'agent')
      .map(({ spec }) => spec.nodeName)
      .sort();
  assert.deepEqual(placed(), ['node-a', 'node-b', 'node-c', 'node-d', 'node-e', 'node-f']);
  made.sim.world.create(node('node-g', 'v1.31.4'));
  made.settle();
  assert.equal(placed().at(-1), 'node-g');
  assert.equal(made.get('DaemonSet', 'infra', 'agent').status?.numberAvailable, NODES + 1);
});

test('a rolling update leaves no more nodes unserved than it may', () => {
  for (const [maxUnavailable, fewest] of [
    [1, 5],
    ['34%', 3],
  ] as const) {
    const made = withSet({ rollingUpdate: { maxUnavailable } });
    made.events.length = 0;
    restart(made, 'DaemonSet', 'infra', 'agent');
    made.settle(5);
    const seen = states(made.events, 'DaemonSet', 'infra', 'agent').map(
      ({ status }) => status?.numberAvailable ?? 0,
    );
    assert.equal(Math.min(...seen), fewest, `maxUnavailable ${maxUnavailable}`);
    assert.equal(made.get('DaemonSet', 'infra', 'agent').status?.updatedNumberScheduled, NODES);
    assert.ok(allReady(made.pods('infra', 'agent')));
  }
});

test('with a surge no node goes unserved', () => {
  const made = withSet({ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  made.events.length = 0;
  restart(made, 'DaemonSet', 'infra', 'agent');
  made.settle(5);
  const seen = states(made.events, 'DaemonSet', 'infra', 'agent').map(
    ({ status }) => status?.numberAvailable ?? 0,
  );
  assert.equal(Math.min(...seen), NODES);
  const { status } = made.get('DaemonSet', 'infra', 'agent');
  assert.deepEqual([status?.updatedNumberScheduled, status?.numberUnavailable ?? 0], [NODES, 0]);
  assert.equal(made.pods('infra', 'agent').length, NODES);
});

test('OnDelete replaces nothing by itself', () => {
  const made = withSet({ onDelete: true });
  restart(made, 'DaemonSet', 'infra', 'agent');
  made.settle();
  assert.equal(made.get('DaemonSet', 'infra', 'agent').status?.updatedNumberScheduled ?? 0, 0);
  const [first] = made.pods('infra', 'agent');
  assert.ok(first);
  made.sim.cluster.deletePod(first);
  made.settle();
  assert.equal(made.get('DaemonSet', 'infra', 'agent').status?.updatedNumberScheduled, 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { surgeOf } from '../../src/mesh/surge.ts';
import { daemonSet, deployment, statefulSet } from '../support/records.ts';

test('how far an update goes above and below the wanted number', () => {
  const of = (fields: Parameters<typeof deployment>[0]) => surgeOf(deployment(fields));
  assert.deepEqual(of({ replicas: 3 }), { above: 1, below: 0 });
  assert.deepEqual(of({ replicas: 8 }), { above: 2, below: 2 });
  assert.deepEqual(of({ replicas: 3, strategy: { maxSurge: '0', maxUnavailable: '10%' } }), {
    above: 0,
    below: 1,
  });
  assert.deepEqual(of({ replicas: 3, strategy: { type: 'Recreate' } }), { above: 0, below: 3 });
  assert.deepEqual(surgeOf(daemonSet({ replicas: 3 })), { above: 0, below: 1 });
  assert.deepEqual(surgeOf(daemonSet({ replicas: 3, strategy: { maxUnavailable: '34%' } })), {
    above: 0,
    below: 2,
  });
  assert.deepEqual(surgeOf(statefulSet({ replicas: 3 })), { above: 0, below: 1 });
  assert.deepEqual(surgeOf(daemonSet({ replicas: 3, strategy: { type: 'OnDelete', maxUnavailable: '3' } })), {
    above: 0,
    below: 1,
  });
  const rollout = (maxUnavailable: string) =>
    surgeOf({ ...deployment({ replicas: 8, strategy: { maxUnavailable, maxSurge: '0' } }), kind: 'Rollout' });
  assert.deepEqual(rollout('25%'), { above: 0, below: 2 });
  assert.deepEqual(rollout('0'), { above: 0, below: 1 });
});

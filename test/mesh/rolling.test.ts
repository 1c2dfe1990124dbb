import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkloadRecord } from '../../src/kube/records.ts';
import { rolloutText } from '../../src/mesh/rolling.ts';
import { daemonSet, deployment, statefulSet } from '../support/records.ts';

const progressing = (reason: string) => ({
  conditions: [{ type: 'Progressing', status: 'True', reason, message: '' }],
});
const rolling = { currentRevision: 'a', updateRevision: 'b' };

test('the controller tells where a rollout stands', async (t) => {
  const rows: readonly [text: string, workload: WorkloadRecord][] = [
    ['', deployment()],
    ['waiting for its controller', deployment({ generation: 2 })],
    ['exceeded its progress deadline', deployment({ status: progressing('ProgressDeadlineExceeded') })],
    ['1 of 2 updated', deployment({ status: { updated: 1, replicas: 3 } })],
    ['1 of 2 updated, paused', deployment({ paused: true, status: { updated: 1 } })],
    ['1 old pending termination', deployment({ status: { replicas: 3 } })],
    ['1 of 2 available', deployment({ status: { available: 1, ...progressing('ReplicaSetUpdated') } })],
    // A pod that fails after the rollout does not start it again.
    ['', deployment({ status: { available: 1, ...progressing('NewReplicaSetAvailable') } })],
    ['', statefulSet()],
    ['waiting for its controller', statefulSet({ generation: 2 })],
    ['1 of 2 updated', statefulSet({ status: { ...rolling, updated: 1 } })],
    ['1 of 2 ready', statefulSet({ status: { ...rolling, ready: 1 } })],
    ['', statefulSet({ strategy: { partition: 1 }, status: { ...rolling, updated: 1 } })],
    ['', statefulSet({ strategy: { type: 'OnDelete' }, status: { ...rolling, updated: 0 } })],
    ['', statefulSet({ status: { ready: 1 } })],
    ['', daemonSet()],
    ['1 of 2 updated', daemonSet({ status: { updated: 1 } })],
    ['1 of 2 available', daemonSet({ status: { available: 1 } })],
    ['', daemonSet({ strategy: { type: 'OnDelete' }, status: { updated: 0 } })],
  ];
  for (const [index, [text, workload]] of rows.entries()) {
    await t.test(`${index + 1}: ${workload.kind} ${text || 'at rest'}`, () =>
      assert.equal(rolloutText(workload), text),
    );
  }
});
